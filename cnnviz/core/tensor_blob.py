"""Named arrays in one piece of memory, in the format of safetensors.

The header (JSON with the type, shape and place of each array) and the numbers behind it are laid
out before anything is copied, so that a model's weights are copied once: into what is written.
A blob that was cut out of a run file is a .safetensors file that other programs can read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from cnnviz.core.operations import Shape
from cnnviz.core.problem import Problem

LARGEST_HEADER = 1024 * 1024
"""Bytes; 200 layers of Adam's state have under 100 kB."""

TYPES: dict[str, np.dtype[Any]] = {
    "I64": np.dtype("<i8"),
    "F64": np.dtype("<f8"),
    "F32": np.dtype("<f4"),
    "U8": np.dtype("u1"),
}

_NAMES = {dtype: name for name, dtype in TYPES.items()}

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Layout:
    """Where each of some arrays lies in a blob.

    Attributes
    ----------
    header
        What stands before the numbers, a multiple of eight bytes.
    places
        Offset behind the header, type and shape of each array.
    size
        Bytes of the whole blob.
    """

    header: bytes
    places: dict[str, tuple[int, np.dtype[Any], Shape]]
    size: int

    def empty(self) -> tuple[NDArray[np.uint8], Arrays]:
        """A blob with its header, and the arrays in it, to be filled."""
        blob = np.empty(self.size, dtype=np.uint8)
        blob[: len(self.header)] = np.frombuffer(self.header, dtype=np.uint8)
        return blob, _views(blob, len(self.header), self.places)


def lay_out(arrays: Mapping[str, tuple[DTypeLike, Shape]]) -> Layout:
    """Plan a blob; the widest types come first, so that every number lies where it is quick."""
    typed = {name: (np.dtype(dtype), shape) for name, (dtype, shape) in arrays.items()}
    order = sorted(typed, key=lambda name: -typed[name][0].itemsize)
    places, described, offset = {}, {}, 0
    for name in order:
        dtype, shape = typed[name]
        end = offset + prod(shape) * dtype.itemsize
        places[name] = (offset, dtype, shape)
        described[name] = {
            "dtype": _NAMES[dtype],
            "shape": list(shape),
            "data_offsets": [offset, end],
        }
        offset = end
    text = json.dumps(described, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    header = len(text).to_bytes(8, "little") + text
    return Layout(header, places, len(header) + offset)


def unpack(content: bytes) -> Arrays:
    """The arrays of a blob, in memory of their own that can be written to.

    Raises
    ------
    Problem
        If it is not such a blob; nothing is taken from it that its header does not describe within
        its bounds.
    """
    try:
        length = int.from_bytes(content[:8], "little")
        if not 2 <= length <= min(LARGEST_HEADER, len(content) - 8):
            raise ValueError("its header does not fit")
        places = _read_header(content[8 : 8 + length], len(content) - 8 - length)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise Problem("the numbers cannot be read: {error}", error=str(error)[:200]) from error
    # A copy: torch warns of memory that it may not write to.
    return _views(np.frombuffer(bytearray(content), dtype=np.uint8), 8 + length, places)


def _read_header(text: bytes, room: int) -> dict[str, tuple[int, np.dtype[Any], Shape]]:
    places = {}
    for name, entry in json.loads(text).items():
        if name == "__metadata__":
            continue
        dtype, (start, end) = TYPES[entry["dtype"]], entry["data_offsets"]
        shape: Shape = tuple(entry["shape"])
        if not all(type(n) is int and n >= 0 for n in (start, end, *shape)):
            raise ValueError(f"{name!r} has an impossible place")
        if end > room or end - start != prod(shape) * dtype.itemsize:
            raise ValueError(f"{name!r} has an impossible size")
        places[name] = (start, dtype, shape)
    return places


def _views(
    blob: NDArray[np.uint8], header: int, places: dict[str, tuple[int, np.dtype[Any], Shape]]
) -> Arrays:
    return {
        name: np.ndarray(shape, dtype, blob.data, header + offset)
        for name, (offset, dtype, shape) in places.items()
    }
