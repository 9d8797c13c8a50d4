"""Left of the photographs: which picture, which kernel, and how the one is laid over the other."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnnviz.control.language import tr
from cnnviz.core.filtering import EDGES, Channels, possible_channels
from cnnviz.core.picture import Picture
from cnnviz.core.problem import mark
from cnnviz.core.scenes.photograph import Shown
from cnnviz.resources import resource
from cnnviz.ui.choosing import Choice
from cnnviz.ui.kernel_editor import KernelEditor
from cnnviz.ui.kernel_list import KernelList
from cnnviz.ui.theme import Theme

BUNDLED = (
    ("astronaut.png", mark("Astronaut")),
    ("chelsea.png", mark("Cat")),
    ("coffee.png", mark("Coffee")),
    ("camera.png", mark("Camera man")),
)
"""Files in ``resources/images`` and what is on them."""

EDGE_NAMES = {
    "replicate": mark("edge repeated"),
    "zeros": mark("black"),
}

PENS = (mark("Pen"), mark("Eraser"))

WIDTH = 292
"""Of the column, in pixels at 100 %."""


class PhotographControls(QWidget):
    """Lists and buttons; what is asked for goes up as signals."""

    picture_requested = pyqtSignal(Path)
    open_requested = pyqtSignal()
    paste_requested = pyqtSignal()
    drawing_requested = pyqtSignal()
    pen_chosen = pyqtSignal(bool)
    channels_chosen = pyqtSignal(Channels)
    padding_chosen = pyqtSignal(str)
    shown_chosen = pyqtSignal(Shown)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("photograph_controls")
        self._paths: list[Path] = []
        self.picture = Choice(self)
        self.picture.activated.connect(lambda row: self._choose_picture(row))
        self.open, self.paste, self.draw = (QToolButton(self) for _ in range(3))
        for button, signal in (
            (self.open, self.open_requested),
            (self.paste, self.paste_requested),
            (self.draw, self.drawing_requested),
        ):
            button.clicked.connect(signal)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.pens = [QToolButton(self) for _ in PENS]
        group = QButtonGroup(self)
        for place, button in enumerate(self.pens):
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _checked, white=place == 0: self.pen_chosen.emit(white))
            group.addButton(button)
        self.pens[0].setChecked(True)
        self.clear = QToolButton(self)
        self.clear.clicked.connect(self.drawing_requested)
        self.clear.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.list = KernelList(self)
        self.editor = KernelEditor(self)
        self.channels, self.padding, self.shown = (Choice(self) for _ in range(3))
        self.channels.activated.connect(
            lambda row: self.channels_chosen.emit(self.channels.itemData(row))
        )
        self.padding.activated.connect(
            lambda row: self.padding_chosen.emit(self.padding.itemData(row))
        )
        self.shown.activated.connect(lambda row: self.shown_chosen.emit(self.shown.itemData(row)))
        self._labels = [QLabel(self) for _ in range(3)]
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        self._column = column
        column.addWidget(self.picture)
        buttons, pens = QHBoxLayout(), QHBoxLayout()
        for row, widgets in (
            (buttons, (self.open, self.paste, self.draw)),
            (pens, (*self.pens, self.clear)),
        ):
            for widget in widgets:
                widget.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
                row.addWidget(widget, 1)
            column.addLayout(row)
        self._rows = (buttons, pens)
        column.addWidget(self.list, 1)
        column.addWidget(self.editor)
        grid = QGridLayout()
        choices = (self.channels, self.padding, self.shown)
        for line, (label, choice) in enumerate(zip(self._labels, choices, strict=True)):
            label.setBuddy(choice)
            grid.addWidget(label, line, 0)
            grid.addWidget(choice, line, 1)
        grid.setColumnStretch(1, 1)
        self._grid = grid
        column.addLayout(grid)

    def _choose_picture(self, row: int) -> None:
        if 0 <= row < len(self._paths):
            self.picture_requested.emit(self._paths[row])

    def offer(self, recent: list[Path], picture: Picture | None, path: Path | None) -> None:
        """Show which pictures there are, and which of them is filtered."""
        bundled = [resource("images", name) for name, _ in BUNDLED]
        paths = [*bundled, *(place for place in recent if place not in bundled)]
        if path is not None and path not in paths:
            paths.append(path)
        texts = [tr(title) for _, title in BUNDLED] + [
            place.name for place in paths[len(bundled) :]
        ]
        with QSignalBlocker(self.picture):
            if texts != [self.picture.itemText(row) for row in range(len(paths))]:
                self.picture.clear()
                self.picture.addItems(texts)
                for row, place in enumerate(paths[len(bundled) :], start=len(bundled)):
                    self.picture.setItemData(row, str(place), Qt.ItemDataRole.ToolTipRole)
            self._paths = paths
            known = picture is not None and not picture.drawn and path is not None
            self.picture.setCurrentIndex(paths.index(path) if known and path is not None else -1)
            if picture is not None and not known:
                name = tr("Drawing") if picture.drawn else picture.name or tr("From the clipboard")
                self.picture.setPlaceholderText(name)

    def show_state(
        self, picture: Picture | None, channels: Channels, padding_mode: str, shown: Shown
    ) -> None:
        """Show what is chosen."""
        drawn = picture is not None and picture.drawn
        for button in (*self.pens, self.clear):
            button.setVisible(drawn)
        possible = tuple(Channels) if picture is None else possible_channels(picture)
        self._fill(self.channels, [(c, tr(c.value)) for c in possible], channels)
        self._fill(self.padding, [(mode, tr(EDGE_NAMES[mode])) for mode in EDGES], padding_mode)
        self._fill(self.shown, [(way, tr(way.value)) for way in Shown], shown)

    @staticmethod
    def _fill(choice: Choice, entries: list[tuple[object, str]], chosen: object) -> None:
        with QSignalBlocker(choice):
            texts = [text for _, text in entries]
            if texts != [choice.itemText(row) for row in range(choice.count())]:
                choice.clear()
                for value, text in entries:
                    choice.addItem(text, value)
            choice.setCurrentIndex([value for value, _ in entries].index(chosen))

    def set_theme(self, theme: Theme) -> None:
        """Take other colours or another zoom."""
        px = theme.px
        self.setFixedWidth(px(WIDTH))
        self._column.setContentsMargins(px(12), px(10), px(12), px(10))
        self._column.setSpacing(px(8))
        for row in self._rows:
            row.setSpacing(px(6))
        self._grid.setSpacing(px(6))
        checked = f"QToolButton:checked {{ border: 2px solid {theme.palette.accent}; }}"
        for button in self.pens:
            button.setStyleSheet(checked)
        self.list.set_theme(theme)
        self.list.setMinimumHeight(px(70))
        self.editor.set_theme(theme)
        for choice in (self.picture, self.channels, self.padding, self.shown):
            choice.setMinimumWidth(px(60))

    def retranslate(self) -> None:
        """Write everything again in the language of now."""
        self.picture.setAccessibleName(tr("photograph"))
        self.picture.setPlaceholderText("")
        for button, text, tip in (
            (self.open, tr("Open…"), tr("A picture from a file; dropping one here does the same")),
            (self.paste, tr("Paste"), tr("A picture from the clipboard (Ctrl+V)")),
            (self.draw, tr("Draw"), tr("A drawing of one's own, white on black")),
        ):
            button.setText(text)
            button.setToolTip(tip)
            button.setAccessibleName(text)
        for button, name in zip(self.pens, PENS, strict=True):
            button.setText(tr(name))
            button.setToolTip(tr("Draw in the left picture; Enter puts a dot at the window"))
        self.clear.setText(tr("Clear"))
        for label, choice, text, tip in zip(
            self._labels,
            (self.channels, self.padding, self.shown),
            (tr("Colours"), tr("Outside"), tr("Result")),
            (
                tr("Grey = 0.299 · red + 0.587 · green + 0.114 · blue"),
                tr("What is read where the window reaches over the edge"),
                tr("How numbers below 0 and above 1 are shown"),
            ),
            strict=True,
        ):
            label.setText(text)
            label.setToolTip(tip)
            choice.setToolTip(tip)
            choice.setAccessibleName(text)
        self.list.retranslate()
        self.editor.retranslate()
