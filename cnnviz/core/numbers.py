"""Numbers as text: the same minus, digits and units wherever a number is shown."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite, isnan

MINUS = "\N{MINUS SIGN}"
"""As wide as a digit, unlike the hyphen; the sign must be seen from the last row."""

LARGE = 1e6
"""From here on a number is written with a power of ten."""

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float, decimals: int = 2, *, small: bool = True, integral: bool = False) -> str:
    """A number as it stands in a ledger, a cell or a legend: "−0.37", "12.00", "1.2×10⁷", "NaN".

    Parameters
    ----------
    value
        Any float, NaN and ±∞ too.
    decimals
        Digits after the point.
    small
        Write what would show as zero, but is not, with a power of ten ("4.0×10⁻⁵") and not as
        "0.00".
    integral
        Leave the decimals out where the value is a whole number ("12").
    """
    if isnan(value):
        return "NaN"
    if not isfinite(value):
        return f"{MINUS if value < 0 else ''}∞"
    if integral and value == int(value):
        decimals = 0
    size = f"{abs(value):.{decimals}f}"
    hidden = small and value != 0 and float(size) == 0
    if float(size) >= LARGE or hidden:
        mantissa, exponent = f"{abs(value):.1e}".split("e")
        size = f"{mantissa}×10{str(int(exponent)).translate(_RAISED)}"
    elif float(size) == 0:
        return size  # never "−0.00": the sign of what is shown as zero says nothing
    return f"{MINUS}{size}" if value < 0 else size


def significant(value: float, digits: int = 4) -> str:
    """A number with so many digits whatever its size: "0.01772", "3.512×10⁻⁸", "−12.00"."""
    if not isfinite(value) or value == 0:
        return number(value)
    mantissa, exponent = f"{abs(value):.{digits - 1}e}".split("e")
    power = int(exponent)
    if -4 <= power < digits:
        return number(value, digits - 1 - power)
    sign = MINUS if value < 0 else ""
    return f"{sign}{mantissa}×10{str(power).translate(_RAISED)}"


def thousands(count: int) -> str:
    """A count with commas: "1,379,557"."""
    return f"{count:,}".replace("-", MINUS)


def shape(sizes: Iterable[int]) -> str:
    """The shape of maps or of a vector: "32×28×28", "3136"."""
    return "×".join(str(size) for size in sizes)


def percent(share: float, decimals: int = 1) -> str:
    """A share of 1 in percent: "98.4 %"."""
    return f"{number(100 * share, decimals, small=False)} %"


def duration(seconds: float) -> str:
    """A time that passes or is left: "38 s", "4:07", "1:02:09"; "–" if it is not known."""
    if not isfinite(seconds):
        return "–"
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
