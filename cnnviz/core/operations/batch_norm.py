"""torch.nn.BatchNorm2d: each map shifted and scaled to mean 0 and variance 1, then as learned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.operations.base import Element, Ledger, Parameters, Shape, Taps, own_place
from cnnviz.core.operations.checks import check_count, check_input, check_maps, check_number
from cnnviz.core.problem import Problem, mark


@dataclass(frozen=True)
class BatchNorm2d:
    """(x − mean) / √(variance + eps) · weight + bias, as the network is looked at: evaluated.

    Mean and variance are those that training gathered (``running_mean``, ``running_var``), and an
    element reads its own input only.  Without ``track_running_stats`` torch takes them, evaluating
    too, from what it is given: here from all values of the channel of the one sample, a group of
    terms for each row.  ``momentum`` says how training gathers them; with None all batches count
    alike.
    """

    kind: ClassVar[str] = "BatchNorm2d"
    title: ClassVar[str] = mark("BatchNorm")
    verb: ClassVar[str] = "normalise"
    numbered: ClassVar[bool] = False
    keeps_range: ClassVar[bool] = False

    num_features: int
    eps: float = 1e-5
    momentum: float | None = 0.1
    affine: bool = True
    track_running_stats: bool = True

    def __post_init__(self) -> None:
        check_count("num_features", self.num_features)
        check_number(eps=self.eps)
        if self.eps <= 0:
            raise Problem(
                "eps: {eps} is not above 0, and values that are all alike would be divided by it; "
                "usual is {usual}",
                eps=self.eps,
                usual="1e-05",
            )
        if self.momentum is not None and not 0 <= self.momentum <= 1:
            raise Problem(
                "momentum: {momentum} is not from 0 to 1, and the mean of what was gathered would "
                "run away; usual is {usual}",
                momentum=self.momentum,
                usual="0.1",
            )

    def output_shape(self, shape: Shape) -> Shape:
        check_maps(shape)
        check_input("num_features", self.num_features, shape[0])
        if not self.track_running_stats and shape[1:] == (1, 1):
            raise Problem(
                "without track_running_stats it takes the variance of each map, and maps of 1×1 "
                "have none: at least two values a map are needed"
            )
        return shape

    def parameter_shapes(self, shape: Shape) -> dict[str, Shape]:
        size = (self.num_features,)
        return {"weight": size, "bias": size} if self.affine else {}

    def buffer_shapes(self, shape: Shape) -> dict[str, Shape]:
        size = (self.num_features,)
        return {"running_mean": size, "running_var": size} if self.track_running_stats else {}

    def taps(self, shape: Shape, element: Element) -> Taps:
        channel = element[0]
        _, rows, columns = (1, 1, 1) if self.track_running_stats else shape
        if self.track_running_stats:
            inputs = np.array([element], dtype=np.intp)
        else:
            inputs = np.indices((1, rows, columns)).reshape(3, -1).T.astype(np.intp)
            inputs[:, 0] = channel
        return Taps(
            inputs=inputs,
            inside=np.ones(len(inputs), dtype=np.bool_),
            weights=np.full((len(inputs), 1), channel, dtype=np.intp) if self.affine else None,
            bias=(channel,) if self.affine else None,
            channels=np.full(rows, channel, dtype=np.intp),
            group_shape=(1, columns),
        )

    def ledger(
        self, x: NDArray[np.floating[Any]], parameters: Parameters, element: Element
    ) -> Ledger:
        """Evaluated, with the one term (x − mean) / √(variance + eps) · weight.

        Without running statistics the terms are the squares (x − mean)², whose mean is the
        variance.  Either way the numbers of the last step are in ``parts``.
        """
        taps, channel = self.taps(x.shape, element), element[0]
        operands = x[tuple(taps.inputs.T)].astype(np.float64)
        # ∞ − ∞ of a network that has diverged is NaN, in torch too, and nothing to warn of.
        with np.errstate(all="ignore"):
            if self.track_running_stats:
                mean = np.float64(parameters["running_mean"][channel])
                variance = np.float64(parameters["running_var"][channel])
            else:
                mean = operands.sum() / taps.count
                squares = (operands - mean) ** 2
                variance = np.cumsum(squares)[-1] / taps.count
            deviation = np.sqrt(variance + self.eps)
            normalised = (np.float64(x[element]) - mean) / deviation
            weight = np.float64(parameters["weight"][channel] if self.affine else 1.0)
            bias = float(parameters["bias"][channel]) if self.affine else None
            scaled = normalised * weight
            terms = np.array([scaled]) if self.track_running_stats else squares
            result = float(scaled) + (0.0 if bias is None else bias)
            subtotals = terms.reshape(len(taps.channels), -1).sum(axis=1)
        parts = {
            "value": float(x[element]),
            "mean": float(mean),
            "variance": float(variance),
            "deviation": float(deviation),
            "normalised": float(normalised),
            "weight": float(weight),
        }
        return Ledger(
            taps=taps,
            operands=operands,
            weights=None,
            terms=terms,
            partials=np.cumsum(terms),
            subtotals=subtotals,
            bias=bias,
            result=result,
            divisor=None if self.track_running_stats else float(taps.count),
            parts=parts,
        )

    def axes(self, shape: Shape) -> None:
        return None

    def readers(self, shape: Shape, position: Element) -> NDArray[np.bool_]:
        if self.track_running_stats:
            return own_place(shape, position)
        return np.ones(shape[1:], dtype=np.bool_)
