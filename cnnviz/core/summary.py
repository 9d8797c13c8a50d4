"""A network layer by layer in numbers, as Keras's and torchinfo's summaries have it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import prod

from cnnviz.core.network import Layer, Network
from cnnviz.core.operations import Shape
from cnnviz.core.operations.base import buffer_shapes
from cnnviz.core.operations.transposed_convolution import ConvTranspose2d


@dataclass(frozen=True)
class Row:
    """One layer.

    Attributes
    ----------
    name
        torch's name of its kind, and which of that kind it is: "Conv2d 2".
    output_shape
        Without the batch axis.
    parameters
        How many numbers it learns.
    products
        Multiplications of an input by a weight for one image; each is added to a sum, hence
        multiply–adds.  Those with the zeros of a padding are counted, as torchinfo does; adding the
        bias is none.
    """

    name: str
    output_shape: Shape
    parameters: int
    products: int


@dataclass(frozen=True)
class Summary:
    """All layers, and what they come to.

    Attributes
    ----------
    kept
        Numbers that are kept but not learned (running mean and variance of a batch norm); they
        are no part of ``parameters``, in torch as here.
    """

    title: str
    input_shape: Shape
    rows: tuple[Row, ...]
    kept: int

    @property
    def parameters(self) -> int:
        """All of them are trained."""
        return sum(row.parameters for row in self.rows)

    @property
    def products(self) -> int:
        return sum(row.products for row in self.rows)


def summarised(network: Network) -> Summary:
    """The summary of a network."""
    counted: Counter[str] = Counter()
    rows = []
    for layer in network.layers:
        kind = layer.operation.kind
        counted[kind] += 1
        rows.append(
            Row(f"{kind} {counted[kind]}", layer.output_shape, layer.parameter_count,
                multiply_adds(layer))
        )  # fmt: skip
    kept = sum(
        prod(shape)
        for layer in network.layers
        for shape in buffer_shapes(layer.operation, layer.input_shape).values()
    )
    return Summary(network.title, network.input_shape, tuple(rows), kept)


def multiply_adds(layer: Layer) -> int:
    """Products of an input and a weight that one image needs; 0 where no weights are laid on."""
    weight = layer.parameter_shapes.get("weight", ())
    if len(weight) < 2:
        return 0
    # A kernel is laid on once for each place of the output; a transposed one for each of the input.
    turned = isinstance(layer.operation, ConvTranspose2d)
    return prod(weight) * prod((layer.input_shape if turned else layer.output_shape)[1:])
