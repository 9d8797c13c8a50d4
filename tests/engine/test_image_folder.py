"""Folders of pictures, a folder a class, as data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnviz.core.events import Starting
from cnnviz.core.picture import Picture
from cnnviz.core.problem import Problem
from cnnviz.engine import image_folder
from cnnviz.engine.datasets import read_dataset, reading
from cnnviz.engine.image_folder import fitted

GREY, COLOUR = (1, 8, 8), (3, 8, 8)


def paint(path: Path, tone: tuple[int, int, int], size: tuple[int, int] = (8, 8)) -> None:
    """A picture of one colour, in the format that its name says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, tone).save(path)


def write_parts(folder: Path) -> Path:
    """Two classes, cat and dog, in the parts train and test."""
    for part, count in (("train", 3), ("test", 2)):
        for number in range(count):
            paint(folder / part / "cat" / f"{number}.png", (250, 10 * number, 0))
            paint(folder / part / "dog" / f"{number}.bmp", (0, 10 * number, 250))
    return folder


def test_that_folders_are_classes_and_parts(tmp_path: Path) -> None:
    dataset = read_dataset(write_parts(tmp_path / "pets"), COLOUR)
    assert dataset.classes == ("cat", "dog")
    assert dataset.train_labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert dataset.test_labels.tolist() == [0, 0, 1, 1]
    assert dataset.train_images[2, :, 0, 0].tolist() == [250, 20, 0]
    assert dataset.test_images[3, :, 7, 7].tolist() == [0, 10, 250]
    assert (dataset.title, dataset.key) == ("pets", str(tmp_path / "pets"))
    assert not dataset.notices


def test_that_a_network_for_grey_is_given_grey(tmp_path: Path) -> None:
    dataset = read_dataset(write_parts(tmp_path / "pets"), GREY)
    assert dataset.shape == GREY
    # ITU-R BT.601, as torchvision's Grayscale has it.
    assert dataset.train_images[0, 0, 0, 0] == round(0.299 * 250)
    assert dataset.train_images[3, 0, 0, 0] == round(0.114 * 250)


def test_that_every_fifth_is_put_aside_where_there_are_no_parts_and_that_it_is_said(
    tmp_path: Path,
) -> None:
    for number in range(10):
        paint(tmp_path / "a" / f"{number}.png", (number, 0, 0))
        paint(tmp_path / "b" / f"{number}.png", (100 + number, 0, 0))
    dataset = read_dataset(tmp_path, COLOUR)
    assert dataset.test_images[:, 0, 0, 0].tolist() == [4, 9, 104, 109]
    assert len(dataset.train_images) == 16
    assert np.array_equal(read_dataset(tmp_path, COLOUR).test_images, dataset.test_images)
    (notice,) = dataset.notices
    assert "every fifth picture" in str(notice)


def test_that_the_shorter_side_fits_and_the_middle_is_kept() -> None:
    image = np.zeros((3, 10, 30), dtype=np.float32)
    image[0, :, 10:20] = 1.0  # the middle third is red
    found = fitted(Picture(image), (3, 5, 5))
    assert found.shape == (3, 5, 5)
    assert found[0, :, 1:4].min() == 255
    assert found[1:].max() == 0
    assert (
        fitted(Picture(image[:1].astype(np.float32)), (3, 5, 5)).tolist() == [found[0].tolist()] * 3
    )


def test_that_a_picture_of_the_right_size_keeps_every_byte() -> None:
    values = np.random.default_rng(0).integers(0, 256, (3, 8, 8)).astype(np.uint8)
    assert np.array_equal(
        fitted(Picture(values.astype(np.float32) / np.float32(255)), COLOUR), values
    )


def test_that_bad_pictures_are_skipped_counted_and_the_first_is_named(tmp_path: Path) -> None:
    folder = write_parts(tmp_path / "pets")
    (folder / "train" / "cat" / "1.png").write_bytes(b"no picture")
    (folder / "test" / "dog" / "0.bmp").write_bytes(b"BM")
    (folder / "train" / "dog" / "notes.txt").write_text("not looked at")
    dataset = read_dataset(folder, COLOUR)
    assert dataset.train_labels.tolist() == [0, 0, 1, 1, 1]
    assert dataset.train_images[:, 1, 0, 0].tolist() == [0, 20, 0, 10, 20]
    assert dataset.test_labels.tolist() == [0, 0, 1]
    (notice,) = dataset.notices
    assert str(notice).startswith("2 of 10 pictures were skipped")
    assert "cat/1.png: it is no picture" in str(notice)


def test_that_two_things_to_say_are_one_notice(tmp_path: Path) -> None:
    for number in range(6):
        paint(tmp_path / "a" / f"{number}.png", (number, 0, 0))
    (tmp_path / "a" / "5.png").write_bytes(b"x")
    (notice,) = read_dataset(tmp_path, COLOUR).notices
    assert "every fifth" in str(notice)
    assert "1 of 6 pictures" in str(notice)


def test_that_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="there is no such folder"):
        read_dataset(tmp_path / "none", COLOUR)
    with pytest.raises(Problem, match="neither idx files in it nor folders of pictures"):
        read_dataset(tmp_path, COLOUR)
    paint(tmp_path / "a" / "1.png", (0, 0, 0))
    with pytest.raises(Problem, match=r"no picture that can be read in the part test"):
        read_dataset(tmp_path, COLOUR)
    with pytest.raises(Problem, match=r"1 channel or 3, the network takes 2 × 8 × 8"):
        read_dataset(tmp_path, (2, 8, 8))


def test_that_more_than_memory_is_set_aside_for_is_refused_before_anything_is_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_parts(tmp_path / "pets")
    monkeypatch.setattr(image_folder, "LARGEST_DATA", 5 * 3 * 8 * 8)
    monkeypatch.setattr(image_folder, "read_picture", lambda *_: pytest.fail("decoded"))
    with pytest.raises(Problem, match=r"there are more than 5 pictures in it"):
        read_dataset(folder, COLOUR)


def test_that_reading_says_how_far_it_is_and_can_be_given_up(tmp_path: Path) -> None:
    for number in range(50):
        paint(tmp_path / "train" / "a" / f"{number}.png", (number, 0, 0))
    paint(tmp_path / "test" / "a" / "1.png", (0, 0, 0))
    said = list(reading(tmp_path, COLOUR))
    assert [(each.done, each.total) for each in said] == [(0, 0), (0, 51), (20, 51), (40, 51)]
    assert said[1].what == "Reading pictures"
    parts = reading(tmp_path, COLOUR)
    assert isinstance(next(parts), Starting)
    assert next(parts).total == 51
    parts.close()


def test_that_classes_that_are_numbers_stand_in_their_order(tmp_path: Path) -> None:
    for name in ("10", "9", "x"):
        for part in ("train", "val"):
            paint(tmp_path / part / name / "1.png", (0, 0, 0))
    assert read_dataset(tmp_path, COLOUR).classes == ("9", "10", "x")
