"""A model that computes with a snapshot's numbers."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn
from torch.func import functional_call

from cnnviz.core.snapshot import Snapshot
from cnnviz.engine.probe import weights_of


@dataclass(frozen=True, eq=False)
class Weighted:
    """A model as it is evaluated, and the numbers it is to be computed with, by their keys."""

    model: nn.Sequential
    weights: dict[str, Tensor]

    def __call__(self, x: Tensor) -> Tensor:
        y: Tensor = functional_call(self.model, self.weights, (x,))
        return y


def weighted(
    model: nn.Sequential, module: nn.Sequential, frozen: Snapshot, device: str
) -> Weighted:
    """A network's empty module with a snapshot's numbers.

    Parameters
    ----------
    model
        The modules of ``module`` in the order in which they are to be computed.
    module
        One module a layer.
    """
    weights = dict(zip(module, weights_of(frozen, device), strict=False))
    named = {f"{i}.{key}": v for i, part in enumerate(model) for key, v in weights[part].items()}
    return Weighted(model.eval(), named)
