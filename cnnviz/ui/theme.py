"""Every colour and size in the window; a colour is a role, and the same role everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

from PyQt6.QtGui import QColor, QFont

FAMILY = "Pretendard"


@dataclass(frozen=True)
class Palette:
    """The colours of one theme, as "#rrggbb".

    Surfaces go from ``gap`` (between panes) over ``panel`` to ``raised`` (buttons, cells).  The
    roles input, kernel, output, bias and gradient are hues and never anything else; negative and
    positive are the ends of the diverging scale whose middle is ``zero``.  ``series`` tells runs
    apart that are compared, also for those who see fewer hues (after Okabe & Ito 2008).
    """

    name: str
    gap: str
    panel: str
    raised: str
    border: str
    text: str
    muted: str
    faint: str
    accent: str
    on_accent: str
    input: str
    kernel: str
    output: str
    on_output: str
    bias: str
    gradient: str
    wrong: str
    negative: str
    zero: str
    positive: str
    series: tuple[str, ...]


DARK = Palette(
    name="dark",
    gap="#0f1216",
    panel="#171b21",
    raised="#1f252d",
    border="#2a323c",
    text="#e8ebf0",
    muted="#9aa5b3",
    faint="#4b5563",
    accent="#ffb020",
    on_accent="#111111",
    input="#4cc2ff",
    kernel="#ffb020",
    output="#3ddc97",
    on_output="#0b1a13",
    bias="#c792ea",
    gradient="#ff7ab6",
    wrong="#ff6b6b",
    negative="#4aa8ff",
    zero="#14171b",
    positive="#ff8648",
    series=(
        "#56b4e9",
        "#e69f00",
        "#2fc79b",
        "#e58fbd",
        "#f0e442",
        "#f2693c",
        "#a3a1f7",
        "#d0d5dc",
    ),
)

LIGHT = Palette(
    name="light",
    gap="#eef1f5",
    panel="#ffffff",
    raised="#f4f6f9",
    border="#d5dbe3",
    text="#14181d",
    muted="#5b6675",
    faint="#aab3bf",
    accent="#b26a00",
    on_accent="#ffffff",
    input="#0077b8",
    kernel="#b26a00",
    output="#00804d",
    on_output="#ffffff",
    bias="#7a3fb0",
    gradient="#c2186b",
    wrong="#c62828",
    negative="#1d5fc2",
    zero="#f8f6f5",
    positive="#c8460e",
    series=(
        "#0072b2",
        "#a85a00",
        "#00795a",
        "#b03a7c",
        "#736300",
        "#c43a06",
        "#5048c0",
        "#3d4753",
    ),
)


@dataclass(frozen=True)
class Theme:
    """A palette and the size of the whole interface.

    Attributes
    ----------
    zoom
        1.0 is 100 %; every length and every font follows it.
    reduced_motion
        Nothing glides; things appear at their new place.
    """

    palette: Palette = DARK
    zoom: float = 1.0
    reduced_motion: bool = False

    def px(self, length: float) -> int:
        """A length at 100 %, in pixels at this zoom."""
        return round(length * self.zoom)

    def font(self, size: float, bold: bool = False) -> QFont:
        """The bundled font at ``size`` pixels (at 100 %), with digits of equal width."""
        return _font(max(8, round(size * self.zoom)), bold)

    @cached_property
    def diverging(self) -> tuple[tuple[int, int, int], tuple[int, int, int], tuple[int, int, int]]:
        """(negative, zero, positive) as red, green, blue 0 … 255."""
        palette = self.palette
        low, zero, high = (QColor(c) for c in (palette.negative, palette.zero, palette.positive))
        return (
            (low.red(), low.green(), low.blue()),
            (zero.red(), zero.green(), zero.blue()),
            (high.red(), high.green(), high.blue()),
        )


@lru_cache(maxsize=64)
def _font(pixels: int, bold: bool) -> QFont:
    font = QFont(FAMILY)
    font.setPixelSize(pixels)
    font.setBold(bold)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


@lru_cache(maxsize=256)
def colour(name: str, alpha: int = 255) -> QColor:
    """A palette colour as Qt wants it, with ``alpha`` from 0 (clear) to 255."""
    made = QColor(name)
    made.setAlpha(alpha)
    return made
