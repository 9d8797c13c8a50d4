"""The operations a network is made of: one file each, each described once.

To add one, write its file: it is found here by its ``kind``, built by torch's class of that name,
and everything that is drawn or stepped follows from what it says about itself.
"""

from dataclasses import is_dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from cnnviz.core.operations.activation import Activation
from cnnviz.core.operations.base import Element, Ledger, Operation, Parameters, Shape, Taps
from cnnviz.core.operations.convolution import Conv2d
from cnnviz.core.operations.dropout import Dropout
from cnnviz.core.operations.flatten import Flatten
from cnnviz.core.operations.linear import Linear
from cnnviz.core.operations.pooling import MaxPool2d
from cnnviz.core.operations.relu import ReLU
from cnnviz.core.operations.softmax import Softmax


def _found() -> dict[str, type[Operation]]:
    modules = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]
    kinds: list[Any] = [
        item
        for module in modules
        for item in vars(module).values()
        if is_dataclass(item) and "kind" in vars(item) and item.__module__ == module.__name__
    ]
    return {kind.kind: kind for kind in sorted(kinds, key=lambda kind: str(kind.kind))}


OPERATIONS: dict[str, type[Operation]] = _found()
"""Every operation by its kind, in alphabetical order."""

__all__ = [
    "OPERATIONS",
    "Activation",
    "Conv2d",
    "Dropout",
    "Element",
    "Flatten",
    "Ledger",
    "Linear",
    "MaxPool2d",
    "Operation",
    "Parameters",
    "ReLU",
    "Shape",
    "Softmax",
    "Taps",
]
