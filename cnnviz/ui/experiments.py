"""Ready-made experiments: a button for each, how far the present one is, and what came out."""

from __future__ import annotations

from math import isfinite

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QToolButton, QVBoxLayout, QWidget

from cnnviz.control.language import tr, tr_name
from cnnviz.core.numbers import duration, thousands
from cnnviz.core.ready_made import ReadyMade
from cnnviz.ui.own_keys import keep_own_keys
from cnnviz.ui.theme import Theme


class ExperimentButtons(QWidget):
    """One click trains what is not trained yet, and compares the runs."""

    chosen = pyqtSignal(object)
    """The `ReadyMade`."""

    def __init__(self, experiments: tuple[ReadyMade, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._experiments = experiments
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self.title = QLabel(self)
        self.title.setObjectName("muted")
        self._row.addWidget(self.title)
        self.buttons: dict[str, QToolButton] = {}
        for made in experiments:
            button = self.buttons[made.key] = QToolButton(self)
            button.setObjectName("experiment")
            button.setCheckable(True)
            # Reached with Tab like every button, but a click leaves the arrow keys to the list.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _on, made=made: self.chosen.emit(made))
            keep_own_keys(button)
            self._row.addWidget(button)
        self.retranslate()

    def show_chosen(self, shown: ReadyMade | None) -> None:
        """Press the button of what is shown."""
        for key, button in self.buttons.items():
            button.setChecked(shown is not None and key == shown.key)

    def set_theme(self, theme: Theme) -> None:
        self._row.setSpacing(theme.px(6))

    def retranslate(self) -> None:
        """Write everything again in the language of now."""
        self.title.setText(tr("Experiments"))
        for made in self._experiments:
            self.buttons[made.key].setText(tr(made.title))
            self.buttons[made.key].setToolTip(f"<p>{tr(made.watch)}</p>")


class ExperimentReport(QWidget):
    """What to watch for and what came out, and meanwhile how far it is, with a way to stop it."""

    def __init__(self, cancel: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.watch, self.result = QLabel(self), QLabel(self)
        self.watch.setObjectName("muted")
        for label in (self.watch, self.result):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.pair = QToolButton(self)
        self.pair.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        keep_own_keys(self.pair)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.left = QLabel(self)
        self.cancel = QToolButton(self)
        self.cancel.setDefaultAction(cancel)
        self.cancel.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._column = QVBoxLayout(self)
        self._under_way = QHBoxLayout()
        self._under_way.addWidget(self.bar, 1)
        self._under_way.addWidget(self.left)
        self._under_way.addWidget(self.cancel)
        self._came_out = QHBoxLayout()
        self._came_out.addWidget(self.result, 1)
        self._came_out.addWidget(self.pair)
        self._column.addWidget(self.watch)
        self._column.addLayout(self._came_out)
        self._column.addLayout(self._under_way)
        self.show_pair([])
        self.show_report("", "")
        self.show_progress(None)

    def show_pair(self, names: list[str]) -> None:
        """Offer to show the runs of these two names side by side; [] where there are none yet."""
        self.pair.setVisible(bool(names))
        if names:
            left, right = map(tr_name, names)
            self.pair.setText(tr("Side by side: {left}, {right}", left=left, right=right))

    def show_report(self, watch: str, result: str) -> None:
        """Say what to watch for, and what came out; "" says neither."""
        for label, text in ((self.watch, watch), (self.result, result)):
            if label.text() != text:
                label.setText(text)
            label.setVisible(bool(text))
        self._show_if_any()

    def show_progress(self, progress: tuple[str, int, int, float] | None) -> None:
        """The experiment's title, batches done and in all, and the seconds left; None: no more."""
        for part in (self.bar, self.left, self.cancel):
            part.setVisible(progress is not None)
        if progress is not None:
            title, done, total, seconds = progress
            self.bar.setRange(0, total)
            self.bar.setValue(done)
            self.bar.setAccessibleName(title)
            self.left.setText(self._said(title, done, total, seconds))
        self._show_if_any()

    @staticmethod
    def _said(title: str, done: int, total: int, seconds: float) -> str:
        counts = {"title": title, "done": thousands(done), "total": thousands(total)}
        if done >= total:
            return tr("{title}: trained, the last measurements are made…", title=title)
        if not isfinite(seconds):
            return tr("{title}: {done} of {total} batches", **counts)
        left = duration(seconds)
        return tr("{title}: {done} of {total} batches, about {left} left", **counts, left=left)

    def _show_if_any(self) -> None:
        parts = (self.watch, self.result, self.bar, self.pair)
        self.setVisible(not all(part.isHidden() for part in parts))

    def set_theme(self, theme: Theme) -> None:
        margin = theme.px(12)
        self._column.setContentsMargins(margin, 0, margin, theme.px(4))
        self._column.setSpacing(theme.px(3))
        self._under_way.setSpacing(theme.px(10))
