"""What dropout strikes out while a network is looked at as in training."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from cnnviz.core.network import Network
from cnnviz.core.operations import Dropout
from cnnviz.engine.seeds import mixed

Masks = dict[int, NDArray[np.float32]]
"""By the layer's place in the network: 1 for what is kept, 0 for what is struck out."""


def masks_of(network: Network, seed: int, step: int) -> Masks:
    """One mask for each dropout of a network: for each mini-batch others, for one always the same.

    Training draws its own for each image; those are drawn beside it, and disturb nothing.
    """
    generator = torch.Generator().manual_seed(mixed(seed, step))
    found: Masks = {}
    for index, layer in enumerate(network.layers):
        if isinstance(layer.operation, Dropout):
            mask = torch.empty(layer.output_shape)
            found[index] = mask.bernoulli_(1 - layer.operation.p, generator=generator).numpy()
    return found
