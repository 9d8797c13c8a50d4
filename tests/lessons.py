"""Small lessons for tests, written as files."""

from __future__ import annotations

from pathlib import Path

from cnnviz.core.lesson_file import Library
from cnnviz.core.lesson_library import lesson_library
from cnnviz.resources import resource

HEAD = 'title = { ko = "시험", en = "A trial" }\n'

LAB = 'workspace = "lab"\nexample = "convolution"\n'

NETWORK = 'workspace = "network"\nnetwork = "two_layer_cnn"\n'

QUESTION = 'question = { ko = "얼마?", en = "How much?" }\nanswer = { ko = "4", en = "*Four*" }\n'


def step(show: str, more: str = "", title: str = "Step") -> str:
    """One step of a lesson's file."""
    return (
        f'\n[[steps]]\ntitle = {{ ko = "걸음", en = "{title}" }}\n'
        f'words = {{ ko = "말", en = "Words of *{title}*." }}\n{more}[steps.show]\n{show}'
    )


def library() -> Library:
    return lesson_library(resource())


def write_lesson(folder: Path, *steps: str, name: str = "trial.toml") -> Path:
    """A lesson of these steps in a file."""
    path = folder / name
    path.write_text(HEAD + "".join(steps), encoding="utf-8")
    return path
