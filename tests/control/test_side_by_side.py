"""Two runs with one cursor: read in threads of their own, from files of every kind."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnviz.control.side_by_side import END, LEFT, RIGHT, SideBySide
from cnnviz.core.cursor import Cursor
from cnnviz.core.experiment import Experiment
from cnnviz.core.network import Network, build_network
from cnnviz.core.operations import Conv2d, Flatten, Linear, ReLU, Softmax
from cnnviz.core.problem import Problem
from cnnviz.core.recorded import Compared
from cnnviz.core.snapshot import Snapshot
from cnnviz.engine.run_file import RunFile
from cnnviz.engine.run_mark import being_written
from cnnviz.engine.run_reading import read_compared, read_row
from tests.control.test_open_run import Elsewhere
from tests.engine.idx_files import TINY, experiment, write_dataset
from tests.engine.test_run_reader import record

PATIENCE = 60_000

MLP = build_network(
    "small",
    "Small",
    (1, 28, 28),
    (Flatten(), Linear(784, 12), ReLU(), Linear(12, 10), Softmax()),
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_dataset(tmp_path / "data")


@pytest.fixture
def pair(qapp: QApplication) -> Iterator[SideBySide]:
    made = SideBySide(TINY)
    yield made
    assert made.close(60)


def run(path: Path, wanted: Experiment, steps: int) -> Compared:
    """A run with a snapshot after every batch, and its losses."""
    record(path, wanted, steps)
    with RunFile.open(path, readonly=False) as file:
        file.append_losses(1, np.linspace(2, 1, steps, dtype=np.float32))
    return read_compared(read_row(path))


def small(data: Path, network: Network = TINY, **changes: object) -> Experiment:
    return experiment(data, network, threads=1, **changes)


def settled(pair: SideBySide) -> bool:
    return bool(pair.sides) and all(
        side.problem is not None or (side.kept is not None and not side.awaited)
        for side in pair.sides
    )


def wait(qtbot: QtBot, until: Callable[[], bool]) -> None:
    qtbot.waitUntil(until, timeout=PATIENCE)


def seen(pair: SideBySide, place: int) -> Snapshot:
    found = pair.sides[place].seen
    assert found is not None, pair.sides[place].problem
    return found


def test_that_both_runs_are_shown_with_one_image_and_step(
    qtbot: QtBot, pair: SideBySide, data: Path, tmp_path: Path
) -> None:
    left = run(tmp_path / "left.cnnviz", small(data), 8)
    right = run(tmp_path / "right.cnnviz", small(data, MLP, epochs=1), 5)
    pair.show(left, right)
    wait(qtbot, lambda: settled(pair))
    assert [seen(pair, place).step for place in (LEFT, RIGHT)] == [8, 5]
    assert pair.kept.steps.tolist() == list(range(9))
    pair.go_to_step(3)
    pair.choose_sample(7)
    wait(qtbot, lambda: settled(pair))
    for place, run_of in ((LEFT, left), (RIGHT, right)):
        snapshot = seen(pair, place)
        assert (snapshot.step, snapshot.sample.index) == (3, 7)
        with RunFile.open(run_of.path) as file:
            expected = file.parameters_at(3)
        for given, kept in zip(snapshot.parameters, expected, strict=True):
            assert all(np.array_equal(given[name], kept[name]) for name in kept)
        assert pair.view_of(place).stage is snapshot
    assert np.array_equal(seen(pair, LEFT).sample.image, seen(pair, RIGHT).sample.image)
    assert [side.log.count for side in pair.sides] == [8, 5]
    # Behind the end of the shorter one it stands still.
    pair.move(3)
    wait(qtbot, lambda: settled(pair))
    assert [seen(pair, place).step for place in (LEFT, RIGHT)] == [6, 5]
    pair.step_sample(-8)
    wait(qtbot, lambda: settled(pair))
    assert seen(pair, LEFT).sample.index == seen(pair, RIGHT).sample.index == 39


def test_that_everything_is_read_without_a_loop_of_events_too(
    pair: SideBySide, data: Path, tmp_path: Path
) -> None:
    one = run(tmp_path / "one.cnnviz", small(data), 3)
    other = run(tmp_path / "other.cnnviz", small(data, seed=5), 3)
    pair.show(one, other)
    deadline = time.monotonic() + PATIENCE / 1000
    while not settled(pair):
        assert time.monotonic() < deadline
        pair._take()
        time.sleep(0.005)
    assert [seen(pair, place).step for place in (LEFT, RIGHT)] == [3, 3]


def test_that_either_side_leads_and_the_other_follows(
    qtbot: QtBot, pair: SideBySide, data: Path, tmp_path: Path
) -> None:
    mlp = run(tmp_path / "mlp.cnnviz", small(data, MLP), 2)
    cnn = run(tmp_path / "cnn.cnnviz", small(data), 2)
    pair.show(mlp, cnn)
    # The maps lead, and begin in the middle of the first one.
    assert pair.leading == RIGHT
    assert pair.view.cursor == Cursor(0, 0, 14, 14, term=9)  # its window is complete
    assert pair.sides[LEFT].match.cursor.layer == 2
    assert not pair.sides[LEFT].match.same
    pair.go_to_element(2, 1, 3, 4)
    assert pair.view_of(RIGHT).cursor.row == 3
    pair.choose_layer(len(TINY.layers) - 1)
    pair.go_to_element(len(TINY.layers) - 1, 0, 0, 6)
    assert pair.view_of(LEFT).cursor == replace(pair.view.cursor, layer=len(MLP.layers) - 1)
    pair.lead(LEFT)
    assert pair.view.network is mlp.experiment.network
    pair.go_to_element(len(MLP.layers) - 2, 0, 0, 3)
    assert pair.view_of(RIGHT).cursor.column == 3
    assert pair.view_of(RIGHT).cursor.layer == len(TINY.layers) - 2
    wait(qtbot, lambda: settled(pair))


def test_that_the_film_leaves_no_step_out_and_ends(
    qtbot: QtBot, pair: SideBySide, data: Path, tmp_path: Path
) -> None:
    one = run(tmp_path / "one.cnnviz", small(data), 4)
    pair.show(one, run(tmp_path / "other.cnnviz", small(data, seed=5), 4))
    wait(qtbot, lambda: settled(pair))
    shown: list[tuple[int, ...]] = []
    pair.changed.connect(
        lambda: shown.append(tuple(-1 if s.seen is None else s.seen.step for s in pair.sides))
    )
    pair._film.setInterval(1)
    pair.toggle_film()
    assert pair.view.filming
    wait(qtbot, lambda: not pair.view.filming)
    assert {(step, step) for step in range(5)} <= set(shown)
    pair.toggle_film()
    pair.toggle_film()
    assert not pair.view.filming
    wait(qtbot, lambda: settled(pair))


@pytest.mark.parametrize("broken", [True, False])
def test_that_a_file_that_is_gone_or_broken_is_said_and_the_other_one_shown(
    qtbot: QtBot, pair: SideBySide, data: Path, tmp_path: Path, broken: bool
) -> None:
    one = run(tmp_path / "one.cnnviz", small(data), 2)
    other = run(tmp_path / "other.cnnviz", small(data), 2)
    if broken:
        other.path.write_text("mine")
    else:
        other.path.unlink()
    pair.show(one, other)
    wait(qtbot, lambda: settled(pair))
    problem = pair.sides[RIGHT].problem
    assert problem is not None
    assert "other.cnnviz" in str(problem)
    assert seen(pair, LEFT).step == 2
    said: list[Problem] = []
    opened: list[tuple[Path, int, int]] = []
    pair.noticed.connect(lambda found, _failed: said.append(found))
    pair.run_requested.connect(lambda *where: opened.append(where))
    pair.open_run(RIGHT)
    assert len(said) == 1
    pair.go_to_step(1)
    wait(qtbot, lambda: settled(pair) and seen(pair, LEFT).step == 1)
    pair.open_run(LEFT)
    assert opened == [(one.path, 1, 0)]


def test_that_data_that_are_gone_are_said(
    qtbot: QtBot, pair: SideBySide, data: Path, tmp_path: Path
) -> None:
    one = run(tmp_path / "one.cnnviz", small(data), 2)
    elsewhere = write_dataset(tmp_path / "elsewhere")
    other = run(tmp_path / "other.cnnviz", small(elsewhere), 2)
    elsewhere.rename(tmp_path / "away")
    pair.show(one, other)
    wait(qtbot, lambda: settled(pair))
    assert pair.sides[LEFT].problem is None
    assert "there is no such folder" in str(pair.sides[RIGHT].problem)


def test_that_runs_of_one_snapshot_and_of_other_inputs_stand_beside_each_other(
    qtbot: QtBot, pair: SideBySide, data: Path, tmp_path: Path
) -> None:
    layers = (Conv2d(1, 2, (3, 3)), ReLU(), Flatten(), Linear(648, 10), Softmax())
    network = build_network("low", "Low", (1, 20, 20), layers)
    smaller = write_dataset(tmp_path / "smaller", test=15, side=20)
    left = run(tmp_path / "one.cnnviz", small(data), 1)
    right = run(tmp_path / "other.cnnviz", small(smaller, network), 1)
    with RunFile.open(right.path, readonly=False) as file:
        file._remove("step > ?", 0)
    pair.show(left, right)
    wait(qtbot, lambda: settled(pair))
    assert [seen(pair, place).step for place in (LEFT, RIGHT)] == [1, 0]
    assert [seen(pair, place).sample.image.shape[1] for place in (LEFT, RIGHT)] == [28, 20]
    assert pair.test_count == 15
    pair.toggle_film()
    wait(qtbot, lambda: not pair.view.filming)
    pair.go_to_element(0, 1, 27, 27)
    assert pair.sides[RIGHT].match.cursor == replace(pair.view.cursor, row=17, column=17)
    assert not pair.sides[RIGHT].match.alike
    wait(qtbot, lambda: settled(pair))


def test_that_a_run_that_is_being_written_is_followed_at_its_end_only(
    qtbot: QtBot, pair: SideBySide, data: Path, tmp_path: Path
) -> None:
    done = run(tmp_path / "done.cnnviz", small(data, MLP), 2)
    path = tmp_path / "written.cnnviz"
    elsewhere = Elsewhere(path, data)
    elsewhere.train_to(1)
    written = read_compared(read_row(path))
    pair.show(done, written)
    wait(qtbot, lambda: settled(pair) and pair.sides[RIGHT].written)
    assert pair.at == END
    elsewhere.train_to(6)
    wait(qtbot, lambda: settled(pair) and seen(pair, RIGHT).step == 6)
    pair.go_to_step(1)
    wait(qtbot, lambda: settled(pair) and seen(pair, RIGHT).step == 1)
    elsewhere.train_to(9)
    elsewhere.end()
    wait(qtbot, lambda: 9 in pair.kept.steps and not pair.sides[RIGHT].written)
    assert seen(pair, RIGHT).step == 1


def test_that_leaving_lets_go_of_the_files_and_closing_of_the_threads(
    qtbot: QtBot, pair: SideBySide, data: Path, tmp_path: Path
) -> None:
    one = run(tmp_path / "one.cnnviz", small(data), 2)
    other = run(tmp_path / "other.cnnviz", small(data), 2)
    pair.show(one, other)
    pair.leave()
    pair.show(other, one)  # what was asked for before is not taken for an answer
    wait(qtbot, lambda: settled(pair))
    assert pair.sides[LEFT].run is other
    pair.leave()
    assert pair.sides == ()
    assert pair.test_count == 0
    wait(qtbot, lambda: all(reader._desk._file is None for reader in pair._readers))
    with being_written(one.path):
        pass
    assert pair.close(60)
    assert not {"reading", "reading data"} & {each.name for each in threading.enumerate()}


def test_that_closing_at_once_leaves_no_thread(
    pair: SideBySide, data: Path, tmp_path: Path
) -> None:
    one = run(tmp_path / "one.cnnviz", small(data), 2)
    pair.show(one, run(tmp_path / "other.cnnviz", small(data), 2))
    assert pair.close(60)
    assert not {"reading", "reading data"} & {each.name for each in threading.enumerate()}
