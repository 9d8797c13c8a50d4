"""A fully connected layer is a convolution whose kernel covers its whole input, and back."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.operations import Conv2d, Linear, Parameters
from cnnviz.core.operations.base import Shape
from cnnviz.core.problem import Problem

Values = NDArray[np.floating[Any]]


def unfolded(linear: Linear) -> tuple[int, int, int]:
    """(channels, height, width) of the maps that a linear layer reads as a convolution.

    Those that were flattened before it; a vector stands for one pixel of as many channels.
    """
    fold = linear.fold
    if fold is not None and len(fold) == 3:
        return fold[0], fold[1], fold[2]
    return linear.in_features, 1, 1


def as_convolution(
    linear: Linear, parameters: Parameters, x: Values
) -> tuple[Conv2d, Parameters, Values]:
    """The convolution that puts out the same numbers, as out_features maps of 1×1.

    Parameters
    ----------
    linear, parameters
        The layer, with "weight" (out_features, in_features) and perhaps "bias".
    x
        (in_features,)

    Returns
    -------
    The convolution, the same weights in its shape, and x as (channels, height, width).
    """
    channels, height, width = unfolded(linear)
    convolution = Conv2d(channels, linear.out_features, (height, width), bias=linear.bias)
    shapes = convolution.parameter_shapes((channels, height, width))
    reshaped = {name: parameters[name].reshape(shape) for name, shape in shapes.items()}
    return convolution, reshaped, x.reshape(channels, height, width)


def as_linear(
    convolution: Conv2d, parameters: Parameters, x: Values
) -> tuple[Linear, Parameters, Values]:
    """The linear layer that puts out the same numbers as a kernel that covers its whole input.

    Parameters
    ----------
    convolution, parameters
        The layer, with "weight" (out_channels, in_channels, height, width) and perhaps "bias".
    x
        (in_channels, height, width)

    Raises
    ------
    Problem
        If the kernel does not lie on every input exactly once.
    """
    shape: Shape = x.shape
    if not covers(convolution, shape):
        raise Problem(
            "Only a kernel that covers its whole input is a fully connected layer: here that is "
            "kernel_size {height}×{width}, without padding, dilation and groups",
            height=shape[1],
            width=shape[2],
        )
    linear = Linear(prod(shape), convolution.out_channels, convolution.bias, fold=shape)
    shapes = linear.parameter_shapes((prod(shape),))
    reshaped = {name: parameters[name].reshape(sizes) for name, sizes in shapes.items()}
    return linear, reshaped, x.reshape(-1)


def covers(convolution: Conv2d, shape: Shape) -> bool:
    """Whether a convolution's kernel lies on each of its inputs exactly once."""
    return (
        len(shape) == 3
        and convolution.kernel_size == shape[1:]
        and convolution.groups == 1
        and all(
            axis.padded_size == axis.size and axis.extent == axis.size
            for axis in convolution.axes(shape)
        )
    )
