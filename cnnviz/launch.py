"""The composition root: application, fonts, language, theme, controller, window, error hooks."""

from __future__ import annotations

import gc
import os
import sys
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtGui import QFontDatabase, QGuiApplication
from PyQt6.QtWidgets import QApplication

from cnnviz.command_line import Arguments
from cnnviz.control.language import use_language
from cnnviz.control.preferences import (
    Preferences,
    preferences_file,
    read_preferences,
    write_preferences,
)
from cnnviz.core.problem import Problem
from cnnviz.resources import resource
from cnnviz.ui.icons import application_icon
from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.stylesheet import qt_palette, style_sheet
from cnnviz.ui.theme import DARK, LIGHT, Theme, contrasted

if TYPE_CHECKING:
    from cnnviz.control.controller import Controller

SWITCH_INTERVAL = 0.0001
"""Seconds a thread may hold Python's lock while another waits.  With the default of 5 ms a frame
waits for the training thread.  With 0.5 ms the training thread waits 1.8 ms a batch for frames,
with this 1.0 ms, and with 0.03 ms 1.3 ms (two-layer CNN, a core to spare, 2026-11)."""

CLOSING_SECONDS = 0.4
"""How long closing waits for the training thread.  A batch of the bundled networks takes a tenth
of that; loading torch takes seconds, and nothing is lost by not waiting for it."""


def launch(arguments: Arguments) -> int:
    """Open the window, run until it is closed, and end the process with the exit code."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    app = make_application()
    saved, problem = read_preferences(preferences_file())
    program = Program(app, overridden(saved, arguments), arguments)
    if problem is not None:
        program.window.banner.say(problem, True)
    program.show()
    code = app.exec()
    return program.end(code)


def make_application() -> QApplication:
    """Qt's application with our font, name and icon."""
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )
    app = QApplication(sys.argv[:1])
    app.setApplicationName("cnnviz")
    app.setApplicationDisplayName("cnnviz")
    app.setDesktopFileName("cnnviz")
    app.setStyle("Fusion")  # the one style that style sheets change the same way everywhere
    make_fonts()
    app.setWindowIcon(application_icon())
    return app


def make_fonts() -> None:
    """Load the bundled font, which has Korean, English and digits of equal width."""
    for weight in ("Regular", "Bold"):
        QFontDatabase.addApplicationFont(str(resource("fonts", f"Pretendard-{weight}.otf")))


def overridden(saved: Preferences, arguments: Arguments) -> Preferences:
    """The preferences with what the command line says in their place."""
    changes: dict[str, object] = {
        name: value
        for name in ("language", "theme", "network", "data", "workspace", "zoom")
        if (value := getattr(arguments, name)) is not None
    }
    if arguments.screenshot is not None or arguments.size is not None:
        changes |= {"geometry": "", "layout": ""}
    if arguments.screenshot is not None:
        changes.setdefault("workspace", Preferences().workspace)
    return replace(saved, **changes)  # type: ignore[arg-type]


class Program(QObject):
    """Ties preferences to what they change, and the window's life to the worker's."""

    unexpected = pyqtSignal(Problem)

    def __init__(self, app: QApplication, preferences: Preferences, arguments: Arguments) -> None:
        super().__init__()
        self.app = app
        self.preferences = preferences
        self.arguments = arguments
        self.controller: Controller | None = None
        self.language = use_language(app, preferences.language)
        self.theme = self._theme(preferences)
        self._style()
        self.window = MainWindow(preferences, self.theme)
        self.window.preferences_changed.connect(self.take)
        self.window.closed.connect(self.take_last)
        self.window.first_painted.connect(self._painted)
        hints = app.styleHints()
        if hints is not None:
            hints.colorSchemeChanged.connect(lambda _scheme: self.take(self.preferences))
        self.unexpected.connect(lambda problem: self.window.banner.say(problem, True))
        self._hook_errors()

    def show(self) -> None:
        """Show the window's frame; the rest follows when it is on the screen."""
        self.window.restore()
        if self.arguments.size is not None:
            self.window.resize(*self.arguments.size)
        self.window.show()

    def _painted(self) -> None:
        """Furnish the window, then start the worker.

        Right after the first paint: importing numpy and torch stalls the window, and nobody has
        begun to do anything yet.
        """
        from cnnviz.opening import open_run

        self.controller = open_run(self.window, self.preferences, self.arguments)
        self.controller.changed.connect(self._leave_out_of_collections)
        self.controller.start()

    def _leave_out_of_collections(self) -> None:
        """Once torch is there, let Python's garbage collector no longer look through all of it.

        Those 350,000 objects stay until the end; each full collection held up the window, in
        whatever thread it was due, for 156 ms (2026-11).
        """
        assert self.controller is not None
        if self.controller.view.progress.ready:
            self.controller.changed.disconnect(self._leave_out_of_collections)
            gc.freeze()

    def take(self, preferences: Preferences) -> None:
        """Carry changed preferences out, and write them down."""
        before, self.preferences = self.preferences, preferences
        if preferences.language != before.language:
            self.language = use_language(self.app, preferences.language)
        theme = self._theme(preferences)
        if theme != self.theme:
            self.theme = theme
            self._style()
            self.window.set_theme(theme)
        self._write()

    def take_last(self, preferences: Preferences) -> None:
        """The window is being closed: remember its layout and end."""
        self.preferences = preferences
        self._write()
        self.app.quit()

    def end(self, code: int) -> int:
        """Stop the worker, which writes what is not written yet, and end the process."""
        if self.controller is not None:
            from cnnviz.control.file_writing import Writing  # numpy, which is there by now

            self.controller.close(CLOSING_SECONDS)
            Writing.all_ended(CLOSING_SECONDS)
        # Without taking the interpreter down.  A thread may still be inside `import torch`, which
        # nothing interrupts, or read a run's file: one that outlives the interpreter aborts it (10
        # of 10 times in the first case, 1 of about 20 in the second).
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)

    def _write(self) -> None:
        if self.arguments.screenshot is not None:
            return
        try:
            write_preferences(preferences_file(), self.preferences)
        except OSError as error:
            self.window.banner.say(
                Problem("The preferences could not be saved: {error}", error=error), True
            )

    def _theme(self, preferences: Preferences) -> Theme:
        palette = {"dark": DARK, "light": LIGHT}.get(preferences.theme)
        if palette is None:
            hints = self.app.styleHints()
            light = hints is not None and hints.colorScheme() == Qt.ColorScheme.Light
            palette = LIGHT if light else DARK
        if preferences.high_contrast:
            palette = contrasted(palette)
        return Theme(palette, preferences.zoom / 100, preferences.reduced_motion)

    def _style(self) -> None:
        self.app.setPalette(qt_palette(self.theme))
        self.app.setStyleSheet(style_sheet(self.theme))

    def _hook_errors(self) -> None:
        """An exception anywhere becomes a banner: someone is on stage."""

        def caught(
            kind: type[BaseException], error: BaseException, trace: TracebackType | None
        ) -> None:
            if issubclass(kind, KeyboardInterrupt):
                self.app.quit()
                return
            import logging  # 12 ms that are missed at the start, and hardly ever needed

            logging.getLogger(__name__).error("unexpected error", exc_info=(kind, error, trace))
            sentence = Problem(
                "Something unexpected went wrong ({error}). The window goes on.",
                error=f"{kind.__name__}: {error}",
            )
            # A signal, because only the window's own thread may touch the banner.
            self.unexpected.emit(sentence)

        sys.excepthook = caught
