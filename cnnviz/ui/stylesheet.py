"""Qt's own widgets in a theme's colours."""

from __future__ import annotations

from PyQt6.QtGui import QPalette

from cnnviz.resources import resource
from cnnviz.ui.theme import FAMILY, Theme, colour


def style_sheet(theme: Theme) -> str:
    """The application's style sheet; every size follows the zoom."""
    p, px = theme.palette, theme.px
    tick = resource("icons", f"tick_{p.name}.svg").as_posix()
    down, up = (resource("icons", f"{way}_{p.name}.svg").as_posix() for way in ("down", "up"))
    return f"""
* {{ font-family: "{FAMILY}"; font-size: {px(15)}px; }}
QMainWindow, QDialog {{ background: {p.gap}; color: {p.text}; }}
QWidget#topbar, QStatusBar, QWidget#transport, QWidget#banner {{ background: {p.panel}; }}
QWidget#topbar {{ border-bottom: 1px solid {p.border}; }}
QStatusBar {{ border-top: 1px solid {p.border}; color: {p.muted}; }}
QStatusBar::item {{ border: none; }}
QStatusBar QLabel {{ color: {p.muted}; padding: 0 {px(6)}px; }}
QLabel {{ color: {p.text}; background: transparent; }}
QLabel#brand {{ font-weight: bold; font-size: {px(17)}px; padding: 0 {px(6)}px; }}
QLabel#muted {{ color: {p.muted}; }}
QWidget#transport {{ border-top: 1px solid {p.border}; }}
QMainWindow::separator {{ background: {p.gap}; width: {px(8)}px; height: {px(8)}px; }}
QMainWindow::separator:hover {{ background: {p.border}; }}
QMenuBar {{ background: {p.panel}; color: {p.text}; border: none; }}
QMenuBar::item {{ padding: {px(6)}px {px(5)}px; border-radius: {px(6)}px; background: transparent; }}
QMenuBar::item:selected {{ background: {p.raised}; }}
QMenu {{ background: {p.panel}; color: {p.text}; border: 1px solid {p.border}; padding: {px(6)}px; }}
QMenu::item {{ padding: {px(6)}px {px(26)}px; border-radius: {px(4)}px; }}
QMenu::item:selected {{ background: {p.accent}; color: {p.on_accent}; }}
QMenu::item:disabled {{ color: {p.faint}; }}
QMenu::separator {{ height: 1px; background: {p.border}; margin: {px(5)}px {px(8)}px; }}
QToolButton, QPushButton, QComboBox, QSpinBox, QDoubleSpinBox, QLineEdit {{
  background: {p.raised}; color: {p.text}; border: 1px solid {p.border};
  border-radius: {px(7)}px; padding: {px(5)}px {px(11)}px; min-height: {px(18)}px; }}
QToolButton:hover, QPushButton:hover, QComboBox:hover {{ border-color: {p.muted}; }}
QToolButton:pressed, QPushButton:pressed {{ background: {p.border}; }}
QToolButton:disabled, QPushButton:disabled, QComboBox:disabled {{ color: {p.faint}; }}
QToolButton:focus, QPushButton:focus, QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus,
QLineEdit:focus {{ border: 2px solid {p.accent}; }}
QToolButton#accent, QPushButton#accent {{
  background: {p.accent}; color: {p.on_accent}; border-color: {p.accent}; font-weight: bold; }}
QToolButton#accent:focus, QPushButton#accent:focus {{ border: 2px solid {p.text}; }}
QToolButton#accent:disabled {{ background: {p.border}; color: {p.muted}; border-color: {p.border}; }}
QToolButton#workspace {{ padding: {px(5)}px {px(6)}px; background: transparent; border-color: transparent; color: {p.muted}; }}
QToolButton#workspace:hover {{ border-color: {p.border}; }}
QToolButton#workspace:checked {{ background: {p.raised}; border-color: {p.border}; color: {p.text};
  font-weight: bold; }}
QToolButton#experiment:checked {{ border-color: {p.accent}; color: {p.accent}; }}
QToolButton#titlebutton {{ background: transparent; border: none; padding: {px(3)}px; }}
QToolButton#titlebutton:hover {{ background: {p.raised}; }}
QToolButton#titlebutton:focus {{ border: 2px solid {p.accent}; padding: {px(1)}px; }}
QToolButton#titleaction {{ padding: {px(1)}px {px(9)}px; font-size: {px(14)}px; }}
QToolButton::menu-indicator {{ image: none; }}
QComboBox::drop-down {{ border: none; width: {px(22)}px; }}
QComboBox::down-arrow {{ image: url("{down}"); width: {px(12)}px; height: {px(12)}px; }}
QSpinBox::up-button, QDoubleSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::down-button {{
  border: none; background: transparent; width: {px(22)}px; }}
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow {{ image: url("{up}"); width: {px(11)}px; height: {px(11)}px; }}
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow {{ image: url("{down}"); width: {px(11)}px; height: {px(11)}px; }}
QComboBox QAbstractItemView {{ background: {p.panel}; color: {p.text}; border: 1px solid {p.border};
  selection-background-color: {p.accent}; selection-color: {p.on_accent}; }}
QSlider:horizontal {{ min-height: {px(19)}px; }}
QSlider::groove:horizontal {{ height: {px(5)}px; border-radius: {px(2)}px; background: {p.raised}; }}
QSlider::sub-page:horizontal {{ background: {p.accent}; border-radius: {px(2)}px; }}
QSlider::handle:horizontal {{ background: {p.accent}; width: {px(15)}px; height: {px(15)}px;
  margin: -{px(5)}px 0; border-radius: {px(7)}px; }}
QProgressBar {{ background: {p.raised}; border: none; border-radius: {px(3)}px; max-height: {px(7)}px;
  min-height: {px(7)}px; }}
QProgressBar::chunk {{ background: {p.accent}; border-radius: {px(3)}px; }}
QScrollBar:vertical {{ background: transparent; width: {px(11)}px; }}
QScrollBar:horizontal {{ background: transparent; height: {px(11)}px; }}
QScrollBar::handle {{ background: {p.border}; border-radius: {px(4)}px; min-height: {px(24)}px;
  min-width: {px(24)}px; margin: {px(2)}px; }}
QScrollBar::handle:hover {{ background: {p.faint}; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{
  background: none; border: none; width: 0; height: 0; }}
QTabBar::tab {{ background: {p.panel}; color: {p.muted}; padding: {px(6)}px {px(14)}px;
  border: 1px solid {p.border}; }}
QTabBar::tab:selected {{ color: {p.text}; border-bottom: 2px solid {p.accent}; }}
QToolTip {{ background: {p.raised}; color: {p.text}; border: 1px solid {p.border};
  padding: {px(4)}px; font-size: {px(15)}px; }}
QSplitter::handle {{ background: {p.gap}; }}
QSplitter::handle:hover {{ background: {p.border}; }}
QListWidget, QTableWidget {{ border: 2px solid {p.panel}; }}
QListWidget:focus, QTableWidget:focus {{ border-color: {p.accent}; }}
QTableWidget {{ background: {p.panel}; color: {p.text}; gridline-color: {p.border};
  selection-background-color: {p.border}; selection-color: {p.text}; }}
QTableWidget::item {{ padding: 0 {px(5)}px; }}
QHeaderView::section {{ background: {p.raised}; color: {p.muted}; border: none; padding: {px(5)}px; }}
QCheckBox {{ color: {p.text}; background: transparent; spacing: {px(8)}px; }}
QCheckBox:disabled {{ color: {p.faint}; }}
QCheckBox::indicator {{ width: {px(16)}px; height: {px(16)}px; border: 1px solid {p.muted};
  border-radius: {px(4)}px; background: {p.raised}; }}
QCheckBox::indicator:checked {{ background: {p.accent}; border-color: {p.accent}; image: url("{tick}"); }}
QCheckBox::indicator:disabled {{ border-color: {p.border}; }}
QCheckBox:focus {{ color: {p.accent}; }}
QCheckBox::indicator:focus {{ border: 2px solid {p.text}; }}
QSlider:focus {{ border: 1px solid {p.accent}; border-radius: {px(4)}px; }}
QSlider::sub-page:horizontal:disabled, QSlider::handle:horizontal:disabled {{ background: {p.faint}; }}
QWidget#page, QScrollArea, QScrollArea > QWidget > QWidget#page {{ background: {p.panel}; }}
QLabel#warning {{ color: {p.accent}; }}
QPlainTextEdit, QTextBrowser {{ background: {p.panel}; color: {p.text}; border: 1px solid {p.border}; }}
QPlainTextEdit:focus, QTextBrowser:focus {{ border: 2px solid {p.accent}; }}
"""


def qt_palette(theme: Theme) -> QPalette:
    """The same colours for what Qt draws without a style sheet."""
    p, palette, role = theme.palette, QPalette(), QPalette.ColorRole
    for place, name in (
        (role.Window, p.gap),
        (role.WindowText, p.text),
        (role.Base, p.panel),
        (role.AlternateBase, p.raised),
        (role.Text, p.text),
        (role.Button, p.raised),
        (role.ButtonText, p.text),
        (role.Highlight, p.accent),
        (role.HighlightedText, p.on_accent),
        (role.ToolTipBase, p.raised),
        (role.ToolTipText, p.text),
        (role.PlaceholderText, p.muted),
        (role.Link, p.input),
    ):
        palette.setColor(place, colour(name))
    return palette
