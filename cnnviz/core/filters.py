"""Classical filters: the kernels that people chose before networks learned their own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.numbers import MINUS, number
from cnnviz.core.problem import Problem, mark

Grid = tuple[tuple[float, ...], ...]
"""Rows of numbers, all equally long."""

LARGEST_SIDE = 7
"""Rows and columns that a kernel of one's own can have."""

LARGEST_NUMBER = 1e6
"""What may be typed into a kernel, or below its minus; 49 such products still fit into float32."""


@dataclass(frozen=True)
class Kernel:
    """The weights of one filter.

    As everywhere in PyTorch they are laid over the picture as they stand, without being flipped.

    Attributes
    ----------
    key
        Its name in the code.
    title
        English name, translated where it is shown.
    slices
        The numbers that are multiplied: one grid for every channel alike, or one each for red,
        green and blue.
    divisor
        What all of them are divided by, so that a blur can be written in whole numbers.
    place
        Which of the network's kernels it is, or None.
    """

    key: str
    title: str
    slices: tuple[Grid, ...]
    divisor: float = 1.0
    place: int | None = None

    @property
    def numbers(self) -> Grid:
        """The first grid; the only one of every classical filter."""
        return self.slices[0]

    @property
    def size(self) -> tuple[int, int]:
        """(rows, columns)."""
        return len(self.numbers), len(self.numbers[0])

    @property
    def factor(self) -> str:
        """What stands before the grid: "1/9", or "" for a divisor of 1."""
        return "" if self.divisor == 1 else f"1/{number(self.divisor, 4, integral=True)}"

    @cached_property
    def weights(self) -> NDArray[np.float32]:
        """(slices, rows, columns) what is multiplied in the end."""
        return (np.array(self.slices, dtype=np.float64) / self.divisor).astype(np.float32)

    @cached_property
    def sum(self) -> float:
        """What an even grey of 1 becomes: 1 where brightness is kept, 0 where edges are sought."""
        return float(self.weights.astype(np.float64).sum() / len(self.slices))

    @property
    def keeps_brightness(self) -> bool:
        """Whether the result is a picture again, and not a map of differences around zero."""
        return self.place is None and self.sum > 0.5


def transposed(grid: Grid) -> Grid:
    """Rows as columns."""
    return tuple(zip(*grid, strict=True))


def _outer(line: Iterable[int]) -> Grid:
    values = tuple(line)
    return tuple(tuple(float(a * b) for b in values) for a in values)


_SOBEL: Grid = ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1))
_SOBEL_RISING: Grid = ((-2, -1, 0), (-1, 0, 1), (0, 1, 2))
_SOBEL_FALLING: Grid = ((0, 1, 2), (-1, 0, 1), (-2, -1, 0))
_PREWITT: Grid = ((-1, 0, 1), (-1, 0, 1), (-1, 0, 1))
_PREWITT_RISING: Grid = ((-1, -1, 0), (-1, 0, 1), (0, 1, 1))
_PREWITT_FALLING: Grid = ((0, 1, 1), (-1, 0, 1), (-1, -1, 0))

FILTERS = (
    Kernel("identity", mark("Identity"), (((0, 0, 0), (0, 1, 0), (0, 0, 0)),)),
    Kernel("sobel_vertical", mark("Vertical edges (Sobel)"), (_SOBEL,)),
    Kernel("sobel_horizontal", mark("Horizontal edges (Sobel)"), (transposed(_SOBEL),)),
    Kernel("sobel_rising", mark("Diagonal edges ╱ (Sobel)"), (_SOBEL_RISING,)),
    Kernel("sobel_falling", mark("Diagonal edges ╲ (Sobel)"), (_SOBEL_FALLING,)),
    Kernel("prewitt_vertical", mark("Vertical edges (Prewitt)"), (_PREWITT,)),
    Kernel("prewitt_horizontal", mark("Horizontal edges (Prewitt)"), (transposed(_PREWITT),)),
    Kernel("prewitt_rising", mark("Diagonal edges ╱ (Prewitt)"), (_PREWITT_RISING,)),
    Kernel("prewitt_falling", mark("Diagonal edges ╲ (Prewitt)"), (_PREWITT_FALLING,)),
    Kernel("laplacian_4", mark("Laplacian, 4 neighbours"), (((0, 1, 0), (1, -4, 1), (0, 1, 0)),)),
    Kernel("laplacian_8", mark("Laplacian, 8 neighbours"), (((1, 1, 1), (1, -8, 1), (1, 1, 1)),)),
    Kernel("box_3", mark("Box blur 3×3"), (_outer((1,) * 3),), 9),
    Kernel("box_5", mark("Box blur 5×5"), (_outer((1,) * 5),), 25),
    # The rows of Pascal's triangle, which come nearest to a Gaussian in whole numbers.
    Kernel("gaussian_3", mark("Gaussian blur 3×3"), (_outer((1, 2, 1)),), 16),
    Kernel("gaussian_5", mark("Gaussian blur 5×5"), (_outer((1, 4, 6, 4, 1)),), 256),
    Kernel("sharpen", mark("Sharpen"), (((0, -1, 0), (-1, 5, -1), (0, -1, 0)),)),
    Kernel("emboss", mark("Emboss"), (((-2, -1, 0), (-1, 1, 1), (0, 1, 2)),)),
)
"""In the order of the list; what is drawn by a diagonal stroke is the direction of the edges."""

