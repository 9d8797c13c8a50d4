"""A copy of the model's numbers, and of what it makes of one image, layer by layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.func import functional_call

from cnnviz.core.gradient import PixelGradient
from cnnviz.core.network import Network
from cnnviz.core.operations import Element, Parameters
from cnnviz.core.problem import Problem
from cnnviz.core.scenes.ranges import weight_limit
from cnnviz.core.snapshot import Sample, Snapshot
from cnnviz.engine.build import LARGE, empty_module
from cnnviz.engine.evaluate import evaluating
from cnnviz.engine.session import Session
from cnnviz.engine.striking import masks_of


def look(session: Session, wanted: int | Sample, striking: bool = False) -> Snapshot:
    """The model as it is now, and what it makes of a test image, or of a picture of one's own.

    Draws no random number and changes nothing, so that training which is watched gives the same
    weights as training which is not.

    Parameters
    ----------
    striking
        Whether dropout strikes out as in training, with the masks of this step.

    Raises
    ------
    Problem
        If there is no such test image, or the picture has not the shape of the network's input.
    """
    sample = _sample(session, wanted)
    _check_shape(sample, session.experiment.network)
    network = session.experiment.network
    masks = masks_of(network, session.settings.seed, session.step) if striking else None
    modules = list(session.module)
    tensors = [_owned(module) for module in modules]
    with evaluating(session.module):
        outputs = _run_through(
            network, modules, tensors, _batch_of(sample, session.device.key), masks
        )
        copies = (_copied(session, layer, owned) for layer, owned in enumerate(tensors))
        snapshot = Snapshot(
            run=session.run,
            step=session.step,
            network=network,
            sample=sample,
            parameters=(*copies, {}),
            activations=_activations(sample, outputs),
            changes=session.changes,
            classes=session.classes,
            masks=masks,
        )
    for index, layer in enumerate(snapshot.network.layers):
        if layer.parameter_count >= LARGE:  # a window would wait for it
            weight_limit(snapshot, index)
    return snapshot


def look_frozen(
    session: Session, wanted: int | Sample, frozen: Snapshot, striking: bool = False
) -> Snapshot:
    """What an earlier snapshot's weights make of another image.

    The answer carries the very same ``run``, ``step``, ``network`` and ``parameters``; its network
    need not be the one that is trained now.

    Raises
    ------
    Problem
        If there is no such test image, or the network takes images of another size.
    """
    sample = _sample(session, wanted)
    _check_shape(sample, frozen.network)
    masks = frozen.masks if striking else None
    if striking and masks is None:
        masks = masks_of(frozen.network, session.settings.seed, frozen.step)
    return with_weights(frozen, sample, session.device.key, masks)


def with_weights(
    frozen: Snapshot,
    sample: Sample,
    device: str = "cpu",
    masks: Mapping[int, NDArray[np.floating[Any]]] | None = None,
    module: nn.Sequential | None = None,
) -> Snapshot:
    """What a snapshot's weights make of an image, computed on ``device``; needs no run.

    The answer carries the snapshot's own ``run``, ``step``, ``network`` and ``parameters``;
    dropout strikes out what ``masks`` say.  Who asks often gives its `empty_module`: making one
    takes as long (1 ms) as all else.
    """
    module = module or empty_module(frozen.network)
    tensors = weights_of(frozen, device)
    with evaluating(module):
        outputs = _run_through(
            frozen.network, list(module), tensors, _batch_of(sample, device), masks
        )
        return replace(
            frozen,
            sample=sample,
            activations=_activations(sample, outputs),
            limits={},
            kept={},
            masks=masks,
        )


def gradient(session: Session, frozen: Snapshot, layer: int, element: Element) -> PixelGradient:
    """How an element of a layer changes with each pixel, for a snapshot's weights and its image.

    Like the other looks it draws no random number, and it has weights of its own: the gradients
    that training works with are not touched.  A maximum passes its gradient on to the winner, a
    rectifier stops what is below zero: pixels of the receptive field may well count nothing here.
    """
    module = empty_module(frozen.network)
    device = session.device.key
    tensors = weights_of(frozen, device)
    with evaluating(module), torch.enable_grad():
        x = _batch_of(frozen.sample, device).requires_grad_()
        outputs = _run_through(frozen.network, list(module)[: layer + 1], tensors, x, frozen.masks)
        # Behind the modules comes the softmax, which is asked for only if it is the last layer.
        (found,) = torch.autograd.grad(outputs[layer][0][element], x)
    return PixelGradient(frozen, layer, element, _copy(found[0]))


def parameters_of(module: nn.Sequential) -> tuple[Parameters, ...]:
    """A copy of every layer's numbers as a snapshot has them; the closing softmax's are none."""
    return (*({name: _copy(v) for name, v in _owned(part).items()} for part in module), {})


def weights_of(frozen: Snapshot, device: str) -> list[dict[str, Tensor]]:
    """A snapshot's numbers as tensors, one mapping a layer; the closing softmax's is empty."""
    return [{k: _weights(v, device) for k, v in owned.items()} for owned in frozen.parameters]


def _sample(session: Session, wanted: int | Sample) -> Sample:
    return wanted if isinstance(wanted, Sample) else session.dataset.sample(wanted)


def _check_shape(sample: Sample, network: Network) -> None:
    if sample.image.shape != network.input_shape:
        raise Problem(
            "sample: the images are now {given}, the network shown takes {expected}",
            given=" × ".join(map(str, sample.image.shape)),
            expected=" × ".join(map(str, network.input_shape)),
        )


def _copied(session: Session, layer: int, owned: dict[str, Tensor]) -> Parameters:
    """A layer's numbers; the arrays of the look before where nothing has changed since.

    torch counts what is written into a tensor in place; a batch norm's statistics it does not, but
    these change with the step.
    """
    state = (
        session.step,
        session.changes,
        *(number for v in owned.values() for number in (id(v), v._version)),
    )
    if layer not in session.copies or session.copies[layer][0] != state:
        session.copies[layer] = state, {k: _copy(v) for k, v in owned.items()}
    return session.copies[layer][1]


def _owned(module: nn.Module) -> dict[str, Tensor]:
    """What a layer's output is computed from: its parameters, and what it keeps beside them."""
    kept = {k: v for k, v in module.named_buffers() if k != "num_batches_tracked"}
    return dict(module.named_parameters()) | kept


