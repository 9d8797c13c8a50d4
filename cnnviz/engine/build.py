"""From a network's description to the torch modules that compute it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Generator
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from cnnviz.core.network import Network
from cnnviz.core.operations import Conv2d, Operation
from cnnviz.core.operations.torch_fields import torch_fields
from cnnviz.core.wires import Wire
from cnnviz.engine.outcome import outcome


class _Flatten(nn.Flatten):
    """Flattens as torch does, and hands the gradient back in the layout of the maps before it.

    The gradient of a vector comes back channel by channel; torch's pooling before it would convert
    its input, and then every gradient further down, back and forth: 7 % of a batch of the two-layer
    network (one thread, 35 against 32 ms).  The numbers are the same, only their order in memory is
    another.
    """

    def forward(self, x: Tensor) -> Tensor:
        if x.requires_grad and x.is_contiguous(memory_format=torch.channels_last):
            x.register_hook(_channels_last)  # type: ignore[no-untyped-call]
        return super().forward(x)


class _TrueConv2d(nn.Conv2d):
    """Lays its kernels on turned by 180°; the weight is kept as it was given."""

    def forward(self, x: Tensor) -> Tensor:
        # torch's forward is this with the weight as it is (2.15); `super().forward` cannot be given
        # another one, and padding_mode must be torch's own.
        result: Tensor = self._conv_forward(x, self.weight.flip((2, 3)), self.bias)
        return result


def _channels_last(gradient: Tensor) -> Tensor:
    return gradient.contiguous(memory_format=torch.channels_last)


class _CrossEntropy(nn.CrossEntropyLoss):
    """Takes a batch of logits that all have one target, and gives each sample's loss."""

    def __init__(self, target: int, label_smoothing: float) -> None:
        super().__init__(label_smoothing=label_smoothing, reduction="none")
        self.target = target

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        target = torch.full((len(x),), self.target, device=x.device)
        return super().forward(x, target)[:, None]


class _Argmax(nn.Module):
    """Along an axis that is counted without the batch's; what remains is one map, or one value."""

    def __init__(self, axis: int) -> None:
        super().__init__()
        self.axis = axis

    def forward(self, x: Tensor) -> Tensor:
        axis = self.axis + 1 if self.axis >= 0 else self.axis
        return torch.argmax(x, axis)[:, None].to(x.dtype)


class _Normalize(nn.Module):
    """torchvision.transforms.Normalize, without torchvision; nothing of it is in a state dict."""

    def __init__(self, mean: tuple[float, ...], std: tuple[float, ...]) -> None:
        super().__init__()
        self.mean, self.std = mean, std

    def forward(self, x: Tensor) -> Tensor:
        mean, std = x.new_tensor(self.mean), x.new_tensor(self.std)
        return (x - mean[:, None, None]) / std[:, None, None]


class _Add(nn.Module):
    """Where a skip connection ends."""

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        return x + skip


class Wired(nn.Sequential):
    """Modules in order, some of which read earlier outputs than that of the one before."""

    def __init__(self, modules: list[nn.Module], wires: tuple[Wire, ...]) -> None:
        super().__init__(*modules)
        self.wires = wires
        # Other outputs are not held on to: where nothing is learned, they make room at once.
        self.kept = frozenset(
            place for it in wires for place in (it.source, it.skip) if place is not None
        )

    def passes_on(self, index: int) -> bool:
        """Whether a module's output goes to the next module and nowhere else."""
        return index not in self.kept and self.wires[index + 1].source is None

    def forward(self, x: Tensor) -> Tensor:
        outputs = {-1: x} if -1 in self.kept else {}
        for index, (module, wire) in enumerate(zip(self, self.wires, strict=False)):
            x = x if wire.source is None else outputs[wire.source]
            x = module(x) if wire.skip is None else module(x, outputs[wire.skip])
            if index in self.kept:
                outputs[index] = x
        return x


OWN: dict[str, Callable[[Any], nn.Module]] = {
    "Add": lambda _: _Add(),
    "Argmax": lambda operation: _Argmax(operation.axis),
    "CrossEntropyLoss": lambda operation: _CrossEntropy(
        operation.target, operation.label_smoothing
    ),
    "Flatten": lambda _: _Flatten(),
    "LogSoftmax": lambda _: nn.LogSoftmax(dim=1),
    "Normalize": lambda operation: _Normalize(operation.mean, operation.std),
    "Softmax": lambda _: nn.Softmax(dim=1),
}
"""Operations that are not just torch's class of their name."""


def module_of(operation: Operation) -> nn.Module:
    """What computes an operation, for a batch: torch's class of its kind, given its fields."""
    if operation.kind in OWN:
        return OWN[operation.kind](operation)
    given = {field.name: getattr(operation, field.name) for field in torch_fields(operation)}
    # torch says once that "same" may copy the input to pad it; a person can do nothing about that.
    warnings.filterwarnings("ignore", "Using padding='same' with even kernel lengths")
    if isinstance(operation, Conv2d) and operation.flipped:
        return _TrueConv2d(**given)
    module: nn.Module = getattr(nn, operation.kind)(**given)
    return module


LARGE = 4_000_000
"""Parameters of a layer from which drawing them takes a moment (VGG-16's largest: 0.7 s)."""

Building = Generator[int, None, nn.Sequential]
"""Says after each large layer how many parameters are drawn."""


def build_module(network: Network) -> nn.Sequential:
    """The modules of a network, at once; `building` says meanwhile how far it is."""
    return outcome(building(network))


def building(network: Network) -> Building:
    """One module a layer, in order, without the closing softmax: logits come out.

    CrossEntropyLoss takes logits, because a logarithm of a rounded softmax would lose the small
    probabilities.  Weights come from torch's global generator in the order in which the lecture's
    class draws them: each linear layer is drawn twice where the initialisation is "xavier", first
    by torch, then by xavier_uniform_, before the next layer is drawn.  With torch.manual_seed(777)
    they are therefore the lecture's own.
    """
    modules: list[nn.Module] = []
    drawn = 0
    for layer in network.layers[:-1]:
        module = module_of(layer.operation)
        if network.initialisation == "xavier" and isinstance(module, nn.Linear):
            nn.init.xavier_uniform_(module.weight)
        modules.append(module)
        drawn += layer.parameter_count
        if layer.parameter_count >= LARGE:
            yield drawn
    return Wired(modules, network.wires[:-1]) if network.skips else nn.Sequential(*modules)


def quick_order(module: nn.Sequential) -> nn.Sequential:
    """The same modules, with each ReLU that stands before a max pooling moved behind it.

    max(relu(a), relu(b)) = relu(max(a, b)), and where that is positive the same element wins, so
    outputs and gradients are the same bit for bit; but the ReLU has a quarter of the elements to
    look at, forward and backward: 34 → 31.5 ms a batch (two-layer network, one thread).
    """
    layers = list(module)
    for i, (first, second) in enumerate(pairwise(list(module))):
        if isinstance(first, nn.ReLU) and isinstance(second, nn.MaxPool2d):
            # What a skip connection reads between them is the ReLU's.
            if isinstance(module, Wired) and not module.passes_on(i):
                continue
            layers[i], layers[i + 1] = second, first
    if isinstance(module, Wired):
        return Wired(layers, module.wires)
    return nn.Sequential(*layers)


def empty_module(network: Network) -> nn.Sequential:
    """The same modules with weights that take no memory and draw no random number.

    For evaluating parameters that come from elsewhere, through `torch.func.functional_call`.
    """
    with torch.device("meta"):
        return build_module(network)
