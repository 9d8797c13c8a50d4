"""What excites each channel most: against a plain loop in torch, and against its own patches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from cnnviz.core.excitation import MOST, Excitations, element_at
from cnnviz.core.network import Network
from cnnviz.core.operations import (
    Conv2d,
    Dropout,
    Flatten,
    Linear,
    MaxPool2d,
    Operation,
    ReLU,
    Softmax,
)
from cnnviz.core.operations.average_pooling import AvgPool2d
from cnnviz.core.patches import Patches
from cnnviz.core.problem import Problem
from cnnviz.core.receptive import receptive_field
from cnnviz.core.snapshot import Sample, Snapshot
from cnnviz.core.survey import Survey
from cnnviz.engine.headless import make_session
from cnnviz.engine.probe import look, with_weights
from cnnviz.engine.session import Images, Session
from cnnviz.engine.surveying import survey
from cnnviz.engine.training import train
from tests.core.scenes.networks import network_of, snapshot_of
from tests.engine.idx_files import TINY, bundled, experiment, write_dataset
from tests.engine.test_skips import SMALL
from tests.engine.test_surveying import exhausted

CHUNK = 30
POOLINGS: tuple[Operation, ...] = (MaxPool2d((2, 2)), AvgPool2d((2, 2)))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_dataset(tmp_path_factory.mktemp("excite"), test=70)


@pytest.fixture(autouse=True)
def few_at_once() -> Iterator[None]:
    """Three chunks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cnnviz.engine.surveying.chunk_size", lambda session: CHUNK)
        yield


@pytest.fixture(scope="module")
def trained(data: Path) -> Session:
    session = make_session(experiment(data, TINY))
    for _ in islice(train(session, lambda event: None), 3):
        pass
    return session


def excited(session: Session, frozen: Snapshot) -> Excitations:
    answer = exhausted(survey(session, Survey.EXCITATION, frozen))
    assert isinstance(answer, Excitations)
    return answer


def outputs(module: nn.Sequential, x: Tensor) -> list[Tensor]:
    """Every layer's output, the closing softmax's too."""
    found = []
    module.eval()
    with torch.no_grad():
        for layer in module:
            x = layer(x)
            found.append(x)
        return [*found, torch.softmax(x, dim=1)]


