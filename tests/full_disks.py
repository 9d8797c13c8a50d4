"""Disks that are full and folders that are read-only, as the program meets them."""

from __future__ import annotations

import errno

import pytest

REFUSALS = (
    (errno.ENOSPC, "{file}: the disk is full"),
    (errno.EROFS, "{file}: nothing can be written in the folder {folder}"),
    (errno.EACCES, "{file}: nothing can be written in the folder {folder}"),
    (errno.EIO, "{file}: the file could not be written: as the system says it"),
)
"""What the system says, and the sentence for it."""


def refuse(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    """Let the system refuse what is written from now on: a full disk when it is synced."""

    def refusing(*_: object, **__: object) -> None:
        raise OSError(code, "as the system says it")

    late = code in (errno.ENOSPC, errno.EIO)
    monkeypatch.setattr("os.fsync" if late else "tempfile.mkstemp", refusing)
