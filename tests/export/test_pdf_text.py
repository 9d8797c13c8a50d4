"""Digits of equal width in PDF: what is read of them is what they say."""

from __future__ import annotations

import pytest
from fontTools.ttLib import TTFont

from cnnviz.export.pdf_text import PRIVATE, with_plain_text
from cnnviz.resources import resource

MAP = (
    b"begincmap\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n2 beginbfrange\n"
    b"<0000> <0000> <0000>\n<0001> <0009> [<0041> <E072> <E094> <E07A> <0009> <E093> <4E00> ]\n"
    b"endbfrange\nendcmap"
)


@pytest.mark.parametrize("weight", ["Regular", "Bold"])
def test_that_the_font_draws_these_signs_under_private_codes(weight: str) -> None:
    with TTFont(resource("fonts", f"Pretendard-{weight}.otf")) as font:
        codes, substitutions = font.getBestCmap(), font["GSUB"].table
        wanted = [r.Feature for r in substitutions.FeatureList.FeatureRecord]
        tags = [r.FeatureTag for r in substitutions.FeatureList.FeatureRecord]
        (number,) = wanted[tags.index("tnum")].LookupListIndex
        (table,) = substitutions.LookupList.Lookup[number].SubTable
        drawn = getattr(table, "ExtSubTable", table).mapping
        private = {text: code for code, text in PRIVATE.items()}
        for plain in "0123456789.,:;":
            assert codes[private[plain]] == drawn[codes[ord(plain)]]


def test_that_only_what_signs_say_is_changed_and_nothing_moves() -> None:
    before = b"<E071> [<E071>]" + MAP + b" <E072>"
    after = with_plain_text(before)
    assert len(after) == len(before)
    assert b"<0001> <0009> [<0041> <0031> <002E> <0039> <0020> <002C> <4E00> ]" in after
    assert after.startswith(b"<E071> [<E071>]begincmap")
    assert after.endswith(b"endcmap <E072>")
