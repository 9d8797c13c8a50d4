"""`cnnviz render`: films and drawings without a screen, the same as the window's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from PyQt6.QtCore import QSize
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QApplication

from cnnviz.app import main
from cnnviz.control.language import use_language
from cnnviz.core.bench_file import read_bench
from cnnviz.core.cursor import Cursor, terms_of
from cnnviz.core.filtering import Channels
from cnnviz.core.filters import FILTERS
from cnnviz.core.network_file import write_network
from cnnviz.core.view import Progress, View, moved
from cnnviz.engine.calculator import bench_snapshot
from cnnviz.engine.run_file import RunFile
from cnnviz.render_line import CHANNELS, KERNELS, RenderArguments, parse_render
from cnnviz.resources import resource
from cnnviz.ui.film_screen import Screen, pixels
from cnnviz.ui.stylesheet import qt_palette, style_sheet
from cnnviz.ui.theme import Theme
from tests.engine.idx_files import TINY, write_dataset

ROOT = Path(__file__).resolve().parents[2]


def rendered(*line: object) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, without a display."""
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "QT_QPA_PLATFORM")}
    command = [sys.executable, "main.py", "render", *(str(part) for part in line)]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, env=environment
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve recorded steps of `TINY`."""
    folder = tmp_path_factory.mktemp("run")
    data, network, path = folder / "data", folder / "tiny.toml", folder / "run.cnnviz"
    write_dataset(data)
    network.write_text(write_network(TINY), "utf-8")
    said = f"--data {data} --epochs 2 --batch-size 10 --threads 1 --device cpu --run {path}"
    assert main(["train", str(network), *said.split()]) == 0
    return path


def lab_picture(qapp: QApplication, place: Cursor, size: tuple[int, int]) -> np.ndarray:
    """What the Lab shows of the lectures' first example."""
    bench = read_bench(resource("lab", "convolution.toml"))
    seen, theme = bench_snapshot(bench), Theme()
    view = View(bench.network, progress=Progress(ready=True), stage=seen, live=seen)
    use_language(qapp, "en")
    before = qapp.palette(), qapp.styleSheet()
    qapp.setPalette(qt_palette(theme))
    qapp.setStyleSheet(style_sheet(theme))
    screen = Screen("grids", QSize(*size), theme, 4, True)
    picture = screen.picture(moved(view, place))
    screen.deleteLater()
    qapp.setPalette(before[0])
    qapp.setStyleSheet(before[1])
    return picture


