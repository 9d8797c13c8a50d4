"""A program of its own that turns torch's .pt and .pth files into safetensors.

``python -m cnnviz.engine.convert_weights IN OUT`` runs in a process that may crash and be killed:
`torch.load` executes nothing with ``weights_only=True``, but a file that was made to can still
bring it down (a sparse tensor of 2 kB does, at its first use), or ask for all the memory there is.
Prints one line of JSON: null, or the sentence that says why not.
"""

from __future__ import annotations

import json
import math
import os
import pickle
import re
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnnviz.core.problem import Problem
from cnnviz.engine.weights_file import LARGEST_FILE, ORDER, save_arrays

if TYPE_CHECKING:
    import torch

WRAPPED = ("state_dict", "model_state_dict", "model")
"""Under which of its keys a checkpoint may keep the state dict."""

ROOM = 512 << 20
"""Bytes beside what the file itself needs."""

MOST_GROWTH = 4
"""How many times as large as the file its numbers may be in float32: float16 doubles, and two
layers may share their weights."""

CPU_SECONDS = 120

MOST_ARRAYS = 10_000

SAFE_TORCH = (2, 10)
"""Before it, weights_only could be brought to run code (CVE-2025-32434, up to 2.5) or to write past
its memory (CVE-2026-24747, up to 2.9)."""

OLD_PICKLE = pickle.dumps(0x1950A86A20F9469CFC6C, protocol=2)
"""How a file of torch.save begins that was not written as a zip."""


def convert(source: Path, target: Path) -> None:
    """Write the state dict of a file of `torch.save` as safetensors.

    Raises
    ------
    Problem
        If it holds anything but a state dict of dense tensors; nothing in it has been executed.
    """
    _check_kind(source)
    import torch

    found = tuple(int(part) for part in re.findall(r"\d+", torch.__version__)[:2])
    if found < SAFE_TORCH:
        raise Problem(
            "PyTorch {found} does not open such files safely: install PyTorch {least} or newer, or "
            "save the weights as safetensors",
            found=torch.__version__,
            least=".".join(map(str, SAFE_TORCH)),
        )
    torch.set_num_threads(1)
    size = source.stat().st_size
    _limit_memory(ROOM + (1 + MOST_GROWTH) * size)
    tensors = _tensors(_loaded(source))
    # Several keys may share their numbers; each would be written out for itself.
    if 4 * sum(tensor.numel() for tensor in tensors.values()) > MOST_GROWTH * size:
        raise Problem("it claims to hold more than the file has bytes")
    arrays = {key: tensor.float().contiguous().numpy() for key, tensor in tensors.items()}
    save_arrays(target, arrays, {ORDER: json.dumps(list(arrays))})


def _check_kind(source: Path) -> None:
    """Look at the outside: a zip as torch.save writes it, or its older form; say what else it is.

    Raises
    ------
    Problem
        If it is anything else.  The format before those two (a tar) is what CVE-2025-32434 used.
    """
    size = source.stat().st_size
    if size > LARGEST_FILE:
        raise Problem(
            "the file has {size} MB, at most {most} MB are read",
            size=f"{size / 1e6:,.0f}",
            most=f"{LARGEST_FILE // 1_000_000:,}",
        )
    with source.open("rb") as file:
        start = file.read(32)
    if start.startswith(OLD_PICKLE):
        return
    if not start.startswith(b"PK"):
        raise Problem(
            "it is no file of torch.save: expected is a state dict, "
            "torch.save(model.state_dict(), …)"
        )
    try:
        with zipfile.ZipFile(source) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Problem("it is broken or cut short: {error}", error=error) from error
    _check_archive(infos, size)


def _check_archive(infos: list[zipfile.ZipInfo], size: int) -> None:
    names = {info.filename.partition("/")[2] for info in infos}
    if "constants.pkl" in names or any(name.startswith("code/") for name in names):
        raise Problem(
            "it is a TorchScript program and not a state dict: nothing in it was run. Save "
            "model.state_dict() and open that"
        )
    if "archive_format" in names or any(name.endswith(".json") for name in names):
        raise Problem(
            "it is a program of torch.export (.pt2) and not a state dict: nothing in it was run. "
            "Save model.state_dict() and open that"
        )
    if "data.pkl" not in names:
        raise Problem("it is a zip file, but none of torch.save")
    # torch.save compresses nothing; what is compressed may be a thousand times as large inside.
    packed = any(info.compress_type != zipfile.ZIP_STORED for info in infos)
    if packed or sum(info.file_size for info in infos) > size:
        raise Problem("it claims to hold more than the file has bytes")


