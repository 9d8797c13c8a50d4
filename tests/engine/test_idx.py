"""idx files: what is read, and the sentence that each kind of bad file gets."""

from __future__ import annotations

import gzip
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnnviz.core.problem import Problem
from cnnviz.engine.idx import LARGEST_DATA, read_idx
from tests.engine.idx_files import idx_bytes, write_idx

IMAGES = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)


def header(*sizes: int) -> bytes:
    return bytes([0, 0, 8, len(sizes)]) + np.array(sizes, dtype=">u4").tobytes()


@pytest.mark.parametrize("name", ["images", "images.gz"])
def test_that_a_plain_and_a_gzipped_file_give_the_array(name: str, tmp_path: Path) -> None:
    write_idx(tmp_path / name, IMAGES)
    read = read_idx(tmp_path / name, 3)
    assert read.dtype == np.uint8
    assert np.array_equal(read, IMAGES)


def test_that_gzip_is_told_by_content_and_not_by_name(tmp_path: Path) -> None:
    (tmp_path / "images").write_bytes(gzip.compress(idx_bytes(IMAGES)))
    assert np.array_equal(read_idx(tmp_path / "images", 3), IMAGES)


WHOLE = idx_bytes(IMAGES)
PACKED = gzip.compress(WHOLE)
BAD: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "empty": (b"", ("magic number", "nothing", "00 00 08 03")),
    "other_type": (b"\0\0\x0d\x03" + WHOLE[4:], ("magic number", "00 00 0d 03", "00 00 08 03")),
    "labels_for_images": (idx_bytes(IMAGES.ravel()), ("magic number", "00 00 08 01")),
    "half_a_header": (WHOLE[:9], ("sizes", "ends inside")),
    "truncated": (WHOLE[:-1], ("data", "2 × 3 × 4 = 24 bytes", "only 23")),
    "too_long": (WHOLE + b"x", ("data", "24 bytes", "more")),
    "zero_images": (header(0, 28, 28), ("sizes", "0 × 28 × 28")),
    "lying": (header(10_000, 28, 28) + b"x" * 99, ("data", "7,840,000", "at most 115")),
    "huge": (header(2**32 - 1, 2**32 - 1, 2**32 - 1), ("sizes", "4,294,967,295", "at most")),
    "gzip_truncated": (PACKED[:-9], ("gzip", "cut short")),
    "gzip_damaged": (PACKED[:14] + b"\xff\xff" + PACKED[16:], ("gzip", "broken")),
    "gzip_checksum": (PACKED[:-8] + b"\0" * 8, ("gzip", "broken")),
    "gzip_lying": (gzip.compress(header(9000, 28, 28)), ("data", "7,056,000")),
    "gzip_huge": (gzip.compress(header(2**32 - 1, 28, 28)), ("sizes", "at most")),
}


@pytest.mark.parametrize("case", BAD)
def test_that_a_bad_file_gets_a_sentence_naming_file_and_field(case: str, tmp_path: Path) -> None:
    content, words = BAD[case]
    path = tmp_path / "train-images"
    path.write_bytes(content)
    with pytest.raises(Problem) as caught:
        read_idx(path, 3)
    sentence = str(caught.value)
    assert sentence.startswith("train-images: ")
    for word in words:
        assert word in sentence


def test_that_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"^none\.gz: there is no such file"):
        read_idx(tmp_path / "none.gz", 3)
    with pytest.raises(Problem, match="cannot be read"):
        read_idx(tmp_path, 3)


@pytest.mark.parametrize(
    "content",
    [
        header(LARGEST_DATA // 784, 28, 28) + b"x" * 100,
        gzip.compress(header(LARGEST_DATA // 784, 28, 28) + b"x" * 100),
        gzip.compress(header(2, 28, 28) + bytes(30_000_000)),
    ],
    ids=["lying", "gzip_lying", "bomb"],
)
def test_that_a_lie_costs_no_memory(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "images"
    path.write_bytes(content)
    tracemalloc.start()
    try:
        with pytest.raises(Problem):
            read_idx(path, 3)
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    base=st.sampled_from([WHOLE, PACKED]),
    place=st.integers(0, 60),
    cut=st.integers(0, 4),
    new=st.binary(max_size=4),
)
def test_that_nothing_but_a_problem_comes_out_of_a_damaged_file(
    base: bytes, place: int, cut: int, new: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "images"
    path.write_bytes(base[:place] + new + base[place + cut :])
    try:
        assert read_idx(path, 3).ndim == 3
    except Problem as problem:
        assert str(problem).startswith("images: ")