def test_that_everything_can_be_said() -> None:
    said = (
        "x.cnnviz -o x.gif --frames 3:9 --unit term --pacing slow --size 640x480 --fps 10 "
        "--layer 2 --channel 3 --sample 4 --step 5 --data shapes --beside y.cnnviz --kernel box_5 "
        "--channels apart --theme light --language ko --zoom 150% --overwrite"
    )
    assert parse_render(said.split()) == RenderArguments(
        what="x.cnnviz",
        output=Path("x.gif"),
        frames=(3, 9),
        unit="term",
        pacing="slow",
        size=(640, 480),
        fps=10,
        layer=2,
        channel=3,
        sample=4,
        step=5,
        data="shapes",
        beside=Path("y.cnnviz"),
        kernel="box_5",
        channels="apart",
        theme="light",
        language="ko",
        zoom=150,
        overwrite=True,
    )
    assert parse_render(["x", "-o", "x.gif", "--frames", "all"]).frames is None
    assert parse_render(["x", "-o", "x.gif", "--pane", "matrix"]).pane == "matrix"
    assert parse_render(["x", "-o", "x.svg", "--frames", "7"]).frames == (7, 7)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("x", "-o"),
        ("x -o x.avi", "must end in .mp4"),
        ("x -o x.gif --frames 0:3", "two numbers from 1 on"),
        ("x -o x.gif --frames 9:3", "two numbers from 1 on"),
        ("x -o x.svg --frames 1:3", "is one picture"),
        ("x -o x.gif --size 99x99", "from 120 to 7680"),
        ("x -o x.gif --size big", "1280x720"),
        ("x -o x.gif --fps 0", "from 1 to 60"),
        ("x -o x.gif --unit step", "needs a recorded run"),
        ("x -o x.gif --pane data", "invalid choice"),
        ("x -o x.gif --frame 3", "unrecognized"),
        ("x -o x.gif --beside y.cnnviz", "needs a recorded run"),
        ("x.cnnviz -o x.svg --frames 3 --beside y.cnnviz", "both runs whole"),
        ("x.cnnviz -o x.gif --pane maps --beside y.cnnviz", "both runs whole"),
        ("x -o x.gif --kernel blur", "sobel_vertical"),
    ],
)
def test_that_what_cannot_be_used_is_explained(
    said: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parse_render(said.split())
    assert ended.value.code == 2
    assert words in capsys.readouterr().err


def test_that_an_example_becomes_numbered_pictures_of_the_lab(
    qapp: QApplication, tmp_path: Path
) -> None:
    out = tmp_path / "x.png"
    done = rendered(
        "convolution", "-o", out, "--pacing", "every", "--size", "640x360", "--language", "en"
    )
    assert done.returncode == 0, done.stderr
    assert "9 / 9 pictures" in done.stderr
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == [f"x-000{number}.png" for number in range(1, 10)]
    terms = terms_of(read_bench(resource("lab", "convolution.toml")).network.layers[0])
    place = Cursor(row=1, column=1, term=terms)
    assert np.array_equal(pixels(QImage(str(files[4]))), lab_picture(qapp, place, (640, 360)))


def test_that_the_command_line_names_the_kernels_and_channels_of_the_window() -> None:
    assert tuple(kernel.key for kernel in FILTERS) == KERNELS
    assert [Channels[name.upper()] for name in CHANNELS] == list(Channels)


def test_that_a_kernel_goes_over_a_photograph(tmp_path: Path) -> None:
    Image.fromarray(np.arange(12 * 16 * 3, dtype=np.uint8).reshape(12, 16, 3)).save(
        tmp_path / "photo.png"
    )
    pictures = {}
    for channels in ("grey", "apart"):
        out = tmp_path / f"{channels}.gif"
        line = ("--kernel", "laplacian_4", "--channels", channels, "--unit", "row")
        done = rendered(
            tmp_path / "photo.png", "-o", out, *line, "--pacing", "every", "--size", "640x480"
        )
        assert done.returncode == 0, done.stderr
        with Image.open(out) as film:
            assert film.n_frames == 12  # type: ignore[attr-defined]
            film.seek(11)
            pictures[channels] = np.asarray(film.convert("RGB"))
    assert not np.array_equal(pictures["grey"], pictures["apart"])


def test_that_a_drawing_is_one_frame_as_shapes(tmp_path: Path) -> None:
    out = tmp_path / "x.svg"
    done = rendered("convolution", "-o", out, "--frames", "5", "--size", "640x360")
    assert done.returncode == 0, done.stderr
    root = ElementTree.parse(out).getroot()
    assert (root.get("width"), root.get("height")) == ("640", "360")
    assert [file.name for file in tmp_path.iterdir()] == ["x.svg"]


def test_that_a_film_of_training_shows_every_kept_step(run: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.gif"
    done = rendered(run, "--unit", "step", "--pane", "kernels", "-o", out, "--size", "320x200")
    assert done.returncode == 0, done.stderr
    with RunFile.open(run) as file:
        steps = len(file.steps())
    with Image.open(out) as film:
        assert film.size == (320, 200)
        assert film.n_frames == steps  # type: ignore[attr-defined]  # each step has its kernels
        assert film.info["duration"] == 100


def test_that_two_runs_stand_side_by_side(run: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.cnnviz"
    data, network = run.parent / "data", run.parent / "tiny.toml"
    said = f"--data {data} --epochs 1 --batch-size 10 --threads 1 --device cpu --run {other}"
    assert main(["train", str(network), *said.split()]) == 0
    line = ("--unit", "step", "--size", "640x360", "--frames", "1:3")
    done = rendered(run, "--beside", other, "-o", tmp_path / "x.png", *line)
    assert done.returncode == 0, done.stderr
    assert len(list(tmp_path.glob("x-*.png"))) == 3
    with Image.open(tmp_path / "x-0002.png") as picture:
        pixels_of = np.asarray(picture.convert("RGB"))
    # The same seed, data and network: below their names both show the same numbers.
    assert np.array_equal(pixels_of[130:, :317], pixels_of[130:, 323:])
    done = rendered(run, "--beside", tmp_path / "none.cnnviz", "-o", tmp_path / "y.gif")
    assert done.returncode == 2
    assert "none.cnnviz" in done.stderr


def test_that_a_run_is_stepped_through_at_the_step_that_is_asked_for(
    run: Path, tmp_path: Path
) -> None:
    pictures = []
    for step in (0, 12):
        out = tmp_path / f"{step}.png"
        line = ("--step", step, "--frames", "30", "--pacing", "every", "--size", "640x360")
        done = rendered(run, "-o", out, *line)
        assert done.returncode == 0, done.stderr
        with Image.open(tmp_path / f"{step}-0001.png") as picture:
            pictures.append(np.asarray(picture))
    before, after = pictures
    assert not np.array_equal(before, after)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (("nothing", "-o", "x.gif"), "there is no example, no lesson, no network"),
        (("none.cnnviz", "-o", "x.gif"), "none.cnnviz"),
        (("convolution", "-o", "x.gif", "--frames", "3:99"), "there are 1 to 9"),
        (("convolution", "-o", "x.gif", "--channel", "7"), "there are 0 to 0"),
        (("convolution", "-o", "x.gif", "--layer", "7"), "there are 1 to 1"),
        (("astronaut", "--pane", "stage", "-o", "x.gif"), "its own pane alone"),
        (("none.jpg", "-o", "x.gif"), "none.jpg"),
        (("convolution", "-o", "nowhere/x.gif"), "folder that does not exist"),
    ],
)
def test_that_what_cannot_begin_says_why(line: tuple[str, ...], words: str) -> None:
    done = rendered(*line)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_that_a_file_that_is_there_stays_unless_told_otherwise(tmp_path: Path) -> None:
    out = tmp_path / "x.gif"
    out.write_bytes(b"before")
    done = rendered("convolution", "-o", out)
    assert done.returncode == 2
    assert "--overwrite" in done.stderr
    assert out.read_bytes() == b"before"
    done = rendered("convolution", "-o", out, "--overwrite", "--pacing", "every")
    assert done.returncode == 0, done.stderr
    assert out.read_bytes().startswith(b"GIF89a")


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is no signal there")
def test_that_ctrl_c_leaves_no_file(tmp_path: Path) -> None:
    line = ["three_channels", "--unit", "term", "--pacing", "slow", "--size", "1920x1080", "-o"]
    command = [sys.executable, "main.py", "render", *line, str(tmp_path / "x.mp4")]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        end = time.monotonic() + 60
        while not list(tmp_path.iterdir()) and time.monotonic() < end:
            time.sleep(0.01)  # the file beside its place has come
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=60)[1]
    assert process.returncode == 130, said
    assert "Traceback" not in said
    assert not list(tmp_path.iterdir())
