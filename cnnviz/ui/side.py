"""One of two runs side by side: its heading, its layers, and its panes."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnnviz.control.language import tr, tr_problem
from cnnviz.control.two_runs import Side, TwoRuns
from cnnviz.core.network import Network
from cnnviz.core.numbers import shape
from cnnviz.core.problem import Problem
from cnnviz.core.scenes.side import SideScene, Standing, common_range, side_scenes
from cnnviz.core.view import View
from cnnviz.ui.controls import SIZE, small_list
from cnnviz.ui.heading import Heading
from cnnviz.ui.own_keys import keep_own_keys
from cnnviz.ui.side_panes import SideHead, SideInput, SideMaps, SidePrediction
from cnnviz.ui.theme import Theme
from cnnviz.ui.words import layer_name

GAP = 6
"""Between two sides, in pixels at 100 %."""


class SideWidget(QWidget):
    """Shows what it is given; what a person does in it goes up, and says so on which side."""

    layer_requested = pyqtSignal(int)
    channel_requested = pyqtSignal(int)
    element_requested = pyqtSignal(int, int, int, int)
    sample_step_requested = pyqtSignal(int)

    def __init__(self, opens: QAction | None, parent: QWidget | None = None) -> None:
        """``opens`` opens the run of this side; without it nothing can be chosen, as in a film."""
        super().__init__(parent)
        self._network: Network | None = None
        self._problem: Problem | None = None
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.head = SideHead(self)
        self.layers = QComboBox(self)
        self.layers.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.layers.activated.connect(self.layer_requested)
        self.title = Heading(self)
        self.opens = QToolButton(self)
        self.opens.setObjectName("titleaction")
        self._action = opens
        if opens is not None:
            self.opens.clicked.connect(opens.trigger)
            opens.changed.connect(self._follow_action)
        for part in (self.layers, self.opens):
            part.setVisible(opens is not None)
        self.opens.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        keep_own_keys(self.opens)
        self.input, self.maps = SideInput(self), SideMaps(self)
        self.maps.named = opens is None
        self.prediction = SidePrediction(self)
        self.said = QLabel(self)
        self.said.setWordWrap(True)
        self.said.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.maps.described.connect(lambda: self.title.say(self.maps.description))
        self.maps.channel_requested.connect(self.channel_requested)
        self.maps.element_requested.connect(self.element_requested)
        self.prediction.sample_step_requested.connect(self.sample_step_requested)
        self._arrange()

    def _arrange(self) -> None:
        self._row = QHBoxLayout()
        for part, stretch in ((self.layers, 0), (self.title, 1), (self.opens, 0)):
            self._row.addWidget(part, stretch)
        pictures = QHBoxLayout()
        pictures.setSpacing(1)
        pictures.addWidget(self.input, 3)
        pictures.addWidget(self.maps, 5)
        content = QWidget(self)
        inner = QVBoxLayout(content)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(1)
        inner.addLayout(self._row)
        inner.addLayout(pictures, 5)
        inner.addWidget(self.prediction, 4)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(content)
        self.stack.addWidget(self.said)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        column.addWidget(self.head)
        column.addWidget(self.stack, 1)

    def show_side(
        self,
        scene: SideScene,
        view: View,
        common: tuple[float, bool] | None,
        problem: Problem | None,
    ) -> None:
        """Show a run where its cursor is, or why it cannot be shown."""
        self.head.show_scene(scene)
        if problem is not None:
            self._problem = problem
            self.said.setText(tr_problem(problem))
        self.stack.setCurrentIndex(0 if problem is None else 1)
        if problem is not None:
            return
        self._name_layers(view.network)
        if self.layers.currentIndex() != view.cursor.layer:
            self.layers.setCurrentIndex(view.cursor.layer)
        self.maps.common = common
        for pane in (self.input, self.maps, self.prediction):
            pane.look(view)
        self.title.say(self.maps.description)

    def _name_layers(self, network: Network, anew: bool = False) -> None:
        if network is self._network and not anew:
            return
        self._network = network
        with QSignalBlocker(self.layers):
            place = self.layers.currentIndex()
            self.layers.clear()
            for layer in network.layers:
                self.layers.addItem(f"{layer_name(layer)} · {shape(layer.output_shape)}")
            self.layers.setCurrentIndex(place if anew else -1)

    def _follow_action(self) -> None:
        if self._action is None:
            return
        self.opens.setEnabled(self._action.isEnabled())
        if self.opens.toolTip() != self._action.toolTip():
            self.opens.setToolTip(self._action.toolTip())

    def set_theme(self, theme: Theme) -> None:
        """Take other colours or another zoom."""
        margin = theme.px(6)
        self._row.setContentsMargins(margin, 0, margin, 0)
        self._row.setSpacing(theme.px(4))
        self.layers.setStyleSheet(small_list(theme))
        self.layers.setFont(theme.font(SIZE))
        self.said.setFont(theme.font(16))
        self.said.setMargin(theme.px(24))
        for pane in (self.head, self.title, self.input, self.maps, self.prediction):
            pane.set_theme(theme)

    def retranslate(self) -> None:
        """Write everything again in the language of now."""
        self.opens.setText(tr("Open"))
        self.opens.setAccessibleName("" if self._action is None else self._action.text())
        self._follow_action()
        self.layers.setAccessibleName(tr("layer"))
        self.layers.setToolTip(tr("The layer whose maps are shown"))
        if self._network is not None:
            self._name_layers(self._network, anew=True)
        if self._problem is not None:
            self.said.setText(tr_problem(self._problem))
        self.title.say(self.maps.description)


def show_runs(widgets: Sequence[SideWidget], runs: TwoRuns) -> None:
    """Show both runs in the widgets of their sides."""
    standings = [_standing(side) for side in runs.sides]
    common = common_range(standings)
    scenes = side_scenes(standings, min(runs.at, runs.last))
    for place, (widget, scene) in enumerate(zip(widgets, scenes, strict=True)):
        widget.show_side(scene, runs.view_of(place), common, runs.sides[place].problem)


def _standing(side: Side) -> Standing:
    kept = side.kept
    return Standing(
        run=side.run,
        log=side.log,
        match=side.match,
        seen=side.seen,
        last=kept.step_at(len(kept) - 1) if kept is not None and len(kept) else None,
        images=side.images,
        written=side.written,
    )