def _limit_memory(room: int) -> None:
    """Let the process take so many bytes more than it has now, and a minute or two of time."""
    try:
        import resource
    except ImportError:  # Windows; the time limit of whoever started us remains
        return
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    statm = Path("/proc/self/statm")
    if statm.exists():  # elsewhere nobody says how much of the address space is torch's own
        taken = int(statm.read_text("ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
        resource.setrlimit(resource.RLIMIT_AS, (taken + room, taken + room))


def _loaded(source: Path) -> object:
    import torch

    try:
        return torch.load(source, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        foreign = re.search(r"GLOBAL ([\w.]+)", str(error))
        if foreign is None:
            raise Problem("it is broken or cut short: {error}", error=_line(error)) from error
        raise Problem(
            "it holds more than numbers ({name}), and that could run anything: it was not opened, "
            "and nothing in it was run. Save model.state_dict() and open that",
            name=foreign.group(1),
        ) from error
    except MemoryError as error:
        raise Problem("it asks for more memory than its size allows") from error
    except Exception as error:  # whatever a broken file leads torch to
        if "memory" in str(error).lower():
            raise Problem("it asks for more memory than its size allows") from error
        raise Problem("it is broken or cut short: {error}", error=_line(error)) from error


def _tensors(loaded: object) -> dict[str, torch.Tensor]:
    """The state dict's tensors in the model's order, checked to be plain ones of numbers."""
    state = loaded
    if isinstance(loaded, Mapping):
        wrapped = [loaded[key] for key in WRAPPED if isinstance(loaded.get(key), Mapping)]
        state = wrapped[0] if wrapped else loaded
    if not isinstance(state, Mapping) or not state:
        raise Problem(
            "it holds no state dict but {kind}: expected is torch.save(model.state_dict(), …)",
            kind=type(state).__name__,
        )
    if len(state) > MOST_ARRAYS:
        raise Problem("it holds {count} arrays, at most {most} are read",
                      count=len(state), most=MOST_ARRAYS)  # fmt: skip
    tensors: dict[str, torch.Tensor] = {}
    for key, value in state.items():
        if not isinstance(key, str):
            raise Problem("its keys are no names: expected is torch.save(model.state_dict(), …)")
        if key.endswith("num_batches_tracked"):  # counts, with which nothing is computed
            continue
        tensors[key] = _checked(key[:80], value)
    return tensors


def _checked(key: str, value: Any) -> torch.Tensor:
    """A tensor that can be read without harm; asks for nothing but what it says of itself."""
    import torch

    if not isinstance(value, torch.Tensor):
        raise Problem(
            "{key} is no tensor but {kind}: expected is a state dict, "
            "torch.save(model.state_dict(), …)",
            key=key,
            kind=type(value).__name__,
        )
    plain = type(value) in (torch.Tensor, torch.nn.Parameter) and value.device.type == "cpu"
    if not plain or value.layout is not torch.strided or value.is_quantized or value.is_nested:
        raise Problem("{key} is a sparse or otherwise packed tensor: only dense ones are read",
                      key=key)  # fmt: skip
    if not value.dtype.is_floating_point or value.dtype.itemsize < 2:
        raise Problem("{key} holds {dtype}, weights are floating point numbers",
                      key=key, dtype=str(value.dtype).removeprefix("torch."))  # fmt: skip
    # One number that is said to stand everywhere would become as large as it claims.
    if math.prod(value.shape) * value.dtype.itemsize > value.untyped_storage().nbytes():
        raise Problem("{key} claims to hold more numbers than the file has", key=key)
    return value.detach()


def _line(error: Exception) -> str:
    """The first line of what an error says; torch adds how to switch its protection off."""
    return (str(error) or type(error).__name__).splitlines()[0][:200]


def _plain(problem: Problem) -> dict[str, object]:
    return {"sentence": problem.sentence,
            "fields": {key: str(value) for key, value in problem.fields.items()}}  # fmt: skip


def main(arguments: list[str]) -> int:
    """Convert; the answer goes to the standard output."""
    source, target = map(Path, arguments)
    said = None
    try:
        convert(source, target)
    except Problem as problem:
        said = _plain(problem)
    except MemoryError:
        said = _plain(Problem("it asks for more memory than its size allows"))
    except Exception as error:  # an answer, whatever it is; the parent would only see that we ended
        said = _plain(Problem("it cannot be read: {error}", error=_line(error)))
    sys.stdout.write(json.dumps(said) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
