"""Keep glibc from handing every activation's memory back to the system after each batch."""

from __future__ import annotations

import ctypes
import platform
from typing import Any

_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3

_LARGEST_BLOCK = 32 << 20
"""The most that glibc accepts (HEAP_MAX_SIZE / 2, 64 bits); the largest activation of a batch of
100 in the lecture's networks has 10 MB."""

_NEVER = 2**31 - 1


def keep_pages() -> bool:
    """Tell glibc's malloc to keep freed memory; True if it was told.

    By default a block of more than 128 kB is mapped afresh and handed back when freed (the
    threshold grows, but freeing at the top of the heap still trims it).  Each batch then takes
    4,500 page faults to clear memory that it had a moment ago: with the two-layer network on 2
    cores, training reached 1.46 times the lecture's speed without them, 1.1 to 1.3 with them, and
    channels_last gained nothing until they were gone.  The process keeps its peak memory instead,
    which training needs again in the next batch anyway.

    Must be called before the memory in question is taken.  Does nothing where the C library is not
    glibc (macOS, Windows, musl): their allocators have other habits and no such call.
    """
    mallopt = _function("mallopt")
    if mallopt is None:
        return False
    mallopt.argtypes, mallopt.restype = (ctypes.c_int, ctypes.c_int), ctypes.c_int
    return bool(mallopt(_M_MMAP_THRESHOLD, _LARGEST_BLOCK)) and bool(
        mallopt(_M_TRIM_THRESHOLD, _NEVER)
    )


def hand_back() -> None:
    """Give what is free to the system after all, once in a while.

    A window that is drawn sixty times a second leaves holes between what it keeps, and with pages
    kept they added up: resident memory grew by 390 MiB from batch 1,000 to 5,000 of watched
    training, all of it free.  Once an epoch costs nothing that could be measured.
    """
    malloc_trim = _function("malloc_trim")
    if malloc_trim is not None:
        malloc_trim.argtypes, malloc_trim.restype = (ctypes.c_size_t,), ctypes.c_int
        malloc_trim(0)


def _function(name: str) -> Any:
    """One of glibc's functions, or None where the C library is another."""
    if platform.system() != "Linux" or platform.libc_ver()[0] != "glibc":
        return None
    try:
        return getattr(ctypes.CDLL(None), name)
    except (OSError, AttributeError):
        return None
