"""The training thread's priority."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from cnnviz.engine.priority import NICE, step_back


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a priority for each thread")
def test_that_only_the_calling_thread_steps_back() -> None:
    found = []

    def measured() -> None:
        step_back()
        child = threading.Thread(target=lambda: found.append(os.getpriority(os.PRIO_PROCESS, 0)))
        child.start()
        child.join()
        found.append(os.getpriority(os.PRIO_PROCESS, 0))

    before = os.getpriority(os.PRIO_PROCESS, 0)
    thread = threading.Thread(target=measured)
    thread.start()
    thread.join()

    assert found == [NICE, NICE]  # a thread that it starts takes it over
    assert os.getpriority(os.PRIO_PROCESS, 0) == before
