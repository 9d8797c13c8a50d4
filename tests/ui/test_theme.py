"""Colours that can be told from what is behind them."""

from __future__ import annotations

import pytest
from PyQt6.QtGui import QColor

from cnnviz.ui.theme import DARK, LIGHT, Palette, contrasted


def contrast(one: str, other: str) -> float:
    """Of two colours, after WCAG 2: from 1 (the same) to 21."""

    def luminance(name: str) -> float:
        parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
                 for c in QColor(name).getRgbF()[:3] if c is not None]  # fmt: skip
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=lambda palette: palette.name)
def test_that_high_contrast_is_seven_to_one_and_more_than_before(palette: Palette) -> None:
    high = contrasted(palette)
    assert high.name == palette.name
    for role in ("text", "muted"):
        assert contrast(getattr(high, role), high.panel) >= 7
        before = contrast(getattr(palette, role), palette.panel)
        assert contrast(getattr(high, role), high.panel) > before
    assert contrast(high.border, high.panel) >= 3
    assert contrast(high.accent, high.panel) >= 4.5
    for role in ("input", "kernel", "output", "bias", "gradient"):
        assert contrast(getattr(high, role), high.panel) >= 4.5, role
