"""The door for pictures: what is read as which numbers, and what is refused before it costs."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from cnnviz.core.picture import LARGEST_FILE, LONGEST_SIDE
from cnnviz.core.problem import Problem
from cnnviz.engine.pictures import read_picture
from cnnviz.resources import resource

RNG = np.random.default_rng(0)
COLOUR = RNG.integers(0, 256, (6, 9, 3), dtype=np.uint8)
GREY = RNG.integers(0, 256, (6, 9), dtype=np.uint8)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, data: bytes = b"") -> bytes:
    """A PNG that claims a size, whatever is in it."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def webp(width: int, height: int) -> bytes:
    """An extended WebP that claims a size and holds nothing."""
    canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + canvas
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("PNG", {}),
        ("BMP", {}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("WEBP", {"lossless": True}),
    ],
)
def test_that_a_picture_is_its_bytes_divided_by_255(kind: str, options: dict[str, object]) -> None:
    picture = read_picture(encoded(Image.fromarray(COLOUR), kind, **options))
    assert picture.image.dtype == np.float32
    assert picture.image.flags.c_contiguous
    np.testing.assert_array_equal(picture.image, COLOUR.transpose(2, 0, 1) / np.float32(255))
    assert picture.notice is None


@pytest.mark.parametrize(("kind", "tolerance"), [("JPEG", 0.1), ("WEBP", 0.1)])
def test_that_what_loses_digits_is_read_nearly(kind: str, tolerance: float) -> None:
    smooth = np.linspace(0, 255, 32 * 32 * 3).reshape(32, 32, 3).astype(np.uint8)
    picture = read_picture(encoded(Image.fromarray(smooth), kind, quality=95))
    assert np.abs(picture.image - smooth.transpose(2, 0, 1) / 255).max() < tolerance


def test_that_a_grey_picture_has_one_channel() -> None:
    picture = read_picture(encoded(Image.fromarray(GREY), "PNG"))
    np.testing.assert_array_equal(picture.image, GREY[None] / np.float32(255))
    assert not picture.coloured
    assert picture.grey is picture.image


def test_that_grey_is_the_luma_of_colour() -> None:
    picture = read_picture(encoded(Image.fromarray(COLOUR), "PNG"))
    red, green, blue = picture.image
    np.testing.assert_allclose(
        picture.grey[0], 0.299 * red + 0.587 * green + 0.114 * blue, atol=1e-6
    )


def test_that_the_first_picture_of_an_animation_is_read() -> None:
    frames = [Image.new("RGB", (5, 4), tone) for tone in ("red", "blue")]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    np.testing.assert_array_equal(read_picture(data).image[:, 2, 2], [1, 0, 0])


def test_that_a_palette_becomes_its_colours() -> None:
    image = Image.fromarray(COLOUR).quantize(16)
    picture = read_picture(encoded(image, "PNG"))
    expected = np.asarray(image.convert("RGB")).transpose(2, 0, 1) / np.float32(255)
    np.testing.assert_array_equal(picture.image, expected)


def test_that_what_is_see_through_lies_over_white() -> None:
    half = np.zeros((4, 4, 4), dtype=np.uint8)
    half[:2, :, 3], half[2:, :, 3] = 255, 0
    picture = read_picture(encoded(Image.fromarray(half), "PNG"))
    np.testing.assert_array_equal(picture.image[:, 0, 0], [0, 0, 0])
    np.testing.assert_array_equal(picture.image[:, 3, 0], [1, 1, 1])
    grey = read_picture(encoded(Image.fromarray(half).convert("LA"), "PNG"))
    np.testing.assert_array_equal(grey.image[:, :, 0], [[0, 0, 1, 1]])


def test_that_a_see_through_palette_lies_over_white() -> None:
    image = Image.new("P", (3, 3), 0)
    image.putpalette([0, 0, 0, 255, 0, 0])
    image.putpixel((1, 1), 1)
    picture = read_picture(encoded(image, "PNG", transparency=0))
    np.testing.assert_array_equal(picture.image[:, 0, 0], [1, 1, 1])
    np.testing.assert_array_equal(picture.image[:, 1, 1], [1, 0, 0])


def test_that_sixteen_bits_are_divided_by_65535() -> None:
    deep = RNG.integers(0, 65536, (5, 7), dtype=np.uint16)
    picture = read_picture(encoded(Image.fromarray(deep), "PNG"))
    np.testing.assert_allclose(picture.image, deep[None] / 65535, atol=1e-6)


def test_that_printing_colours_are_read_as_light() -> None:
    ink = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    picture = read_picture(encoded(ink, "TIFF"))
    np.testing.assert_array_equal(picture.image[:, 0, 0], [1, 0, 0])
    assert np.abs(read_picture(encoded(ink, "JPEG")).image[:, 0, 0] - [1, 0, 0]).max() < 0.05


@pytest.mark.parametrize("orientation", range(1, 9))
def test_that_a_picture_stands_upright_whichever_way_the_camera_was_held(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(Image.fromarray(COLOUR), "PNG", exif=exif)
    from PIL import ImageOps

    expected = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))))
    np.testing.assert_array_equal(
        read_picture(data).image, expected.transpose(2, 0, 1) / np.float32(255)
    )


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_that_sixteen_megapixels_are_scaled_with_a_notice(kind: str) -> None:
    image = Image.linear_gradient("L").convert("RGB").resize((4000, 4000))
    picture = read_picture(encoded(image, kind), "large")
    assert picture.image.shape == (3, LONGEST_SIDE, LONGEST_SIDE)
    assert str(picture.notice) == ("The picture was scaled from 4,000 × 4,000 to 512 × 512 pixels.")
    assert np.abs(picture.image[0].mean(axis=1) - np.linspace(0, 1, 512)).max() < 0.02


