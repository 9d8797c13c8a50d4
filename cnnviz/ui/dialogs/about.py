"""Which program this is, under which terms, and where its pictures and digits come from."""

from __future__ import annotations

from importlib.metadata import version

from PyQt6.QtCore import QT_VERSION_STR
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from cnnviz import __version__
from cnnviz.control.language import tr
from cnnviz.resources import resource


class AboutDialog(QDialog):
    """Version, licence and sources."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("About cnnviz"))
        column = QVBoxLayout(self)
        page = QTextBrowser(self)
        page.setMarkdown(
            f"# cnnviz {__version__}\n\n"
            + tr("Watch a convolutional network learn, and step through every multiplication.")
            + "\n\n"
            + tr("Free software under the GNU General Public License, version 3 or later.")
            + f"\n\nQt {QT_VERSION_STR} · PyQt6 {version('PyQt6')} · PyTorch {version('torch')}\n\n"
            + resource("LICENSES.md").read_text("utf-8")
        )
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        column.addWidget(page)
        column.addWidget(buttons)
        size = parent.size() if parent is not None else self.sizeHint()
        self.resize(min(860, size.width() * 3 // 4), size.height() * 3 // 4)
