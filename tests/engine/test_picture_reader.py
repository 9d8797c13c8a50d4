"""Pictures are read beside everything else, one after the other, the last one wanted."""

from __future__ import annotations

import logging
import threading

import pytest

from cnnviz.core.picture import Picture
from cnnviz.core.problem import Problem
from cnnviz.engine import pictures
from cnnviz.engine.picture_reader import PictureReader
from cnnviz.resources import resource
from tests.engine.test_runner import wait_for

CAMERA, COFFEE = resource("images", "camera.png"), resource("images", "coffee.png")


def test_that_a_picture_is_read_and_its_thread_ends() -> None:
    reader = PictureReader()
    reader.read(CAMERA)
    answer = wait_for(reader.take)
    assert isinstance(answer, Picture)
    assert answer.name == "camera.png"
    assert reader.take() is None
    reader.close(10)
    assert "pictures" not in {thread.name for thread in threading.enumerate()}


def test_that_only_the_last_of_several_requests_is_answered() -> None:
    reader = PictureReader()
    for path in (CAMERA, COFFEE, CAMERA, COFFEE):
        reader.read(path)
    answer = wait_for(reader.take)
    assert isinstance(answer, Picture)
    assert answer.name == "coffee.png"
    reader.close(10)
    assert reader.take() is None


def test_that_what_is_refused_is_answered_and_the_next_is_read() -> None:
    reader = PictureReader()
    reader.read(b"no picture")
    assert isinstance(wait_for(reader.take), Problem)
    reader.read(CAMERA)
    assert isinstance(wait_for(reader.take), Picture)
    reader.close(10)


def test_that_whatever_goes_wrong_is_answered(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object) -> Picture:
        raise MemoryError("none left")

    monkeypatch.setattr(pictures, "read_picture", fails)
    reader = PictureReader()
    reader.read(CAMERA)
    assert "none left" in str(wait_for(reader.take))
    reader.close(10)
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    caplog.clear()
    monkeypatch.undo()
    reader.read(CAMERA)
    assert isinstance(wait_for(reader.take), Picture)
    reader.close(10)


def test_that_closing_leaves_what_waits_unread() -> None:
    reader = PictureReader()
    for _ in range(5):
        reader.read(COFFEE)
    reader.close(10)
    assert "pictures" not in {thread.name for thread in threading.enumerate()}
