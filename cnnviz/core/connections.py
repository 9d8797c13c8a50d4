"""A layer as y = W x + b: which output reads which input, with which weight; from `taps` alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import prod

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.operations import Operation, Parameters, Shape, Taps

Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Connections:
    """The connections of some outputs to some inputs, output by output, each in its taps' order.

    Inputs, outputs and weights are named by their place in the flattened array (C order).  An
    output that reads an input twice, as it does where padding repeats the input, has two
    connections to it.

    Attributes
    ----------
    outputs, inputs
        (connections,) what is connected.
    terms
        (connections,) the term of the output's ledger.
    weights
        (connections,) the weight, or −1 where none is learned (average pooling).
    factors
        (connections,) what stands in W where no weight is learned: 1/n; else 1.
    biases
        (outputs,) the bias of each of the outputs asked for, or −1.
    """

    outputs: Indices
    inputs: Indices
    terms: Indices
    weights: Indices
    factors: NDArray[np.float64]
    biases: Indices

    @property
    def count(self) -> int:
        return len(self.outputs)

    def only(self, mask: NDArray[np.bool_]) -> Connections:
        """Those where a mask (connections,) is True."""
        return Connections(
            self.outputs[mask],
            self.inputs[mask],
            self.terms[mask],
            self.weights[mask],
            self.factors[mask],
            self.biases,
        )

    def values(self, parameters: Parameters) -> NDArray[np.float64]:
        """(connections,) the numbers that stand at them."""
        if "weight" not in parameters:
            return self.factors
        return np.asarray(parameters["weight"].reshape(-1)[self.weights], dtype=np.float64)

    def bias_values(self, parameters: Parameters) -> NDArray[np.float64]:
        """(outputs,) b; 0 where there is none."""
        if "bias" not in parameters:
            return np.zeros(len(self.biases))
        values = parameters["bias"].reshape(-1)[self.biases]
        return np.where(self.biases < 0, 0.0, values).astype(np.float64)


def is_matrix(operation: Operation, shape: Shape) -> bool:
    """Whether each output is a weighted sum of inputs (and a bias): y = W x + b."""
    if operation.verb == "mean":
        return True
    return operation.verb == "sum" and "weight" in operation.parameter_shapes(shape)


# Taps take 30 µs an output: those of a part of the matrix are found once, and not at every step.
@lru_cache(maxsize=24)
def connections(
    operation: Operation, shape: Shape, outputs: range, inputs: range | None = None
) -> Connections:
    """What connects a run of outputs with a run of inputs (all if None); see `is_matrix`.

    Parameters
    ----------
    operation, shape
        A layer's, and the shape of its input.
    outputs, inputs
        Runs of places in the flattened output and input, each with step 1.
    """
    places = np.unravel_index(np.asarray(outputs, dtype=np.intp), operation.output_shape(shape))
    weight_shape = operation.parameter_shapes(shape).get("weight")
    wanted = range(prod(shape)) if inputs is None else inputs
    found, factors, biases = [], [], []
    for output, place in zip(outputs, np.stack(places, axis=1).tolist(), strict=True):
        element = tuple(place)
        taps = operation.taps(shape, element)
        reads, weights = _flat(taps, shape, weight_shape)
        terms = np.flatnonzero((reads >= wanted.start) & (reads < wanted.stop))
        found.append(np.stack([np.full_like(terms, output), reads[terms], terms, weights[terms]]))
        factors.append(np.full(len(terms), _factor(operation, shape, element)))
        biases.append(-1 if taps.bias is None else int(taps.bias[0]))
    empty = np.empty((4, 0), dtype=np.intp)
    rows, columns, terms, weights = np.concatenate([empty, *found], axis=1)
    return Connections(
        rows,
        columns,
        terms,
        weights,
        np.concatenate([np.empty(0), *factors]),
        np.array(biases, dtype=np.intp),
    )


def _flat(taps: Taps, shape: Shape, weight_shape: Shape | None) -> tuple[Indices, Indices]:
    """(terms,) the flat input (−1: padding, a hole) and the flat weight (−1: none) of each."""
    if taps.sources is None:
        reads = np.full(taps.count, -1, dtype=np.intp)
        reads[taps.inside] = np.ravel_multi_index(tuple(taps.inputs[taps.inside].T), shape)
    else:
        reads = np.ravel_multi_index(tuple(taps.sources.T), shape)
    if taps.weights is None or weight_shape is None:
        return reads, np.full(taps.count, -1, dtype=np.intp)
    return reads, np.ravel_multi_index(tuple(taps.weights.T), weight_shape)


def _factor(operation: Operation, shape: Shape, element: tuple[int, ...]) -> float:
    """1/n of a mean, which is asked of its ledger: padding may be counted or not."""
    if operation.verb != "mean":
        return 1.0
    divisor = operation.ledger(_zeros(shape), {}, element).divisor
    assert divisor is not None
    return 1 / divisor


@lru_cache(maxsize=4)
def _zeros(shape: Shape) -> NDArray[np.float32]:
    return np.zeros(shape, dtype=np.float32)


def term_weights(taps: Taps, weight_shape: Shape) -> Indices:
    """(terms,) the flat weight of each term of a ledger."""
    assert taps.weights is not None
    return np.asarray(np.ravel_multi_index(tuple(taps.weights.T), weight_shape), dtype=np.intp)


@dataclass(frozen=True)
class Counts:
    """How few connections and weights a layer has, against one that connects everything.

    Attributes
    ----------
    connections
        Pairs of an output and an input that it reads.
    weights
        Different weights that are learned, biases not counted.
    full
        Connections, and weights, of a fully connected layer between as many inputs and outputs.
    """

    connections: int
    weights: int
    full: int

    @property
    def shares(self) -> bool:
        """Whether a weight is used more than once."""
        return self.connections > self.weights

    @property
    def dense(self) -> bool:
        """Whether everything is connected with everything."""
        return self.connections == self.full


@lru_cache(maxsize=64)
def counts(operation: Operation, shape: Shape) -> Counts:
    """The counts of a layer, without going through all of its outputs one by one.

    An output reads every one of its rows in every one of its columns: how many inputs each reads
    follows from one row and one column of outputs.
    """
    output = operation.output_shape(shape)
    learned = prod(operation.parameter_shapes(shape).get("weight", (0,)))
    full = prod(output) * prod(shape)
    if len(output) == 1 or len(shape) == 1:
        each = int(operation.taps(shape, (0,) * len(output)).inside.sum())
        return Counts(prod(output) * each, learned, full)

    def reads(row: int, column: int) -> int:
        return _different(operation.taps(shape, (0, row, column)))

    _, rows, columns = output
    # One that reads something: a transposed convolution leaves some outputs without any input.
    places = ((row, column) for row in range(rows) for column in range(columns))
    corner = next(((row, column) for row, column in places if reads(row, column)), None)
    if corner is None:
        return Counts(0, learned, full)
    down = sum(reads(row, corner[1]) for row in range(rows))
    across = sum(reads(corner[0], column) for column in range(columns))
    groups = len(operation.taps(shape, (0, *corner)).channels)
    total = output[0] * groups * down * across // reads(*corner)
    return Counts(total, learned, full)


def _different(taps: Taps) -> int:
    """How many inputs of one map an output reads; those that padding repeats count once."""
    group = slice(0, taps.group_size)
    if taps.sources is not None:
        return len(np.unique(taps.sources[group, 1:], axis=0))
    return int(taps.inside[group].sum())
