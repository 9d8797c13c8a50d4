"""What is said of a run beside its training: its name, and its accuracy on shifted images."""

from __future__ import annotations

import json
from collections.abc import Mapping

from cnnviz.engine.run_file import RunFile

NAME, SHIFTS = "name", "shifts"

LONGEST_NAME = 200


def name_of(file: RunFile) -> str:
    """What a person calls the run; the name of its file where nobody has called it anything."""
    return file.text(NAME).strip()[:LONGEST_NAME] or file.path.stem


def write_shifts(file: RunFile, accuracies: Mapping[int, float]) -> None:
    """Keep the accuracy by the columns that test images were shifted by."""
    file.say(SHIFTS, json.dumps({str(columns): share for columns, share in accuracies.items()}))


def shifts_of(file: RunFile) -> tuple[tuple[int, float], ...]:
    """(columns, accuracy) in increasing order; () if it was not measured or cannot be read."""
    try:
        found = json.loads(file.text(SHIFTS) or "{}")
        return tuple(sorted((int(columns), float(share)) for columns, share in found.items()))
    except (ValueError, TypeError, AttributeError, RecursionError):
        return ()
