"""Finds the texts that are translated, and keeps resources/translations/ko.toml sorted.

``python -m tests.translations`` adds what is missing with an empty Korean text, removes what is
no longer said anywhere, sorts, and lists what remains to be filled in.
"""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "resources" / "translations" / "ko.toml"

FUNCTIONS = frozenset({"tr", "mark", "Problem", "Misfit"})
"""Calls whose first argument is a text that a person reads."""

HEADING = """\
# The Korean of every text that the window shows, by the English in the code.
# Kept by `python -m tests.translations`: it adds what is missing and removes what is not said.
# Korean particles depend on the word before them, so no 을/를 or 이/가 stands after a {field}.
"""

QT_HEADING = """
# Texts of Qt's own, in a wording of ours: the standard buttons stay Korean where a distribution
# leaves qtbase_ko.qm out, and "Discard" is not "Ignore", which qtbase_ko.qm gives the same word.
[qt]
"""


@dataclass(frozen=True)
class Text:
    """A text in the code, and where: "file:line"; ``literal`` is None where it cannot be read."""

    literal: str | None
    place: str
    function: str


def texts_in(source: str, name: str) -> Iterator[Text]:
    """Every first argument of `FUNCTIONS` in a Python source."""
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in FUNCTIONS
            and node.args
        ):
            place = f"{name}:{node.lineno}"
            for literal in _literals(node.args[0], node.func.id):
                yield Text(literal, place, node.func.id)


def _literals(argument: ast.expr, function: str) -> list[str | None]:
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return [argument.value]
    if isinstance(argument, ast.IfExp):
        return _literals(argument.body, function) + _literals(argument.orelse, function)
    # What a name or a table's entry stands for was marked where it was written.
    if function != "mark" and isinstance(argument, ast.Name | ast.Attribute | ast.Subscript):
        return []
    return [None]


def all_texts() -> list[Text]:
    """The texts of the whole program: in its code, and the titles of what is bundled."""
    texts = [
        text
        for path in sorted((ROOT / "cnnviz").rglob("*.py"))
        for text in texts_in(path.read_text("utf-8"), str(path.relative_to(ROOT)))
    ]
    for folder in ("networks", "lab", "experiments", "experiments/networks"):
        for path in sorted((ROOT / "resources" / folder).glob("*.toml")):
            title = tomllib.loads(path.read_text("utf-8")).get("title")
            texts.append(Text(title, str(path.relative_to(ROOT)), "title"))
    for path in sorted((ROOT / "resources" / "experiments").glob("*.toml")):
        document, place = tomllib.loads(path.read_text("utf-8")), str(path.relative_to(ROOT))
        texts += [Text(document[name], place, name) for name in ("watch", "result")]
        texts += [Text(run["title"], place, "title") for run in document["runs"]]
    return texts


def needed() -> set[str]:
    """The English texts that the catalogue must hold; "" is shown as it is."""
    return {text.literal for text in all_texts() if text.literal}


def read_catalogue() -> tuple[dict[str, str], dict[str, str]]:
    """Our texts and Qt's, Korean by English, in the order of the file."""
    table = tomllib.loads(CATALOGUE.read_text("utf-8")) if CATALOGUE.exists() else {}
    qts = table.pop("qt", {})
    return table, qts


def as_toml(ours: dict[str, str], qts: dict[str, str]) -> str:
    """The catalogue as it stands in the file: sorted, one text a line."""
    return HEADING + _lines(ours) + QT_HEADING + _lines(qts)


def _lines(table: dict[str, str]) -> str:
    # A JSON string is a TOML basic string too.
    return "".join(
        f"{json.dumps(english, ensure_ascii=False)} = {json.dumps(korean, ensure_ascii=False)}\n"
        for english, korean in sorted(table.items())
    )


def fields_of(text: str) -> list[str]:
    """The ``{fields}`` of a template with their formats, sorted."""
    return sorted(re.findall(r"\{[^{}]*\}", text.replace("{{", "").replace("}}", "")))


def is_name(text: str) -> bool:
    """Whether a text may be the same in every language: a name, a number, a template of fields.

    One word that is not plain English: with a capital, digit or sign inside of it ("ReLU",
    "LeNet-5", "MaxPool2d"), or "cnnviz" itself; or nothing but fields, digits and signs.
    """
    bare = re.sub(r"\{[^{}]*\}", "", text).strip()
    if not re.search(r"[A-Za-z]{2}", bare):
        return True
    if not re.fullmatch(r"\w[\w.+/-]*", bare):
        return False
    capital = r"[a-z][A-Z]|-[A-Z]{2}|[0-9]|^[A-Z]{2,}$"
    return bare == "cnnviz" or re.search(capital, bare) is not None


def main() -> None:
    ours, qts = read_catalogue()
    kept = {english: ours.get(english, "") for english in needed()}
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    CATALOGUE.write_text(as_toml(kept, qts), "utf-8")
    missing = sorted(english for english, korean in kept.items() if not korean)
    for english in missing:
        print(f"empty: {english}")
    for english in sorted(ours.keys() - kept.keys()):
        print(f"removed: {english} = {ours[english]}")
    print(f"{len(kept)} texts, {len(missing)} empty: {CATALOGUE}")


if __name__ == "__main__":
    main()
