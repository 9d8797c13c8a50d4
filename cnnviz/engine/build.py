"""From a network's description to the torch modules that compute it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

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


def _conv2d(operation: Conv2d) -> nn.Module:
    return nn.Conv2d(
        operation.in_channels,
        operation.out_channels,
        operation.kernel_size,
        stride=operation.stride,
        padding=operation.padding,
        dilation=operation.dilation,
        groups=operation.groups,
        bias=operation.bias,
    )


def _max_pool2d(operation: MaxPool2d) -> nn.Module:
    return nn.MaxPool2d(
        operation.kernel_size,
        stride=operation.step,
        padding=operation.padding,
        dilation=operation.dilation,
        ceil_mode=operation.ceil_mode,
    )


def _linear(operation: Linear) -> nn.Module:
    return nn.Linear(operation.in_features, operation.out_features, bias=operation.bias)


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


MODULES: dict[type[Operation], Callable[[Any], nn.Module]] = {
    Conv2d: _conv2d,
    MaxPool2d: _max_pool2d,
    ReLU: lambda operation: nn.ReLU(),
    Flatten: lambda operation: _Flatten(),
    Linear: _linear,
    Dropout: lambda operation: nn.Dropout(operation.p),
    Softmax: lambda operation: nn.Softmax(dim=1),
}
"""What computes each operation, for a batch; a new operation is named here too."""


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
        module = MODULES[type(layer.operation)](layer.operation)
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
