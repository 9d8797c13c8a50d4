"""The operations a network is made of: one file each, each described once.

To add one: write its file, name it in `OPERATIONS`, and say in `cnnviz.engine.build` which
torch.nn module computes it.
"""

from cnnviz.core.operations.base import Element, Ledger, Operation, Parameters, Shape, Taps
from cnnviz.core.operations.convolution import Conv2d
from cnnviz.core.operations.dropout import Dropout
from cnnviz.core.operations.flatten import Flatten
from cnnviz.core.operations.linear import Linear
from cnnviz.core.operations.pooling import MaxPool2d
from cnnviz.core.operations.relu import ReLU
from cnnviz.core.operations.softmax import Softmax

OPERATIONS: dict[str, type[Operation]] = {
    kind.kind: kind for kind in (Conv2d, MaxPool2d, ReLU, Flatten, Linear, Dropout, Softmax)
}

__all__ = [
    "OPERATIONS",
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
