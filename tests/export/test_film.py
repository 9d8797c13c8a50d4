"""Films read back with other programs: size, pictures, how long each stands, and what is there."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from cnnviz.core.problem import Problem
from cnnviz.export import film_files
from cnnviz.export.film import CancelledError, Film, Picture, targets, write_film

ENDINGS = (".gif", ".mp4", ".webp", ".png")
SECONDS = (0.5, 0.04, 0.04, 0.08, 1.0)
FILM = Film(64, 48, 25, SECONDS)


def pictures(film: Film = FILM) -> list[Picture]:
    """A square that moves over a ramp of grey, and changes its colour."""
    made = []
    for place in range(film.count):
        picture = np.empty((film.height, film.width, 3), dtype=np.uint8)
        picture[:] = (np.arange(film.width) * 2)[None, :, None].astype(np.uint8)
        picture[10:30, 5 + 6 * place : 25 + 6 * place] = (250, 160 - 20 * place, 10 * place)
        made.append(picture)
    return made


def read(path: Path) -> list[tuple[Picture, float]]:
    """The pictures of an animated file, and the seconds that each is shown."""
    found = []
    with Image.open(path) as image:
        for number in range(image.n_frames):  # type: ignore[attr-defined]
            image.seek(number)
            image.load()
            found.append((np.asarray(image.convert("RGB")), image.info["duration"] / 1000))
    return found


def read_mp4(path: Path, size: tuple[int, int]) -> tuple[str, list[Picture]]:
    """What ffmpeg says of a file, and its frames; imageio-ffmpeg's reader leaves pipes open."""
    program = imageio_ffmpeg.get_ffmpeg_exe()
    command = [program, "-i", str(path), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    width, height = size
    frames = np.frombuffer(done.stdout, dtype=np.uint8).reshape(-1, height, width, 3)
    return done.stderr.decode(errors="replace").partition("Output #0")[0], list(frames)


def close(one: Picture, other: Picture) -> bool:
    """Alike but for what a codec that leaves out half of the colours' pixels does at edges."""
    return float(np.abs(one.astype(int) - other).mean()) < 4


def test_that_a_gif_has_every_picture_as_long_as_it_is_shown(tmp_path: Path) -> None:
    path, drawn = tmp_path / "x.gif", pictures()
    write_film(path, FILM, drawn, drawn)
    found = read(path)
    assert [seconds for _, seconds in found] == list(SECONDS)
    for (picture, _), expected in zip(found, drawn, strict=True):
        assert np.array_equal(picture, expected)  # these have fewer than 256 colours


def test_that_a_gif_shows_equal_pictures_as_one_that_stands_longer(tmp_path: Path) -> None:
    drawn = [pictures()[0]] * 3 + pictures()[1:3]
    write_film(tmp_path / "x.gif", FILM, drawn, drawn)
    assert [seconds for _, seconds in read(tmp_path / "x.gif")] == [0.58, 0.08, 1.0]


def test_that_rounding_to_hundredths_does_not_add_up_in_a_gif(tmp_path: Path) -> None:
    film = Film(64, 48, 30, (1 / 30,) * 30)
    write_film(tmp_path / "x.gif", film, (np.roll(pictures()[0], i, 1) for i in range(30)))
    found = read(tmp_path / "x.gif")
    assert len(found) == 30
    assert sum(seconds for _, seconds in found) == pytest.approx(1.0)


def test_that_thin_lines_keep_their_colour_in_a_gif_with_many_greys(tmp_path: Path) -> None:
    draw = np.random.default_rng(1)
    picture = draw.integers(0, 256, (400, 400, 1), dtype=np.uint8).repeat(3, axis=2)
    picture[50, 50:90] = (255, 176, 32)
    write_film(tmp_path / "x.gif", Film(400, 400, 25, (1.0,)), [picture])
    with Image.open(tmp_path / "x.gif") as image:
        line = np.asarray(image.convert("RGB"))[50, 50:90].astype(int)
    assert np.abs(line - (255, 176, 32)).max() <= 3


def test_that_webp_is_as_it_was_drawn(tmp_path: Path) -> None:
    drawn = pictures()
    write_film(tmp_path / "x.webp", FILM, drawn)
    found = read(tmp_path / "x.webp")
    assert [seconds for _, seconds in found] == [0.48, 0.04, 0.04, 0.08, 1.0]  # in frames of 1/25 s
    for (picture, _), expected in zip(found, drawn, strict=True):
        assert np.array_equal(picture, expected)


def test_that_mp4_has_a_frame_for_every_tick_and_colours_of_a_presentation(tmp_path: Path) -> None:
    drawn = pictures()
    write_film(tmp_path / "x.mp4", FILM, drawn)
    about, frames = read_mp4(tmp_path / "x.mp4", (64, 48))
    for said in ("Video: h264", "yuv420p", "bt709", "64x48", "25 fps", "Duration: 00:00:01.64"):
        assert said in about
    assert len(frames) == 41  # 1.66 s
    assert close(frames[0], drawn[0])
    assert close(frames[-1], drawn[-1])
    assert not close(frames[0], frames[-1])


def test_that_an_odd_size_becomes_even_in_mp4_without_being_scaled(tmp_path: Path) -> None:
    film = Film(65, 47, 25, (0.2, 0.2))
    drawn = pictures(film)
    write_film(tmp_path / "x.mp4", film, drawn)
    about, frames = read_mp4(tmp_path / "x.mp4", (66, 48))
    assert "66x48" in about
    assert close(frames[-1][:47, :65], drawn[-1])


def test_that_numbered_pictures_are_as_they_were_drawn(tmp_path: Path) -> None:
    drawn = pictures()
    write_film(tmp_path / "x.png", FILM, drawn)
    names = sorted(file.name for file in tmp_path.iterdir())
    assert names == [f"x-000{number}.png" for number in range(1, 6)]
    assert [tmp_path / name for name in names] == targets(tmp_path / "x.png", FILM)
    for name, expected in zip(names, drawn, strict=True):
        with Image.open(tmp_path / name) as image:
            assert np.array_equal(np.asarray(image), expected)


@pytest.mark.parametrize("ending", ENDINGS)
def test_that_the_number_of_pictures_is_said_as_they_are_written(
    tmp_path: Path, ending: str
) -> None:
    said = list[int]()
    write_film(tmp_path / f"x{ending}", FILM, pictures(), progress=said.append)
    assert said == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("after", [0, 1, 4])
def test_that_cancelling_leaves_what_was_there_before(
    tmp_path: Path, ending: str, after: int
) -> None:
    before = dict.fromkeys(targets(tmp_path / f"x{ending}", FILM)[:1], b"before")
    for file, content in before.items():
        file.write_bytes(content)
    counted = list[int]()
    with pytest.raises(CancelledError):
        write_film(
            tmp_path / f"x{ending}",
            FILM,
            pictures(),
            progress=counted.append,
            cancelled=lambda: len(counted) > after,
        )
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before


@pytest.mark.parametrize("ending", ENDINGS)
def test_that_a_painter_that_fails_leaves_nothing(tmp_path: Path, ending: str) -> None:
    def drawn() -> Iterator[Picture]:
        yield pictures()[0]
        raise Problem("a step cannot be shown")

    with pytest.raises(Problem, match="a step cannot be shown"):
        write_film(tmp_path / f"x{ending}", FILM, drawn())
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EROFS, "nothing can be written in the folder"),
        (errno.EACCES, "nothing can be written in the folder"),
        (errno.EIO, "could not be written"),
    ],
)
def test_that_what_the_system_refuses_is_a_sentence(
    tmp_path: Path, ending: str, code: int, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(code, "as the system says it")

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    with pytest.raises(Problem, match=sentence) as caught:
        write_film(tmp_path / f"x{ending}", FILM, pictures())
    assert f"x{ending}" in str(caught.value)
    assert not list(tmp_path.iterdir())


FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="needs Linux's device that is always full")
@pytest.mark.parametrize("ending", [".gif", ".mp4", ".webp"])
def test_that_a_disk_that_becomes_full_is_said(
    tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = tmp_path / f".x-link{ending}"
    link.symlink_to(FULL)
    monkeypatch.setattr("tempfile.mkstemp", lambda **_: (os.open(link, os.O_WRONLY), str(link)))
    with pytest.raises(Problem, match="the disk is full"):
        write_film(tmp_path / f"x{ending}", FILM, pictures())
    assert FULL.exists()
    assert not list(tmp_path.iterdir())


def test_that_an_encoder_that_fails_is_quoted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(film_files, "H264", ("-c:v", "no_such_codec"))
    with pytest.raises(Problem, match="could not be written"):
        write_film(tmp_path / "x.mp4", FILM, pictures())
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("ending", [".mp4", ".webp"])
def test_that_a_missing_encoder_is_said_with_what_can_be_done(
    tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    with pytest.raises(Problem, match=re.escape("pip install imageio-ffmpeg")):
        write_film(tmp_path / f"x{ending}", FILM, pictures())
    assert not list(tmp_path.iterdir())


def test_that_an_ending_that_is_no_films_is_refused_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=re.escape(".mp4, .gif, .webp, .png")):
        write_film(tmp_path / "x.avi", FILM, pictures())


def test_that_a_film_can_be_read_by_others_as_any_file(tmp_path: Path) -> None:
    write_film(tmp_path / "x.gif", FILM, pictures())
    plain = tmp_path / "plain"
    plain.touch()
    assert (tmp_path / "x.gif").stat().st_mode == plain.stat().st_mode


def test_that_writing_films_needs_neither_qt_nor_torch() -> None:
    code = (
        "import sys, cnnviz.export.film_files; "
        "sys.exit(bool({'PyQt6', 'torch'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
