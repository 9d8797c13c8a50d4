"""What keeps the window from opening, found before Qt finds it.

Qt ends a process that it cannot show a window in by `abort`: a core dump and a page of text that
does not say what to install.  So everything that it needs is tried here first, in this process and
without Qt: the libraries, the platform plugin, the connection to the display.
"""

from __future__ import annotations

import ctypes
import importlib
import importlib.util
import re
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from cnnviz.core.problem import Problem

# Of these, libxcb-cursor0 is the one that desktops lack (Qt 6.5 began to need it); the others are
# missing in containers.  libglib2.0-0 does not come with any of them (checked on Debian 12 with
# an empty package list), and libQt6Core of the 6.11 wheels is linked against it.
APT_PACKAGES = (
    "libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-image0 libxcb-render-util0 "
    "libxcb-shape0 libxcb-xkb1 libxkbcommon-x11-0 libegl1 libgl1 libdbus-1-3 libfontconfig1 "
    "libglib2.0-0"
)
"""Debian's and Ubuntu's packages of everything that the PyQt6 wheels take from the system."""

APT_LINE = f"sudo apt-get install -y {APT_PACKAGES}"

Load = Callable[[str], object]
"""Loads a shared library by path or name; raises OSError if it or one that it needs is missing."""

_MISSING_LIBRARY = re.compile(r"^(\S+\.so[.\d]*): cannot open shared object file")


def obstacle(
    environment: Mapping[str, str],
    system: str = sys.platform,
    load: Load = ctypes.CDLL,
    import_module: Callable[[str], object] = importlib.import_module,
) -> Problem | None:
    """Why no window can be opened, or None if one can.

    Parameters
    ----------
    environment
        The process's environment; ``QT_QPA_PLATFORM`` says which platform plugin Qt takes.
    system
        `sys.platform`; displays and system libraries are looked at on Linux only.
    load, import_module
        How a shared library and a Python module are loaded.
    """
    try:
        if system.startswith("linux"):
            _check_platforms(environment, load)
        _import_widgets(import_module)
    except Problem as problem:
        return problem
    return None


def _import_widgets(import_module: Callable[[str], object]) -> None:
    try:
        import_module("PyQt6.QtWidgets")
    except ImportError as error:
        raise _library_problem(error) from error


def _check_platforms(environment: Mapping[str, str], load: Load) -> None:
    """Raise the last platform's Problem unless one of them can be used; Qt tries them in turn."""
    reason = Problem(
        "There is no display to open a window on: start cnnviz in a desktop session, or set "
        "DISPLAY or WAYLAND_DISPLAY."
    )
    for name in _platforms(environment):
        try:
            _check_display(name, environment, load)
            _check_plugin(name, environment, load)
            return
        except Problem as problem:
            reason = problem
    raise reason


def _platforms(environment: Mapping[str, str]) -> list[str]:
    """Names of the platform plugins that Qt is going to try."""
    chosen = environment.get("QT_QPA_PLATFORM", "")
    if chosen:
        # "wayland;xcb" are two, and "offscreen:configfile=…" is one with an option.
        return [name.partition(":")[0] for name in chosen.split(";")]
    displays = {"wayland": "WAYLAND_DISPLAY", "xcb": "DISPLAY"}
    return [name for name, variable in displays.items() if environment.get(variable)]


def _check_display(name: str, environment: Mapping[str, str], load: Load) -> None:
    if name == "xcb":
        _check_x11(environment.get("DISPLAY", ""), load)
    elif name.startswith("wayland"):
        _check_wayland(environment)


def _check_x11(display: str, load: Load) -> None:
    if not display:
        raise Problem(
            "There is no display to open a window on: start cnnviz in a desktop session, or set "
            "DISPLAY."
        )
    try:
        xcb = load("libxcb.so.1")
    except OSError as error:
        raise _library_problem(error) from error
    if isinstance(xcb, ctypes.CDLL) and not _x11_answers(xcb, display):
        raise Problem(
            'The display "{display}" cannot be reached: check DISPLAY, and that this user may '
            "open windows there.",
            display=display,
        )


def _x11_answers(xcb: ctypes.CDLL, display: str) -> bool:
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(display.encode(), None)  # never NULL, xcb_connect(3)
    try:
        return not int(xcb.xcb_connection_has_error(connection))
    finally:
        xcb.xcb_disconnect(connection)


def _check_wayland(environment: Mapping[str, str]) -> None:
    # wl_display_connect(3): "wayland-0" if unset, and below XDG_RUNTIME_DIR unless absolute.
    display = environment.get("WAYLAND_DISPLAY") or "wayland-0"
    path = Path(environment.get("XDG_RUNTIME_DIR", "/")) / display
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.connect(str(path))
    except OSError as error:
        raise Problem(
            'The Wayland display "{display}" cannot be reached: check WAYLAND_DISPLAY and '
            "XDG_RUNTIME_DIR.",
            display=display,
        ) from error


def _check_plugin(name: str, environment: Mapping[str, str], load: Load) -> None:
    """Load a platform plugin as Qt will, with every library that it needs."""
    folder = _plugin_folder()
    moved = {"QT_QPA_PLATFORM_PLUGIN_PATH", "QT_PLUGIN_PATH"} & environment.keys()
    if folder is None or moved:
        return
    plugins = {path.stem.removeprefix("libq"): path for path in sorted(folder.glob("libq*.so"))}
    # "wayland" is one plugin in the wheels of Qt 6.11 and can be two, "wayland-egl" and
    # "wayland-generic", in others: the first word is enough.
    word = name.partition("-")[0]
    found = [path for key, path in plugins.items() if key.partition("-")[0] == word]
    if not found:
        raise Problem(
            'Qt has no platform "{name}": choose one of {names} with QT_QPA_PLATFORM or '
            "--platform.",
            name=name,
            names=", ".join(plugins),
        )
    try:
        load(str(found[0]))
    except OSError as error:
        raise _library_problem(error) from error


def _plugin_folder() -> Path | None:
    """Where the PyQt6 wheel keeps its platform plugins; None if Qt is not from a wheel."""
    spec = importlib.util.find_spec("PyQt6")  # finds the package without importing it
    locations = spec.submodule_search_locations if spec is not None else None
    for location in locations or ():
        folder = Path(location, "Qt6", "plugins", "platforms")
        if folder.is_dir():
            return folder
    return None


def _library_problem(error: Exception) -> Problem:
    missing = _MISSING_LIBRARY.match(str(error))
    if missing:
        return Problem(
            "The system library {library} is missing; on Debian or Ubuntu, install what Qt needs "
            "with: {command}",
            library=missing[1],
            command=APT_LINE,
        )
    return Problem(
        "Qt cannot be loaded ({reason}): install cnnviz again in a new virtual environment.",
        reason=error,
    )
