"""What a run's file begins with: its description, and the history of the run it goes on from."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from cnnviz.engine.run_metrics import cut_metrics
from cnnviz.engine.run_schema import address, check, connect, explained, write_ahead


def fill(
    connection: sqlite3.Connection, texts: dict[str, str], history: tuple[Path, int] | None
) -> None:
    """Put a new run's description into its file, and the history it goes on from."""
    if history is not None:
        parent, step = history
        with explained(parent):
            connect(parent, readonly=True).close()  # only what has passed the checks is attached
            connection.execute("ATTACH ? AS parent", (address(parent, readonly=True),))
            connection.execute("BEGIN")
            for table in ("losses", "evaluations"):
                connection.execute(f"INSERT INTO main.{table} SELECT * FROM parent.{table}")
            for table in ("snapshots", "weights", "states"):
                connection.execute(
                    f"INSERT INTO main.{table} SELECT * FROM parent.{table} WHERE step <= ?",
                    (step,),
                )
            cut_metrics(connection, step)
            connection.execute("COMMIT")
            connection.execute("DETACH parent")
    connection.executemany("INSERT INTO run VALUES (?, ?)", texts.items())
    check(connection)
    write_ahead(connection)
