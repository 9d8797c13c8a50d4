"""The losses and the looks at the test set of runs as one table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.metrics import Evaluation
from cnnviz.export.table import Table

METRICS_HEADING = ["run", "step", "loss", "test_loss", "test_accuracy", "whole_test_set"]

Recorded = tuple[str, NDArray[np.floating[Any]], Sequence[Evaluation]]
"""The name of a run, (batches,) the loss of each, and its looks at the test set."""


def metrics_table(runs: Iterable[Recorded]) -> Table:
    """A row a batch: its training loss, and what was measured right after it, if anything was.

    A loss is written with the digits that give the same float32 again.  Where two looks follow one
    batch, the one on the whole test set counts.
    """
    rows = [METRICS_HEADING]
    for name, losses, looks in runs:
        after = {look.step: look for look in sorted(looks, key=lambda look: look.complete)}
        for step in range(0 if 0 in after else 1, len(losses) + 1):
            look = after.get(step)
            rows.append(
                [
                    name,
                    str(step),
                    str(losses[step - 1]) if step else "",
                    *(
                        ["", "", ""]
                        if look is None
                        else [repr(look.loss), repr(look.accuracy), str(int(look.complete))]
                    ),
                ]
            )
    return rows
