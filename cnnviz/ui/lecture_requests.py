"""What menus, keys and files ask of lessons: open, go on, present, leave."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from cnnviz.control.language import language_now, tr
from cnnviz.core.lesson import NetworkShowing, Step
from cnnviz.core.lesson_file import Heading, Library, headings
from cnnviz.core.problem import Problem
from cnnviz.resources import resource
from cnnviz.ui.file_dialogs import file_to_open, open_dialog

if TYPE_CHECKING:
    from PyQt6.QtGui import QAction

    from cnnviz.control.lecture import Lecture
    from cnnviz.ui.lecture_screen import LectureScreen
    from cnnviz.ui.lecture_state import LectureState
    from cnnviz.ui.requests import Requests

AHEAD = 2
"""Steps that are made ready before they are shown."""


WHILE_OPEN = (
    "record_step", "lesson_leave", "lesson_again", "lesson_black", "lesson_zoom", "lesson_pointer",
    "lesson_pen", "lesson_clear", "lesson_notes", "lesson_clock", "export_page", "export_handout",
)  # fmt: skip
"""What can be asked for while a lesson is open, and only then."""


class LectureRequests:
    """Holds the lecture of a window; nothing of it is made before the first lesson is opened."""

    lecture: Lecture
    state: LectureState
    screen: LectureScreen

    def __init__(self, requests: Requests) -> None:
        self._requests = requests
        self._window = requests.window
        self._made = False
        self._typed = ""
        self._last: Path | None = None
        self._off: set[str] = set()  # actions that are switched off while it is presented
        self._window.menus.lessons.aboutToShow.connect(self.fill_menu)

    # --- what there is ---------------------------------------------------------------------

    @cached_property
    def library(self) -> Library:
        """What lessons may name."""
        from cnnviz.core.lesson_library import lesson_library

        return lesson_library(resource())

    @cached_property
    def built_in(self) -> tuple[Heading, ...]:
        """The lessons that come with the program, by chapter."""
        return headings(resource("lessons"))

    @property
    def active(self) -> bool:
        """Whether a lesson is open."""
        return self._made and self.lecture.lesson is not None

    @property
    def presented(self) -> bool:
        """Whether it is presented, and nothing may interrupt it."""
        return self.active and self.screen.presented

    @property
    def settled(self) -> bool:
        """Whether everything is there that the present step shows."""
        return not self.active or self.state.settled

    def _make(self) -> None:
        if self._made:
            return
        # Here and not above: 20 ms that nobody waits for before a lesson is first opened.
        from cnnviz.control.lecture import Lecture
        from cnnviz.ui.lecture_screen import LectureScreen
        from cnnviz.ui.lecture_state import LectureState

        window = self._window
        self.lecture = lecture = Lecture(self.library)
        lecture.setParent(window)
        self.state = LectureState(window, self.library)
        self.screen = LectureScreen(window, lecture)
        self.screen.overlay.changed.connect(self._tools_changed)
        window.banner.said.connect(self._said)
        lecture.noticed.connect(window.banner.say)
        lecture.opened.connect(self._opened)
        lecture.arrived.connect(self._arrived)
        lecture.changed.connect(self._changed)
        lecture.closed.connect(self._closed)
        window.closed.connect(lambda _preferences: self.state.close())
        self._made = True

    # --- opening and leaving ---------------------------------------------------------------

    def open(self, path: Path, number: int = 0) -> bool:
        """Open a lesson's file at a step, counted from 0; whether it could be read."""
        self._make()
        opened = self.lecture.open(path, number)
        if opened:
            self._last = path
            if path.parent != resource("lessons"):
                self._requests.remember(path)
        return opened

    def open_key(self, key: str, number: int = 0) -> bool:
        """Open one of the lessons that come with the program."""
        return self.open(resource("lessons", f"{key}.toml"), number)

    def choose_file(self) -> None:
        """Let a lesson's file be chosen."""
        kind = tr("Lessons (*.toml)")
        open_dialog(file_to_open(self._window, tr("Open lesson"), kind, self.open))

    def new(self) -> None:
        """Begin a lesson of one's own, from a template that says what can be written."""
        self._requests.save_file(tr("New lesson"), "toml", tr("Lessons (*.toml)"), self.begin_file)

    def begin_file(self, path: Path) -> None:
        """Write the template to a file, and open it."""
        from cnnviz.ui.lecture_files import begin_lesson

        if begin_lesson(path, self._window.banner):
            self.open(path)

    def record(self) -> None:
        """Put a step into one's own lesson that shows what the window shows now."""
        from cnnviz.ui.lecture_files import record_step

        if self.active:
            record_step(self._window, self.library, self.lecture)

    def leave(self) -> None:
        """Close the lesson, and give everything back that was there before it."""
        if self.active:
            self.lecture.close()

    def fill_menu(self) -> None:
        """List the lessons, the one that is open ticked."""
        menu, language = self._window.menus.lessons, language_now()
        menu.clear()
        for heading in self.built_in:
            text = f"{heading.chapter}. {heading.title.said(language)}"
            action = menu.addAction(text, lambda path=heading.path: self.open(path))
            assert action is not None
            action.setCheckable(True)
            action.setChecked(self.active and self.lecture.path == heading.path)
        menu.setEnabled(bool(self.built_in))

    # --- going through it ------------------------------------------------------------------

    def page(self, by: int) -> None:
        """Page Down or Page Up: of the lesson, or of what is stepped where none is open."""
        if self.active:
            self._type("")
            (self.lecture.forward if by > 0 else self.lecture.back)()
            return
        page = self._window.workspaces.page
        if page is None or page.steps:
            self._requests.stepping.step(by)

    def again(self) -> None:
        """The step from its own state once more; of a number being typed, the last digit away."""
        if not self.active:
            return
        if self._typed:
            self._type(self._typed[:-1])
        else:
            self.lecture.again()

    def digit(self, digit: int) -> bool:
        """Type the number of a step while the lesson is presented; False where it is not."""
        if not self.presented:
            return False
        self._type((self._typed + str(digit))[-3:])
        return True

    def jump(self) -> None:
        """Go to the step whose number was typed."""
        typed = self._typed
        self._type("")
        if typed and self.active:
            self.lecture.go_to(int(typed) - 1)

    def _type(self, digits: str) -> None:
        if digits == self._typed:
            return
        self._typed = digits
        self.screen.bar.show_typed(digits)
        self._window.actions_by_key["lesson_jump"].setEnabled(bool(digits))

    def restart_clock(self) -> None:
        if self.active:
            self.lecture.restart_clock()

    # --- presenting ------------------------------------------------------------------------

    def present(self) -> None:
        """Present the lesson on the whole screen, or show it beside the window again."""
        if not self.active and not self._open_any():
            return
        self.screen.present(not self.screen.presented)
        self._rearrange()

    def present_here(self) -> None:
        """Present it within the window as it is: for pictures."""
        if self.active:
            self.screen.present(True, whole=False)
            self._rearrange()

    def _open_any(self) -> bool:
        """The lesson that was open last, or the first one."""
        if self._last is not None and self._last.is_file():
            return self.open(self._last)
        if self.built_in:
            return self.open(self.built_in[0].path)
        self._window.banner.say(Problem("There is no lesson to present: open one first."), False)
        return False

    def _rearrange(self) -> None:
        self.state.arrange()
        self.check()

    def black(self) -> None:
        if self.active:
            self.screen.overlay.toggle_black()

    def magnify(self) -> None:
        if self.active:
            self.screen.overlay.toggle_magnifier()

    def point(self) -> None:
        if self.active:
            self.screen.overlay.toggle_pointer()

    def draw(self) -> None:
        if self.active:
            self.screen.overlay.toggle_pen()

    def clear_drawing(self) -> None:
        if self.active:
            self.screen.overlay.clear()

    def toggle_notes(self) -> None:
        """Show the window of notes, or put it away."""
        if self.active:
            self.screen.toggle_notes()
            self.check()

    def undo(self) -> bool:
        """Take back the last stroke of the pen; False where there is none."""
        return self.active and self.screen.overlay.undo()

    def escape(self) -> bool:
        """Take away, one after the other, what lies over a lesson; then leave a presented one."""
        if not self.active:
            return False
        if self._typed:
            self._type("")
            return True
        if self.screen.overlay.put_away() or self.screen.bar.dismiss():
            return True
        if self.screen.presented:
            self.leave()
            return True
        return False

    # --- what follows ----------------------------------------------------------------------

    def _opened(self) -> None:
        lesson = self.lecture.lesson
        assert lesson is not None
        self.state.begin(lesson.steps)  # the pages first, which the screen gives their room
        self.screen.show()

    def _arrived(self) -> None:
        lecture = self.lecture
        lesson, step = lecture.lesson, lecture.step
        assert lesson is not None
        assert step is not None
        at = lecture.number
        near = (*lesson.steps[at + 1 : at + 1 + AHEAD], *lesson.steps[max(at - 1, 0) : at])
        with self._window.one_look():
            self.state.show(step.showing, [each.showing for each in near])
            self.state.cover(lecture.hidden)

    def _changed(self) -> None:
        if self.active:
            self.state.cover(self.lecture.hidden)
        self.check()

    def _closed(self) -> None:
        self._type("")
        self.screen.hide()  # first, for the layout that is given back is one without it
        self.state.end()
        self.check()

    def _said(self, problem: Problem, failed: bool) -> None:
        """Say at the foot what the banner would say, where the lesson is presented.

        What is worth knowing of a run that begins, such as how much memory training it takes, is
        not for the hall where the step does not train.
        """
        step = self.step
        trains = (
            step is not None and isinstance(step.showing, NetworkShowing) and step.showing.train
        )
        if self.presented and (failed or trains or self.state.network.settled):
            self.screen.bar.say(problem)

    def _tools_changed(self) -> None:
        if self.active:
            self.screen.look()
        self.check()

    def theme_changed(self) -> None:
        """The window has other colours or another zoom."""
        if self.active:
            self.screen.set_theme()
            self.screen.look()

    @property
    def step(self) -> Step | None:
        """The present one."""
        return self.lecture.step if self.active else None

    def check(self) -> None:
        """Let actions say what can be asked for now."""
        window = self._window
        actions, active, presented = window.actions_by_key, self.active, self.presented
        for key in WHILE_OPEN:
            actions[key].setEnabled(active)
        actions["lesson_jump"].setEnabled(bool(self._typed))
        _tick(actions["lesson_present"], presented)
        overlay = self.screen.overlay if active else None
        for key, on in (
            ("lesson_black", overlay is not None and overlay.black),
            ("lesson_zoom", overlay is not None and overlay.magnifying),
            ("lesson_pointer", overlay is not None and overlay.pointing),
            ("lesson_pen", overlay is not None and overlay.drawing),
            ("lesson_notes", active and self.screen.notes.isVisible()),
        ):
            _tick(actions[key], on)
        if overlay is not None and overlay.strokes:
            actions["undo"].setEnabled(True)
        if presented:
            self._switch_off()
        else:
            for key in self._off:
                actions[key].setEnabled(True)
            self._off.clear()

    def _switch_off(self) -> None:
        """No dialog may open over a lecture, and digits are a step's number."""
        actions = self._window.actions_by_key
        for entry in self._window.entries:
            if entry.opens_dialog:
                if not entry.where and entry.key not in WHILE_OPEN:
                    self._off.add(entry.key)
                actions[entry.key].setEnabled(False)
            elif entry.key.startswith("layer_"):
                actions[entry.key].setEnabled(True)


def _tick(action: QAction, on: bool) -> None:
    if action.isChecked() != on:
        action.setChecked(on)
