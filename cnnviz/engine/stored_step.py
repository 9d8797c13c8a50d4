"""A model at one step as a run's file keeps it, and what is read out of that."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.operations import Parameters
from cnnviz.core.problem import Problem
from cnnviz.core.tensor_blob import Arrays


@dataclass(frozen=True, eq=False)
class Stored:
    """A model at one step, with all that training needs to go on from there.

    Attributes
    ----------
    step
        Batches trained.
    epoch_end
        Whether an epoch ends with this step.
    weights
        Parameters and buffers, "0.weight" and so on, as a blob (see `cnnviz.core.tensor_blob`).
    state
        What the optimiser keeps, and the states of the random generators, likewise.
    place
        What is no array, as JSON: see `cnnviz.engine.resume`.
    """

    step: int
    epoch_end: bool
    weights: NDArray[np.uint8] | bytes
    state: NDArray[np.uint8] | bytes
    place: str

    @property
    def size(self) -> int:
        return len(self.weights) + len(self.state)


def classes_of(place: str) -> tuple[str, ...]:
    """The classes that stand in a `Stored.place`, as `Snapshot` has them.

    Raises
    ------
    ValueError
        If no names stand there.
    """
    found = json.loads(place).get("classes", [])  # runs from before there were any have none
    if not (isinstance(found, list) and all(isinstance(name, str) for name in found)):
        raise ValueError("its classes are impossible")
    return tuple(found)


def parameters_of(arrays: Arrays, layers: int) -> tuple[Parameters, ...]:
    """A state dict as one mapping a layer, without what only training counts."""
    found: tuple[dict[str, NDArray[Any]], ...] = tuple({} for _ in range(layers))
    for name, array in arrays.items():
        place, _, kind = name.partition(".")
        if kind == "num_batches_tracked":
            continue
        if not (place.isdecimal() and len(place) < 5 and int(place) < layers):
            raise Problem("its weights belong to another network: {name}", name=name[:60])
        found[int(place)][kind] = array
    return found
