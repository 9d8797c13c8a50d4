"""Preferences survive, and a broken file does no harm."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.control.preferences import Preferences, read_preferences, write_preferences


def test_that_what_was_written_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "preferences.json"
    written = replace(Preferences(), language="ko", zoom=150, recent=["/a/b.toml"], decimals=6)
    write_preferences(file, written)
    assert read_preferences(file) == (written, None)
    assert [path.name for path in file.parent.iterdir()] == ["preferences.json"]


def test_that_no_file_means_the_defaults_and_no_complaint(tmp_path: Path) -> None:
    assert read_preferences(tmp_path / "none.json") == (Preferences(), None)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[1]", b"\xff\xfe\x00", b'"x"', b"[" * 5000, b"x" * 300_000]
)
def test_that_a_broken_file_gives_the_defaults_and_a_sentence(tmp_path: Path, content) -> None:
    file = tmp_path / "preferences.json"
    file.write_bytes(content)
    found, problem = read_preferences(file)
    assert found == Preferences()
    assert problem is not None
    assert str(file) in str(problem)


@given(
    st.dictionaries(
        st.sampled_from([*Preferences.__dataclass_fields__, "unknown"]),
        st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.integers() | st.text()),
    )
)
def test_that_fields_of_another_kind_are_passed_over(tmp_path_factory, fields) -> None:
    file = tmp_path_factory.mktemp("preferences") / "preferences.json"
    file.write_text(json.dumps(fields))
    found, problem = read_preferences(file)
    assert problem is None
    assert 80 <= found.zoom <= 300
    assert 1 <= found.decimals <= 8
    assert found.language in ("system", "ko", "en")
    assert all(isinstance(name, str) for name in found.recent)
