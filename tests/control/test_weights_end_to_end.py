"""From a file to what is on the screen, with the real training thread and the real child."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from pytestqt.qtbot import QtBot
from safetensors.torch import save_file
from torch import nn

from cnnviz.control.controller import Controller
from cnnviz.core.snapshot import Snapshot
from cnnviz.engine.build import build_module
from cnnviz.engine.runner import Runner
from tests.engine.idx_files import TINY, experiment, write_dataset

PATIENCE = 60_000


@pytest.fixture
def controller(qtbot: QtBot, tmp_path: Path) -> Iterator[Controller]:
    made = Controller(Runner(), experiment(write_dataset(tmp_path / "data")))
    made.start()
    qtbot.waitUntil(lambda: made.newest is not None, timeout=PATIENCE)
    yield made
    assert made.close(60)


def shown(controller: Controller) -> Snapshot:
    assert controller.view.live is not None
    return controller.view.live


def model() -> nn.Sequential:
    torch.manual_seed(99)
    return build_module(TINY).eval()


@pytest.mark.parametrize("suffix", ["safetensors", "pth"])
def test_that_what_is_opened_is_what_torch_computes_with(
    controller: Controller, qtbot: QtBot, tmp_path: Path, suffix: str
) -> None:
    other, path = model(), tmp_path / f"w.{suffix}"
    (save_file if suffix == "safetensors" else torch.save)(other.state_dict(), path)
    before = shown(controller)
    controller.weights.open_file(path)
    qtbot.waitUntil(lambda: shown(controller).changes == 1, timeout=PATIENCE)
    live = shown(controller)
    assert controller.view.stage is live
    with torch.no_grad():
        logits = other(torch.from_numpy(live.sample.image)[None])[0].numpy()
    np.testing.assert_allclose(live.activations[-2], logits, rtol=1e-5, atol=1e-6)
    controller.weights.undo()
    qtbot.waitUntil(lambda: shown(controller).changes == 2, timeout=PATIENCE)
    for now, first in zip(shown(controller).activations, before.activations, strict=True):
        assert np.array_equal(now, first)


def test_that_an_edit_by_hand_is_seen_in_everything_behind_it(
    controller: Controller, qtbot: QtBot
) -> None:
    before = shown(controller)
    controller.weights.zero_kernel(0, 1)
    controller.weights.set(0, "bias", (1,), 3.0, False)
    qtbot.waitUntil(lambda: shown(controller).changes == 2, timeout=PATIENCE)
    live = shown(controller)
    assert np.unique(live.activations[1][1]).tolist() == [3.0]
    assert np.array_equal(live.activations[1][0], before.activations[1][0])
    assert not np.array_equal(live.activations[-1], before.activations[-1])
    controller.one_batch()
    qtbot.waitUntil(lambda: controller.runner.metrics.count == 1, timeout=PATIENCE)
