"""The page that lists all keys, from the table that defines them (F1)."""

from __future__ import annotations

import sys

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeySequence
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from cnnviz.control.language import tr
from cnnviz.ui.actions import ENTRIES, MENUS, STEP, Entry, plain


def key_text(entry: Entry) -> str:
    """The keys of an entry as this system writes them."""
    native = QKeySequence.SequenceFormat.NativeText
    return ", ".join(QKeySequence(key).toString(native) for key in entry.keys)


def key_rows() -> list[tuple[str, list[tuple[str, str]]]]:
    """(menu, [(keys, what they do)]) in the order of the menus, in the language of now."""
    rows = [
        (
            plain(tr(menu)),
            [
                (key_text(entry), plain(tr(entry.text)))
                for entry in ENTRIES
                if entry.outer_menu == menu and entry.keys
            ],
        )
        for menu in MENUS
    ]
    rows[MENUS.index(STEP)][1].append(("1 – 9, 0", tr("The first nine layers, the last layer")))
    return rows


def key_table() -> str:
    """The same rows as a Markdown table, for the README."""
    lines = ["| key | what it does |", "|---|---|"]
    for _, rows in key_rows():
        lines += [f"| {keys.replace('|', ' ')} | {text} |" for keys, text in rows]
    return "\n".join(lines)


class KeysDialog(QDialog):
    """A table to be read, in two columns of a page that scrolls."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keys"))
        column = QVBoxLayout(self)
        self.page = QTextBrowser(self)
        self.page.setHtml(_html(key_rows()))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        column.addWidget(self.page)
        column.addWidget(buttons)
        self.page.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        size = parent.size() if parent is not None else self.sizeHint()
        self.resize(min(820, size.width() * 3 // 4), size.height() * 4 // 5)


def _html(rows: list[tuple[str, list[tuple[str, str]]]]) -> str:
    parts = []
    for menu, keys in rows:
        lines = "".join(
            f"<tr><td style='padding:2px 24px 2px 8px'><b>{_safe(key)}</b></td>"
            f"<td style='padding:2px'>{_safe(text)}</td></tr>"
            for key, text in keys
        )
        parts.append(f"<h3>{_safe(menu)}</h3><table>{lines}</table>")
    return "".join(parts)


def _safe(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


if __name__ == "__main__":  # python -m cnnviz.ui.dialogs.keys
    sys.stdout.write(f"{key_table()}\n")
