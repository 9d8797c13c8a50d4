"""Lessons of one's own as files: begun from the template, and with a step more."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cnnviz.control.lecture import Lecture
from cnnviz.control.whole_file import write_whole
from cnnviz.core.lesson_file import Library
from cnnviz.core.lesson_writing import recorded_step, with_step
from cnnviz.core.problem import Problem
from cnnviz.resources import resource
from cnnviz.ui.banner import Banner
from cnnviz.ui.lecture_record import recorded

if TYPE_CHECKING:
    from cnnviz.ui.main_window import MainWindow


def begin_lesson(path: Path, banner: Banner) -> bool:
    """Write the template to a file; whether it could be written."""
    template = resource("lessons", "template", "lesson.toml").read_text(encoding="utf-8")
    return _write(path, template, banner)


def record_step(window: MainWindow, library: Library, lecture: Lecture) -> None:
    """Put a step into the lesson that is open which shows what the window shows now."""
    path, banner = lecture.path, window.banner
    if path is None:
        return
    if resource("lessons") in path.parents:
        said = Problem("A step is recorded into a lesson of one's own: open or begin one first.")
        banner.say(said, False)
        return
    try:
        step = recorded_step(recorded(window, library))
        text = with_step(path.read_text(encoding="utf-8"), lecture.number, step)
    except Problem as problem:
        banner.say(problem, True)
        return
    except (OSError, ValueError) as error:
        _cannot_write(path, error, banner)
        return
    number = lecture.number + 1
    if _write(path, text, banner):
        lecture.reload()
        lecture.go_to(number)


def _write(path: Path, text: str, banner: Banner) -> bool:
    try:
        write_whole(path, text)
    except OSError as error:
        _cannot_write(path, error, banner)
        return False
    return True


def _cannot_write(path: Path, error: Exception, banner: Banner) -> None:
    reason = getattr(error, "strerror", None) or str(error)
    said = Problem("{file}: the lesson cannot be written: {error}", file=path.name, error=reason)
    banner.say(said, True)
