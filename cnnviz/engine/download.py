"""The files of a known data set, or of weights, fetched, checked and put in place."""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
from collections.abc import Callable
from functools import partial
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from cnnviz.core.known_data import Published, RemoteFile
from cnnviz.core.problem import Problem

CHUNK = 64 * 1024
"""Bytes that are read between two looks at whether the file is still wanted."""

TIMEOUT = 15.0
"""Seconds that a server may be silent."""

_PART = ".part"

Report = Callable[[int], object]
"""Told how many bytes of the whole set are there."""


class Cancelled(Exception):
    """The files are wanted no longer."""


def fetch(
    found: Published, folder: Path, report: Report, wanted: Callable[[], bool] = lambda: True
) -> None:
    """Download what of a set is not in a folder yet, each file whole or not at all.

    A file is written beside its place, its sum is compared with the publisher's, and only then
    does it get its name: what has the name has been checked.

    Parameters
    ----------
    found
        The set.
    folder
        Where its files go; made if it is not there.
    report
        Called after each piece with the bytes so far.
    wanted
        Asked after each piece; once it says no, nothing more is read.

    Raises
    ------
    Problem
        If a file cannot be had, is not what its publisher says, or cannot be written; what was
        complete before stays.
    Cancelled
        If it is wanted no longer.
    """
    before = 0
    for file in found.files:
        place = folder / file.name
        if not place.is_file():
            _fetch_file(found, file, place, partial(_report_from, report, before), wanted)
        before += file.size
        report(before)


def _report_from(report: Report, before: int, count: int) -> None:
    report(before + count)


def _fetch_file(
    found: Published, file: RemoteFile, place: Path, report: Report, wanted: Callable[[], bool]
) -> None:
    title = Problem(found.title)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        for stale in place.parent.glob(f".{file.name}-*{_PART}"):  # of a process that was killed
            stale.unlink(missing_ok=True)
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{file.name}-", suffix=_PART)
    except OSError as error:
        raise _unwritten(title, place.parent, error) from error
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            _copy(file, title, stream.write, report, wanted)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(place)
    except (URLError, HTTPException, TimeoutError) as error:
        raise Problem(
            "{title} could not be downloaded from {url}: {error}",
            title=title,
            url=file.url,
            error=_reason(error),
        ) from error
    except OSError as error:
        raise _unwritten(title, place.parent, error) from error
    finally:
        beside.unlink(missing_ok=True)


def _copy(
    file: RemoteFile,
    title: Problem,
    write: Callable[[bytes], object],
    report: Report,
    wanted: Callable[[], bool],
) -> None:
    """Read a file to its end; connections that break raise what is no fault of the disk."""
    digest, count = summing(file), 0
    request = Request(file.url, headers={"User-Agent": "cnnviz"})
    with urlopen(request, timeout=TIMEOUT) as answer:
        while True:
            if not wanted():
                raise Cancelled
            try:
                data = answer.read(CHUNK)
            except OSError as error:  # a broken connection is one too
                raise URLError(error) from error
            if not data:
                _check_whole(count, answer.headers.get("Content-Length", ""))
                break
            count += len(data)
            if count > 2 * file.size:
                raise Problem(
                    "{title} was not downloaded: {url} sends more than twice of what it should",
                    title=title,
                    url=file.url,
                )
            digest.update(data)
            write(data)
            report(count)
    if not is_published(file, digest.hexdigest()):
        raise Problem(
            "{title} was not downloaded: what {url} sends is not the published file (its {kind} "
            "sum is {found} and not {expected})",
            title=title,
            url=file.url,
            kind="MD5" if file.md5 else "SHA-256",
            found=digest.hexdigest()[: len(file.md5 or file.sha256)],
            expected=file.md5 or file.sha256,
        )


def summing(file: RemoteFile) -> hashlib._Hash:
    """What adds up the sum that a file's publisher gives."""
    return hashlib.md5(usedforsecurity=False) if file.md5 else hashlib.sha256()


def is_published(file: RemoteFile, digest: str) -> bool:
    """Whether a sum (hexadecimal digits) is the one that the file's publisher gives."""
    return digest == file.md5 if file.md5 else digest.startswith(file.sha256)


def _check_whole(count: int, promised: str) -> None:
    if promised.isdecimal() and count < int(promised):
        ended = Problem(
            "the connection ended after {count} of {length} bytes",
            count=f"{count:,}",
            length=f"{int(promised):,}",
        )
        raise URLError(ended)


def _unwritten(title: Problem, folder: Path, error: OSError) -> Problem:
    return Problem(
        "{title} could not be written to {folder}: {error}",
        title=title,
        folder=folder,
        error=error.strerror or error,
    )


def _reason(error: Exception) -> object:
    if isinstance(error, HTTPError):
        return f"{error.code} {error.reason}"
    return error.reason if isinstance(error, URLError) else error


class Download:
    """Fetches a set in a thread of its own, while training goes on.

    Attributes
    ----------
    done
        Bytes so far.
    problem
        Why it failed, once it has.
    """

    def __init__(self, found: Published, folder: Path) -> None:
        self.found = found
        self.done = 0
        self.problem: Problem | None = None
        self._folder = folder
        self._cancelled = threading.Event()
        # A daemon: one that waits for a silent server must not keep a closed program alive, and
        # whatever it has written by then has no name yet.
        self._thread = threading.Thread(target=self._run, name="download", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def cancel(self) -> None:
        """Give it up; the thread ends at the next piece that it reads."""
        self._cancelled.set()

    @property
    def finished(self) -> bool:
        """Whether it is over, in whatever way."""
        return self._thread.ident is not None and not self._thread.is_alive()

    @property
    def complete(self) -> bool:
        """Whether all files are in their place."""
        return self.finished and self.problem is None and not self._cancelled.is_set()

    def _run(self) -> None:
        try:
            fetch(self.found, self._folder, self._report, lambda: not self._cancelled.is_set())
        except Cancelled:
            pass
        except Problem as problem:
            self.problem = problem
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
            title = Problem(self.found.title)
            self.problem = Problem(
                "{title} could not be downloaded: {error}", title=title, error=said
            )

    def _report(self, done: int) -> None:
        self.done = done
