"""The language of the window: English in the code, Korean from a table, switched live."""

from __future__ import annotations

from functools import lru_cache

from PyQt6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from cnnviz.core.problem import Problem
from cnnviz.resources import resource

CONTEXT = "cnnviz"
"""Qt's name for where a text comes from; all of ours share one, Qt's own have others."""

LOCALES = {
    "ko": QLocale(QLocale.Language.Korean, QLocale.Country.SouthKorea),
    "en": QLocale(QLocale.Language.English, QLocale.Country.UnitedStates),
}


def tr(text: str, /, **fields: object) -> str:
    """An English text in the language of the window, with its ``{fields}`` filled in."""
    return QCoreApplication.translate(CONTEXT, text).format(**fields)


def tr_name(name: str) -> str:
    """A name that may be one of ours: a person's own stays as it is, with all that is in it."""
    return QCoreApplication.translate(CONTEXT, name)


def tr_problem(problem: Problem) -> str:
    """A problem's sentence in the language of the window, and those within it too."""
    fields = {
        name: tr_problem(field) if isinstance(field, Problem) else field
        for name, field in problem.fields.items()
    }
    return tr(problem.sentence, **fields)


class Catalogue(QTranslator):
    """Korean texts for ours, and for those of Qt's that its own table lacks or says badly."""

    def __init__(self, ours: dict[str, str], qts: dict[str, str]) -> None:
        super().__init__()
        self._ours = ours
        self._qts = qts

    def isEmpty(self) -> bool:
        # Qt announces no change of language for a translator that says it is empty.
        return False

    # None and not "" for what is not known: Qt asks the next translator only after a null string.
    def translate(  # type: ignore[override]
        self, context: str, sourceText: str, disambiguation: str | None = None, n: int = -1
    ) -> str | None:
        texts = self._ours if context == CONTEXT else self._qts
        return texts.get(sourceText)


@lru_cache(maxsize=1)
def korean() -> tuple[dict[str, str], dict[str, str]]:
    """The Korean of our texts and of Qt's, by the English; what is empty there is left out."""
    import tomllib  # English needs none

    table = tomllib.loads(resource("translations", "ko.toml").read_text("utf-8"))
    qts = {english: text for english, text in table.pop("qt", {}).items() if text}
    return {english: text for english, text in table.items() if text}, qts


def resolve_language(language: str) -> str:
    """The language that a choice comes to: "ko" on a Korean system, otherwise "en"."""
    if language in LOCALES:
        return language
    return "ko" if QLocale.system().language() == QLocale.Language.Korean else "en"


def language_now() -> str:
    """The code of the language that the window is in."""
    return "ko" if QLocale().language() == QLocale.Language.Korean else "en"


def use_language(app: QCoreApplication, language: str) -> str:
    """Switch the whole program to "ko", "en" or "system", and say which of the two it came to.

    Every widget then gets one ``LanguageChange`` event from Qt, in which it says its texts again.
    """
    resolved = resolve_language(language)
    # First of all: what is written anew during the events may ask the locale how.
    QLocale.setDefault(LOCALES[resolved])
    for translator in app.findChildren(QTranslator):
        app.removeTranslator(translator)
        translator.setParent(None)
    if resolved == "ko":
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        qts = QTranslator()
        # Wheels carry this file; without it (some distributions split it off) Qt's dialogs stay
        # English but for the standard buttons, which are in our table.
        if qts.load("qtbase_ko", folder):
            _install(app, qts)
        _install(app, Catalogue(*korean()))  # installed last, asked first
    return resolved


def _install(app: QCoreApplication, translator: QTranslator) -> None:
    translator.setParent(app)
    app.installTranslator(translator)
