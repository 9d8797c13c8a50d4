"""The next training step on a copy: all of its numbers, and training stays as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional

from cnnviz.core.metrics import MetricLog
from cnnviz.core.operations import Linear, Operation
from cnnviz.core.operations.transposed_convolution import ConvTranspose2d
from cnnviz.core.problem import Problem
from cnnviz.core.rehearsal import Adam, Floats, Rehearsal, Rehearsing
from cnnviz.engine.build import quick_order
from cnnviz.engine.session import Session
from cnnviz.engine.training import train

MOST_PARAMETERS = 20_000_000
"""Past these (AlexNet, VGG) a copy that is trained takes gigabytes, and seconds."""


def rehearse(session: Session, asked: Rehearsing) -> Rehearsal:
    """Train one batch as it would be trained now, with a copy of model, optimiser and generators.

    The answer's ``asked`` says of which state it is, which may be a later one than was asked for.

    The copy goes through the very code that trains, so that all numbers are those of the batch that
    would follow, bit for bit; what dropout draws is drawn again by that batch.

    Raises
    ------
    Problem
        If the network is too large to be copied, if every epoch is trained, if there is no such
        kernel, or as `train` does.
    """
    _check(session, asked)
    copy = _copied(session)
    with _random_kept(copy):
        seen = _Seen(copy)
        before = _Before(copy, asked)
        for _ in train(copy, lambda event: None):
            if copy.step > session.step:
                break
        seen.stop()
    if copy.step == session.step:
        raise Problem("All epochs are trained: there is no next step. Set more epochs, or reset.")
    with _random_kept(copy):  # from the same state: the same neurons are struck out
        loss_after = _loss_of(copy, seen.images, seen.labels)
    return _told(copy, asked, seen, before, loss_after)


def _check(session: Session, asked: Rehearsing) -> None:
    network = session.experiment.network
    if network.parameter_count > MOST_PARAMETERS:
        raise Problem(
            "This network has {count} parameters, too many to train a copy beside it: at most "
            "{most}.",
            count=f"{network.parameter_count:,}",
            most=f"{MOST_PARAMETERS:,}",
        )
    layer = network.layers[asked.layer]
    if not 0 <= asked.kernel < layer.output_shape[0]:
        raise Problem("layer {number} has no such kernel", number=asked.layer + 1)


def _copied(session: Session) -> Session:
    masks = None if session.masks is None else _as_it_is(session.masks)
    # In one go, so that the optimiser's copy works on the module's copy.
    module, optimizer = deepcopy(
        (session.module, session.optimizer),
        {} if session.masks is None else {id(session.masks): masks},
    )
    return replace(
        session,
        module=module,
        model=quick_order(module),
        optimizer=optimizer,
        shuffle=_as_it_is(session.shuffle),
        metrics=MetricLog(1),
        # The end of an epoch may be trained and its evaluation not: that is not wanted here.
        epochs_done=session.step // session.batches,
        waiting=[],
        copies={},
        masks=masks,
    )


def _as_it_is(generator: torch.Generator) -> torch.Generator:
    """Another one that draws the same from here on."""
    made = torch.Generator()
    made.set_state(generator.get_state())
    return made


@contextmanager
def _random_kept(session: Session) -> Iterator[None]:
    """Put the random state that dropout draws from back behind the block."""
    if session.masks is not None:
        state = session.masks.get_state()
        yield
        session.masks.set_state(state)
        return
    with _torchs_kept(session):
        yield


def _torchs_kept(session: Session) -> Any:
    kind = session.device.key.split(":")[0]
    if kind == "cpu":
        return torch.random.fork_rng(devices=[])
    device = torch.device(session.device.key)
    return torch.random.fork_rng(devices=[device.index or 0], device_type=kind)


class _Before:
    """Copies of the weight and of what the optimiser remembers of it, before the step."""

    def __init__(self, copy: Session, asked: Rehearsing) -> None:
        weight = _weight(copy, asked)
        state = copy.optimizer.state.get(weight, {})
        self.weight = weight.detach().clone()
        self.m, self.v = (
            state[name].clone() if name in state else torch.zeros_like(self.weight)
            for name in ("exp_avg", "exp_avg_sq")
        )


class _Seen:
    """What goes through a copy while it is trained: images, logits, what layers take and give."""

    def __init__(self, copy: Session) -> None:
        self._images: list[Tensor] = []
        self.given: dict[int, list[Tensor]] = {}
        self.outputs: dict[int, list[Tensor]] = {}
        self._copy, self._step = copy, copy.step
        self._hooks = [copy.model.register_forward_pre_hook(self._take)]
        self.last = len(copy.module) - 1
        for index, layer in enumerate(copy.module):
            if index == self.last or "weight" in dict(layer.named_parameters(recurse=False)):
                self._hooks.append(layer.register_forward_hook(self._keep(index)))

    def _take(self, _module: nn.Module, given: tuple[Tensor, ...]) -> None:
        self._images.append(given[0])

    def _keep(self, index: int) -> Any:
        def keep(_module: nn.Module, given: tuple[Tensor, ...], output: Tensor) -> None:
            output.retain_grad()
            self.given.setdefault(index, []).append(given[0].detach())
            self.outputs.setdefault(index, []).append(output)

        return keep

    def stop(self) -> None:
        for hook in self._hooks:
            hook.remove()

    @property
    def indices(self) -> Tensor:
        """Which training images the batch has."""
        assert self._copy.order is not None
        size, place = self._copy.settings.batch_size, self._step % self._copy.batches
        return self._copy.order[place * size : (place + 1) * size]

    @property
    def labels(self) -> Tensor:
        return self._copy.train.y.index_select(0, self.indices)

    @property
    def images(self) -> Tensor:
        """The batch as the network was given it; its parts put together."""
        return torch.cat(self._images)

    def output(self, index: int) -> Tensor:
        return torch.cat([part.detach() for part in self.outputs[index]])

    def gradient(self, index: int) -> Tensor:
        """∂L/∂output of a layer."""
        found = [part.grad for part in self.outputs[index]]
        return torch.cat([part for part in found if part is not None])


def _loss_of(copy: Session, x: Tensor, y: Tensor) -> float:
    """The batch's mean loss with the weights of now."""
    total = 0.0
    with torch.no_grad():
        for start in range(0, len(y), copy.part):
            part = slice(start, start + copy.part)
            logits = copy.model(x[part])
            total += float(functional.cross_entropy(logits, y[part], reduction="sum"))
    return total / len(y)


