"""The summary's dialog, and the program on the clipboard."""

from __future__ import annotations

from PyQt6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from cnnviz.ui.dialogs.summary import SummaryDialog
from cnnviz.ui.main_window import MainWindow
from tests.networks import bundled


def clipboard_text() -> str:
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    return clipboard.text()


def test_that_the_summary_is_opened_and_copied_as_text_and_as_a_table(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.actions_by_key["summary"].trigger()
    dialog = window.findChild(SummaryDialog)
    assert dialog is not None
    assert dialog.isVisible()
    learned = dialog.table.item(0, 2)
    assert learned is not None
    assert learned.text() == "320"
    assert "50,186" in dialog.totals.text()
    assert dialog.as_text is not None
    assert dialog.as_table is not None
    dialog.as_text.click()
    assert "Total params: 50,186" in clipboard_text()
    dialog.as_table.click()
    assert clipboard_text().splitlines()[1].split("\t")[2] == "320"
    with qtbot.waitSignal(dialog.destroyed):
        dialog.reject()


def test_that_the_program_of_the_network_is_put_on_the_clipboard(window: MainWindow) -> None:
    window.actions_by_key["copy_program"].trigger()
    text = clipboard_text()
    compile(text, "copied.py", "exec")
    assert "nn.Linear(in_features=3136, out_features=10)" in text
    assert f"{bundled().parameter_count:,}" in text
    assert window.banner.isVisible()
