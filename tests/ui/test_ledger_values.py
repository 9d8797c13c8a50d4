"""The ledger's text and the stage of normalisation, dropout's mask, logits and places."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from cnnviz.core.cursor import Cursor, clamped
from cnnviz.core.network import build_chain
from cnnviz.core.operations import Dropout, Operation, Parameters
from cnnviz.core.operations.add import Add
from cnnviz.core.operations.argmax import Argmax
from cnnviz.core.operations.base import buffer_shapes
from cnnviz.core.operations.batch_norm import BatchNorm2d
from cnnviz.core.operations.cross_entropy import CrossEntropyLoss
from cnnviz.core.operations.local_response_norm import LocalResponseNorm
from cnnviz.core.operations.log_softmax import LogSoftmax
from cnnviz.core.operations.normalize import Normalize
from cnnviz.core.scenes.stage import StageScene, stage_scene
from cnnviz.core.snapshot import Sample, Snapshot
from cnnviz.core.view import View
from cnnviz.engine.calculator import apply
from cnnviz.ui.painters.ledger import lay_out_ledger
from cnnviz.ui.painters.ledger_pieces import written
from cnnviz.ui.panes.stage import StagePane
from cnnviz.ui.theme import Theme
from cnnviz.ui.transport import Transport
from tests.networks import snapshot
from tests.pictures import pixels

pytestmark = pytest.mark.usefixtures("qapp")  # fonts need an application

RANDOM = np.random.default_rng(5)
MAPS = RANDOM.normal(size=(4, 3, 5)).astype(np.float32)
LOGITS = RANDOM.normal(size=6).astype(np.float32)


def view(operation: Operation, x: NDArray[np.float32], cursor: Cursor, **given: object) -> View:
    """One operation alone; its output is torch's."""
    network = build_chain("one", "One", x.shape, (operation,))
    sizes = operation.parameter_shapes(x.shape) | buffer_shapes(operation, x.shape)
    parameters: Parameters = {
        name: np.abs(RANDOM.normal(size=size)) for name, size in sizes.items()
    } | given  # type: ignore[assignment]
    output = apply(operation, x, parameters)
    snapshot = Snapshot(1, 0, network, Sample(0, x, 0), (parameters,), (x, output))
    return View(network, cursor=clamped(network, cursor), stage=snapshot, live=snapshot)


def scene(shown: View) -> StageScene:
    found = stage_scene(shown)
    assert isinstance(found, StageScene)
    return found


def text(shown: StageScene) -> str:
    placed = lay_out_ledger(shown, 4000, 4, Theme()).pieces
    return " ".join(item.piece.text for item in placed).replace("−", "-")


def numbers(said: str) -> list[float]:
    return [float(found) for found in re.findall(r"\d+\.\d{4}", said)]


def test_that_batch_norm_is_written_with_its_statistics_weight_and_bias() -> None:
    shown = scene(view(BatchNorm2d(4), MAPS, Cursor(0, 2, 1, 3, 99)))
    parts, bias = shown.ledger.parts, shown.ledger.bias
    expected = [parts["value"], parts["mean"], parts["variance"], parts["weight"], bias]
    said = text(shown)
    found = numbers(said)
    assert found[:5] == [round(abs(value), 4) for value in expected if value is not None]
    assert found[5] == round(abs(shown.ledger.result), 4)
    assert "gathered while training" in said


def test_that_a_normalised_value_is_written_with_the_channels_fixed_numbers() -> None:
    operation = Normalize((0.1, 0.2, -0.485, 0.4), (0.5, 0.6, 0.229, 0.8))
    shown = scene(view(operation, MAPS, Cursor(0, 2, 1, 3, 99)))
    said, value = text(shown), float(MAPS[2, 1, 3])
    assert said.startswith(f"( {value:.4f} - (-0.485) ) / 0.229 = {(value + 0.485) / 0.229:.4f}")
    assert said.endswith("Mean -0.485 and deviation 0.229 of map 2 are given, and never change.")


