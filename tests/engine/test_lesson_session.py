"""What a step of a lesson shows of the whole test set and of the next batch, without a window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from cnnviz.core.dataset import to_input
from cnnviz.core.experiment import Experiment
from cnnviz.core.known_data import named
from cnnviz.core.lesson import NetworkShowing, Place
from cnnviz.core.lesson_library import lesson_library
from cnnviz.core.operations import Dropout, Parameters
from cnnviz.core.problem import Problem
from cnnviz.core.rehearsal import Rehearsal
from cnnviz.engine import rehearsing
from cnnviz.engine.headless import make_session
from cnnviz.engine.lesson_views import LessonViews
from cnnviz.engine.rehearsing import rehearse
from cnnviz.resources import resource


def _convolution(given: Parameters) -> Callable[[Tensor], Tensor]:
    weight, bias = (torch.from_numpy(np.array(given[name])) for name in ("weight", "bias"))
    return lambda x: functional.conv2d(x, weight, bias, padding=1)


@pytest.fixture(scope="module")
def views() -> LessonViews:
    return LessonViews(lesson_library(resource()), resource())


@pytest.mark.parametrize(
    ("network", "layer"), [("two_layer_cnn", 1), ("three_layer_cnn", 1), ("three_layer_cnn", 14)]
)
def test_that_the_first_training_step_is_the_one_that_training_makes(views, network, layer) -> None:
    """Also where dropout draws which neurons it strikes out: the second network has one."""
    random, threads = torch.get_rng_state(), torch.get_num_threads()
    step = NetworkShowing(network=network, panes=("rehearsal",), place=Place(layer=layer))
    view = views.seen(step).frames[0]
    assert torch.equal(torch.get_rng_state(), random)
    assert torch.get_num_threads() == threads
    found = view.rehearsal
    assert isinstance(found, Rehearsal)
    assert found.asked.layer == layer - 1
    settings = replace(view.settings, device="cpu", threads=1)
    session = make_session(Experiment(view.network, settings, named("mnist")))
    torch.set_num_threads(threads)
    expected = rehearse(session, replace(found.asked, run=session.run))
    assert np.array_equal(found.indices, expected.indices)
    for name in ("logits", "losses", "gradient", "kernel", "kernel_after"):
        given, wanted = getattr(found, name), getattr(expected, name)
        np.testing.assert_allclose(given, wanted, rtol=1e-4, atol=1e-6)
    assert found.loss == pytest.approx(expected.loss, rel=1e-5)
    assert found.loss_after == pytest.approx(expected.loss_after, rel=1e-4)


def test_that_what_excites_a_channel_is_its_largest_value_in_the_test_set(views) -> None:
    step = NetworkShowing(run="digits", step=-1, place=Place(layer=5), panes=("exciting",))
    view = views.seen(step).frames[0]
    assert view.excitations is not None
    assert view.stage is not None
    assert view.data is not None
    images = torch.from_numpy(to_input(view.data.test_images))
    first, second = (_convolution(view.stage.parameters[layer]) for layer in (0, 3))
    largest = [
        second(functional.max_pool2d(first(part).relu(), 2)).relu().amax(dim=(2, 3))
        for part in images.split(500)
    ]
    expected = torch.cat(largest).amax(dim=0)
    np.testing.assert_allclose(view.excitations.layers[4].values[:, 0], expected, rtol=1e-5)


def test_that_a_step_is_looked_at_without_touching_what_a_run_draws_from(
    views, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its state is not even put back: a training thread may have drawn from it meanwhile."""
    touched = list[str]()
    for name in ("set_rng_state", "manual_seed"):
        monkeypatch.setattr(torch, name, lambda *_, name=name: touched.append(name))
        monkeypatch.setattr(torch.random, name, lambda *_, name=name: touched.append(name))
    step = NetworkShowing(network="three_layer_cnn", panes=("rehearsal",))
    seen = views.seen(step)
    assert any(isinstance(layer.operation, Dropout) for layer in seen.frames[0].network.layers)
    assert isinstance(seen.frames[0].rehearsal, Rehearsal)
    assert not touched


def test_that_a_network_too_large_for_a_training_step_is_told(
    views, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsing, "MOST_PARAMETERS", 1000)
    seen = views.seen(NetworkShowing(network="two_layer_cnn", panes=("rehearsal",)))
    assert isinstance(seen.frames[0].rehearsal, Problem)
