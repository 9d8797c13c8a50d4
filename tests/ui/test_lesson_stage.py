"""Where the panes of a step stand, when it is drawn without the window."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QRect, QSize
from PyQt6.QtWidgets import QAbstractButton, QApplication, QComboBox, QSlider

from cnnviz.control.language import use_language
from cnnviz.core.lesson import LabShowing, NetworkShowing, Place, Showing
from cnnviz.core.lesson_file import read_lesson
from cnnviz.core.numbers import number
from cnnviz.engine import rehearsing
from cnnviz.engine.lesson_views import LessonViews
from cnnviz.resources import resource
from cnnviz.ui.lesson_stage import PANES, places, stage_of
from cnnviz.ui.panes.kernels import KernelsPane
from cnnviz.ui.theme import Theme
from cnnviz.ui.vector import sketched
from tests.lessons import library

SIZE = QSize(940, 700)

LESSONS = sorted(resource("lessons").glob("*.toml"))


def showings() -> list[Showing]:
    return [step.showing for path in LESSONS for step in read_lesson(path, library()).steps]


def test_that_panes_stand_beside_each_other_on_the_stage() -> None:
    whole = QRect(0, 0, SIZE.width(), SIZE.height())
    for showing in showings():
        found = places(showing, SIZE, 8)
        for place, (key, area) in enumerate(found):
            assert key in PANES
            assert whole.contains(area)
            assert not any(area.intersects(other) for _, other in found[:place])


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


@pytest.mark.parametrize(
    "showing",
    [
        NetworkShowing(network="two_layer_cnn", panes=("kernels", "data"), place=Place(layer=4)),
        NetworkShowing(network="two_layer_cnn", panes=("prediction", "maps", "network")),
        LabShowing(example="convolution", way="matrix"),
        LabShowing(example="convolution", way="graph"),
        LabShowing(example="convolution"),
    ],
)
def test_that_no_picture_has_a_button_in_it(qapp: QApplication, showing: Showing) -> None:
    seen = LessonViews(library(), resource()).seen(showing)
    drawn = 0
    with stage_of(SIZE, Theme(), 4) as stage:
        stage.begin(seen)
        for placed in stage.show(seen.frames[seen.place]):
            if placed is not None:
                pane = placed.what.pane
                said = (pane.bias_label(),) if isinstance(pane, KernelsPane) else ()
                for kind in (QAbstractButton, QComboBox, QSlider):
                    for part in pane.findChildren(kind):
                        assert part in said or not part.isVisibleTo(pane)
                drawn += 1
    assert drawn


def test_that_a_bias_stands_in_a_picture_as_a_text(qapp: QApplication) -> None:
    showing = NetworkShowing(
        network="two_layer_cnn", panes=("kernels",), place=Place(layer=4, channel=5)
    )
    seen = LessonViews(library(), resource()).seen(showing)
    view = seen.frames[seen.place]
    assert view.stage is not None
    bias = float(view.stage.parameters[3]["bias"][5])
    with stage_of(SIZE, Theme(), 4) as stage:
        stage.begin(seen)
        (placed,) = [placed for placed in stage.show(view) if placed is not None]
        drawing = sketched(placed.what, placed.what.parts[0]).shapes.decode()
    assert f"bias {number(bias, 4)}" in drawing
    assert "One input channel" not in drawing


def test_that_a_pane_says_why_it_shows_nothing(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_language(qapp, "en")
    monkeypatch.setattr(rehearsing, "MOST_PARAMETERS", 1000)
    showing = NetworkShowing(network="two_layer_cnn", panes=("rehearsal",))
    seen = LessonViews(library(), resource()).seen(showing)
    with stage_of(SIZE, Theme(), 4) as stage:
        stage.begin(seen)
        (placed,) = [placed for placed in stage.show(seen.frames[seen.place]) if placed]
        assert "too many to train" in sketched(placed.what, placed.what.parts[0]).shapes.decode()