def _told(
    copy: Session, asked: Rehearsing, seen: _Seen, before: _Before, loss_after: float
) -> Rehearsal:
    layer = copy.experiment.network.layers[asked.layer]
    weight, logits, labels = _weight(copy, asked), seen.output(seen.last), seen.labels
    assert weight.grad is not None

    def kernel(values: Tensor) -> Floats:
        return kernel_of(layer.operation, _array(values), asked.kernel)

    return Rehearsal(
        asked=replace(asked, run=copy.run, step=copy.step - 1, changes=copy.changes),
        indices=seen.indices.cpu().numpy(),
        labels=labels.cpu().numpy(),
        images=_array(seen.images),
        logits=_array(logits),
        gradients=_array(seen.gradient(seen.last)),
        losses=_array(functional.cross_entropy(logits, labels, reduction="none")),
        loss=float(copy.metrics.losses[0]) if copy.metrics.count else float(copy.waiting[0]),
        loss_after=loss_after,
        layers=tuple(
            (index, float(seen.gradient(index).abs().mean()))
            for index in sorted(seen.outputs, reverse=True)
        ),
        kernel=kernel(before.weight),
        kernel_after=kernel(weight),
        gradient=kernel(weight.grad),
        parts=_parts(copy, asked, seen, before.weight),
        positions=int(np.prod(layer.output_shape[1:])),
        adam=_adam(copy, weight, kernel, before),
    )


def _parts(copy: Session, asked: Rehearsing, seen: _Seen, before: Tensor) -> Floats:
    """(count, …) the gradient of the kernel from each image alone, with the weights before."""
    operation = copy.experiment.network.layers[asked.layer].operation
    given = torch.cat(seen.given[asked.layer])
    gradient = seen.gradient(asked.layer)
    if isinstance(operation, Linear):
        parts = gradient[:, asked.kernel, None] * given
        return _array(parts).reshape(len(parts), *operation.layout)
    module, weight = copy.module[asked.layer], before.requires_grad_()
    found = []
    for index in range(len(given)):
        one = slice(index, index + 1)
        output = functional_call(module, {"weight": weight}, (given[one],))
        (part,) = torch.autograd.grad(output, weight, gradient[one])
        found.append(kernel_of(operation, _array(part), asked.kernel))
    return np.stack(found)


def _adam(
    copy: Session, weight: Tensor, kernel: Callable[[Tensor], Floats], before: _Before
) -> Adam:
    group, state = copy.optimizer.param_groups[0], copy.optimizer.state[weight]
    m, v = state["exp_avg"], state["exp_avg_sq"]
    return Adam(
        number=int(state["step"]),
        learning_rate=float(group["lr"]),
        beta1=float(group["betas"][0]),
        beta2=float(group["betas"][1]),
        epsilon=float(group["eps"]),
        m=(kernel(before.m), kernel(m)),
        v=(kernel(before.v), kernel(v)),
    )


def _weight(copy: Session, asked: Rehearsing) -> Tensor:
    weight = copy.module[asked.layer].weight
    assert isinstance(weight, Tensor)
    return weight


def kernel_of(operation: Operation, weight: Floats, kernel: int) -> Floats:
    """One kernel (channels, rows, columns) of a layer's weight, or of what has its shape."""
    if isinstance(operation, Linear):
        found: Floats = weight[kernel].reshape(operation.layout)
    elif isinstance(operation, ConvTranspose2d):
        found = operation.kernels(weight)[kernel]
    else:
        found = weight[kernel]
    return np.ascontiguousarray(found)


def _array(tensor: Tensor) -> NDArray[np.float32]:
    array: NDArray[np.float32] = tensor.detach().cpu().float().contiguous().numpy().copy()
    return array
