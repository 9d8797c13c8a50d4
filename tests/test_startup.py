"""What a person is told when no window can be opened, and what can be said on the command line."""

from __future__ import annotations

import ast
import importlib
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import cnnviz
from cnnviz.app import main
from cnnviz.command_line import Arguments, network_keys, parse_arguments
from cnnviz.startup import APT_LINE, Load, obstacle

ROOT = Path(__file__).resolve().parent.parent


def start(*arguments: str, **environment: str | None) -> subprocess.CompletedProcess[str]:
    """Run main.py in a process of its own; None takes a variable out of the environment."""
    surroundings = os.environ | {"QT_QPA_PLATFORM": None, "WAYLAND_DISPLAY": None} | environment
    return subprocess.run(
        [sys.executable, "main.py", *arguments],
        cwd=ROOT,
        env={name: value for name, value in surroundings.items() if value is not None},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def loader_without(missing: str) -> Load:
    """A loader that says what the dynamic linker says of a library that is not there."""

    def load(name: str) -> object:
        raise OSError(f"{missing}: cannot open shared object file: No such file or directory")

    return load


def loads_all(name: str) -> object:
    return object()


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"DISPLAY": None}, "There is no display"),
        ({"DISPLAY": ":12345"}, 'The display ":12345" cannot be reached'),
        ({"DISPLAY": None, "WAYLAND_DISPLAY": "nobody-1"}, 'Wayland display "nobody-1"'),
        ({"DISPLAY": None, "QT_QPA_PLATFORM": "xcb"}, "There is no display"),
        ({"DISPLAY": None, "QT_QPA_PLATFORM": "cinema"}, 'Qt has no platform "cinema"'),
    ],
)
def test_that_a_missing_display_is_said_in_one_sentence(
    environment: dict[str, str | None], words: str
) -> None:
    ended = start(**environment)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert words in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_that_a_platform_given_on_the_command_line_counts() -> None:
    ended = start("--platform", "cinema", DISPLAY=None, QT_QPA_PLATFORM="offscreen")
    assert ended.returncode == 2
    assert 'Qt has no platform "cinema"' in ended.stderr


def test_that_a_missing_library_is_named_with_the_line_that_installs_it() -> None:
    problem = obstacle({"DISPLAY": ":0"}, "linux", loader_without("libxcb-cursor.so.0"))
    assert problem is not None
    assert "libxcb-cursor.so.0 is missing" in str(problem)
    assert APT_LINE in str(problem)


@pytest.mark.parametrize("library", ["libEGL.so.1", "libGL.so.1"])
def test_that_a_library_missing_from_the_import_is_named_too(library: str) -> None:
    def import_module(name: str) -> object:
        raise ImportError(f"{library}: cannot open shared object file: No such file or directory")

    problem = obstacle({"DISPLAY": ":0"}, "linux", loads_all, import_module)
    assert problem is not None
    assert f"{library} is missing" in str(problem)
    assert APT_LINE in str(problem)


def test_that_a_qt_that_cannot_be_imported_is_said_with_the_reason() -> None:
    def import_module(name: str) -> object:
        raise ImportError("No module named 'PyQt6'")

    problem = obstacle({}, "darwin", loads_all, import_module)
    assert problem is not None
    assert "No module named 'PyQt6'" in str(problem)


def test_that_a_missing_library_matters_without_a_display_too() -> None:
    environment = {"QT_QPA_PLATFORM": "offscreen"}
    problem = obstacle(environment, "linux", loader_without("libGL.so.1"))
    assert problem is not None
    assert "libGL.so.1 is missing" in str(problem)


@pytest.mark.parametrize("platform", ["offscreen", "minimal", "vnc:size=800x600", "xcb;offscreen"])
def test_that_a_platform_without_a_display_needs_none(platform: str) -> None:
    assert obstacle({"QT_QPA_PLATFORM": platform}, "linux", loads_all) is None


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_that_only_linux_is_asked_for_a_display(system: str) -> None:
    assert obstacle({}, system, loader_without("libxcb.so.1")) is None


def test_that_x11_is_taken_where_wayland_cannot_be_reached(tmp_path: Path) -> None:
    environment = {
        "WAYLAND_DISPLAY": "wayland-0",
        "XDG_RUNTIME_DIR": str(tmp_path),
        "DISPLAY": ":0",
    }
    assert obstacle(environment, "linux", loads_all) is None


def test_that_a_wayland_display_is_enough(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as compositor:
        compositor.bind(str(tmp_path / "wayland-0"))
        compositor.listen()
        environment = {"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": str(tmp_path)}
        assert obstacle(environment, "linux", loads_all) is None


def test_that_a_real_display_is_accepted(tmp_path: Path) -> None:
    # -displayfd lets the server choose a number that is free, and say it once it answers.
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "640x480x24", "-nolisten", "tcp"],
        pass_fds=(writing,),
        stderr=subprocess.DEVNULL,
    )
    try:
        os.close(writing)
        with os.fdopen(reading) as pipe:
            display = f":{pipe.readline().strip()}"
        checked = subprocess.run(
            [
                sys.executable,
                "-c",
                "import os; from cnnviz.startup import obstacle; print(obstacle(os.environ))",
            ],
            cwd=ROOT,
            env={
                name: value
                for name, value in os.environ.items()
                if name not in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY")
            }
            | {"DISPLAY": display},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    finally:
        server.terminate()
        server.wait(timeout=10)
    assert checked.stdout == "None\n"


def test_that_the_checks_import_neither_torch_nor_numpy() -> None:
    code = (
        "import os, sys; from cnnviz.command_line import parse_arguments; "
        "from cnnviz.startup import obstacle; parse_arguments([]); print(obstacle(os.environ)); "
        "print(sorted({'torch', 'numpy', 'pyqtgraph'} & sys.modules.keys()))"
    )
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ran.stdout == "None\n[]\n"


def test_that_an_old_python_is_told_which_one_is_needed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 13, "final", 0))
    assert main([]) == 2
    assert "needs Python 3.11 or newer, but this is Python 3.10" in capsys.readouterr().err


