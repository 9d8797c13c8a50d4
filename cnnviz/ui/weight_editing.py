"""Typing one weight, in place, over whatever shows it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PyQt6.QtCore import QObject, QPoint, QRectF, pyqtSignal
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtWidgets import QToolTip, QWidget

from cnnviz.control.language import tr_problem
from cnnviz.core.bench import LARGEST_VALUE
from cnnviz.core.grid_text import parse_number
from cnnviz.core.operations import Element
from cnnviz.core.problem import Problem
from cnnviz.ui.cell_editor import CellEditor
from cnnviz.ui.theme import Theme

NOTCH = 120
"""Qt's angle of one notch of a wheel."""

NOTCHES = 20
"""Of a wheel, from 0 to the end of the colours' scale."""


@dataclass(frozen=True)
class Target:
    """One number of one layer's array, in PyTorch's layout."""

    layer: int
    name: str
    index: Element


class WeightEditing(QObject):
    """A line that is laid over a weight; it knows the number that it began with, and no other."""

    entered = pyqtSignal(int, str, object, float, bool)
    """Layer, name, index, number, and whether it goes on with the edit before (a turning wheel)."""
    tabbed = pyqtSignal(bool)
    """The number is kept; on to the next, or the one before."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._theme = Theme()
        self._turned = False
        self._begun = ""
        self.target: Target | None = None
        self.editor = CellEditor(widget)
        self.editor.kept.connect(lambda _right, _down: self.keep())
        self.editor.tabbed.connect(self._keep_and_tab)
        self.editor.cancelled.connect(self.close)
        self.editor.left.connect(self._leave)
        self.editor.block_pasted.connect(self._refuse_block)

    def begin(self, target: Target, value: float, rect: QRectF, theme: Theme) -> None:
        """Type on in a number that stands in a rectangle of the widget."""
        self.close()
        self.target, self._theme, self._turned = target, theme, False
        self._begun = _written(value)
        self.place(rect)
        self.editor.begin(self._begun, False, theme, 15)
        self.editor.raise_()  # above buttons that were made after it

    def place(self, rect: QRectF) -> None:
        """Lay the line over a rectangle, as wide as a number needs and within the widget."""
        px, widget = self._theme.px, self._widget
        wide, tall = max(rect.width() + 4, px(110)), max(rect.height() + 4, px(28))
        wide, tall = min(wide, float(widget.width())), min(tall, float(widget.height()))
        placed = QRectF(rect.center().x() - wide / 2, rect.center().y() - tall / 2, wide, tall)
        placed.moveLeft(max(0.0, min(placed.left(), widget.width() - wide)))
        placed.moveTop(max(0.0, min(placed.top(), widget.height() - tall)))
        self.editor.setGeometry(placed.toRect())

    def follow(self, target: Target | None, rect: QRectF | None) -> None:
        """Stay over the number if it still stands somewhere; else leave it as it is."""
        if self.target is None:
            return
        if target == self.target and rect is not None:
            self.place(rect)
        else:
            self.close()

    def close(self) -> None:
        """Leave the number as it is."""
        self.target = None
        QToolTip.hideText()
        if self.editor.open:
            self.editor.close_over(self._widget)

    def keep(self) -> bool:
        """Take what was typed; False if it is refused, and the line stays."""
        target = self.target
        if target is None or not self.editor.open:
            return True
        text = self.editor.text()
        if text != self._begun:
            try:
                value = parse_number(text)
            except Problem as problem:
                self._refuse(problem)
                return False
            self.entered.emit(target.layer, target.name, target.index, value, self._turned)
        self.close()
        return True

    def wheel(self, event: QWheelEvent, limit: float) -> None:
        """Turn the number by a mouse's wheel; ``limit`` is where the colours' scale ends."""
        self.turn(event.angleDelta().y() / NOTCH, limit)
        event.accept()

    def turn(self, notches: float, limit: float) -> None:
        """Make the number larger or smaller, and let everything follow while it is turned."""
        target = self.target
        if target is None:
            return
        try:
            value = parse_number(self.editor.text())
        except Problem as problem:
            self._refuse(problem)
            return
        value = min(max(value + notches * limit / NOTCHES, -LARGEST_VALUE), LARGEST_VALUE)
        self._begun = _written(value)
        self.editor.setText(self._begun)
        self.editor.selectAll()
        self.entered.emit(target.layer, target.name, target.index, value, self._turned)
        self._turned = True

    def _keep_and_tab(self, backward: bool) -> None:
        if self.keep():
            self.tabbed.emit(backward)

    def _leave(self) -> None:
        if not self.keep():
            self.close()

    def _refuse_block(self) -> None:
        self._refuse(Problem("one number can be entered here"))

    def _refuse(self, problem: Problem) -> None:
        said = tr_problem(problem)
        self.editor.refused = True
        self.editor.restyle(self._theme, 15)
        self.editor.setAccessibleDescription(said)
        below = QPoint(0, self.editor.height() // 2)
        QToolTip.showText(self.editor.mapToGlobal(below), said, self.editor)


def _written(value: float) -> str:
    """The shortest text that is read as the same float32."""
    return str(np.float32(value)).removesuffix(".0")
