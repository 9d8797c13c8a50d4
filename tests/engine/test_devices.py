"""Devices, and the settings of the memory allocator."""

from __future__ import annotations

import platform

import pytest
import torch

from cnnviz.core.events import Device
from cnnviz.engine.allocator import keep_pages
from cnnviz.engine.devices import choose_device, find_devices

CPU = Device("cpu", "CPU")
FOUND = (Device("cuda:0", "A"), Device("cuda:1", "B"), CPU)


def test_that_the_cpu_is_always_found_and_last() -> None:
    assert find_devices()[-1] == CPU


def test_that_cuda_comes_first_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda i: f"GPU {i}")
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    found = find_devices()
    assert [device.key for device in found] == ["cuda:0", "cuda:1", "mps", "cpu"]
    assert found[1].title == "GPU 1"


@pytest.mark.parametrize(
    ("wanted", "key"),
    [("auto", "cuda:0"), ("cuda", "cuda:0"), ("cuda:1", "cuda:1"), ("cpu", "cpu")],
)
def test_that_a_device_that_is_there_is_taken(wanted: str, key: str) -> None:
    device, problem = choose_device(wanted, FOUND)
    assert (device.key, problem) == (key, None)


@pytest.mark.parametrize("wanted", ["mps", "cuda:7", "toaster", ""])
def test_that_a_device_that_is_not_there_becomes_the_cpu_and_a_sentence(wanted: str) -> None:
    device, problem = choose_device(wanted, FOUND)
    assert device == CPU
    assert "cuda:0, cuda:1, cpu" in str(problem)


def test_that_glibc_alone_is_told_to_keep_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    here = platform.system() == "Linux" and platform.libc_ver()[0] == "glibc"
    assert keep_pages() is here
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    assert keep_pages() is False
