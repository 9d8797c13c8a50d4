"""Steps of a lesson as text, put into a person's own file between what stands there already."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import fields

from cnnviz.core.lesson import WORKSPACES, Place, Showing, Step, Words
from cnnviz.core.lesson_file import FIRST_STEP
from cnnviz.core.timeline import Unit

NEW_TITLE = Words("새 단계", "A new step")
NEW_WORDS = Words("여기에 설명을 씁니다.", "Say here what is to be seen.")


def recorded_step(showing: Showing) -> Step:
    """A step that shows this, with words to be written."""
    return Step(title=NEW_TITLE, words=NEW_WORDS, showing=showing)


def written_step(step: Step) -> str:
    """A step as it stands in a lesson's file; reading it gives the same step."""
    lines = ["[[steps]]"]
    for name in ("title", "words", "question", "answer", "notes"):
        words = getattr(step, name)
        if words is not None:
            lines.append(f"{name} = {{ ko = {_value(words.ko)}, en = {_value(words.en)} }}")
    if step.rows:
        lines.append(f"rows = {list(step.rows)}")
    lines += ["[steps.show]", *_written_showing(step.showing)]
    return "\n".join(lines) + "\n"


def with_step(text: str, after: int, step: Step) -> str:
    """A lesson's file with a step more, behind the one of that number (from 0).

    Everything else stays as it is, comments too: those right above a step are its own.
    """
    heads = [match.start() for match in FIRST_STEP.finditer(text)]
    if after + 1 >= len(heads):
        return f"{text.rstrip()}\n\n{written_step(step)}"
    before = text[: heads[after + 1]]
    kept = re.sub(r"(^[ \t]*#[^\n]*\n|^[ \t]*\n)+\Z", "", before, flags=re.MULTILINE)
    comments = before[len(kept) :].strip("\n")
    comments = f"{comments}\n" if comments else ""
    return f"{kept.rstrip()}\n\n{written_step(step)}\n{comments}{text[heads[after + 1] :]}"


def _written_showing(showing: Showing) -> Iterator[str]:
    kinds = {kind: key for key, kind in WORKSPACES.items()}
    yield f"workspace = {_value(kinds[type(showing)])}"
    for field in fields(showing):
        value = getattr(showing, field.name)
        if field.name == "place":
            continue
        if field.name == "fields":
            if value:
                inner = ", ".join(f"{name} = {_value(item)}" for name, item in value)
                yield f"fields = {{ {inner} }}"
        elif value != field.default:
            yield f"{field.name} = {_value(value)}"
    for field in fields(Place):
        value = getattr(showing.place, field.name)
        if value != field.default:
            yield f"{field.name} = {value}"


def _value(value: object) -> str:
    if isinstance(value, Unit):
        return _value(value.name.lower())
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        return f"[{', '.join(_value(item) for item in value)}]"
    return repr(value)
