"""A thread that starts with the first request and is woken by each further one."""

from __future__ import annotations

import threading
from collections.abc import Callable


class WokenThread:
    """Runs ``serve``, which waits on `changed` for something to do, until it is `closing`.

    What is asked and answered is read and written within `changed` only.
    """

    def __init__(self, serve: Callable[[], None], name: str, daemon: bool = False) -> None:
        self.changed = threading.Condition()
        self.closing = False
        self._serve, self._name, self._daemon = serve, name, daemon
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Say that there is something to do; by who holds `changed`."""
        if self._thread is None and not self.closing:
            self._thread = threading.Thread(
                target=self._serve, name=self._name, daemon=self._daemon
            )
            self._thread.start()
        self.changed.notify()

    def close(self, timeout: float) -> bool:
        """Let it end; whether it has within ``timeout`` seconds."""
        with self.changed:
            self.closing = True
            self.changed.notify()
        if self._thread is None:
            return True
        self._thread.join(timeout)
        return not self._thread.is_alive()