OWN = "own"
"""The key of a kernel of one's own."""


def filter_of(key: str) -> Kernel:
    """A classical filter by its key."""
    return next(kernel for kernel in FILTERS if kernel.key == key)


def own_kernel(kernel: Kernel) -> Kernel:
    """A copy that can be edited; of three slices the first, for every channel alike."""
    if kernel.key == OWN:
        return kernel
    numbers = kernel.numbers
    rows, columns = (min(side, LARGEST_SIDE) for side in kernel.size)
    own = Kernel(OWN, mark("One's own"), (numbers,), kernel.divisor)
    return own if (rows, columns) == kernel.size else resized(own, rows, columns)


def with_number(kernel: Kernel, row: int, column: int, value: float) -> Kernel:
    """A kernel of one's own with another number in one cell.

    Raises
    ------
    Problem
        If the number is not finite or too large.
    """
    check_number(value)
    lines = [list(line) for line in own_kernel(kernel).numbers]
    lines[row][column] = value
    return replace(own_kernel(kernel), slices=(tuple(map(tuple, lines)),))


def with_divisor(kernel: Kernel, divisor: float) -> Kernel:
    """A kernel of one's own whose numbers are divided by another one.

    Raises
    ------
    Problem
        If it is 0, not finite or too large.
    """
    check_number(divisor)
    if divisor == 0 or abs(divisor) < 1 / LARGEST_NUMBER:
        raise Problem("divisor: nothing can be divided by 0; 1 leaves the numbers as they are")
    return replace(own_kernel(kernel), divisor=divisor)


def resized(kernel: Kernel, rows: int, columns: int) -> Kernel:
    """A kernel of one's own of another size, whose middle stays in the middle; new cells are 0.

    The middle of an even size is the cell before it, as "same" padding lays it.

    Raises
    ------
    Problem
        If there is no such size.
    """
    if not (1 <= rows <= LARGEST_SIDE and 1 <= columns <= LARGEST_SIDE):
        raise Problem(
            "kernel_size: a kernel of {rows}×{columns} cannot be edited; from 1×1 to {most}×{most} "
            "is possible",
            rows=rows,
            columns=columns,
            most=LARGEST_SIDE,
        )
    before = kernel.numbers
    down = (rows - 1) // 2 - (len(before) - 1) // 2
    right = (columns - 1) // 2 - (len(before[0]) - 1) // 2

    def cell(row: int, column: int) -> float:
        inside = 0 <= row < len(before) and 0 <= column < len(before[0])
        return before[row][column] if inside else 0.0

    grid = tuple(tuple(cell(r - down, c - right) for c in range(columns)) for r in range(rows))
    return replace(kernel, key=OWN, title=mark("One's own"), slices=(grid,), place=None)


def check_number(value: float) -> None:
    """Refuse what cannot be computed with.

    Raises
    ------
    Problem
        If the number is not finite, or larger than `LARGEST_NUMBER` either way.
    """
    if not isfinite(value) or abs(value) > LARGEST_NUMBER:
        raise Problem(
            "{value} cannot be a weight: from −{most} to {most} is possible",
            value=number(value, 2, integral=True),
            most=f"{LARGEST_NUMBER:,.0f}",
        )


def read_weight(text: str) -> float:
    """A typed number: "−0.5", "1/9", "2".

    Raises
    ------
    Problem
        If it is no number, or one that cannot be computed with.
    """
    top, stroke, bottom = text.strip().replace(MINUS, "-").replace(",", ".").partition("/")
    try:
        value = float(top) / float(bottom) if stroke else float(top)
    except (ValueError, ZeroDivisionError, OverflowError):
        raise Problem(
            '"{text}" is no number; expected is one such as −0.5, 2 or 1/9', text=text.strip()[:20]
        ) from None
    check_number(value)
    return value


def learned_kernels(weight: NDArray[np.floating]) -> tuple[Kernel, ...]:
    """The kernels of a network's first convolution that a photograph can be filtered with.

    Parameters
    ----------
    weight
        (kernels, channels, rows, columns) as PyTorch holds it.

    Returns
    -------
    One kernel each, without its bias; none where a kernel reads neither one nor three channels.
    """
    if weight.ndim != 4 or weight.shape[1] not in (1, 3) or not np.isfinite(weight).all():
        return ()
    return tuple(
        Kernel(
            key=f"learned_{place}",
            title=mark("Kernel {number} of Conv 1"),
            slices=tuple(
                tuple(tuple(float(value) for value in line) for line in grid) for grid in slices
            ),
            place=place,
        )
        for place, slices in enumerate(weight)
    )
