"""A dock with our own title bar: name, caption, badge, legend, and what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QPoint, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QAction, QContextMenuEvent, QEnterEvent, QMouseEvent
from PyQt6.QtWidgets import QApplication, QDockWidget, QHBoxLayout, QMenu, QToolButton, QWidget

from cnnviz.control.language import tr
from cnnviz.ui.heading import Description, Heading
from cnnviz.ui.icons import icon
from cnnviz.ui.theme import Theme

if TYPE_CHECKING:
    from cnnviz.ui.pane import Pane


class PaneDock(QDockWidget):
    """Holds one pane; can be moved, tabbed, floated and hidden.

    It stands in the window before its pane does: panes need numpy, which takes longer to load than
    the whole window to appear.
    """

    picture_requested = pyqtSignal()
    copy_requested = pyqtSignal()
    picture_dragged = pyqtSignal()

    def __init__(self, key: str, heading: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pane: Pane | None = None
        self.in_front = False
        """Whether it is seen.  Qt calls a dock visible that stands behind another as a tab."""
        self.visibilityChanged.connect(self._notice)
        self._heading = heading
        self.setObjectName(key)  # what QMainWindow.saveState remembers it by
        self.setWidget(QWidget(self))
        self.bar = TitleBar(self)
        self.setTitleBarWidget(self.bar)
        self.retitle()

    def _notice(self, seen: bool) -> None:
        self.in_front = seen

    @property
    def furnished(self) -> bool:
        """Whether the pane is there."""
        return self._pane is not None

    @property
    def pane(self) -> Pane:
        """The pane, once it is there."""
        assert self._pane is not None, "the window is not furnished yet"
        return self._pane

    def hold(self, pane: Pane) -> None:
        """Take the pane in."""
        before = self.widget()
        self._pane = pane
        self.setWidget(pane)
        if before is not None:
            before.deleteLater()
        pane.described.connect(self.retitle)
        self.retitle()

    def retitle(self) -> None:
        """Take over the pane's name; the tab and the View menu show it too."""
        if self.windowTitle() != tr(self._heading):
            self.setWindowTitle(tr(self._heading))
        self.bar.refresh()

    def description(self) -> Description:
        """What the pane says of itself; its name alone while it is not there."""
        return (self.windowTitle(), "", "", None) if self._pane is None else self._pane.description

    def set_theme(self, theme: Theme) -> None:
        self.bar.set_theme(theme)
        self.bar.refresh()
        if self._pane is not None:
            self._pane.set_theme(theme)

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.LanguageChange:
            self.retitle()


class TitleBar(Heading):
    """The heading of a dock and its buttons; dragging it moves the dock, as Qt does it."""

    def __init__(self, dock: PaneDock) -> None:
        super().__init__(dock)
        self._dock = dock
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 4, 0)
        row.setSpacing(0)
        row.addStretch(1)
        self.picture = _Handle(self)
        self.picture.setObjectName("titlebutton")
        self.picture.clicked.connect(dock.picture_requested)
        self.picture.dragged.connect(dock.picture_dragged)
        row.addWidget(self.picture)
        self.float = self._button(self._toggle_floating)
        self.close_button = self._button(dock.close)
        self.offered: QToolButton | None = None
        self._row = row
        row.addWidget(self.float)
        row.addWidget(self.close_button)
        self._show_buttons(False)

    def offer(self, action: QAction) -> None:
        """Show a button for what is done with the whole pane."""
        self.offered = QToolButton(self)
        self.offered.setDefaultAction(action)
        self.offered.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.offered.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.offered.setObjectName("titleaction")
        self._row.insertWidget(1, self.offered)

    def _show_buttons(self, shown: bool) -> None:
        """The buttons come with the mouse: otherwise the caption needs their room."""
        self.picture.setVisible(shown and self._dock.furnished)
        self.float.setVisible(shown)
        self.close_button.setVisible(shown)
        self.update()

    def enterEvent(self, event: QEnterEvent | None) -> None:
        self._show_buttons(True)

    def leaveEvent(self, event: QEvent | None) -> None:
        self._show_buttons(False)

    def _button(self, call: object) -> QToolButton:
        button = QToolButton(self)
        button.setAutoRaise(True)
        button.setObjectName("titlebutton")
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(call)  # type: ignore[arg-type]
        return button

    def _toggle_floating(self) -> None:
        self._dock.setFloating(not self._dock.isFloating())

    def set_theme(self, theme: Theme) -> None:
        size = QSize(theme.px(16), theme.px(16))
        for button, name in (
            (self.picture, "picture"),
            (self.float, "float"),
            (self.close_button, "close"),
        ):
            button.setIcon(icon(name, theme.palette.muted))
            button.setIconSize(size)
        super().set_theme(theme)

    def refresh(self) -> None:
        """Describe the pane as it says itself now."""
        self.say(self._dock.description())
        self.picture.setToolTip(tr("Picture of this pane: click to save it, drag it into a slide"))
        self.float.setToolTip(tr("Detach this pane, or put it back"))
        self.close_button.setToolTip(tr("Hide this pane; the View menu brings it back"))

    @property
    def reserved(self) -> int:
        offered = 0 if self.offered is None else self.offered.sizeHint().width()
        return offered + (3 * self._theme.px(26) if self.float.isVisible() else 0)

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        if event is None:
            return
        menu = QMenu(self)
        if self._dock.furnished:
            menu.addAction(tr("Picture of the pane…"), self._dock.picture_requested.emit)
            menu.addAction(tr("Copy picture of the pane"), self._dock.copy_requested.emit)
            menu.addSeparator()
        menu.addAction(tr("Detach or put back"), self._toggle_floating)
        menu.addAction(tr("Hide"), self._dock.close)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())


class _Handle(QToolButton):
    """A button that can also be dragged out; the bar around it moves the dock."""

    dragged = pyqtSignal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._pressed: QPoint | None = None
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        super().mousePressEvent(event)
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        super().mouseMoveEvent(event)
        if event is None or self._pressed is None:
            return
        moved = event.position().toPoint() - self._pressed
        if moved.manhattanLength() >= QApplication.startDragDistance():
            self._pressed = None
            self.setDown(False)  # or letting it go would be a click
            self.dragged.emit()

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        self._pressed = None
        super().mouseReleaseEvent(event)
