"""Every text has its Korean, and the window changes its language while it is open."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtCore import QCoreApplication, QEvent, QLocale, Qt
from PyQt6.QtWidgets import QApplication, QDialogButtonBox, QLabel
from pytestqt.qtbot import QtBot

from cnnviz.control.language import Catalogue, resolve_language, tr, tr_problem, use_language
from cnnviz.core.problem import Problem
from tests import translations as catalogue


class Window(QLabel):
    """Counts how often it is told to say its text again."""

    told = 0

    def changeEvent(self, event: QEvent | None) -> None:
        if event is not None and event.type() == QEvent.Type.LanguageChange:
            self.told += 1
            self.setText(tr("Conv"))


@pytest.fixture
def app(qapp: QApplication) -> Iterator[QApplication]:
    locale = QLocale()
    yield qapp
    use_language(qapp, "en")
    QLocale.setDefault(locale)


def test_that_every_text_is_a_literal_that_can_be_found() -> None:
    unreadable = [text.place for text in catalogue.all_texts() if text.literal is None]
    assert not unreadable, "write the text as one literal, and what changes in it as {fields}"


def test_that_the_catalogue_holds_exactly_the_texts_of_the_code() -> None:
    ours, _ = catalogue.read_catalogue()
    assert set(ours) == catalogue.needed(), "run: python -m tests.translations"


def test_that_no_translation_is_empty() -> None:
    for table in catalogue.read_catalogue():
        assert not [english for english, korean in table.items() if not korean.strip()]


def test_that_a_translation_has_the_fields_of_its_english() -> None:
    ours, _ = catalogue.read_catalogue()
    wrong = {
        english: korean
        for english, korean in ours.items()
        if catalogue.fields_of(english) != catalogue.fields_of(korean)
    }
    assert not wrong


def test_that_only_names_are_the_same_in_both_languages() -> None:
    ours, _ = catalogue.read_catalogue()
    same = [english for english, korean in ours.items() if english == korean]
    assert not [english for english in same if not catalogue.is_name(english)]


def test_that_no_particle_depends_on_what_is_filled_in() -> None:
    particles = ("을", "를", "이", "가", "은", "는", "와", "과", "로", "으로")
    ours, _ = catalogue.read_catalogue()
    wrong = [
        korean
        for korean in ours.values()
        for part in korean.split("}")[1:]
        if part.startswith(tuple(f"{particle} " for particle in particles))
    ]
    assert not wrong, "a particle right after a {field} is wrong for every second word"


def test_that_the_file_is_as_the_tool_writes_it() -> None:
    written = catalogue.CATALOGUE.read_text("utf-8")
    assert written == catalogue.as_toml(*catalogue.read_catalogue())


@pytest.mark.parametrize(
    ("source", "literals"),
    [
        ('tr("a {x}", x=1)', ["a {x}"]),
        ('raise Problem("a " "b", n=1)', ["a b"]),
        ('mark("a") + tr(self.title) + tr(name) + tr(NAMES[key])', ["a"]),
        ('tr("a" if x else "b")', ["a", "b"]),
        ('tr(f"a {x}")', [None]),
        ('tr("a" + b)', [None]),
        ("mark(name)", [None]),
        ("Problem(sentence)", []),
        ("Problem(f'a {x}')", [None]),
    ],
)
def test_that_texts_are_found_in_code(source: str, literals: list[str | None]) -> None:
    assert [text.literal for text in catalogue.texts_in(source, "x.py")] == literals


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ReLU", True),
        ("LeNet-5", True),
        ("cnnviz", True),
        ("GPU", True),
        ("{count} / {total}", True),
        ("×", True),
        ("Conv", False),
        ("Loss", False),
        ("Train", False),
        ("Open the LeNet-5", False),
    ],
)
def test_that_a_name_is_told_from_a_word(text: str, name: bool) -> None:
    assert catalogue.is_name(text) is name


def test_that_a_problem_within_a_problem_is_translated_and_filled_in(app: QApplication) -> None:
    inner = Problem("layers: a Softmax can only be the last layer")
    outer = Problem("layer {number} ({kind}): {problem}", number=2, kind="ReLU", problem=inner)
    use_language(app, "ko")
    ours, _ = catalogue.read_catalogue()
    expected = ours[outer.sentence].format(number=2, kind="ReLU", problem=ours[inner.sentence])
    assert tr_problem(outer) == expected
    use_language(app, "en")
    assert tr_problem(outer) == str(outer)


def test_that_an_open_window_is_told_of_a_new_language_once(
    app: QApplication, qtbot: QtBot
) -> None:
    window = Window()
    qtbot.addWidget(window)
    window.show()
    for language, text in (("ko", catalogue.read_catalogue()[0]["Conv"]), ("en", "Conv")):
        window.told = 0
        assert use_language(app, language) == language
        qtbot.waitUntil(lambda: window.told > 0)
        assert window.text() == text
        assert window.told == 1


def test_that_qts_own_buttons_change_their_language(app: QApplication, qtbot: QtBot) -> None:
    box = QDialogButtonBox(
        QDialogButtonBox.StandardButton.Cancel | QDialogButtonBox.StandardButton.Discard
    )
    qtbot.addWidget(box)

    def texts() -> list[str]:
        return sorted(button.text() for button in box.buttons())

    use_language(app, "ko")
    qtbot.waitUntil(lambda: texts() == ["저장 안 함", "취소"])
    use_language(app, "en")
    qtbot.waitUntil(lambda: texts() == ["Cancel", "Discard"])


def test_that_qts_other_texts_come_from_its_own_table(app: QApplication) -> None:
    use_language(app, "ko")
    assert QCoreApplication.translate("QLineEdit", "&Copy") == "복사(&C)"
    use_language(app, "en")
    assert QCoreApplication.translate("QLineEdit", "&Copy") == "&Copy"


def test_that_an_unknown_text_is_left_to_the_next_translator(app: QApplication) -> None:
    translator = Catalogue({"a": "가"}, {})
    app.installTranslator(translator)
    try:
        assert (tr("a"), tr("b")) == ("가", "b")
        assert QCoreApplication.translate("Another", "a") == "a"
    finally:
        app.removeTranslator(translator)


def test_that_switching_back_and_forth_leaves_no_translator(app: QApplication) -> None:
    from PyQt6.QtCore import QTranslator

    for language in ("ko", "ko", "en", "ko", "en"):
        use_language(app, language)
    assert not app.findChildren(QTranslator)


def test_that_the_locale_follows_the_language(app: QApplication) -> None:
    use_language(app, "ko")
    assert QLocale().language() == QLocale.Language.Korean
    use_language(app, "en")
    assert QLocale().language() == QLocale.Language.English


@pytest.mark.parametrize(
    ("system", "resolved"),
    [
        (QLocale.Language.Korean, "ko"),
        (QLocale.Language.English, "en"),
        (QLocale.Language.German, "en"),
    ],
)
def test_that_the_systems_language_is_korean_or_else_english(
    system: QLocale.Language, resolved: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QLocale, "system", lambda: QLocale(system))
    assert resolve_language("system") == resolved
    assert resolve_language("ko") == "ko"


def test_that_the_windows_direction_stays_left_to_right(app: QApplication) -> None:
    use_language(app, "ko")
    assert app.layoutDirection() == Qt.LayoutDirection.LeftToRight