def test_that_a_scaled_picture_keeps_its_proportions_and_is_turned() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = read_picture(encoded(Image.new("RGB", (1024, 256)), "JPEG", exif=exif))
    assert picture.image.shape == (3, 512, 128)
    assert str(picture.notice) == "The picture was scaled from 256 × 1,024 to 128 × 512 pixels."


def test_that_more_than_sixteen_megapixels_are_refused() -> None:
    data = encoded(Image.new("1", (4001, 4000)), "PNG")
    with pytest.raises(Problem) as refused:
        read_picture(data, "vast.png")
    assert str(refused.value) == (
        "vast.png: it is 4,001 × 4,000 pixels large, at most 16 megapixels are read"
    )


BOMBS = {
    "png": png(50_000, 50_000, bytes(1000)),
    "webp": webp(16_383, 16_383),
    "bmp": b"BM" + struct.pack("<IHHIIiiHH", 54, 0, 0, 54, 40, 50_000, 50_000, 1, 24) + bytes(24),
    "gif": b"GIF89a" + struct.pack("<HHBBB", 60_000, 60_000, 0, 0, 0)
    + b"\x2c" + struct.pack("<HHHHB", 0, 0, 60_000, 60_000, 0) + b"\x02\x02\x4c\x01\x00\x3b",
}  # fmt: skip


@pytest.mark.parametrize("kind", BOMBS)
def test_that_a_bomb_is_refused_by_its_header(kind: str) -> None:
    with pytest.raises(Problem, match=r"at most .* megapixels"):
        read_picture(BOMBS[kind])


MEASURE = """
import resource, sys
from pathlib import Path
from cnnviz.core.problem import Problem
from cnnviz.engine.pictures import read_picture
read_picture(Path(sys.argv[1]))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for name in sys.argv[2:]:
    try:
        read_picture(Path(name))
    except Problem:
        continue
    raise SystemExit("read")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_that_a_bomb_takes_no_memory(tmp_path: Path) -> None:
    pytest.importorskip("resource")
    # Megabytes of zeros are a few kilobytes in a file; a header that lies promises still more.
    files = dict(BOMBS, zeros=png(4000, 4001, bytes(48_000_000)))
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    command = [sys.executable, "-c", MEASURE, str(resource("images", "camera.png"))]
    done = subprocess.run(
        command + [str(tmp_path / name) for name in files], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 8_000, "kilobytes of memory for pictures that are refused"


def test_that_too_large_a_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.png"
    with path.open("wb") as file:
        file.truncate(LARGEST_FILE + 1_000_000)
    with pytest.raises(Problem) as refused:
        read_picture(path)
    assert str(refused.value) == "huge.png: the file has 65 MB, at most 64 MB are read"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF"])
def test_that_a_file_cut_short_is_refused(kind: str) -> None:
    noise = RNG.integers(0, 256, (64, 64, 3), dtype=np.uint8)
    data = encoded(Image.fromarray(noise), kind)
    with pytest.raises(Problem, match=r"broken or cut short|no picture"):
        read_picture(data[: len(data) // 2])


@pytest.mark.parametrize("data", [b"", b"GIF", b"<svg xmlns='http://www.w3.org/2000/svg'/>"])
def test_that_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(Problem, match="no picture that can be read here"):
        read_picture(data)


def test_that_files_that_are_not_there_or_no_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="there is no such file"):
        read_picture(tmp_path / "none.png")
    with pytest.raises(Problem, match="it is no file"):
        read_picture(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.png")
        with pytest.raises(Problem, match="it is no file"):
            read_picture(tmp_path / "pipe.png")


@pytest.mark.parametrize("name", ["astronaut", "camera", "chelsea", "coffee"])
def test_that_the_bundled_photographs_are_read_and_their_licence_is_named(name: str) -> None:
    picture = read_picture(resource("images", f"{name}.png"))
    assert picture.coloured == (name != "camera")
    assert max(picture.image.shape) <= LONGEST_SIDE
    assert f"images/{name}.png" in resource("LICENSES.md").read_text("utf-8")


def _seeds() -> list[bytes]:
    image = Image.fromarray(RNG.integers(0, 256, (16, 16, 3), dtype=np.uint8))
    exif = Image.Exif()
    exif[0x0112] = 6
    kinds: list[tuple[str, dict[str, object]]] = [
        ("PNG", {"exif": exif}),
        ("JPEG", {"exif": exif}),
        ("GIF", {}),
        ("WEBP", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("BMP", {}),
    ]
    return [encoded(image, kind, **options) for kind, options in kinds]


SEEDS = _seeds()


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0, 2000), st.binary(min_size=1, max_size=4)), max_size=6),
    st.integers(0, 4000),
)
def test_that_broken_bytes_are_read_or_refused_and_nothing_else(
    seed: bytes, changes: list[tuple[int, bytes]], length: int
) -> None:
    data = bytearray(seed)
    for place, piece in changes:
        at = place % len(data)
        data[at : at + len(piece)] = piece
    try:
        picture = read_picture(bytes(data[: max(1, length)]))
    except Problem as problem:
        assert str(problem)
    else:
        assert picture.image.shape[0] in (1, 3)
        assert np.isfinite(picture.image).all()
        assert 0 <= picture.image.min() <= picture.image.max() <= 1
