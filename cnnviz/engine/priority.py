"""Lets the window go before training where both want a core."""

from __future__ import annotations

import os
import sys
import threading

NICE = 5
"""How much the thread that trains, and those torch starts from it, step back.  With torch on both
of two cores the 95th percentile of the interval between frames falls from 20.5 to 18 ms; training
is as fast, because the window leaves most of a core alone (2026-11, Linux 6.18)."""


def step_back() -> None:
    """Lower the calling thread's priority; only Linux has one for each thread."""
    if sys.platform == "linux":
        thread = threading.get_native_id()
        # Who was started with a lower one already may not raise it.
        lowest = max(NICE, os.getpriority(os.PRIO_PROCESS, thread))
        os.setpriority(os.PRIO_PROCESS, thread, lowest)
