"""The one place of sliding-window arithmetic: which input positions a window reads, and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.operations.checks import check_maps
from cnnviz.core.problem import Problem, mark

Pair = tuple[int, int]

PADDING_MODES = ("zeros", "reflect", "replicate", "circular")
"""What torch.nn.Conv2d can put around its input; all but the first repeat the input itself."""

TOO_LARGE_HEIGHT = mark(
    "kernel_size: the kernel spans {extent} positions, but the padded input has only {room} in its "
    "height, at most {most} is possible"
)
TOO_LARGE_WIDTH = mark(
    "kernel_size: the kernel spans {extent} positions, but the padded input has only {room} in its "
    "width, at most {most} is possible"
)
TOO_WIDE_HEIGHT = mark(
    "dilation: with {dilation} the kernel of {kernel} spans {extent} positions, but the padded "
    "input has only {room} in its height, at most {most} is possible"
)
TOO_WIDE_WIDTH = mark(
    "dilation: with {dilation} the kernel of {kernel} spans {extent} positions, but the padded "
    "input has only {room} in its width, at most {most} is possible"
)


@dataclass(frozen=True)
class Axis:
    """A window sliding along one axis (height or width), with PyTorch's meaning of each name.

    Attributes
    ----------
    padding
        Positions before the input, and behind it too where ``padding_after`` is None.
    padding_after
        Positions behind the input, where they are others than those before it.
    padding_mode
        One of `PADDING_MODES`; "zeros" also stands for any other padding that repeats no input.
    """

    size: int
    kernel_size: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    ceil_mode: bool = False
    padding_after: int | None = None
    padding_mode: str = "zeros"

    @property
    def after(self) -> int:
        """Positions of padding behind the input."""
        return self.padding if self.padding_after is None else self.padding_after

    @property
    def padded_size(self) -> int:
        """Positions of the input and its padding together."""
        return self.padding + self.size + self.after

    @property
    def extent(self) -> int:
        """Input positions from a window's first tap to its last, both counted."""
        return self.dilation * (self.kernel_size - 1) + 1

    @property
    def output_size(self) -> int:
        """⌊(I + 2P − D(K − 1) − 1) / S⌋ + 1, the formula of torch.nn.Conv2d and MaxPool2d.

        Where the padding differs before and behind, their sum stands in 2P's place.

        With ``ceil_mode`` the division rounds up, so that even a window larger than the padded
        input can be laid once; but a window that would start beyond the input and its first
        padding is dropped.  Both as torch does (2.15; the tests compare them).
        """
        room = self.padded_size - self.extent
        steps = -(-room // self.stride) if self.ceil_mode else room // self.stride
        if self.ceil_mode and steps * self.stride >= self.size + self.padding:
            steps -= 1
        return max(0, steps + 1)

    @property
    def behind(self) -> int:
        """Positions behind the input that are padding, or that a window in ceil_mode reaches."""
        if not self.ceil_mode:
            return self.after
        end = (self.output_size - 1) * self.stride - self.padding + self.extent
        return max(self.after, end - self.size)

    def reads(self, output: int) -> NDArray[np.intp]:
        """(kernel_size,) input positions of a window; outside of 0 … size − 1: padding."""
        start = output * self.stride - self.padding
        return start + self.dilation * np.arange(self.kernel_size, dtype=np.intp)

    def sources(self, positions: NDArray[np.intp]) -> NDArray[np.intp]:
        """The input positions whose values stand at these positions; −1 where none does.

        As torch.nn.functional.pad lays them: "reflect" mirrors the input at its first and its last
        element, which are not repeated; "replicate" repeats these two; "circular" begins anew.
        """
        last = self.size - 1
        if self.padding_mode == "reflect":
            # Mirrored once at each end: torch allows no padding that would go around again.
            return np.asarray(last - np.abs(last - np.abs(positions)), dtype=np.intp)
        if self.padding_mode == "replicate":
            return np.clip(positions, 0, last)
        if self.padding_mode == "circular":
            return positions % self.size
        return np.where((positions >= 0) & (positions <= last), positions, -1)

    def readers(self, position: int) -> NDArray[np.intp]:
        """The windows that read this input position, or its repetition in the padding, ascending.

        With `sources` it is the inverse of `reads`.
        """
        places = np.array([position], dtype=np.intp)
        if self.padding_mode != "zeros":
            padded = np.arange(-self.padding, self.size + self.after, dtype=np.intp)
            places = padded[self.sources(padded) == position]
        taps = self.dilation * np.arange(self.kernel_size, dtype=np.intp)
        outputs, remainder = np.divmod(places[:, None] + self.padding - taps, self.stride)
        legal = (remainder == 0) & (outputs >= 0) & (outputs < self.output_size)
        return np.unique(outputs[legal])

    def touched(self, tap: int) -> NDArray[np.intp]:
        """Every input position that this tap of the kernel is laid on, ascending.

        Padding is left out where it is zeros; where it repeats the input, it stands for the
        position that it repeats.
        """
        first = tap * self.dilation - self.padding
        positions = first + self.stride * np.arange(self.output_size, dtype=np.intp)
        sources = self.sources(positions)
        return np.unique(sources[sources >= 0])

    def unread(self) -> NDArray[np.intp]:
        """Input positions that no window reads ("does not fit")."""
        read = np.zeros(self.size, dtype=np.bool_)
        for tap in range(self.kernel_size):
            read[self.touched(tap)] = True
        return np.flatnonzero(~read)


def axes(
    shape: tuple[int, ...],
    kernel_size: Pair,
    stride: Pair,
    padding: Pair,
    dilation: Pair,
    ceil_mode: bool = False,
    padding_after: Pair | None = None,
    padding_mode: str = "zeros",
) -> tuple[Axis, Axis]:
    """The vertical and the horizontal axis of a window over (channels, height, width) maps.

    ``padding`` stands above and left of them, ``padding_after`` below and right; the same where it
    is None.

    Raises
    ------
    Problem
        If the input is not maps, or the kernel is larger than the padded input.
    """
    check_maps(shape)
    rows, columns = (
        Axis(
            size,
            kernel_size[i],
            stride[i],
            padding[i],
            dilation[i],
            ceil_mode,
            None if padding_after is None else padding_after[i],
            padding_mode,
        )
        for i, size in enumerate(shape[1:])
    )
    # Whole sentences, so that all can be translated.
    _check_fit(rows, TOO_LARGE_HEIGHT, TOO_WIDE_HEIGHT)
    _check_fit(columns, TOO_LARGE_WIDTH, TOO_WIDE_WIDTH)
    return rows, columns


def _check_fit(axis: Axis, too_large: str, too_wide: str) -> None:
    """Raise `Problem` unless a window fits, with the largest dilation, or kernel, that would."""
    if axis.output_size >= 1:
        return
    found: dict[str, object] = {"extent": axis.extent, "room": axis.padded_size}
    # Rounding up lays a window that reaches beyond the end by less than a stride.
    reach = axis.padded_size - 1 + (axis.stride - 1 if axis.ceil_mode else 0)
    most = reach // max(axis.kernel_size - 1, 1)
    if axis.dilation > 1 and most >= 1:
        found |= {"dilation": axis.dilation, "kernel": axis.kernel_size, "most": most}
        raise Problem(too_wide, **found)
    raise Problem(too_large, **found, most=reach // axis.dilation + 1)


def windows_reading(rows: Axis, columns: Axis, row: int, column: int) -> NDArray[np.bool_]:
    """(output rows, output columns) mask of the windows that read one input position.

    A window reads every row of its taps in every column of them, repeated ones too: the two axes
    can be asked one by one.
    """
    mask = np.zeros((rows.output_size, columns.output_size), dtype=np.bool_)
    mask[np.ix_(rows.readers(row), columns.readers(column))] = True
    return mask


def inputs_touched(rows: Axis, columns: Axis, tap_row: int, tap_column: int) -> NDArray[np.bool_]:
    """(height, width) mask of the input positions that one tap of the kernel is laid on."""
    mask = np.zeros((rows.size, columns.size), dtype=np.bool_)
    mask[np.ix_(rows.touched(tap_row), columns.touched(tap_column))] = True
    return mask


def window_taps(
    rows: Axis, columns: Axis, channels: NDArray[np.intp], row: int, column: int
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """(terms, 3) input positions of one window over these channels, and which are inside."""
    grid = np.empty((len(channels), rows.kernel_size, columns.kernel_size, 3), dtype=np.intp)
    grid[..., 0] = channels[:, None, None]
    grid[..., 1] = rows.reads(row)[:, None]
    grid[..., 2] = columns.reads(column)
    inputs = grid.reshape(-1, 3)
    inside = (
        (inputs[:, 1] >= 0)
        & (inputs[:, 1] < rows.size)
        & (inputs[:, 2] >= 0)
        & (inputs[:, 2] < columns.size)
    )
    return inputs, inside


def window_sources(rows: Axis, columns: Axis, inputs: NDArray[np.intp]) -> NDArray[np.intp] | None:
    """(terms, 3) where the values at a window's ``inputs`` come from; None if padding is zeros."""
    if rows.padding_mode == "zeros":
        return None
    sources = inputs.copy()
    sources[:, 1], sources[:, 2] = rows.sources(inputs[:, 1]), columns.sources(inputs[:, 2])
    return sources


def pair(value: int | Pair) -> Pair:
    """A number stands for both axes, as in torch.nn."""
    return (value, value) if isinstance(value, int) else value
