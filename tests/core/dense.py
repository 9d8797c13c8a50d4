"""A small layer as one dense matrix, written out from its connections."""

from __future__ import annotations

from math import prod

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.connections import connections
from cnnviz.core.operations import Operation, Parameters, Shape


def as_matrix(
    operation: Operation, shape: Shape, parameters: Parameters
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(outputs, inputs) W and (outputs,) b of a whole layer."""
    outputs = range(prod(operation.output_shape(shape)))
    found = connections(operation, shape, outputs)
    matrix = np.zeros((len(outputs), prod(shape)))
    np.add.at(matrix, (found.outputs, found.inputs), found.values(parameters))
    return matrix, found.bias_values(parameters)
