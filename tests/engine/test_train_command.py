"""`cnnviz train`: the same run as in the window, recorded, stopped and gone on with."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cnnviz.app import main
from cnnviz.core.augmentation import Augmentation
from cnnviz.core.network_file import write_network
from cnnviz.engine.progress import ProgressBar, duration
from cnnviz.engine.run_file import RunFile
from cnnviz.engine.run_mark import being_written
from cnnviz.train_line import TrainArguments, parse_train
from tests.engine.idx_files import TINY
from tests.engine.test_recorded_runs import steps_in

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def network(tmp_path: Path) -> Path:
    """A description of `TINY`."""
    path = tmp_path / "tiny.toml"
    path.write_text(write_network(TINY), "utf-8")
    return path


def line(network: Path, data: Path, run: Path, *more: str) -> list[str]:
    arguments = f"--data {data} --epochs 2 --batch-size 10 --threads 1 --device cpu --run {run}"
    return ["train", str(network), *arguments.split(), *more]


def test_that_everything_can_be_said() -> None:
    said = (
        "lenet5 --data shapes:7 --epochs 3 --batch-size 50 --lr 0.01 --seed 1 --threads 2 "
        "--device cpu --run r.cnnviz --limit-batches 9 --images 500 --shuffle-pixels 4 "
        "--evaluate-every 7 --megabytes 16 --name mine --shifts --augment shift=2,flip"
    )
    assert parse_train(said.split()) == TrainArguments(
        network="lenet5",
        data="shapes:7",
        images=500,
        shuffle_pixels=4,
        augment="shift=2,flip",
        epochs=3,
        batch_size=50,
        lr=0.01,
        seed=1,
        threads=2,
        device="cpu",
        run=Path("r.cnnviz"),
        limit_batches=9,
        evaluate_every=7,
        megabytes=16,
        name="mine",
        shifts=True,
    )


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("", "NETWORK is missing"),
        ("--resume", "together with --run"),
        ("lenet5 --resume --run r", "keeps its network"),
        ("--resume --run r --lr 1", "keeps its network"),
        ("--resume --run r --images 9", "keeps its network"),
        ("--resume --run r --augment flip", "keeps its network"),
        ("lenet5 --limit-batches 0", "from 1 is needed"),
        ("lenet5 --megabytes 0", "from 1 is needed"),
        ("lenet5 --epochs many", "invalid int"),
        ("lenet5 --ep 3", "unrecognized"),
    ],
)
def test_that_what_cannot_be_used_is_explained(
    said: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parse_train(said.split())
    assert ended.value.code == 2
    assert words in capsys.readouterr().err


def test_that_a_run_is_trained_and_recorded(
    network: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run.cnnviz"
    assert main(line(network, data, run)) == 0
    said = capsys.readouterr()
    assert [text[:12] for text in said.out.splitlines()] == ["epoch   1  c", "epoch   2  c"]
    assert "to go on" not in said.err
    with RunFile.open(run) as file:
        assert len(file.losses()) == file.steps()[-1] == 12
        assert file.experiment.settings.threads == 1
        assert [look.complete for look in file.evaluations()] == [True, True]


def test_that_a_stopped_run_goes_on_to_the_same_weights(
    network: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, parts = tmp_path / "whole.cnnviz", tmp_path / "parts.cnnviz"
    assert main(line(network, data, whole)) == 0
    assert main(line(network, data, parts, "--limit-batches", "4")) == 0
    assert steps_in(parts)[-1] == 4
    assert f"stopped after batch 4; to go on: cnnviz train --resume --run {parts}" in (
        capsys.readouterr().err
    )
    for limit in ("2", "3", "99"):
        assert main(["train", "--resume", "--run", str(parts), "--limit-batches", limit]) == 0
    with RunFile.open(whole) as one, RunFile.open(parts) as other:
        assert other.losses().tolist() == one.losses().tolist()
        assert other.evaluations() == one.evaluations()
        expected, found = one.weights_at(12), other.weights_at(12)
        assert all(np.array_equal(found[name], expected[name]) for name in expected)
    assert main(["train", "--resume", "--run", str(parts), "--epochs", "3"]) == 0
    assert steps_in(parts)[-1] == 18


def test_that_augmentation_stands_in_the_run_and_comes_back_when_it_goes_on(
    network: Path, data: Path, tmp_path: Path
) -> None:
    whole, parts, plain = (tmp_path / f"{name}.cnnviz" for name in ("whole", "parts", "plain"))
    wanted = ("--augment", "shift=2,rotation=15,flip,crop=0.2,noise=0.1,colour=0.1")
    assert main(line(network, data, whole, *wanted)) == 0
    assert main(line(network, data, plain)) == 0
    assert main(line(network, data, parts, *wanted, "--limit-batches", "4")) == 0
    assert main(["train", "--resume", "--run", str(parts)]) == 0
    with RunFile.open(whole) as one, RunFile.open(parts) as other, RunFile.open(plain) as without:
        assert other.experiment.settings.augmentation == Augmentation(
            shift=2, rotation=15, flip=True, crop=0.2, noise=0.1, colour=0.1
        )
        assert other.losses().tolist() == one.losses().tolist()
        expected, found, unchanged = (file.weights_at(12) for file in (one, other, without))
    assert all(np.array_equal(found[name], expected[name]) for name in expected)
    assert not np.allclose(expected["0.weight"], unchanged["0.weight"])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("--batch-size", "1000"), "batch_size: 1000 was given"),
        (("--data", "nowhere"), "nowhere"),
        (("--lr", "-1"), "learning_rate"),
        (("--augment", "shift=many"), "shift=many was given"),
        (("--augment", "crop=2"), "crop: 2.0 was given"),
    ],
)
def test_that_what_cannot_begin_says_why_and_leaves_nothing(
    change: tuple[str, ...],
    words: str,
    network: Path,
    data: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run = tmp_path / "run.cnnviz"
    assert main(line(network, data, run, *change)) == 2
    said = capsys.readouterr()
    assert words in said.err
    assert said.err.startswith("cnnviz: ")
    assert not run.exists()


def test_that_a_file_that_is_there_is_not_written_over(
    network: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run.cnnviz"
    run.write_text("mine")
    assert main(line(network, data, run)) == 2
    assert "add --resume" in capsys.readouterr().err
    assert main(["train", "--resume", "--run", str(run)]) == 2
    assert "is not a run of cnnviz" in capsys.readouterr().err
    assert run.read_text() == "mine"


def test_that_a_run_that_another_process_trains_is_left_alone(
    network: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run.cnnviz"
    assert main(line(network, data, run, "--limit-batches", "3")) == 0
    content = run.read_bytes()
    with being_written(run):
        assert main(["train", "--resume", "--run", str(run)]) == 2
    assert "run.cnnviz: it is being written by another process" in capsys.readouterr().err
    assert run.read_bytes() == content


def test_that_training_that_fails_is_said_and_what_was_before_is_kept(
    network: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run.cnnviz"
    assert main(line(network, data, run, "--lr", "1e30", "--epochs", "50")) == 1
    assert "learning rate" in capsys.readouterr().err
    assert steps_in(run)[-1] >= 0


def test_that_ctrl_c_stops_after_the_batch_and_says_how_to_go_on(
    network: Path, data: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run.cnnviz"
    process = subprocess.Popen(
        [sys.executable, "main.py", *line(network, data, run, "--epochs", "100000")],
        cwd=ROOT,
        env=os.environ | {"DISPLAY": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("epoch   1")
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in said
    assert f"to go on: cnnviz train --resume --run {run}" in said
    with RunFile.open(run) as file:
        step = int(file.steps()[-1])
        assert len(file.losses()) >= step > 0
        assert f"stopped after batch {len(file.losses()):,};" in said


def test_that_nothing_slow_is_loaded_before_it_is_wanted() -> None:
    code = (
        "import sys; from cnnviz.app import main\n"
        "try: main(['train', '--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'torch', 'numpy', 'PyQt6', 'pyqtgraph'} & sys.modules.keys()))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.splitlines()[-1] == "[]"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_that_the_bar_says_how_long_it_will_take() -> None:
    bar = ProgressBar(io.StringIO(), 100, 1200, 600, 50)
    assert bar.line(650, 0.125, 55.0) == (
        "epoch 2/2 [#############-----------] 50/600  loss 0.1250  500 images/s  0:55 left"
    )
    assert "epoch 1/2 [##" in bar.line(100, 0.1, 0.0)
    assert [duration(s) for s in (0, 61, 3723)] == ["0:00", "1:01", "1:02:03"]


def test_that_a_bar_is_drawn_on_a_terminal_and_lines_in_a_log() -> None:
    for stream, seconds in ((Terminal(), 0.2), (io.StringIO(), 11.0)):
        bar = ProgressBar(stream, 0, 10, 5, 1)
        bar.show(1, 0.5)
        assert stream.getvalue() == ""  # a moment ago it was begun
        bar._said -= seconds
        bar.show(2, 0.5)
        bar.show(3, 0.5)
        text = stream.getvalue()
        assert text.count("loss") == 1
        assert text.startswith("\r") == stream.isatty()
        assert text.endswith("\n") != stream.isatty()
