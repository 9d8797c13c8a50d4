"""Which fields of an operation torch's class of its name takes too."""

from __future__ import annotations

from dataclasses import Field, fields
from typing import Any

from cnnviz.core.operations.base import Operation

OURS = frozenset({"flipped", "fold", "target"})
"""Fields that torch's classes do not have, and that no network description may have.

``flipped`` (see `Conv2d`) is an option to look at; ``fold`` (see `Linear`) is found out while a
network is put together; ``target`` (see `CrossEntropyLoss`) comes with the sample.
"""


def torch_fields(operation: Operation | type[Operation]) -> tuple[Field[Any], ...]:
    """The fields that torch's class takes, in the order in which they are declared."""
    found = fields(operation)  # type: ignore[arg-type]
    return tuple(field for field in found if field.name not in OURS)
