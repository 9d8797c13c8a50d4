"""Where a bundled file is, in a checkout or in an installed wheel."""

from __future__ import annotations

from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parent.parent / "resources"
_INSTALLED = Path(__file__).resolve().parent / "resources"


def resource(*parts: str) -> Path:
    """Path of a bundled file or folder, such as ``resource("data", "mnist")``.

    A wheel carries the folder inside of the package; in a checkout it stands beside it.
    """
    root = _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT
    return root.joinpath(*parts)
