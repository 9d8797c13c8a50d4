"""Losses and evaluations of a run, in the tables below `cnnviz.engine.run_file`.

Losses stand in rows of `BLOCK` each, as float32 in a row's bytes.  Errors of SQLite are the
caller's to explain.
"""

from __future__ import annotations

import sqlite3

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.metrics import Evaluation
from cnnviz.core.problem import Problem

BLOCK = 4096
"""Losses in a row of the table; the newest row is written anew until it has so many."""


def read_losses(connection: sqlite3.Connection, first: int) -> NDArray[np.float32]:
    """(count,) the losses of batches from ``first`` on; raises `Problem` if some are missing."""
    # The block that holds it begins up to a block earlier.
    rows = connection.execute(
        "SELECT first, data FROM losses WHERE first > ? ORDER BY first", (first - BLOCK,)
    ).fetchall()
    blocks = [np.frombuffer(data, dtype="<f4") for _, data in rows]
    starts = [start for start, _ in rows]
    ends = [start + len(block) for start, block in zip(starts, blocks, strict=True)]
    if starts[1:] != ends[:-1] or (first == 1 and starts and starts[0] != 1):
        raise Problem("losses are missing in it")
    found = np.concatenate([np.empty(0, np.float32), *blocks])
    return found[max(0, first - starts[0]) :] if starts else found


def append_losses(connection: sqlite3.Connection, first: int, losses: NDArray[np.float32]) -> None:
    """Add the losses of batches ``first`` …; raises `Problem` if they do not follow the last."""
    newest = connection.execute(
        "SELECT first, data FROM losses ORDER BY first DESC LIMIT 1"
    ).fetchone()
    start, data = newest if newest is not None else (1, b"")
    if first != start + len(data) // 4:
        raise Problem("losses are missing in it")
    data += losses.astype("<f4").tobytes()
    for offset in range(0, len(data), 4 * BLOCK):
        connection.execute(
            "INSERT OR REPLACE INTO losses VALUES (?, ?)",
            (start + offset // 4, data[offset : offset + 4 * BLOCK]),
        )


def read_evaluations(connection: sqlite3.Connection, known: int) -> tuple[Evaluation, ...]:
    """Looks at the test set, oldest first, without the first ``known`` ones."""
    rows = connection.execute(
        "SELECT step, loss, accuracy, complete FROM evaluations WHERE number > ? ORDER BY number",
        (known,),
    )
    return tuple(Evaluation(s, loss, right, bool(whole)) for s, loss, right, whole in rows)


def append_evaluation(connection: sqlite3.Connection, evaluation: Evaluation) -> None:
    """Add a look at the test set."""
    connection.execute(
        "INSERT INTO evaluations (step, loss, accuracy, complete) VALUES (?, ?, ?, ?)",
        (evaluation.step, evaluation.loss, evaluation.accuracy, int(evaluation.complete)),
    )


def cut_metrics(connection: sqlite3.Connection, step: int) -> None:
    """Forget losses and evaluations of later batches than ``step``."""
    connection.execute("DELETE FROM losses WHERE first > ?", (step,))
    connection.execute(
        "UPDATE losses SET data = substr(data, 1, 4 * (?1 - first + 1)) "
        "WHERE first = (SELECT max(first) FROM losses)",
        (step,),
    )
    connection.execute("DELETE FROM evaluations WHERE step > ?", (step,))
