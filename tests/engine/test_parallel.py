"""Several processes under torchrun: the weights that one gets with their batches together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from cnnviz.app import main
from cnnviz.core.network import build_network
from cnnviz.core.network_file import write_network
from cnnviz.core.operations import Conv2d, Flatten, Linear, MaxPool2d, ReLU, Softmax
from cnnviz.engine.parallel import Ranks, ranks_of, together
from cnnviz.engine.run_file import RunFile
from tests.engine.test_recorded_runs import steps_in

ROOT = Path(__file__).resolve().parents[2]
TORCHRUN = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]

PLAIN = build_network(
    "plain",
    "Plain",
    (1, 28, 28),
    (Conv2d(1, 4, (5, 5)), ReLU(), MaxPool2d((4, 4)), Flatten(), Linear(144, 10), Softmax()),
)
"""Without dropout, which every process draws for itself."""


CHANGED = "shift=2,rotation=15,flip,crop=0.2,noise=0.1"


@pytest.fixture
def network(tmp_path: Path) -> Path:
    """A description of `PLAIN`."""
    path = tmp_path / "plain.toml"
    path.write_text(write_network(PLAIN), "utf-8")
    return path


def line(network: Path, data: Path, run: Path, batch: int, epochs: int) -> list[str]:
    settings = f"--epochs {epochs} --batch-size {batch} --threads 1 --device cpu"
    return ["train", str(network), "--data", str(data), "--run", str(run), *settings.split()]


def two_processes(arguments: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*TORCHRUN, "-m", "--", "cnnviz", *arguments],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("more", [[], ["--augment", CHANGED]], ids=["plain", "augmented"])
def test_that_two_processes_get_what_one_gets_with_the_double_batch(
    more: list[str], network: Path, data: Path, tmp_path: Path
) -> None:
    shared, alone = tmp_path / "two.cnnviz", tmp_path / "one.cnnviz"
    process = two_processes(line(network, data, shared, 5, 3) + more)
    said, complained = process.communicate(timeout=240)
    assert process.returncode == 0, complained
    assert [text[:9] for text in said.splitlines()] == ["epoch   1", "epoch   2", "epoch   3"]
    assert main(line(network, data, alone, 10, 3) + more) == 0
    with RunFile.open(shared) as two, RunFile.open(alone) as one:
        assert two.experiment.settings.batch_size == one.experiment.settings.batch_size == 10
        last = int(one.steps()[-1])
        assert int(two.steps()[-1]) == last == 18
        np.testing.assert_allclose(two.losses(), one.losses(), rtol=2e-5)
        begun, first, second = one.weights_at(0), one.weights_at(last), two.weights_at(last)
        for name, values in first.items():
            np.testing.assert_allclose(second[name], values, atol=5e-5, err_msg=name)
            assert not np.allclose(values, begun[name], atol=5e-4), "nothing was learned"
    # One process goes on with what two have begun.
    assert main(["train", "--resume", "--run", str(shared), "--epochs", "4"]) == 0
    assert steps_in(shared)[-1] == 24


def test_that_a_request_to_stop_ends_both_and_the_file_goes_on(
    network: Path, data: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run.cnnviz"
    process = two_processes(line(network, data, run, 5, 100_000))
    ends = time.monotonic() + 120
    while not (run.exists() and len(steps_in(run)) > 3):
        assert time.monotonic() < ends
        assert process.poll() is None
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, complained = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "to go on: cnnviz train --resume" in complained
    before = int(steps_in(run)[-1])
    again = ["train", "--resume", "--run", str(run), "--limit-batches", "2"]
    assert main(again) == 0
    assert int(steps_in(run)[-1]) == before + 2


def test_that_shares_make_up_the_batch() -> None:
    chosen = torch.arange(12)
    shares = [Ranks(rank, 3).share(chosen) for rank in range(3)]
    assert torch.equal(torch.cat(shares), chosen)
    assert torch.equal(Ranks().share(chosen), chosen)


def test_that_one_alone_changes_neither_gradients_nor_loss() -> None:
    module = nn.Linear(3, 2)
    loss = module(torch.ones(1, 3)).sum()
    torch.autograd.backward(loss)
    before = [each.grad.clone() for each in module.parameters() if each.grad is not None]
    assert Ranks().average(module, loss) is loss
    after = [each.grad for each in module.parameters() if each.grad is not None]
    assert all(torch.equal(a, b) for a, b in zip(before, after, strict=True))


def test_that_only_torchrun_makes_several(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"RANK": "1", "WORLD_SIZE": "4", "LOCAL_RANK": "1", "LOCAL_WORLD_SIZE": "2"}
    assert ranks_of(told) == Ranks()
    assert ranks_of(told | {"TORCHELASTIC_RUN_ID": "x"}) == Ranks(1, 4, 1, 2)
    monkeypatch.delenv("TORCHELASTIC_RUN_ID", raising=False)
    with together("cuda") as (ranks, device):
        assert (ranks, device) == (Ranks(), "cuda")
