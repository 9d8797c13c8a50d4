"""Weights as safetensors: written whole, and read only after every size has been checked."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.network import LARGEST_COUNT, Network
from cnnviz.core.operations import Parameters, Shape
from cnnviz.core.problem import Problem
from cnnviz.core.weight_edit import kept_shapes
from cnnviz.core.weight_names import keys_of, match_keys

LARGEST_HEADER = 1_000_000
"""Bytes of names and shapes; 200 layers have about 30,000."""

LARGEST_FILE = 8 * LARGEST_COUNT + 2 * LARGEST_HEADER
"""Bytes: the largest network in float64."""

SIZES = {
    "F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1,
    "U64": 8, "U32": 4, "U16": 2, "U8": 1, "BOOL": 1,
}  # fmt: skip
"""Bytes of one number, by the format's name of its type."""

FLOATS = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2"}
"""What is read, and as what; bfloat16, the upper half of a float32, is none of numpy's types."""

ORDER = "order"
"""Metadata: the keys in the model's order, as JSON.  The format itself sorts them."""


@dataclass(frozen=True, eq=False)
class Weights:
    """What a file holds for a network.

    Attributes
    ----------
    parameters
        One mapping a layer, float32, in PyTorch's shapes.
    renamed
        A key of the file, where its keys had other names and were matched by shape and order; "".
    """

    parameters: tuple[Parameters, ...]
    renamed: str = ""


@dataclass(frozen=True)
class Stored:
    """Where one array lies in a file."""

    dtype: str
    shape: Shape
    begin: int
    end: int


def write_weights(
    path: Path, network: Network, parameters: Sequence[Parameters], step: int
) -> None:
    """Write a network's weights under the keys of torch's nn.Sequential of its layers.

    Written beside the file, synced and put in its place: who is killed leaves the old or the new.

    Raises
    ------
    Problem
        If it cannot be written; a file that was there is then as it was.
    """
    arrays = {
        key: np.ascontiguousarray(parameters[index][name], dtype=np.float32)
        for (index, name), key in keys_of(network).items()
    }
    try:
        save_arrays(path, arrays, {"network": network.title, "step": str(step)})
    except Exception as error:  # the library's own errors say what the system said
        reason = getattr(error, "strerror", None) or str(error)
        raise Problem(
            "{file}: the weights could not be written: {error}", file=path.name, error=reason
        ) from error


