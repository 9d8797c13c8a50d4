"""One thread for what is small, and the number that was chosen before for everything else."""

from __future__ import annotations

import threading

import pytest
import torch

from cnnviz.engine.one_thread import one_thread


def test_that_the_number_of_threads_is_one_inside_and_as_before_behind() -> None:
    before = torch.get_num_threads()
    with one_thread():
        inside = torch.get_num_threads()
    assert torch.get_num_threads() == before
    assert inside in (1, before)  # `before` where OpenMP cannot be asked


def test_that_it_is_as_before_after_an_error() -> None:
    before = torch.get_num_threads()
    with pytest.raises(RuntimeError), one_thread():
        torch.ones(2) @ torch.ones(3)
    assert torch.get_num_threads() == before


def test_that_another_thread_keeps_its_number() -> None:
    torch.ones(4).sum()
    before, seen = torch.get_num_threads(), []
    with one_thread():
        other = threading.Thread(target=lambda: seen.append(torch.get_num_threads()))
        other.start()
        other.join()
    assert seen == [before]
