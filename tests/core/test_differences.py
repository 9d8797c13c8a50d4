"""In what runs differ."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from cnnviz.core.differences import NOTHING, SETTINGS, aligned, differences
from cnnviz.core.settings import TrainingSettings
from tests.core.scenes.test_comparison import compared
from tests.networks import bundled


def table(*runs) -> dict[str, tuple[str, ...]]:
    return {line.what.format(number=line.number): line.values for line in differences(runs)}


def test_that_alike_runs_differ_in_nothing_but_what_came_out() -> None:
    one = compared("a", [1.0, 0.5], [(2, 0.25, 0.5)])
    found = table(one, compared("b", [1.0], []))
    assert found == {
        "test accuracy": ("50.00 %", "50.00 %"),
        "test loss": ("0.2500", NOTHING),
        "loss of the last batches": ("0.7500", "1.0000"),
        "parameters": ("1,010", "1,010"),
    }
    assert differences(()) == ()


def test_that_every_setting_has_a_name_and_is_compared() -> None:
    assert list(SETTINGS) == list(TrainingSettings.__dataclass_fields__)
    found = table(
        compared("a", [1.0], [], seed=1, train_images=500),
        compared("b", [1.0], [], seed=2, learning_rate=0.01),
    )
    assert found["seed"] == ("1", "2")
    assert found["training images (0: all)"] == ("500", "0")
    assert found["learning rate"] == ("0.001", "0.01")
    assert "epochs" not in found


def test_that_layers_are_compared_where_they_stand_side_by_side() -> None:
    first = compared("a", [1.0], [])
    lenet, tanh = (
        replace(first, experiment=replace(first.experiment, network=bundled(key)))
        for key in ("lenet5", "lenet5_tanh")
    )
    found = table(lenet, tanh)
    assert found["layer 2"] == ("ReLU()", "Tanh()")
    assert found["layer 3"][0].startswith("MaxPool2d")
    assert found["layer 3"][1].startswith("AvgPool2d")
    assert "layer 1" not in found
    assert found["network"] == (bundled("lenet5").title, bundled("lenet5_tanh").title)


def test_that_an_inserted_layer_is_nothing_in_the_other() -> None:
    rows = aligned([["a", "b", "c"], ["a", "x", "b", "c"], ["a", "x", "c"]])
    assert rows == [
        ("a", "a", "a"),
        (NOTHING, "x", "x"),
        ("b", "b", NOTHING),
        ("c", "c", "c"),
    ]


@given(st.lists(st.lists(st.sampled_from("abc"), max_size=6), max_size=4))
def test_that_no_layer_is_lost_or_moved(columns: list[list[str]]) -> None:
    rows = aligned(columns)
    for place, column in enumerate(columns):
        assert [row[place] for row in rows if row[place] != NOTHING] == column
    assert all(set(row) != {NOTHING} for row in rows)
