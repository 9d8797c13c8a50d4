"""The thread that starts when it is needed first, and ends when it is closed."""

from __future__ import annotations

import threading

from cnnviz.engine.woken_thread import WokenThread


class Counter:
    """Counts in its thread what it is given."""

    def __init__(self) -> None:
        self.waiting = 0
        self.counted = threading.Semaphore(0)
        self.hold = threading.Event()
        self.hold.set()
        self.thread = WokenThread(self._serve, "counter")

    def give(self) -> None:
        with self.thread.changed:
            self.waiting += 1
            self.thread.wake()

    def _serve(self) -> None:
        thread = self.thread
        while True:
            with thread.changed:
                thread.changed.wait_for(lambda: thread.closing or self.waiting)
                if thread.closing:
                    break
                self.waiting -= 1
            self.counted.release()
        self.hold.wait(10)


def _names() -> list[str]:
    return [thread.name for thread in threading.enumerate()]


def test_that_it_starts_with_the_first_request_and_serves_each() -> None:
    counter = Counter()
    assert "counter" not in _names()
    for _ in range(3):
        counter.give()
        assert counter.counted.acquire(timeout=10)
    assert _names().count("counter") == 1
    assert counter.thread.close(10)
    assert "counter" not in _names()


def test_that_it_never_starts_once_it_was_closed() -> None:
    counter = Counter()
    assert counter.thread.close(0)
    counter.give()
    assert "counter" not in _names()


def test_that_closing_says_whether_it_has_ended_in_time() -> None:
    counter = Counter()
    counter.hold.clear()
    counter.give()
    assert not counter.thread.close(0.01)
    counter.hold.set()
    assert counter.thread.close(10)
