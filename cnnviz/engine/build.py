"""From a network's description to the torch modules that compute it."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import fields
from itertools import pairwise

import torch
from torch import Tensor, nn

from cnnviz.core.network import Network
from cnnviz.core.operations import Operation


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


def _channels_last(gradient: Tensor) -> Tensor:
    return gradient.contiguous(memory_format=torch.channels_last)


OWN: dict[str, Callable[[], nn.Module]] = {
    "Flatten": _Flatten,
    "Softmax": lambda: nn.Softmax(dim=1),
}
"""Operations that are not just torch's class of their name."""


def module_of(operation: Operation) -> nn.Module:
    """What computes an operation, for a batch: torch's class of its kind, given its fields."""
    if operation.kind in OWN:
        return OWN[operation.kind]()
    given = {field.name: getattr(operation, field.name) for field in fields(operation)}  # type: ignore[arg-type]
    given.pop("fold", None)  # found out when a network is put together; see `Linear`
    # torch says once that "same" may copy the input to pad it; a person can do nothing about that.
    warnings.filterwarnings("ignore", "Using padding='same' with even kernel lengths")
    module: nn.Module = getattr(nn, operation.kind)(**given)
    return module


def build_module(network: Network) -> nn.Sequential:
    """One module a layer, in order, without the closing softmax: logits come out.

    CrossEntropyLoss takes logits, because a logarithm of a rounded softmax would lose the small
    probabilities.  Weights come from torch's global generator in the order in which the lecture's
    class draws them: each linear layer is drawn twice where the initialisation is "xavier", first
    by torch, then by xavier_uniform_, before the next layer is drawn.  With torch.manual_seed(777)
    they are therefore the lecture's own.
    """
    modules: list[nn.Module] = []
    for layer in network.layers[:-1]:
        module = module_of(layer.operation)
        if network.initialisation == "xavier" and isinstance(module, nn.Linear):
            nn.init.xavier_uniform_(module.weight)
        modules.append(module)
    return nn.Sequential(*modules)


def quick_order(module: nn.Sequential) -> nn.Sequential:
    """The same modules, with each ReLU that stands before a max pooling moved behind it.

    max(relu(a), relu(b)) = relu(max(a, b)), and where that is positive the same element wins, so
    outputs and gradients are the same bit for bit; but the ReLU has a quarter of the elements to
    look at, forward and backward: 34 → 31.5 ms a batch (two-layer network, one thread).
    """
    layers = list(module)
    for i, (first, second) in enumerate(pairwise(list(module))):
        if isinstance(first, nn.ReLU) and isinstance(second, nn.MaxPool2d):
            layers[i], layers[i + 1] = second, first
    return nn.Sequential(*layers)


def empty_module(network: Network) -> nn.Sequential:
    """The same modules with weights that take no memory and draw no random number.

    For evaluating parameters that come from elsewhere, through `torch.func.functional_call`.
    """
    with torch.device("meta"):
        return build_module(network)
