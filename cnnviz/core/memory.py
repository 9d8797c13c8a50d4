"""How much memory a network takes while it is trained: counted from its shapes, not measured."""

from __future__ import annotations

from math import prod

from cnnviz.core.network import Network
from cnnviz.core.summary import multiply_adds

NUMBER = 4
"""Bytes of a float32."""

COPIES = 5
"""Copies of all parameters beside the training: the snapshot that is stepped, the newest one, and
what is being recorded, with both of Adam's means."""


def weight_bytes(network: Network) -> int:
    """Of all parameters, once."""
    return NUMBER * network.parameter_count


def training_bytes(network: Network) -> int:
    """Of the parameters, their gradients, and the two means that Adam keeps of each."""
    return 4 * weight_bytes(network)


def image_bytes(network: Network) -> int:
    """Of what one image leaves behind in the network until its gradients are known.

    Every layer's output is kept; on the way back, gradients of neighbouring layers stand beside
    them, and torch lays out what it multiplies.  Measured on 2 cores (torch 2.14), with what this
    gives in brackets: AlexNet 7.9 MB (7.4), VGG-16 124 MB (154).
    """
    sizes = [prod(network.input_shape), *(prod(layer.output_shape) for layer in network.layers)]
    return NUMBER * (sum(sizes) + 3 * max(sizes))


def image_products(network: Network) -> int:
    """Multiplications that one image takes, forwards."""
    return sum(map(multiply_adds, network.layers))
