"""Where the panes of a step stand, when it is drawn without the window."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QRect, QSize

from cnnviz.core.lesson import NetworkShowing, Showing
from cnnviz.core.lesson_file import read_lesson
from cnnviz.resources import resource
from cnnviz.ui.lesson_stage import PANES, places
from tests.lessons import library

SIZE = QSize(940, 700)

LESSONS = sorted(resource("lessons").glob("*.toml"))


def showings() -> list[Showing]:
    return [step.showing for path in LESSONS for step in read_lesson(path, library()).steps]


def test_that_panes_stand_beside_each_other_on_the_stage() -> None:
    whole = QRect(0, 0, SIZE.width(), SIZE.height())
    for showing in showings():
        found = places(showing, SIZE, 8)
        for number, (key, area) in enumerate(found):
            assert key in PANES
            assert whole.contains(area)
            assert not any(area.intersects(other) for _, other in found[:number])


def test_that_the_first_pane_is_the_largest() -> None:
    for showing in showings():
        if isinstance(showing, NetworkShowing) and showing.panes[:1] not in ((), ("network",)):
            areas = {key: area.width() * area.height() for key, area in places(showing, SIZE, 8)}
            if showing.panes[0] in areas:
                assert areas[showing.panes[0]] == max(areas.values())


@pytest.mark.parametrize("panes", [("loss", "kernels", "prediction"), ("kernels", "loss")])
def test_that_a_pane_with_nothing_to_show_leaves_no_hole(panes: tuple[str, ...]) -> None:
    showing = NetworkShowing(network="two_layer_cnn", panes=panes)
    found = dict(places(showing, SIZE, 8, without=("loss",)))
    assert found == dict(places(NetworkShowing(panes=tuple(panes_without(panes))), SIZE, 8))
    assert "loss" not in found


def panes_without(panes: tuple[str, ...]) -> list[str]:
    return [pane for pane in panes if pane != "loss"]