def _run_through(
    network: Network,
    modules: list[nn.Module],
    tensors: list[dict[str, Tensor]],
    x: Tensor,
    masks: Mapping[int, NDArray[np.floating[Any]]] | None,
) -> list[Tensor]:
    """Every layer's output for a batch of one, that of a softmax behind the last module too."""
    found = [x]  # the input, then each layer's output
    for index, (module, owned) in enumerate(zip(modules, tensors, strict=False)):
        skip = network.layers[index].wire.skip
        places = [network.source(index), *([] if skip is None else [skip])]
        read = tuple(found[place + 1] for place in places)
        if masks is not None and index in masks:
            assert isinstance(module, nn.Dropout)
            kept = torch.from_numpy(masks[index]).to(x.device)
            found.append(read[0] * (kept / (1.0 - module.p)))
        else:
            found.append(functional_call(module, owned, read))
    return [*found[1:], torch.softmax(found[-1], dim=1)]


def _activations(sample: Sample, outputs: list[Tensor]) -> tuple[NDArray[np.floating[Any]], ...]:
    return (sample.image, *(_copy(output[0]) for output in outputs))


def _batch_of(sample: Sample, device: str) -> Tensor:
    x = torch.from_numpy(sample.image[None]).to(device)
    return x.to(memory_format=torch.channels_last)


def _weights(array: NDArray[np.floating[Any]], device: str) -> Tensor:
    """A frozen array as a tensor in the layout that training uses, so that sums come out alike.

    ``to`` and not ``contiguous``: that one leaves a single channel's strides as they are, torch
    takes another convolution for them, and the last digits differ.
    """
    tensor = torch.from_numpy(np.ascontiguousarray(array)).to(device)
    return tensor.to(memory_format=torch.channels_last) if tensor.dim() == 4 else tensor


def _copy(tensor: Tensor) -> NDArray[np.floating[Any]]:
    """A float32 array of its own, in C order whatever the tensor's layout."""
    copy = tensor.detach().to("cpu", torch.float32).clone(memory_format=torch.contiguous_format)
    array: NDArray[np.floating[Any]] = copy.numpy()
    return array