def save_arrays(
    path: Path, arrays: dict[str, NDArray[np.float32]], metadata: dict[str, str]
) -> None:
    """Write arrays as safetensors beside a file and put it in its place; raises what goes wrong."""
    from safetensors.numpy import save_file  # only who saves needs it

    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        beside.touch()
        mode = beside.stat().st_mode
        save_file(arrays, beside, metadata | {"format": "pt"})
        beside.chmod(mode)  # the library's own is for the owner alone
        with beside.open("rb+") as written:
            os.fsync(written.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def read_weights(path: Path, network: Network) -> Weights:
    """Read a network's weights from a safetensors file.

    Raises
    ------
    Problem
        If it cannot be read, is broken, or is of another network: which keys, which shapes.
        Nothing is allocated before the header has been found to be true.
    """
    try:
        return _read(path, network)
    except OSError as error:
        raise Problem(
            "{file}: the file cannot be read: {error}",
            file=path.name,
            error=error.strerror or str(error),
        ) from error
    except Problem as problem:
        raise Problem("{file}: {problem}", file=path.name, problem=problem) from problem


def _read(path: Path, network: Network) -> Weights:
    # Asked before it is opened: opening a pipe waits until somebody writes into it.
    if not stat.S_ISREG(path.stat().st_mode):
        raise Problem("it is no file")
    # Read and not mapped: a stick that is pulled out while it is mapped takes the process down.
    with path.open("rb") as file:
        stored, order, base = _header(file, os.fstat(file.fileno()).st_size)
        keys = [key for key in order if key in stored] if order else list(stored)
        ordered = len(keys) == len(stored) == len(set(keys)) and bool(order)
        match = match_keys(
            network, {key: stored[key].shape for key in (keys if ordered else stored)}, ordered
        )
        parameters: list[Parameters] = [
            {name: _array(file, base, match.keys[i, name], stored) for name in shapes}
            for i, shapes in enumerate(kept_shapes(network))
        ]
    return Weights(tuple(parameters), match.renamed)


def _header(file: BinaryIO, size: int) -> tuple[dict[str, Stored], list[str], int]:
    """What lies where, the model's order of the keys (empty if not said), and where data begin."""
    if size > LARGEST_FILE:
        raise Problem(
            "the file has {size} MB, at most {most} MB are read",
            size=f"{size / 1e6:,.0f}",
            most=f"{LARGEST_FILE // 1_000_000:,}",
        )
    length = int.from_bytes(file.read(8), "little")
    if size < 10 or length > size - 8:
        raise Problem("it is no safetensors file, or it is cut short")
    if length > LARGEST_HEADER:
        raise Problem(
            "its header has {size} bytes, at most {most} are read",
            size=f"{length:,}",
            most=f"{LARGEST_HEADER:,}",
        )
    try:
        entries = json.loads(file.read(length).decode(), object_pairs_hook=_without_doubles)
        metadata = entries.pop("__metadata__", {})
        stored = {key: _stored(entry) for key, entry in entries.items()}
        order = json.loads(metadata.get(ORDER, "[]"))
        if not (isinstance(order, list) and all(isinstance(key, str) for key in order)):
            raise TypeError(order)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise Problem("its header is broken: it is no safetensors file") from error
    _check_extents(stored, size - 8 - length)
    return stored, order, 8 + length


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands there twice")
    return found


def _stored(entry: Mapping[str, Any]) -> Stored:
    begin, end = entry["data_offsets"]
    numbers = [*entry["shape"], begin, end]
    if any(type(it) is not int or it < 0 for it in numbers) or not isinstance(entry["dtype"], str):
        raise TypeError(entry)
    return Stored(entry["dtype"], tuple(entry["shape"]), begin, end)


def _check_extents(stored: Mapping[str, Stored], size: int) -> None:
    """Arrays lie one behind the other, each as long as it says, and fill the file."""
    for key, it in stored.items():
        if it.dtype not in SIZES:
            raise Problem("{key} is of a type that is not known here: {dtype}",
                          key=key[:80], dtype=it.dtype[:20])  # fmt: skip
        if prod(it.shape) * SIZES[it.dtype] != it.end - it.begin:
            raise Problem("its header is broken: {key} has not the bytes that its shape needs",
                          key=key[:80])  # fmt: skip
    place = 0
    for it in sorted(stored.values(), key=lambda it: (it.begin, it.end)):
        if it.begin != place:
            raise Problem("its header is broken: its arrays overlap, or leave gaps")
        place = it.end
    if place > size:
        raise Problem("it is cut short: {size} of {expected} bytes of numbers are there",
                      size=f"{size:,}", expected=f"{place:,}")  # fmt: skip
    if place < size:
        raise Problem("there is more in it than its header says")


def _array(
    file: BinaryIO, base: int, key: str, stored: Mapping[str, Stored]
) -> NDArray[np.float32]:
    """One array as float32, in C order and of its own."""
    it = stored[key]
    if it.dtype not in FLOATS:
        raise Problem("{key} holds {dtype}, weights are floating point numbers",
                      key=key[:80], dtype=it.dtype)  # fmt: skip
    file.seek(base + it.begin)
    raw = np.frombuffer(bytearray(file.read(it.end - it.begin)), FLOATS[it.dtype])
    if len(raw) != prod(it.shape):
        raise Problem("it is cut short")
    if it.dtype == "BF16":
        raw = (raw.astype(np.uint32) << 16).view(np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        values = raw.astype(np.float32, copy=False).reshape(it.shape)
    if not np.isfinite(values).all():
        raise Problem("{key} holds numbers that are not finite in float32", key=key[:80])
    if key.endswith("running_var") and (values < 0).any():
        raise Problem("{key} holds negative variances", key=key[:80])
    return values
