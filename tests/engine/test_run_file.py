"""A run on disk: what is written is read again, and what is no run is refused in a sentence."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from cnnviz.core.metrics import Evaluation
from cnnviz.core.problem import Problem
from cnnviz.core.tensor_blob import lay_out
from cnnviz.engine.run_about import About
from cnnviz.engine.run_file import RunFile
from cnnviz.engine.run_metrics import BLOCK
from cnnviz.engine.run_schema import APPLICATION, SCHEMA
from cnnviz.engine.stored_step import Stored
from cnnviz.resources import resource
from tests.engine.idx_files import TINY, bundled, experiment

SHAPES = {
    "0.weight": (2, 1, 3, 3),
    "0.bias": (2,),
    "5.weight": (10, 98),
    "5.bias": (10,),
}


def stored(step: int, epoch_end: bool = False) -> Stored:
    """A snapshot of `TINY` whose numbers are all its step."""
    blob, arrays = lay_out({name: (np.float32, shape) for name, shape in SHAPES.items()}).empty()
    for array in arrays.values():
        array[...] = step
    state, _ = lay_out({"rng": (np.uint8, (5,))}).empty()
    return Stored(step, epoch_end, blob, state, "{}")


SIZE = stored(1).size


def make(folder: Path, steps: range = range(0), budget: int = 10**9) -> Path:
    """A file with snapshots of some steps."""
    path = folder / "run.cnnviz"
    with RunFile.create(path, experiment(folder), budget=budget) as file, file.together():
        for step in steps:
            assert file.append_snapshot(stored(step))
    return path


def test_that_what_is_written_is_read_again(tmp_path: Path) -> None:
    wanted = experiment(tmp_path / "data", bundled("two_layer_cnn"), learning_rate=0.1, seed=3)
    about = About("2026-11-24", "cuda:0", "A card", "숫자", "abc", {"torch": "2.9"})
    path = tmp_path / "a run? #1.cnnviz"
    with RunFile.create(path, wanted, about) as file, file.together():
        file.append_losses(1, np.array([3, 2, 1], dtype=np.float32))
        file.append_evaluation(Evaluation(2, 0.5, 0.25, False))
        file.append_evaluation(Evaluation(3, 0.25, 0.5, True))
        file.append_snapshot(stored(3, epoch_end=True))
    with RunFile.open(path) as file:
        assert (file.experiment, file.about) == (wanted, about)
        assert file.experiment is file.experiment
        assert file.losses().tolist() == [3, 2, 1]
        assert file.losses(3).tolist() == [1]
        assert file.losses(4).tolist() == []
        log = file.metrics()
        assert log.losses.tolist() == [3, 2, 1]
        assert log.evaluations == (Evaluation(2, 0.5, 0.25, False), Evaluation(3, 0.25, 0.5, True))
        assert file.evaluations(1) == log.evaluations[1:]
        assert [look.step for look in file.metrics(2).evaluations] == [2]
        assert file.epoch_ends().tolist() == [3]
        state = file.resume_state(3)
        assert (state.step, state.epoch_end, state.place) == (3, True, "{}")
        assert bytes(state.weights) == bytes(stored(3).weights)
        assert bytes(state.state) == bytes(stored(3).state)


def test_that_bundled_data_are_found_wherever_the_program_is(tmp_path: Path) -> None:
    with RunFile.create(tmp_path / "a", experiment(resource("data", "mnist"))) as file:
        assert file._texts()["data"] == "bundled:data/mnist"
        assert file.experiment.data == resource("data", "mnist")


def test_that_parameters_come_a_layer_at_a_time_and_can_be_written_to(tmp_path: Path) -> None:
    with RunFile.open(make(tmp_path, range(5, 6))) as file:
        parameters = file.parameters_at(5)
    assert len(parameters) == len(TINY.layers)
    for layer, arrays in zip(TINY.layers, parameters, strict=True):
        assert {k: v.shape for k, v in arrays.items()} == layer.parameter_shapes
        for array in arrays.values():
            assert array.dtype == np.float32
            assert array.flags.c_contiguous
            assert array.flags.writeable
            assert (array == 5).all()


def test_that_the_nearest_step_kept_is_taken(tmp_path: Path) -> None:
    with RunFile.open(make(tmp_path, range(10, 40, 10))) as file:
        assert file.steps().tolist() == [10, 20, 30]
        found = [file.nearest(step) for step in (-5, 10, 15, 16, 29, 99)]
        assert found == [10, 10, 10, 20, 30, 30]
        assert file.parameters_at(26)[0]["bias"].tolist() == [30, 30]
        with pytest.raises(Problem, match="step 26 is not among those"):
            file.resume_state(26)


def test_that_a_run_without_weights_says_so(tmp_path: Path) -> None:
    with RunFile.open(make(tmp_path)) as file:
        assert file.steps().tolist() == []
        with pytest.raises(Problem, match="no weights are kept"):
            file.parameters_at(0)


def test_that_losses_lie_in_blocks(tmp_path: Path) -> None:
    losses = np.arange(3 * BLOCK + 5, dtype=np.float32)
    path = make(tmp_path)
    with RunFile.open(path, readonly=False) as file:
        start = 0
        for count in (1, 7, BLOCK, 2 * BLOCK - 20, 17):
            with file.together():
                file.append_losses(start + 1, losses[start : start + count])
            start += count
        assert (file.losses() == losses).all()
        for first in (2, BLOCK, BLOCK + 1, 2 * BLOCK + 1, len(losses)):
            assert (file.losses(first) == losses[first - 1 :]).all()
        rows = file._connection.execute("SELECT first FROM losses").fetchall()
        assert [first for (first,) in rows] == [1, BLOCK + 1, 2 * BLOCK + 1, 3 * BLOCK + 1]
        with pytest.raises(Problem, match="losses are missing"):
            file.append_losses(99999, losses[:1])


def test_that_snapshots_stay_within_the_budget_and_grow_thinner(tmp_path: Path) -> None:
    with RunFile.open(make(tmp_path, budget=40 * SIZE), readonly=False) as file:
        for step in range(2001):
            with file.together():
                assert file.append_snapshot(stored(step, epoch_end=step % 500 == 0 and step > 0))
            assert len(file._kept) <= 40
        steps = file.steps()
        assert len(steps) == 40
        assert steps[0] == 0
        assert steps[-1] == 2000
        assert set(steps) >= {500, 1000, 1500}
        gaps = np.diff(steps) / np.maximum(steps[1:], 1)
        assert gaps[steps[1:] >= 40].max() < 0.5  # nowhere a large hole for its place
        for table in ("weights", "states"):
            rows = file._connection.execute(f"SELECT step FROM {table} ORDER BY step")
            assert [step for (step,) in rows] == steps.tolist()
    assert (tmp_path / "run.cnnviz").stat().st_size < 2 * 40 * 3 * 32768


def test_that_a_budget_for_one_keeps_the_newest_and_for_none_says_so(tmp_path: Path) -> None:
    path = make(tmp_path, range(6), budget=SIZE + 1)
    with RunFile.open(path) as file:
        assert file.steps().tolist() == [5]
    path.unlink()
    with RunFile.open(make(tmp_path, budget=SIZE - 1), readonly=False) as file:
        assert not file.append_snapshot(stored(1))


def test_that_what_is_written_together_is_written_wholly_or_not_at_all(tmp_path: Path) -> None:
    with RunFile.open(make(tmp_path, range(3)), readonly=False) as file:

        def fail() -> None:
            with file.together():
                file.append_losses(1, np.ones(3, np.float32))
                file.append_snapshot(stored(9))
                raise Problem("no")

        with pytest.raises(Problem, match=r"run\.cnnviz: no"):
            fail()
        assert file.losses().tolist() == []
        assert file.append_snapshot(stored(3))
        assert file.steps().tolist() == [0, 1, 2, 3]


def test_that_a_reader_sees_what_a_writer_has_committed(tmp_path: Path) -> None:
    path = make(tmp_path)
    with RunFile.open(path, readonly=False) as writer, RunFile.open(path) as reader:
        for step in range(5):
            with writer.together():
                writer.append_snapshot(stored(step))
                assert len(reader.steps()) == step
            assert len(reader.steps()) == step + 1


def test_that_a_branch_takes_the_history_over(tmp_path: Path) -> None:
    path = make(tmp_path, range(0, 50, 10))
    with RunFile.open(path, readonly=False) as file, file.together():
        file.append_losses(1, np.arange(40, dtype=np.float32))
        file.append_evaluation(Evaluation(20, 1.0, 0.5, True))
        file.append_evaluation(Evaluation(40, 0.5, 0.75, True))
    branch = tmp_path / "branch.cnnviz"
    other = experiment(tmp_path, learning_rate=0.5)
    with RunFile.create(branch, other, history=(path, 20)) as file, file.together():
        assert file.experiment.settings.learning_rate == 0.5
        assert file.steps().tolist() == [0, 10, 20]
        assert file.losses().tolist() == list(range(20))
        assert [look.step for look in file.evaluations()] == [20]
        file.append_losses(21, np.ones(1, np.float32))
        file.append_evaluation(Evaluation(21, 0.5, 0.75, True))
        file.append_snapshot(stored(21))
        assert file.steps().tolist() == [0, 10, 20, 21]
    with RunFile.open(path) as file:
        assert len(file.losses()) == 40


def test_that_a_run_can_be_cut_to_go_on_from_there(tmp_path: Path) -> None:
    path = make(tmp_path, range(0, 50, 10))
    with RunFile.open(path, readonly=False) as file:
        with file.together():
            file.append_losses(1, np.arange(2 * BLOCK, dtype=np.float32))
            file.append_evaluation(Evaluation(40, 0.5, 0.75, True))
        file.cut(30, experiment(tmp_path, epochs=9), About())
        assert file.experiment.settings.epochs == 9
        assert file.steps().tolist() == [0, 10, 20, 30]
        assert file.losses().tolist() == list(range(30))
        assert file.evaluations() == ()


def test_that_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    path = make(tmp_path)
    with pytest.raises(Problem, match="there is such a file already"):
        RunFile.create(path, experiment(tmp_path))


def foreign(path: Path, *statements: str) -> Path:
    """A database that another hand has made."""
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return path


MARKED = (f"PRAGMA application_id = {APPLICATION}", "PRAGMA user_version = 1")


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        (("CREATE TABLE t (a)",), "not a run of cnnviz: another program's mark"),
        (MARKED[:1] + ("PRAGMA user_version = 2",), "version 2 of the format"),
        (MARKED, "its tables are others"),
        (
            (*MARKED, *SCHEMA, "CREATE TRIGGER x AFTER INSERT ON run BEGIN SELECT 1; END"),
            "its tables are others",
        ),
        ((*MARKED, *SCHEMA), "its budget is not a number"),
    ],
)
def test_that_a_foreign_database_is_refused(
    statements: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    path = foreign(tmp_path / "foreign.cnnviz", *statements)
    for readonly in (True, False):
        with pytest.raises(Problem, match=words):
            RunFile.open(path, readonly)


@pytest.mark.parametrize("content", [b"", b"no database at all", b"SQLite format 3\0" + b"x" * 90])
def test_that_a_file_that_is_no_database_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.cnnviz"
    path.write_bytes(content)
    with pytest.raises(Problem, match=r"x\.cnnviz: it is not a run"):
        RunFile.open(path)
    with pytest.raises(Problem, match="there is no such file"):
        RunFile.open(tmp_path / "nothing")


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE run SET value = '[1' WHERE name = 'settings'", "settings cannot be read"),
        ("UPDATE run SET value = '{\"seed\": true}' WHERE name = 'settings'", "seed"),
        ("UPDATE run SET value = 'title = 1' WHERE name = 'network'", "missing"),
        ("UPDATE run SET value = 'bundled:../x' WHERE name = 'data'", "data cannot be read"),
        ("DELETE FROM run WHERE name = 'network'", "missing"),
        ("UPDATE weights SET data = x'0102'", "the numbers cannot be read"),
        ("DELETE FROM weights", "no weights of step 0"),
    ],
)
def test_that_a_broken_part_is_one_problem(statement: str, words: str, tmp_path: Path) -> None:
    path = foreign(make(tmp_path, range(1)), statement)

    def read() -> None:
        with RunFile.open(path) as file:
            _ = file.experiment
            file.parameters_at(0)

    with pytest.raises(Problem, match=words):
        read()


def test_that_any_damage_is_one_problem_or_none(tmp_path: Path) -> None:
    path = make(tmp_path, range(20))
    whole = path.read_bytes()
    random = np.random.default_rng(1)
    refused = 0
    for _ in range(60):
        content = bytearray(whole)
        start = int(random.integers(0, len(content)))
        length = int(random.integers(1, 5000))
        content[start : start + length] = random.bytes(len(content[start : start + length]))
        path.write_bytes(bytes(content) if random.random() < 0.7 else whole[:start])
        try:
            with RunFile.open(path) as file:
                _ = file.experiment, file.about, file.metrics()
                for step in file.steps()[:50]:
                    file.parameters_at(int(step))
        except Problem:
            refused += 1
    assert refused > 5


def test_that_a_run_can_be_read_where_nothing_can_be_written(tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    path = make(folder, range(3))
    folder.chmod(0o500)
    try:
        with RunFile.open(path) as file:
            assert file.steps().tolist() == [0, 1, 2]
    finally:
        folder.chmod(0o700)
