"""kill −9 at any instant: the file opens, at most a second is lost, and the run goes on."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from cnnviz.engine.run_file import RunFile
from cnnviz.engine.training import train
from tests.engine.idx_files import write_dataset
from tests.engine.killed import IMAGES, kill_again, wanted
from tests.engine.test_resume import session_of

KILLS = 20
"""`python -m tests.benchmarks.recording` kills 200 times."""


@pytest.mark.timeout(300)
def test_that_a_killed_run_loses_at_most_a_second_and_goes_on(tmp_path: Path) -> None:
    data = write_dataset(tmp_path / "data", train=IMAGES)
    killed = kill_again(tmp_path, data, KILLS)
    assert max(kill.lost for kill in killed) <= 1.0
    path = tmp_path / "killed.cnnviz"
    with RunFile.open(path) as file:
        last = int(file.steps()[-1])
        losses, weights = file.losses()[:last], file.weights_at(last)
    assert last > 100
    session = session_of(wanted(data))
    for at_rest in train(session, lambda event: None):
        if at_rest and session.step == last:
            break
    assert session.metrics.losses.tolist() == losses.tolist()
    for name, tensor in session.module.state_dict().items():
        assert torch.equal(tensor, torch.from_numpy(weights[name])), name
