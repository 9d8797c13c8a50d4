"""Whether a run is being written, was ended, or was cut off."""

from __future__ import annotations

import multiprocessing
import os
from pathlib import Path

import pytest

from cnnviz.core.problem import Problem
from cnnviz.engine.run_mark import (
    being_written,
    cut_off,
    has_mark,
    is_being_written,
    take_away,
)


def hold(path: Path, ready, done) -> None:
    """Write a run until killed."""
    with being_written(path):
        ready.set()
        done.wait(60)


def test_that_a_run_has_a_mark_only_while_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "sub" / "a.cnnviz"
    assert not is_being_written(path)
    with being_written(path):
        assert is_being_written(path)
        assert has_mark(path)
    assert not is_being_written(path)
    assert not has_mark(path)
    assert list((tmp_path / "sub").iterdir()) == []


def test_that_two_recorders_do_not_write_one_run(tmp_path: Path) -> None:
    path = tmp_path / "a.cnnviz"
    with being_written(path):
        again = being_written(path)
        with pytest.raises(Problem, match=r"a\.cnnviz: it is being written by another process"):
            again.__enter__()
        assert is_being_written(path)


def test_that_a_mark_goes_too_when_recording_fails(tmp_path: Path) -> None:
    path = tmp_path / "a.cnnviz"
    with pytest.raises(ValueError, match="disk"), being_written(path):
        raise ValueError("disk")
    assert not has_mark(path)


def test_that_a_killed_process_leaves_a_run_that_was_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "a.cnnviz"
    path.write_bytes(b"")
    context = multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    process = context.Process(target=hold, args=(path, ready, done))
    process.start()
    assert ready.wait(60)
    assert is_being_written(path)
    assert cut_off(tmp_path) == []
    process.kill()
    process.join()
    assert not is_being_written(path)
    assert cut_off(tmp_path) == [path]
    take_away(path)
    assert cut_off(tmp_path) == []


def test_that_the_newest_run_that_was_cut_off_comes_first(tmp_path: Path) -> None:
    for age, name in enumerate(("a", "b", "c")):
        path = tmp_path / f"{name}.cnnviz"
        path.write_bytes(b"")
        (tmp_path / f".{name}.cnnviz.recording").write_bytes(b"")
        os.utime(path, (1000 - age, 1000 - age))
    (tmp_path / ".gone.cnnviz.recording").write_bytes(b"")
    assert [path.stem for path in cut_off(tmp_path)] == ["a", "b", "c"]
    assert not (tmp_path / ".gone.cnnviz.recording").exists()
