"""Our own SVG icons in a theme's colours."""

from __future__ import annotations

from functools import lru_cache

from PyQt6.QtCore import QByteArray, Qt
from PyQt6.QtGui import QIcon, QPainter, QPixmap
from PyQt6.QtSvg import QSvgRenderer

from cnnviz.resources import resource

SIZES = (16, 32, 64)


@lru_cache(maxsize=128)
def icon(name: str, ink: str) -> QIcon:
    """The icon of ``resources/icons/NAME.svg`` drawn in one colour ("#rrggbb")."""
    source = resource("icons", f"{name}.svg").read_bytes()
    renderer = QSvgRenderer(QByteArray(source.replace(b"currentColor", ink.encode())))
    made = QIcon()
    for size in SIZES:
        pixmap = QPixmap(size, size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        renderer.render(painter)
        painter.end()
        made.addPixmap(pixmap)
    return made


def application_icon() -> QIcon:
    """The program's own, in its own colours."""
    return QIcon(str(resource("icons", "cnnviz.svg")))