def check(answer: Excitations, layers: list[Tensor]) -> None:
    """Compare with a plain loop: for each channel the largest value of each image, sorted."""
    assert len(answer.layers) == len(layers)
    for peaks, x in zip(answer.layers, layers, strict=True):
        for channel in range(0, x.shape[1], 1 + x.shape[1] // 40):  # not each of 2,352 features
            best = []
            for index in range(len(x)):
                flat = x[index, channel].reshape(-1)
                place = int(flat.argmax())
                best.append((-float(flat[place]), index, place))
            best.sort()  # of equal values the lower index first
            most = best[:MOST]
            assert peaks.values[channel].tolist() == [-value for value, _, _ in most]
            assert peaks.images[channel].tolist() == [index for _, index, _ in most]
            assert peaks.places[channel].tolist() == [place for _, _, place in most]


def drawn_network(draw: st.DataObject) -> Network:
    """Conv, perhaps a ReLU and a pooling, once or twice; then a linear layer."""
    operations: list[Operation] = []
    channels, side = 1, 28
    for _ in range(draw.draw(st.integers(1, 2))):
        out, kernel = draw.draw(st.integers(1, 3)), draw.draw(st.integers(1, 4))
        padding, stride = draw.draw(st.integers(0, 2)), draw.draw(st.integers(1, 3))
        operations.append(
            Conv2d(channels, out, (kernel, kernel), (stride, stride), (padding, padding))
        )
        channels, side = out, (side - kernel + 2 * padding) // stride + 1
        if draw.draw(st.booleans()):
            operations.append(ReLU())
        if side >= 2 and draw.draw(st.booleans()):
            operations.append(draw.draw(st.sampled_from(POOLINGS)))
            side //= 2
    features = channels * side * side
    return network_of(
        (*operations, Flatten(), Dropout(0.5), Linear(features, 10), Softmax()), (1, 28, 28)
    )


@settings(max_examples=12, deadline=None)
@given(draw=st.data())
def test_that_it_is_what_a_plain_loop_over_the_test_set_finds(
    data: Path, draw: st.DataObject
) -> None:
    session = make_session(experiment(data, drawn_network(draw)))
    # In the same chunks, so that torch adds up in the same order.
    answer = excited(session, look(session, 0))
    parts = [outputs(session.module, part) for part in session.test.x.split(CHUNK)]
    check(answer, [torch.cat(layer) for layer in zip(*parts, strict=True)])


def test_that_layers_that_read_earlier_outputs_are_found_too(data: Path) -> None:
    session = make_session(experiment(data, SMALL))
    answer, found = excited(session, look(session, 0)), list[list[Tensor]]()
    for part in session.module:
        kept: list[Tensor] = []
        part.register_forward_hook(lambda _part, _given, output, kept=kept: kept.append(output))
        found.append(kept)
    session.module.eval()
    with torch.no_grad():
        logits = torch.cat([session.module(part) for part in session.test.x.split(CHUNK)])
    check(answer, [*map(torch.cat, found), torch.softmax(logits, dim=1)])


def test_that_equal_values_come_in_the_order_of_the_images(data: Path) -> None:
    session = make_session(experiment(data, TINY))
    frozen = look(session, 0)
    nothing = {name: np.zeros_like(v) for name, v in frozen.parameters[0].items()}
    answer = excited(session, replace(frozen, parameters=(nothing, *frozen.parameters[1:])))
    first = answer.layers[0]
    assert (first.values == 0).all()
    assert (first.images == np.arange(MOST)).all()
    assert (first.places == 0).all()


def test_that_few_images_and_numbers_that_are_none_are_taken_as_they_are(tmp_path: Path) -> None:
    session = make_session(experiment(write_dataset(tmp_path / "few", test=5), TINY))
    frozen = look(session, 0)
    answer = excited(session, frozen)
    check(answer, outputs(session.module, session.test.x))
    assert answer.layers[0].values.shape[1] == 5
    spoiled = {name: np.full_like(v, np.nan) for name, v in frozen.parameters[0].items()}
    answer = excited(session, replace(frozen, parameters=(spoiled, *frozen.parameters[1:])))
    assert np.isnan(answer.layers[-1].values).all()
    assert answer.layers[-1].images[0].tolist() == list(range(5))


def test_that_training_between_two_chunks_changes_nothing(trained: Session) -> None:
    frozen = look(trained, 0)
    alone = excited(trained, frozen)
    steps, parts = train(trained, lambda event: None), survey(trained, Survey.EXCITATION, frozen)
    beside = None
    while beside is None:
        try:
            next(parts)
        except StopIteration as end:
            beside = end.value
            break
        next(steps)
    assert isinstance(beside, Excitations)
    for one, other in zip(alone.layers, beside.layers, strict=True):
        assert np.array_equal(one.values, other.values)
        assert np.array_equal(one.images, other.images)
        assert np.array_equal(one.places, other.places)


def test_that_images_of_another_size_are_refused(trained: Session) -> None:
    with pytest.raises(Problem, match="1 × 8 × 8"):
        excited(trained, snapshot_of(network_of()))


def test_that_colour_images_are_found_by_their_colour(tmp_path: Path) -> None:
    operations = (Conv2d(3, 3, (1, 1), bias=False), Flatten(), Linear(3 * 784, 10), Softmax())
    network = network_of(operations, (3, 28, 28))
    session = make_session(experiment(write_dataset(tmp_path / "grey"), bundled("two_layer_cnn")))
    x = torch.zeros(3, 3, 28, 28)
    for channel in range(3):
        x[channel, channel, 5, 7 + channel] = 1.0
    session.test = Images(x, torch.zeros(3, dtype=torch.int64))
    frozen = snapshot_of(network)
    eye = {"weight": np.eye(3, dtype=np.float32)[:, :, None, None]}
    answer = excited(session, replace(frozen, parameters=(eye, *frozen.parameters[1:])))
    first = answer.layers[0]
    assert first.images[:, 0].tolist() == [0, 1, 2]
    assert [element_at(network.layers[0], 0, int(p)) for p in first.places[:, 0]] == [
        (0, 5, 7), (0, 5, 8), (0, 5, 9)
    ]  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(draw=st.data())
def test_that_the_patch_alone_in_an_empty_image_excites_the_channel_as_much(
    data: Path, draw: st.DataObject
) -> None:
    """Whatever lies outside of the receptive field does not count, be it 0 or anything else."""
    session = make_session(experiment(data, drawn_network(draw)))
    frozen = look(session, 0)
    answer = excited(session, frozen)
    patches, network = Patches(frozen.network), frozen.network
    for index, peaks in enumerate(answer.layers):
        layer = network.layers[index]
        for channel in range(min(3, len(peaks.values))):
            image = session.dataset.sample(int(peaks.images[channel, 0])).image
            element = element_at(layer, channel, int(peaks.places[channel, 0]))
            field = patches.patch(index, element).field
            assert field == receptive_field(network, index, element)
            alone = np.where(field.mask(network.input_shape), image, np.float32(0))
            made = with_weights(frozen, Sample(-1, alone, None))
            value = made.activations[index + 1][element]
            np.testing.assert_allclose(value, peaks.values[channel, 0], rtol=1e-5, atol=1e-6)
