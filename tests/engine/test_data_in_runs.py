"""The training thread and its data: looks while they are read, giving up, and what is said."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from cnnviz.core.dataset import Misfit
from cnnviz.core.events import Failed, Notice, Ready, Starting
from cnnviz.core.experiment import Experiment
from cnnviz.core.picture import Picture
from cnnviz.engine import image_folder
from tests.engine.idx_files import TINY, experiment, settings
from tests.engine.test_image_folder import paint
from tests.engine.test_runner import PATIENCE, Watched


@pytest.fixture
def watched() -> Iterator[Watched]:
    made = Watched()
    yield made
    assert made.runner.close(PATIENCE)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Two classes of 50 pictures each, in no parts."""
    folder = tmp_path / "pictures"
    for number in range(50):
        paint(folder / "dark" / f"{number}.png", (number, 0, 0), (28, 28))
        paint(folder / "light" / f"{number}.png", (200 + number, 255, 255), (28, 28))
    return folder


def test_that_a_folder_of_pictures_is_trained_on_and_its_notice_follows(
    watched: Watched, pictures: Path
) -> None:
    (pictures / "dark" / "7.png").write_bytes(b"no picture")
    ready = watched.begin(Experiment(TINY, settings(), pictures))
    assert (ready.train_count, ready.test_count) == (79, 20)
    assert ready.data is not None
    assert ready.data.classes == ("dark", "light")
    counted = [event for event in watched.seen if isinstance(event, Starting) and event.total]
    assert [event.done for event in counted] == [0, 20, 40, 60, 80]
    assert "1 of 100 pictures were skipped" in str(watched.until(Notice).problem)
    assert watched.look(3).sample.image.shape == (1, 28, 28)


def test_that_reading_is_given_up_for_another_request_and_looks_wait_for_the_run_that_stands(
    watched: Watched, pictures: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched.begin(experiment(data))
    gate, read = threading.Event(), []

    def slow(path: Path, name: str) -> Picture:
        read.append(name)
        gate.wait(0.01)
        return Picture(np.zeros((1, 28, 28), dtype=np.float32))

    monkeypatch.setattr(image_folder, "read_picture", slow)
    watched.runner.restart(Experiment(TINY, settings(), pictures))
    while not watched.until(Starting).total:
        pass
    watched.runner.look(5)
    watched.runner.restart(experiment(data, seed=3))
    gate.set()
    ready = watched.until(Ready)
    assert (ready.run, ready.train_count) == (2, 60)
    assert len(read) < 100
    shown = watched.look(5)
    assert (shown.run, shown.sample.index) == (2, 5)


def test_that_data_that_do_not_fit_leave_the_run_and_say_what_would(
    watched: Watched, data: Path
) -> None:
    watched.begin(experiment(data))
    watched.singles(2)
    watched.runner.restart(Experiment(TINY, settings(), "shapes"))
    said = watched.until(Failed).problem
    assert isinstance(said, Misfit)
    assert (said.shape, said.classes) == ((3, 32, 32), 10)
    assert str(said) == (
        "Coloured shapes: its images are 3 × 32 × 32, the network takes 1 × 28 × 28"
    )
    assert watched.look().step == 2