def test_that_a_batch_norm_without_running_statistics_shows_the_squares_of_every_row() -> None:
    operation = BatchNorm2d(4, track_running_stats=False)
    shown = view(operation, MAPS, Cursor(0, 2, 1, 3, 99))
    layout = lay_out_ledger(scene(shown), 4000, 4, Theme())
    assert [cell.text for _, cell in layout.cells] == [
        f"{value:.4f}" for value in scene(shown).ledger.subtotals
    ]
    assert [cell.channel for _, cell in layout.cells] == [0, 1, 2]
    said = text(scene(shown))
    assert said.count(")²") == 5
    assert "The mean of all 15 values of map 2" in said.replace("  ", " ")
    assert "/ 15 =" in said
    early = scene(replace(shown, cursor=Cursor(0, 2, 1, 3, 7), opened=1))
    assert "/ 15 =" not in text(early)
    assert f"so far {early.ledger.partials[7]:.4f}" in text(early)


@pytest.mark.parametrize(("channel", "real"), [(0, 2), (1, 3), (3, 3)])
def test_that_only_neighbours_that_exist_are_written(channel: int, real: int) -> None:
    operation = LocalResponseNorm(4, 0.5, 0.75, 2.0)
    shown = scene(view(operation, MAPS, Cursor(0, channel, 1, 2, 99)))
    said = text(shown)
    assert said.count("²") == real
    assert said.startswith("2 + 0.5 / 4 × (")
    assert f"/ {shown.ledger.parts['base']:.6f}^0.75 = " in said
    assert f"{real} of 4 neighbours exist." in said
    whole = scene(view(LocalResponseNorm(3), MAPS, Cursor(0, 1, 1, 2, 99)))
    assert "exist" not in text(whole)


def test_that_a_mask_says_what_is_struck_out_and_what_is_kept() -> None:
    mask = np.ones(MAPS.shape)
    mask[0, 0, 0] = 0
    shown = view(Dropout(0.25), MAPS, Cursor(0, 0, 0, 0, 1), mask=mask)
    assert text(scene(shown)).endswith("× 0 / 0.75 = 0 Struck out.")
    kept = scene(replace(shown, cursor=Cursor(0, 0, 0, 1, 1)))
    assert "× 1 / 0.75 =" in text(kept)
    assert text(kept).endswith("Kept, and divided by 1 - 0.25 = 0.75.")
    evaluated = scene(view(Dropout(0.25), MAPS, Cursor(0, 0, 0, 1, 1)))
    assert "Evaluation passes every value on." in text(evaluated)


def test_that_a_loss_is_written_as_minus_a_logarithm() -> None:
    shown = scene(view(LogSoftmax(), LOGITS, Cursor(0, 0, 0, 2, 99)))
    assert text(shown).endswith(f"= {shown.ledger.result:.4f}")
    assert "logarithm of the probability of class 2:" in text(shown)
    loss = scene(view(CrossEntropyLoss(target=4), LOGITS, Cursor(0, 0, 0, 0, 99)))
    assert text(loss).endswith(f"= {loss.ledger.result:.4f}")
    assert "of class 4: -(" in text(loss)
    smooth = scene(view(CrossEntropyLoss(0.1, target=4), LOGITS, Cursor(0, 0, 0, 0, 99)))
    loss_text, total = (f"{smooth.ledger.parts[name]:.4f}" for name in ("loss", "total"))
    end = f"0.9 × {loss_text} + 0.1 / 6 × {total} = {smooth.ledger.result:.4f}"
    assert text(smooth).endswith(end)


def test_that_a_tie_is_said_and_the_place_is_the_result() -> None:
    x = np.array([1, 3, 3, 2], dtype=np.float32)
    shown = scene(view(Argmax(0), x, Cursor(0, 0, 0, 0, 99)))
    said = text(shown)
    assert said.startswith("argmax( 1 , 3 , 3 , 2 ) = 1")
    assert said.endswith("Of equal values the first wins.")
    early = scene(view(Argmax(0), x, Cursor(0, 0, 0, 0, 0)))
    assert text(early).endswith("largest so far 1")


STAGES = [
    (BatchNorm2d(4), MAPS),
    (BatchNorm2d(4, affine=False, track_running_stats=False), MAPS),
    (Normalize((0.1, 0.2, 0.3, 0.4), (0.5, 0.6, 0.7, 0.8)), MAPS),
    (LocalResponseNorm(5), MAPS),
    (LocalResponseNorm(3), MAPS),
    (Argmax(0), MAPS),
    (Argmax(1), MAPS),
    (Argmax(-1), MAPS),
    (Argmax(0), LOGITS),
    (LogSoftmax(), LOGITS),
    (CrossEntropyLoss(0.2, target=2), LOGITS),
]


