"""Layers that compute with a snapshot's numbers."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn
from torch.func import functional_call

from cnnviz.core.snapshot import Snapshot
from cnnviz.engine.probe import weights_of


@dataclass(frozen=True, eq=False)
class Weighted:
    """A layer as it is evaluated, and the numbers it is to be computed with."""

    module: nn.Module
    weights: dict[str, Tensor]

    def __call__(self, x: Tensor) -> Tensor:
        y: Tensor = functional_call(self.module, self.weights, (x,))
        return y


def weighted(
    order: nn.Sequential, module: nn.Sequential, frozen: Snapshot, device: str
) -> list[Weighted]:
    """The modules of ``order``, each with the numbers of its layer.

    Parameters
    ----------
    order
        The modules of ``module`` in the order in which they are to be computed.
    module
        The network's empty module, one a layer.
    """
    weights = dict(zip(module, weights_of(frozen, device), strict=False))
    return [Weighted(part.eval(), weights[part]) for part in order]
