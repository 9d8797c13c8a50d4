"""What is remembered between two launches: one small JSON file.

Not Qt's own settings: PyQt stores pickles in those, and a file that someone else wrote could then
run code.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

from cnnviz.control.whole_file import write_whole
from cnnviz.core.problem import Problem

LARGEST_FILE = 256 * 1024
"""Bytes; a real one has about 3 kB, most of them the layout."""


@dataclass(frozen=True)
class Preferences:
    """One person's choices.

    Attributes
    ----------
    language, theme
        "system" or a fixed one.
    zoom
        Of the whole interface, in percent.
    geometry, layout
        Qt's own descriptions of window and docks, as base64; "" for the arrangement as designed.
    threads
        Cores for torch; 0 for all there are.
    device
        torch's name of a device; "auto" for the fastest there is.
    decimals
        Digits behind the point in the ledger.
    redraw_rate
        Times a second that what training changes is drawn.
    run_megabytes
        What the snapshots of one recorded run may take on disk.
    data
        What names the data: the key of a known set, or a path.
    workspace
        The one that was on the screen.
    recent
        Files and folders opened last, the newest first.
    """

    language: str = "system"
    theme: str = "system"
    zoom: int = 100
    reduced_motion: bool = False
    high_contrast: bool = False
    network: str = "two_layer_cnn"
    data: str = "mnist"
    device: str = "auto"
    threads: int = 0
    decimals: int = 4
    redraw_rate: int = 5
    geometry: str = ""
    layout: str = ""
    run_megabytes: int = 512
    workspace: str = "network"
    recent: list[str] = field(default_factory=list)


def preferences_file() -> Path:
    """Where the choices of this user are kept."""
    return user_config_path("cnnviz") / "preferences.json"


def read_preferences(file: Path) -> tuple[Preferences, Problem | None]:
    """The remembered choices; where the file cannot be read, the defaults and a sentence why.

    A field that is unknown or of another type is passed over: an older or newer version wrote it.
    """
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise ValueError("too large")
        found = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(found, dict):
            raise ValueError("not a table")
    except FileNotFoundError:
        return Preferences(), None
    except (OSError, ValueError, RecursionError) as error:
        problem = Problem(
            "The preferences in {file} cannot be read ({error}); the defaults are used.",
            file=str(file),
            error=str(error),
        )
        return Preferences(), problem
    known = {f.name: type(getattr(Preferences(), f.name)) for f in fields(Preferences)}
    usable: dict[str, Any] = {
        name: value for name, value in found.items() if type(value) is known.get(name)
    }
    return _within_bounds(replace(Preferences(), **usable)), None


def _within_bounds(found: Preferences) -> Preferences:
    cores = os.cpu_count() or 1
    return replace(
        found,
        zoom=min(max(found.zoom, 80), 300),
        threads=min(max(found.threads, 0), cores),
        run_megabytes=min(max(found.run_megabytes, 16), 1_000_000),
        decimals=min(max(found.decimals, 1), 8),
        redraw_rate=min(max(found.redraw_rate, 1), 60),
        language=found.language if found.language in ("ko", "en") else "system",
        recent=[name for name in found.recent if isinstance(name, str)][:8],
        theme=found.theme if found.theme in ("dark", "light") else "system",
    )


def write_preferences(file: Path, preferences: Preferences) -> None:
    """Replace the file as a whole; a killed process leaves the old one or the new."""
    write_whole(file, json.dumps(asdict(preferences), indent=1, ensure_ascii=False))
