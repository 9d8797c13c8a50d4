"""Published weights: found on this computer, checked against their sum, and read."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from platformdirs import user_cache_path, user_data_path

from cnnviz.core.network import Network
from cnnviz.core.pretrained import Pretrained
from cnnviz.core.problem import Problem
from cnnviz.engine.download import is_published, summing
from cnnviz.engine.torch_file import Cancelled, read_torch_file
from cnnviz.engine.weights_file import Weights

CHUNK = 1 << 20
"""Bytes that are summed up between two looks at whether the file is still wanted."""


def weights_folder() -> Path:
    """Where weights are kept that were downloaded."""
    return user_data_path("cnnviz", appauthor=False) / "weights"


def torchvisions_folder() -> Path:
    """Where torchvision keeps weights that it has downloaded; as torch.hub finds it."""
    home = os.environ.get("TORCH_HOME")
    return (Path(home) if home else user_cache_path("torch")) / "hub" / "checkpoints"


def place_of(weights: Pretrained) -> Path | None:
    """The file, downloaded by cnnviz or before it by torchvision; None if it is not here.

    Only whether it is there is looked at; `read_pretrained` checks what is in it.
    """
    places = (folder / weights.file.name for folder in (weights_folder(), torchvisions_folder()))
    return next((place for place in places if place.is_file()), None)


def read_pretrained(
    path: Path, weights: Pretrained, network: Network, cancelled: Callable[[], bool]
) -> Weights:
    """Read the weights for a network, after their sum has been compared with the published one.

    Raises
    ------
    Problem
        If the file is not the published one, cannot be read, or does not fit the network.
    Cancelled
        As soon as ``cancelled()`` says so.
    """
    _check(path, weights, cancelled)
    return read_torch_file(path, network, cancelled)


def _check(path: Path, weights: Pretrained, cancelled: Callable[[], bool]) -> None:
    digest = summing(weights.file)
    try:
        with path.open("rb") as file:
            while data := file.read(CHUNK):
                if cancelled():
                    raise Cancelled
                digest.update(data)
    except OSError as error:
        raise Problem(
            "{file}: the file cannot be read: {error}",
            file=path.name,
            error=error.strerror or str(error),
        ) from error
    if not is_published(weights.file, digest.hexdigest()):
        raise Problem(
            "{file}: it is not the published file (its SHA-256 sum begins with {found} and not "
            "with {expected}); remove it from {folder} to download it again",
            file=path.name,
            found=digest.hexdigest()[: len(weights.file.sha256)],
            expected=weights.file.sha256,
            folder=path.parent,
        )
