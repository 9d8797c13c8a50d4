"""CIFAR-10's binary version, from its folder and its archive; and that pickles stay closed."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import numpy as np
import pytest

from cnnviz.core.problem import Problem
from cnnviz.engine import cifar
from cnnviz.engine.cifar import TEST, TRAIN
from cnnviz.engine.datasets import read_dataset


def records(seed: int, count: int = 4) -> bytes:
    """Records as in the published files: the class, then red, green and blue, row by row."""
    draw = np.random.default_rng(seed)
    labels = draw.integers(0, 10, (count, 1), dtype=np.uint8)
    return np.hstack([labels, draw.integers(0, 256, (count, 3072), dtype=np.uint8)]).tobytes()


def write_cifar(folder: Path) -> Path:
    """Six small files, of four records each."""
    folder.mkdir(parents=True, exist_ok=True)
    for seed, name in enumerate((*TRAIN, TEST)):
        (folder / name).write_bytes(records(seed))
    return folder


def write_archive(file: Path, contents: dict[str, bytes]) -> Path:
    """A gzipped tar of files."""
    with tarfile.open(file, "w:gz") as archive:
        for name, data in contents.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return file


def published(folder: str = "cifar-10-batches-bin") -> dict[str, bytes]:
    every = (*TRAIN, TEST)
    return {f"{folder}/{name}": records(seed) for seed, name in enumerate(every)}


def test_that_a_record_is_a_class_and_three_planes(tmp_path: Path) -> None:
    folder = write_cifar(tmp_path / "bin")
    dataset = read_dataset(folder)
    assert dataset.train_images.shape == (20, 3, 32, 32)
    assert dataset.test_images.shape == (4, 3, 32, 32)
    raw = records(1)  # of the second batch: images 4 … 7
    assert dataset.train_labels[4] == raw[0]
    green_second_row_third_column = raw[1 + 1024 + 32 + 2]
    assert dataset.train_images[4, 1, 1, 2] == green_second_row_third_column
    assert dataset.classes[3] == "cat"


def test_that_archive_folder_and_file_give_the_same(tmp_path: Path) -> None:
    folder = write_cifar(tmp_path / "data" / "cifar-10-batches-bin")
    archive = write_archive(
        tmp_path / "cifar-10-binary.tar.gz",
        published() | {"cifar-10-batches-bin/readme.html": b"x"},
    )
    found = [read_dataset(path) for path in (folder, folder.parent, folder / TEST, archive)]
    for dataset in found[1:]:
        assert np.array_equal(dataset.train_images, found[0].train_images)
        assert np.array_equal(dataset.test_labels, found[0].test_labels)


def test_that_nothing_of_an_archive_reaches_the_disk(tmp_path: Path) -> None:
    archive = write_archive(tmp_path / "a.tar.gz", published("../../outside"))
    before = sorted(tmp_path.rglob("*"))
    assert len(read_dataset(archive).train_images) == 20
    assert sorted(tmp_path.rglob("*")) == before


def test_that_pickles_are_refused_and_not_opened(tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    (tmp_path / "data_batch_1").write_bytes(
        b"cpathlib\nPath\n(V" + str(ran).encode() + b"\ntR(dS'x'\nstb."
    )
    for path in (tmp_path, tmp_path / "data_batch_1"):
        with pytest.raises(Problem, match=r"pickles, which can run code .* binary version"):
            read_dataset(path)
    assert not ran.exists()


def test_that_what_is_broken_is_said(tmp_path: Path) -> None:
    folder = write_cifar(tmp_path / "bin")
    (folder / TRAIN[2]).write_bytes(records(0)[:-1])
    with pytest.raises(Problem, match=r"^data_batch_3.bin: it has 12,291 bytes.* 3,073 bytes"):
        read_dataset(folder)
    (folder / TRAIN[2]).write_bytes(b"\x0a" + records(0)[1:])
    with pytest.raises(Problem, match=r"^data_batch_3.bin: record 0 is of class 10"):
        read_dataset(folder)
    (folder / TRAIN[2]).unlink()
    with pytest.raises(Problem, match=r"^data_batch_3.bin: there is no such file"):
        read_dataset(folder)
    whole = write_archive(tmp_path / "whole.tar.gz", published())
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes(whole.read_bytes()[:-20_000])
    with pytest.raises(Problem, match=r"^cut.tar.gz: the archive is broken or cut short"):
        read_dataset(cut)
    contents = published()
    del contents[f"cifar-10-batches-bin/{TEST}"]
    with pytest.raises(Problem, match=r"there is no test_batch.bin in this archive"):
        read_dataset(write_archive(tmp_path / "few.tar.gz", contents))


def test_that_a_member_that_says_it_is_huge_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = write_archive(tmp_path / "bomb.tar.gz", {"zeros": bytes(2_000_000)} | published())
    monkeypatch.setattr(cifar, "LARGEST_FILE", 1_000_000)
    with pytest.raises(Problem, match=r"^zeros: it is 2 MB large"):
        read_dataset(archive)
