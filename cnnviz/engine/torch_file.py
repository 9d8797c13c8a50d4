"""Reads torch's .pt and .pth files: a child process converts them, under limits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cnnviz
from cnnviz.core.network import Network
from cnnviz.core.problem import Problem
from cnnviz.engine.weights_file import Weights, read_weights

SUFFIXES = (".pt", ".pth")

PATIENCE = 180.0
"""Seconds after which the child is ended; importing torch takes it a few."""

POLL = 0.05
"""Seconds between two looks at the child."""

MOST_SAID = 20_000
"""Characters of its answer that are read."""


class Cancelled(Exception):
    """A person does not want it any more."""


def read_torch_file(path: Path, network: Network, cancelled: Callable[[], bool]) -> Weights:
    """Read a state dict that `torch.save` has written, without executing what is in it.

    Raises
    ------
    Problem
        If it is no state dict of dense tensors, is broken, or is of another network.
    Cancelled
        As soon as ``cancelled()`` says so.
    """
    try:
        if not path.is_file():
            raise Problem("there is no such file in {folder}", folder=path.parent)
        with tempfile.TemporaryDirectory(prefix="cnnviz-") as folder:
            # The name of the person's file, so that what is said of the numbers names it.
            converted = Path(folder) / path.name
            _convert(path.resolve(), converted, cancelled)
            weights = read_weights(converted, network)
    except OSError as error:
        raise Problem(
            "{file}: the file cannot be read: {error}",
            file=path.name,
            error=error.strerror or str(error),
        ) from error
    except Problem as problem:
        if problem.fields.get("file") == path.name:
            raise
        raise Problem("{file}: {problem}", file=path.name, problem=problem) from problem
    return weights


def _convert(source: Path, target: Path, cancelled: Callable[[], bool]) -> None:
    # Run in the empty folder: `-m` looks for modules where it is run, and beside a downloaded file
    # there may be a torch.py.  Where this package is, is told by the path instead.
    environment = os.environ | {"PYTHONPATH": str(Path(cnnviz.__file__).parents[1])}
    command = [sys.executable, "-m", "cnnviz.engine.convert_weights", str(source), str(target)]
    with subprocess.Popen(
        command,
        cwd=target.parent,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as child:
        try:
            _await(child, cancelled)
        finally:
            child.kill()
        assert child.stdout is not None
        said = child.stdout.read(MOST_SAID)
    _answer(child.returncode, said)


def _await(child: subprocess.Popen[bytes], cancelled: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            child.wait(POLL)
            return
        except subprocess.TimeoutExpired:
            pass
        if cancelled():
            raise Cancelled
        if time.monotonic() > end:
            raise Problem("reading it took more than {seconds} s and was ended", seconds=PATIENCE)


def _answer(code: int, said: bytes) -> None:
    """Raise what the child said, or that it said nothing."""
    try:
        problem = json.loads(said.splitlines()[-1])
        if problem is None and code == 0:
            return
        sentence, fields = str(problem["sentence"]), problem["fields"]
        raise Problem(sentence, **{str(key): str(it) for key, it in fields.items()})
    except (ValueError, IndexError, TypeError, KeyError, AttributeError) as error:
        # A signal of the limits (−9, −24), or a crash (−11) that a file was made for.
        raise Problem(
            "reading it crashed ({code}): it is broken, or was made to do harm; this program is "
            "unharmed",
            code=code,
        ) from error