@pytest.mark.parametrize(
    "path", ["main.py", "cnnviz/__init__.py", "cnnviz/__main__.py", "cnnviz/app.py"]
)
def test_that_an_old_python_can_read_as_far_as_the_check(path: str) -> None:
    source = (ROOT / path).read_text("utf-8")
    tree = ast.parse(source, feature_version=(3, 6))
    imported = {
        alias.name if isinstance(node, ast.Import) else node.module
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert imported <= {"sys", "cnnviz.app"}


@pytest.mark.parametrize("way", [["main.py"], ["-m", "cnnviz"]])
def test_that_both_ways_to_start_a_checkout_are_one_program(way: list[str]) -> None:
    ran = subprocess.run(
        [sys.executable, *way, "--version"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ran.stdout == f"cnnviz {cnnviz.__version__}\n"


def test_that_help_needs_no_display_and_names_every_argument() -> None:
    ended = start("--help", DISPLAY=None)
    assert ended.returncode == 0
    for name in Arguments.__dataclass_fields__:
        said = "FILE.cnnviz" if name == "run" else f"--{name.replace('_', '-')}"
        assert said in ended.stdout


def test_that_nothing_said_leaves_every_choice_to_the_preferences() -> None:
    assert parse_arguments([]) == Arguments()


def test_that_a_run_can_be_opened_by_its_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "digits.cnnviz"
    path.touch()
    assert parse_arguments([str(path)]).run == path
    for name in (tmp_path / "none.cnnviz", tmp_path):
        with pytest.raises(SystemExit):
            parse_arguments([str(name)])
        assert f"'{name}'" in capsys.readouterr().err


def test_that_everything_can_be_said(tmp_path: Path) -> None:
    network = network_keys()[0]
    picture = tmp_path / "picture.png"
    line = (
        f"--language ko --theme dark --network {network} --size 1600x900 --zoom 200% "
        f"--platform offscreen --train-batches 300 --screenshot {picture} "
        "--workspace lab --example three_channels --steps 14 --press Alt+2 --press S"
    )
    assert parse_arguments(line.split()) == Arguments(
        language="ko",
        theme="dark",
        network=network,
        size=(1600, 900),
        zoom=200,
        platform="offscreen",
        screenshot=picture,
        train_batches=300,
        workspace="lab",
        example="three_channels",
        steps=14,
        press=("Alt+2", "S"),
    )


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("--size 1600", "is not a size"),
        ("--size 1600x", "is not a size"),
        ("--size 10x10", "out of range"),
        ("--size 99999x99999", "out of range"),
        ("--zoom 79", "from 80 to 300"),
        ("--zoom -1", "from 80 to 300"),
        ("--zoom ²", "is not a whole number"),
        (f"--zoom {'9' * 5000}", "is not a whole number"),
        ("--language de", "invalid choice"),
        ("--network nothing", "invalid choice"),
        ("--example nothing", "invalid choice"),
        ("--lesson nothing", "invalid choice"),
        ("--step 0", "from 1 to 999"),
        ("lesson.txt", "must end in .cnnviz or .toml"),
        ("nowhere.toml", "there is no such file"),
        ("--screenshot picture.gif", "must end in .png"),
        ("--screenshot nowhere/picture.png", "folder that does not exist"),
        ("--train-batches 5", "together with --screenshot"),
        ("--press S", "together with --screenshot"),
        ("--lang ko", "unrecognized arguments"),
    ],
)
def test_that_an_argument_that_cannot_be_used_is_explained(
    line: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parse_arguments(line.split())
    assert ended.value.code == 2
    assert words in capsys.readouterr().err


def test_that_the_packages_named_are_those_that_ci_and_readme_install() -> None:
    assert APT_LINE in (ROOT / "README.md").read_text("utf-8")
    assert "cnnviz.startup" in (ROOT / ".ci" / "run").read_text("utf-8")


def test_that_the_entry_point_can_be_imported_by_the_name_in_pyproject() -> None:
    module, _, function = "cnnviz.app:main".partition(":")
    assert f'cnnviz = "{module}:{function}"' in (ROOT / "pyproject.toml").read_text("utf-8")
    assert callable(getattr(importlib.import_module(module), function))


def test_that_a_picture_of_a_run_that_cannot_begin_is_refused_with_its_reason(
    tmp_path: Path,
) -> None:
    picture = tmp_path / "picture.png"
    (tmp_path / "nothing").mkdir()
    ended = start(
        *("--platform", "offscreen", "--data", str(tmp_path / "nothing")),
        *("--screenshot", str(picture)),
        HOME=str(tmp_path),
    )
    assert ended.returncode == 2
    assert "nothing: there are neither idx files in it nor folders of pictures" in ended.stderr
    assert not picture.exists()


def test_that_keys_that_are_none_are_refused_before_a_picture_is_made(tmp_path: Path) -> None:
    picture = tmp_path / "picture.png"
    ended = start(
        *("--platform", "offscreen", "--press", "Nonsense+#", "--screenshot", str(picture)),
        HOME=str(tmp_path),
    )
    assert ended.returncode == 2
    assert "--press Nonsense+#: these are no keys" in ended.stderr
    assert not picture.exists()
