"""How often the thread that trains looks at what it trains."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnnviz.engine import probe, worker
from cnnviz.engine.headless import make_session
from cnnviz.engine.mailbox import Mailbox
from cnnviz.engine.worker import TRAINED_PER_LOOK, Worker
from tests.engine.idx_files import experiment


class Clock:
    """Goes on by what a look takes, and when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_that_looking_takes_a_twentieth_of_the_time_while_it_trains(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, looked = Clock(), list[int]()

    def look(_: object, sample: int, striking: bool) -> None:
        looked.append(sample)
        clock.now += 1.0

    monkeypatch.setattr(worker, "monotonic", clock)
    monkeypatch.setattr(probe, "look", look)
    mailbox = Mailbox()
    serving, session = Worker(mailbox), make_session(experiment(data))

    def ask(sample: int | None) -> list[int]:
        if sample is not None:
            mailbox.ask(live=sample)
        serving._answer_looks(session)
        return looked

    mailbox.ask(running=True)
    assert ask(4) == [4]
    assert ask(4) == [4]  # put off, not forgotten
    clock.now += TRAINED_PER_LOOK - 0.1
    assert ask(None) == [4]
    clock.now += 0.2
    assert ask(None) == [4, 4]
    assert ask(7) == [4, 4, 7]  # another image was chosen
    assert ask(7) == [4, 4, 7]
    mailbox.ask(running=False)
    assert serving._is_wanted()
    assert ask(None) == [4, 4, 7, 7]  # at rest there is nothing to be slowed down
    assert not serving._is_wanted()
