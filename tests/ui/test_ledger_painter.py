"""The ledger's text: what stands there is the arithmetic of the operation."""

from __future__ import annotations

import numpy as np
import pytest

from cnnviz.core.cursor import Cursor
from cnnviz.core.network import Network
from cnnviz.core.operations import Conv2d, Flatten, Linear, Operation, Softmax
from cnnviz.core.operations.adaptive_pooling import AdaptiveAvgPool2d, AdaptiveMaxPool2d
from cnnviz.core.operations.average_pooling import AvgPool2d
from cnnviz.core.operations.gelu import GELU
from cnnviz.core.operations.leaky_relu import LeakyReLU
from cnnviz.core.operations.relu import ReLU
from cnnviz.core.operations.sigmoid import Sigmoid
from cnnviz.core.operations.silu import SiLU
from cnnviz.core.operations.transposed_convolution import ConvTranspose2d
from cnnviz.core.scenes.stage import StageScene, stage_scene
from cnnviz.ui.painters.ledger import lay_out_ledger
from cnnviz.ui.theme import Theme
from tests.core.scenes.networks import network_of, view_of

pytestmark = pytest.mark.usefixtures("qapp")  # fonts need an application


def network(operation: Operation) -> Network:
    conv = Conv2d(1, 2, (3, 3))
    size = 1
    for side in operation.output_shape((2, 6, 6)):
        size *= side
    return network_of((conv, operation, Flatten(), Linear(size, 3), Softmax()))


def scene(operation: Operation, term: int = 99) -> StageScene:
    made = network(operation)
    from cnnviz.core.cursor import clamped

    found = stage_scene(view_of(clamped(made, Cursor(1, 0, 1, 1, term)), made))
    assert isinstance(found, StageScene)
    return found


def text(shown: StageScene) -> str:
    placed = lay_out_ledger(shown, 4000, 4, Theme()).pieces
    return " ".join(item.piece.text for item in placed)


@pytest.mark.parametrize(
    ("operation", "formula"),
    [
        (ReLU(), "max(0, {v} )"),
        (LeakyReLU(0.2), "max(0, {v} ) + 0.2·min(0, {v} )"),
        (Sigmoid(), "1 / (1 + exp(− {b} ))"),
        (SiLU(), "{b} / (1 + exp(− {b} ))"),
        (GELU(), "{b} · ½ (1 + erf( {b} / √2))"),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_that_an_activation_is_written_with_its_value(operation: Operation, formula: str) -> None:
    shown = scene(operation)
    value = f"{shown.ledger.operands[0]:.4f}".replace("-", "−")
    bracketed = f"({value})" if value.startswith("−") else value
    written = formula.replace("{v}", value).replace("{b}", bracketed)
    result = f"{shown.ledger.result:.4f}".replace("-", "−")
    assert text(shown).startswith(f"{operation.kind}( {value} ) = {written}")
    assert text(shown).endswith(result) or shown.ledger.result == 0


def test_that_a_mean_names_its_sum_and_what_it_is_divided_by() -> None:
    shown = scene(AvgPool2d((2, 2)))
    total, result = float(shown.ledger.operands.sum()), shown.ledger.result
    said = text(shown).replace("−", "-")
    assert said.count("+") == 3
    assert said.endswith(f") = {total:.4f} / 4 = {result:.4f}")


def test_that_a_smaller_window_of_an_adaptive_pooling_names_only_what_it_reads() -> None:
    shown = scene(AdaptiveAvgPool2d((4, 6)))
    read = int(shown.ledger.taps.inside.sum())
    assert text(shown).count("+") == read - 1
    shown = scene(AdaptiveMaxPool2d((5, 4)))
    assert text(shown).count(",") == int(shown.ledger.taps.inside.sum()) - 1


UP = ConvTranspose2d(2, 1, (3, 3), (2, 2), (1, 1))


def test_that_a_transposed_convolution_names_only_what_is_laid_on_the_element() -> None:
    shown = scene(UP)
    assert text(shown).count("×") == 4  # at (1, 1), the corners of both 3×3 groups; one is opened
    products = shown.ledger.terms[shown.group_terms]
    assert np.count_nonzero(products) == 4
    assert f"{shown.ledger.result:.4f}".replace("-", "−") in text(shown)
    for term, added in ((0, 1), (1, 1), (2, 2), (17, 8)):
        assert f"({added} of 8 products)" in text(scene(UP, term))


def test_that_an_element_on_which_nothing_is_laid_says_so() -> None:
    shown = scene(ConvTranspose2d(2, 1, (1, 1), (3, 3)))
    assert "no input is laid on this place" in text(shown)
    assert "×" not in text(shown)


def test_that_a_short_vector_is_added_up_in_one_line_and_a_long_one_has_no_channels() -> None:
    def of_vector(count: int) -> str:
        made = network_of((Flatten(), Linear(64, count), Linear(count, 3), Softmax()))
        found = stage_scene(view_of(Cursor(2, 0, 0, 1, count), made))
        assert isinstance(found, StageScene)
        return text(found)

    assert "Σ" not in of_vector(4)
    assert of_vector(4).count("×") == 4
    long = of_vector(60)
    assert "inputs 50 to 59:" in long or "inputs 0 to 9:" in long
    assert "Σ of 6 subtotals" in long
    assert "channel" not in long
