"""Reckoning small things on one core, whatever torch was told."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch's parallel loops run on the calling thread alone, and then as before.

    A convolution of 4×16×16 takes 0.07 ms, but its loops wait for a second thread even so; while a
    training or another program kept the cores busy, that was 48 ms at the 95th percentile, and
    0.14 ms on one thread (2 cores).  OpenMP keeps the number for each thread apart, so that a
    training is left as it is; `torch.set_num_threads` would change it for threads that begin then.

    Does nothing where OpenMP cannot be asked (Windows, macOS).
    """
    functions = _openmp()
    if functions is None:
        yield
        return
    count, choose = functions
    before = count()
    choose(1)
    try:
        yield
    finally:
        choose(before)


@cache
def _openmp() -> tuple[Any, Any] | None:
    """OpenMP's own functions, from the library that torch has loaded; None if none is found."""
    try:
        library = ctypes.CDLL(None)
        return library.omp_get_max_threads, library.omp_set_num_threads
    except (OSError, AttributeError, TypeError):
        return None
