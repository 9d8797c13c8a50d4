"""One training step with all of its numbers, computed beside the training and not made."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Rehearsing:
    """Of which layer's kernel the numbers are asked for.

    Attributes
    ----------
    run, step, changes
        The state of training that is meant, as a snapshot has it.
    layer, kernel
        A layer that learns kernels, and one of them (its output channel).
    """

    run: int
    step: int
    changes: int
    layer: int
    kernel: int


@dataclass(frozen=True, eq=False)
class Adam:
    """What the optimiser reckons for each weight of a kernel; every array has the kernel's shape.

    Attributes
    ----------
    number
        Which step of the optimiser it is, from 1.
    m, v
        The moving means of the gradient and of its square, before the step and after it.
    """

    number: int
    learning_rate: float
    beta1: float
    beta2: float
    epsilon: float
    m: tuple[Floats, Floats]
    v: tuple[Floats, Floats]

    @property
    def corrections(self) -> tuple[float, float]:
        """What m and v are divided by: 1 − β₁ᵗ and 1 − β₂ᵗ."""
        return 1 - self.beta1**self.number, 1 - self.beta2**self.number

    def step(self, place: tuple[int, ...]) -> float:
        """By how much a weight is changed: −η·m̂ / (√v̂ + ε)."""
        first, second = self.corrections
        m, v = float(self.m[1][place]) / first, float(self.v[1][place]) / second
        return -self.learning_rate * m / (sqrt(v) + self.epsilon)


@dataclass(frozen=True, eq=False)
class Rehearsal:
    """What the next mini-batch does to the network; nothing in it ever changes.

    Attributes
    ----------
    asked
        What it was computed for.
    indices, labels
        (count,) int64, the training images of the batch and their classes.
    images
        (count, channels, height, width) float32 as the network is given them, augmented.
    logits, gradients
        (count, classes) float32, and ∂L/∂logits.
    losses
        (count,) float32 cross-entropy of each image.
    loss, loss_after
        Mean over the batch, before the step and after it, with the same images and neurons struck
        out.
    layers
        (layer, mean of |∂L/∂output| over the batch) of every layer with weights, the last first.
    kernel, kernel_after, gradient
        The chosen kernel in its shape (channels, rows, columns), before and after; ∂L/∂kernel.
    parts
        (count, …) what each image contributes to ``gradient``: their sum, but for rounding.
    positions
        Outputs of an image that use each weight: each adds to the gradient.
    adam
        The update.
    """

    asked: Rehearsing
    indices: NDArray[np.int64]
    labels: NDArray[np.int64]
    images: NDArray[np.float32]
    logits: NDArray[np.float32]
    gradients: NDArray[np.float32]
    losses: NDArray[np.float32]
    loss: float
    loss_after: float
    layers: tuple[tuple[int, float], ...]
    kernel: Floats
    kernel_after: Floats
    gradient: Floats
    parts: Floats
    positions: int
    adam: Adam

    @property
    def count(self) -> int:
        """Images in the batch."""
        return len(self.labels)
