"""What in a lesson's words is a paragraph, and what is stressed."""

from __future__ import annotations

from cnnviz.core.lesson_words import Piece, paragraphs, plain_words, unbroken


def test_that_blank_lines_part_paragraphs_and_asterisks_stress() -> None:
    text = "A filter has *as many\nchannels* as its input.\nAlways.\n \nThen *added*."
    first, second = paragraphs(text.replace("many\nchannels", "many channels"))
    assert first == (
        Piece("A filter has "),
        Piece("as many channels", stressed=True),
        Piece(" as its input. Always."),
    )
    assert second == (Piece("Then "), Piece("added", stressed=True), Piece("."))


def test_that_a_single_asterisk_is_one() -> None:
    assert paragraphs("3 * 4") == ((Piece("3 * 4"),),)


def test_that_the_plain_words_have_no_marks() -> None:
    assert plain_words("One *cell*\n\nof it") == "One cell of it"


def test_that_korean_words_are_not_broken_and_spaces_remain() -> None:
    assert unbroken("특성 맵") == "특\u2060성 맵"
    assert unbroken("Conv 3×3") == "Conv 3×3"
