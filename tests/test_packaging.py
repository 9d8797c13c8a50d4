"""A wheel carries what the program needs to run from any directory, and nothing else."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

import cnnviz

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that `pip wheel .` builds, built by the same code without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    return Path(next(WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])))


@pytest.fixture(scope="module")
def files(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


@pytest.mark.parametrize(
    "folder", ["data/mnist", "fonts", "icons", "images", "networks", "page", "translations"]
)
def test_that_a_wheel_carries_all_of_a_resource_folder(folder: str, files: list[str]) -> None:
    wanted = {
        f"cnnviz/{path.relative_to(ROOT).as_posix()}"
        for path in (ROOT / "resources" / folder).rglob("*")
        if path.is_file()
    }
    assert wanted
    assert wanted <= set(files)


def test_that_a_wheel_carries_licences_and_leaves_screenshots_and_tests_out(
    files: list[str],
) -> None:
    assert "cnnviz/resources/LICENSES.md" in files
    assert [name for name in files if name.endswith("/licenses/LICENSE")]
    assert not [name for name in files if "screenshots" in name]
    assert {name.partition("/")[0] for name in files} == {
        "cnnviz",
        f"cnnviz-{cnnviz.__version__}.dist-info",
    }


def test_that_an_installed_program_finds_its_resources_from_any_directory(
    wheel: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'installed')!r}); "
        "from cnnviz.resources import resource; "
        "print(resource('data', 'mnist', 'train-images-idx3-ubyte.gz').stat().st_size)"
    )
    # -I keeps the checkout out, whether through the directory or through an environment variable.
    ran = subprocess.run(
        [sys.executable, "-I", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    bundled = ROOT / "resources" / "data" / "mnist" / "train-images-idx3-ubyte.gz"
    assert int(ran.stdout) == bundled.stat().st_size


def test_that_the_metadata_name_licence_python_and_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        folder = f"cnnviz-{cnnviz.__version__}.dist-info"
        metadata = Parser().parsestr(archive.read(f"{folder}/METADATA").decode())
        commands = archive.read(f"{folder}/entry_points.txt").decode()
    assert metadata["License-Expression"] == "GPL-3.0-or-later"
    assert metadata["Requires-Python"] == ">=3.11"
    assert "cnnviz = cnnviz.app:main" in commands


def test_that_every_dependency_says_why_it_is_there() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    project = tomllib.loads(text)["project"]
    requirements = project["dependencies"] + project["optional-dependencies"]["dev"]
    assert not [
        requirement
        for requirement in requirements
        if not re.search(rf'^    "{re.escape(requirement)}", *# \S', text, re.MULTILINE)
    ]
