"""A network for colour images learns the shapes that are drawn."""

from __future__ import annotations

from cnnviz.core.experiment import Experiment
from cnnviz.engine.headless import make_session
from cnnviz.engine.training import train
from tests.engine.idx_files import bundled, settings


def test_that_100_batches_of_coloured_shapes_are_enough_for_a_third_of_them() -> None:
    run = settings(batch_size=50, epochs=1, evaluate_every=100)
    session = make_session(Experiment(bundled("cifar_cnn"), run, "shapes"))
    assert session.train.x.shape == (10_000, 3, 32, 32)
    for _ in train(session, lambda event: None):
        if session.metrics.evaluations:
            break
    (look,) = session.metrics.evaluations
    assert look.accuracy > 1 / 3
