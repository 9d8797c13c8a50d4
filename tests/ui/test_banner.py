"""The banner takes the height of its sentence, and no more."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from cnnviz.core.problem import Problem
from cnnviz.ui.main_window import MainWindow

LONG = (
    "Training this network takes about 2.6 GB of memory, 1.0 GB of it for its weights, their "
    "gradients and Adam's means; 25 images go through it at once"
)


def test_that_a_long_sentence_takes_a_line_where_it_fits_and_more_where_not(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.resize(1600, 900)
    window.show()
    qtbot.wait(50)
    line = window.banner.label.fontMetrics().height()
    window.banner.say(Problem(LONG), False)
    qtbot.wait(50)
    assert window.banner.height() < 2.5 * line
    top = window.topbar.height()
    window.banner.say(Problem(" ".join([LONG] * 3)), False)
    qtbot.wait(50)
    assert 3 * line <= window.banner.label.height() < 5 * line
    assert window.topbar.height() == top
    window.banner.dismiss()
    qtbot.wait(50)
    menu = window.menuWidget()
    assert menu is not None
    assert menu.height() == top
