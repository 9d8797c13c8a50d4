"""Two runs with one cursor: which layer, which element and which step of one is the other's."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from cnnviz.core.cursor import Cursor, clamped
from cnnviz.core.experiment import Experiment
from cnnviz.core.kept import Kept
from cnnviz.core.metrics import Evaluation, MetricLog
from cnnviz.core.network import Layer, Network
from cnnviz.core.operations import Activation, Operation
from cnnviz.core.recorded import LAST


@dataclass(frozen=True)
class Match:
    """Where one network's cursor is in the other network.

    Attributes
    ----------
    same
        Whether the layer is the corresponding one; if not, there is none, and another is shown.
    alike
        Whether the element has the same channel, row and column.
    """

    cursor: Cursor
    same: bool
    alike: bool


@dataclass(frozen=True)
class Figures:
    """How well a run does at a step.

    Attributes
    ----------
    loss
        Mean of at most the last `LAST` batches before it; NaN before the first.
    test
        The last look at the test set up to it; None if there was none.
    """

    loss: float
    test: Evaluation | None


def _family(operation: Operation) -> str:
    """What a layer does, whichever way: the maximum or the average, ReLU or tanh."""
    if isinstance(operation, Activation):
        return "activation"
    return "pooling" if "Pool" in operation.kind else operation.kind


def _places(network: Network) -> dict[tuple[str, int, int], int]:
    """Each layer by its family, the axes of its output, and its number among those.

    The logits and their softmax are the last of their kind in every network, however many linear
    layers stand before them.
    """
    count = len(network.layers)
    found: dict[tuple[str, int, int], int] = {}
    seen: dict[tuple[str, int], int] = {}
    for index, layer in enumerate(network.layers):
        kind = _family(layer.operation), len(layer.output_shape)
        number = seen[kind] = seen.get(kind, 0) + 1
        found[(*kind, index - count if index >= count - 2 else number)] = index
    return found


def corresponding(network: Network, layer: int, other: Network) -> int | None:
    """The layer of another network that does what this one does, or None.

    It is of the same kind (a maximum and an average are both poolings), it puts out maps where
    this one does and a vector where it does, and it has the same number among those.
    """
    places = {index: key for key, index in _places(network).items()}
    return _places(other).get(places[layer])


def instead(network: Network) -> int:
    """The layer that is shown where a network has no corresponding one.

    That is what its hidden layers have made of the image: the last activation before the logits.
    """
    hidden = range(len(network.layers) - 2)
    found = [i for i in hidden if isinstance(network.layers[i].operation, Activation)]
    return found[-1] if found else max(0, len(network.layers) - 2)


def brought_over(network: Network, cursor: Cursor, other: Network, there: Cursor) -> Match:
    """The other network's cursor that goes with this one's.

    Parameters
    ----------
    there
        Where the other one's is: it stays, where nothing corresponds.
    """
    layer = corresponding(network, cursor.layer, other)
    if layer is None:
        shown = instead(other)
        kept = there if there.layer == shown else Cursor(shown)
        return Match(clamped(other, kept), same=False, alike=False)
    moved = replace(cursor, layer=layer)
    found = clamped(other, moved)
    same_place = (found.channel, found.row, found.column) == (
        moved.channel,
        moved.row,
        moved.column,
    )
    return Match(found, same=True, alike=same_place)


def in_layer(network: Network, cursor: Cursor, layer: int) -> Cursor:
    """About the same place of the image in another layer, whose maps may be smaller."""
    _, height, width = network.layers[cursor.layer].grid
    _, rows, columns = network.layers[layer].grid
    return clamped(
        network,
        Cursor(
            layer, cursor.channel, cursor.row * rows // height, cursor.column * columns // width
        ),
    )


def together(left: Kept, right: Kept) -> Kept:
    """Every step that one of two runs keeps."""
    return Kept(
        np.union1d(left.steps, right.steps).astype(np.int64),
        np.union1d(left.epoch_ends, right.epoch_ends).astype(np.int64),
    )


def figures_at(log: MetricLog, step: int) -> Figures:
    """Loss and accuracy of a run as they were at a step."""
    losses = log.losses[max(0, step - LAST) : step]
    loss = float(losses.mean(dtype=np.float64)) if len(losses) else float("nan")
    looks = [look for look in log.evaluations if look.step <= step]
    whole = [look for look in looks if look.complete]
    # A look at a part of the test set is not to be compared with one at all of it.
    return Figures(loss, (whole or looks)[-1] if looks else None)


def epochs_at(experiment: Experiment, images: int, step: int) -> float:
    """How many times a run has seen its training images at a step.

    Parameters
    ----------
    images
        The data set's training images, of which the settings may take fewer.
    """
    settings = experiment.settings
    batches = (settings.train_images or images) // settings.batch_size
    return step / batches if batches else 0.0


def same_images(left: Experiment, right: Experiment) -> bool:
    """Whether a test image of one run is the other's of that number, pixel by pixel."""
    return (
        left.data == right.data
        and left.settings.pixel_seed == right.settings.pixel_seed
        and (isinstance(left.data, str) or left.network.input_shape == right.network.input_shape)
    )


def is_map(layer: Layer) -> bool:
    """Whether a layer puts out maps."""
    return len(layer.output_shape) == 3