@pytest.mark.parametrize(("operation", "x"), STAGES, ids=lambda value: getattr(value, "kind", ""))
def test_that_every_term_is_drawn_and_the_next_looks_different(
    operation: Operation, x: NDArray[np.float32], qtbot: QtBot
) -> None:
    pane = make(qtbot)
    shown, pictures = view(operation, x, Cursor()), []
    count = scene(shown).ledger.taps.count
    for term in sorted({0, count // 2, count}):
        cursor = clamped(shown.network, Cursor(0, 1, 1, 1, term))
        pane.look(replace(shown, cursor=cursor))
        pictures.append(pixels(pane.grab().toImage()))
    for before, after in pairwise(pictures):
        assert not np.array_equal(before, after)


def test_that_a_neighbour_in_another_map_is_not_marked_in_the_one_that_is_shown(
    qtbot: QtBot,
) -> None:
    # Channel 0 has its neighbours in maps 1 and 2: marked in this one, they would lie below it.
    pane = make(qtbot)
    shown = view(LocalResponseNorm(5), MAPS, Cursor(0, 0, 1, 2, 99))
    pane.look(shown)
    arrangement = pane.body.arrangement()
    assert arrangement is not None
    cells, picture = arrangement.input, pixels(pane.body.grab().toImage())
    below = cells.padded.adjusted(0, cells.rect.height() + 30, 0, cells.rect.height())
    top, bottom = int(below.top()), min(int(below.bottom()), len(picture))
    strip = picture[top:bottom, int(below.left()) : int(below.right())]
    assert strip.size == 0 or (strip == strip[0, 0]).all()


def test_that_what_a_mask_strikes_out_can_be_seen(qtbot: QtBot) -> None:
    pane, mask = make(qtbot), np.ones(MAPS.shape)
    pane.look(view(Dropout(0.5), MAPS, Cursor(0, 0, 0, 0, 0), mask=mask))
    whole = pixels(pane.body.grab().toImage())
    struck = mask.copy()
    struck[0, 2, 4] = 0
    pane.look(view(Dropout(0.5), MAPS, Cursor(0, 0, 0, 0, 0), mask=struck))
    assert not np.array_equal(pixels(pane.body.grab().toImage()), whole)


def make(qtbot: QtBot) -> StagePane:
    parent = QWidget()
    # qtbot keeps a weak reference only; this closure keeps the parent for as long as the test.
    qtbot.addWidget(parent, before_close_func=lambda _: parent.hide())
    actions = {key: QAction(parent) for key in ("start", "back", "play", "forward", "end")}
    pane = StagePane(Transport(actions, parent), parent)
    pane.resize(1000, 420)
    return pane


@pytest.mark.parametrize(
    ("layer", "first", "second"),
    [(9, "(layer 9, BatchNorm)", "(layer 4, MaxPool)"),
     (18, "(layer 18, BatchNorm)", "(layer 16, BatchNorm)")],
)  # fmt: skip
def test_that_a_sum_names_the_layer_that_each_of_its_numbers_comes_from(
    layer: int, first: str, second: str
) -> None:
    shown = snapshot("small_resnet")
    done = View(shown.network, cursor=Cursor(layer, 1, 3, 2, 2), stage=shown, live=shown)
    added = scene(done).ledger
    said = text(scene(done))
    for value in (*added.operands, added.result):
        assert written(float(value), 4).replace("−", "-") in said
    assert said.index(first) < said.index(second) < said.index("=")
    begun = replace(done, cursor=Cursor(layer, 1, 3, 2, 0))
    assert "=" not in text(scene(begun))


def test_that_a_sum_that_is_typed_has_no_layers_to_name() -> None:
    skip = RANDOM.normal(size=MAPS.shape).astype(np.float32)
    said = text(scene(view(Add(), MAPS, Cursor(0, 1, 1, 1, 2), skip=skip)))
    assert "(input)" in said
    assert "(skip)" in said
