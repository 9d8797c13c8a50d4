"""How a run lies in its SQLite file, and the door that a file has to pass before it is read."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cnnviz.core.problem import Problem
from cnnviz.resources import resource

APPLICATION = 0x434E4E56
"""SQLite's application_id: "CNNV"."""

VERSION = 1
"""SQLite's user_version; a file with another one was written by another version of cnnviz."""

PAGE = 32768
"""Bytes.  A snapshot of the two-layer network (600 kB) takes 0.85 ms to write; 2.1 ms with SQLite's
own 4,096 (2026-11)."""

PATIENCE = 5.0
"""Seconds to wait for another process that is writing."""

SCHEMA = (
    "CREATE TABLE run (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
    "CREATE TABLE losses (first INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT",
    (
        "CREATE TABLE evaluations (number INTEGER PRIMARY KEY, step INTEGER NOT NULL, "
        "loss REAL NOT NULL, accuracy REAL NOT NULL, complete INTEGER NOT NULL) STRICT"
    ),
    (
        "CREATE TABLE snapshots (step INTEGER PRIMARY KEY, epoch_end INTEGER NOT NULL, "
        "bytes INTEGER NOT NULL, place TEXT NOT NULL) STRICT"
    ),
    # Apart: going through the steps must not go through megabytes of weights.
    "CREATE TABLE weights (step INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT",
    "CREATE TABLE states (step INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT",
)


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what SQLite, the system and a broken file raise into a `Problem` that names the file."""
    try:
        yield
    except Problem as problem:
        if problem.fields.get("file") == path.name:
            raise  # it was named further within
        raise Problem("{file}: {problem}", file=path.name, problem=problem) from problem
    except (sqlite3.Error, OSError, OverflowError, ValueError, TypeError) as error:
        raise Problem(
            "{file}: the run cannot be read or written: {error}",
            file=path.name,
            error=str(error)[:200],
        ) from error


def connect_new(path: Path) -> sqlite3.Connection:
    """An empty run, with its schema; it is not yet in the mode in which others may read."""
    # As an address, so that another file can be attached by one.
    connection = sqlite3.connect(path.absolute().as_uri(), uri=True, isolation_level=None)
    connection.execute(f"PRAGMA page_size = {PAGE}")
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute(f"PRAGMA user_version = {VERSION}")
    for statement in SCHEMA:
        connection.execute(statement)
    return connection


def connect(path: Path, readonly: bool) -> sqlite3.Connection:
    """Open a run that is there, after it has passed the checks.

    Raises
    ------
    Problem, sqlite3.Error
        If it is no run, or one of another version, or broken.
    """
    if not path.is_file():
        raise Problem("there is no such file; a run was expected")
    if not readonly and comes_with_program(path):
        raise Problem("it comes with the program and is not written to")
    connection = _connect(path, readonly)
    try:
        check(connection)
        if not readonly:
            write_ahead(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def write_ahead(connection: sqlite3.Connection) -> None:
    """Let others read while this connection writes, and let a killed process lose nothing."""
    connection.execute("PRAGMA journal_mode = WAL")
    # Syncs when the log is copied into the file: no power cut breaks it, and no batch waits for it.
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA journal_size_limit = 67108864")


def tidy(path: Path) -> None:
    """Put what is left in the log into the run's file, if nobody has it open and it can be written.

    Whoever closes the file last does that, but for a reader, who may not write: the log would stay
    beside it, and a copy of the file alone would lack what stands there.
    """
    if _log_of(path).exists():
        with suppress(Problem, sqlite3.Error):
            connect(path, readonly=False).close()


def _connect(path: Path, readonly: bool) -> sqlite3.Connection:
    return sqlite3.connect(
        address(path, readonly), uri=True, isolation_level=None, timeout=PATIENCE
    )


def address(path: Path, readonly: bool) -> str:
    """What SQLite is to be told to open a file that is there, and to leave nothing beside it."""
    # Percent-encoded by as_uri: a "?" in a name must not begin the options.
    where = path.absolute().as_uri()
    options = f"?mode={'ro' if readonly else 'rw'}"
    alone = comes_with_program(path) or not os.access(path.parent, os.W_OK)
    if readonly and alone and not _log_of(path).exists():
        # Readers of a write-ahead file want to write beside it, and nobody can, or may, write here.
        options += "&immutable=1"
    return where + options


def comes_with_program(path: Path) -> bool:
    """Whether a run is one of those that lessons and experiments show: it is only ever read."""
    folders = {resource(of, "runs").resolve() for of in ("lessons", "experiments")}
    return not folders.isdisjoint(path.resolve().parents)


def can_be_written(path: Path) -> bool:
    """Whether a run that is there can go on in its own file."""
    folder = path.parent
    return not comes_with_program(path) and os.access(path, os.W_OK) and os.access(folder, os.W_OK)


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def check(connection: sqlite3.Connection) -> None:
    """Raise `Problem` unless the file is a run of this version, with this schema and no other."""
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    try:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
    except sqlite3.DatabaseError as error:
        raise Problem("it is not a run of cnnviz: {error}", error=str(error)[:200]) from error
    if application != APPLICATION:
        raise Problem("it is not a run of cnnviz: another program's mark stands in it")
    if version != VERSION:
        raise Problem(
            "it is a run of version {given} of the format, this program reads version {known}",
            given=version,
            known=VERSION,
        )
    # No trigger, view or column that another hand has put in is ever run.
    found = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL LIMIT 20")
    if sorted(str(sql) for (sql,) in found) != sorted(SCHEMA):
        raise Problem("it is not a run of cnnviz: its tables are others than expected")
