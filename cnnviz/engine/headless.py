"""A run that is ready to train in the calling thread, for those who have no window to serve."""

from __future__ import annotations

from cnnviz.core.experiment import Experiment
from cnnviz.engine.resume import prepare_from
from cnnviz.engine.run_places import Point
from cnnviz.engine.session import Session


def make_session(experiment: Experiment, run: int = 1, resume: Point | None = None) -> Session:
    """Make a run ready, from its start or from a step of another; raises as `prepare_from` does."""
    parts = prepare_from(experiment, run, resume)
    while True:
        try:
            next(parts)
        except StopIteration as end:
            session: Session = end.value
            return session
