"""What was zoomed to in a chart, one after the other, and the way back."""

from __future__ import annotations

from cnnviz.core.scenes.axes import Zoom


class ZoomHistory:
    """The newest zoom is shown; with none, the whole, which follows the newest batch."""

    def __init__(self) -> None:
        self._zooms: list[Zoom] = []
        self._wheeling = False

    @property
    def now(self) -> Zoom | None:
        """What a person chose to see, or None for the whole."""
        return self._zooms[-1] if self._zooms else None

    def add(self, zoom: Zoom) -> None:
        """Zoom to a part."""
        self._wheeling = False
        self._zooms.append(zoom)

    def wheel(self, zoom: Zoom | None) -> None:
        """One notch of the wheel (None: to the whole); notches in a row are one zoom."""
        if self._wheeling and self._zooms:
            self._zooms.pop()
        if zoom is None:
            self._zooms = []
        else:
            self._zooms.append(zoom)
        self._wheeling = zoom is not None

    def back(self) -> bool:
        """Undo the last zoom; whether there was one."""
        self._wheeling = False
        return bool(self._zooms) and self._zooms.pop() is not None

    def clear(self) -> bool:
        """Show the whole; whether it was not shown already."""
        self._wheeling = False
        had, self._zooms = bool(self._zooms), []
        return had
