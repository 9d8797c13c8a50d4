"""How a run fits into memory: whole, in parts, or not at all."""

from __future__ import annotations

import pytest

from cnnviz.core.events import Device
from cnnviz.core.memory import COPIES, image_bytes, training_bytes, weight_bytes
from cnnviz.core.network import build_network
from cnnviz.core.operations import Conv2d, Flatten, Linear, Softmax
from cnnviz.core.operations.batch_norm import BatchNorm2d
from cnnviz.core.problem import Problem
from cnnviz.engine.memory import find_room, free_memory, most_at_once
from tests.networks import KEYS, bundled

CPU, GPU = Device("cpu", "CPU"), Device("cuda:0", "Card")
VGG = bundled("vgg16")


def fixed(copies: int = COPIES) -> int:
    return training_bytes(VGG) + copies * weight_bytes(VGG)


@pytest.mark.parametrize("key", KEYS)
def test_that_a_lectures_network_takes_its_batch_whole_and_nothing_is_said(key: str) -> None:
    room = find_room(bundled(key), 100, 188_160_000, CPU, 4_000_000_000)
    assert (room.part, room.notices) == (100, ())


def test_that_a_heavy_network_is_given_to_a_processor_in_parts_and_to_a_card_whole() -> None:
    assert find_room(VGG, 100, 0, CPU, None).part == 1
    assert find_room(bundled("alexnet"), 100, 0, CPU, None).part == 25
    assert find_room(VGG, 100, 0, GPU, None).part == 100
    assert most_at_once(bundled("alexnet"), CPU) == 28


def test_that_what_a_large_run_takes_is_said_before_it_trains() -> None:
    (said,) = find_room(VGG, 4, 0, CPU, 16_000_000_000).notices
    assert "about 5.1 GB of memory, 2.2 GB of it for its weights" in str(said)


def test_that_a_batch_is_halved_until_it_fits() -> None:
    free = round((fixed(0) + 30 * image_bytes(VGG)) / 0.9)
    room = find_room(VGG, 100, 0, GPU, free)
    assert room.part == 25
    assert "too small for 100 images at once" in str(room.notices[-1])
    assert "with the same result" in str(room.notices[-1])


def test_that_what_does_not_fit_one_by_one_is_refused_in_a_sentence() -> None:
    with pytest.raises(Problem, match=r"takes 5\.1 GB of memory, 2\.0 GB of CPU are free"):
        find_room(VGG, 100, 0, CPU, 2_000_000_000)
    least = round((fixed() + image_bytes(VGG)) / 0.9) + 1
    assert find_room(VGG, 100, 0, CPU, least).part == 1
    with pytest.raises(Problem):
        find_room(VGG, 100, 1_000_000, CPU, least)


def test_that_a_batch_norms_batch_is_divided_for_want_of_memory_only_and_that_is_said() -> None:
    operations = (
        Conv2d(3, 512, (3, 3), padding=(1, 1)),
        BatchNorm2d(512),
        Flatten(),
        Linear(512 * 96 * 96, 10),
        Softmax(),
    )
    network = build_network("norm", "Norm", (3, 96, 96), operations)
    assert most_at_once(network, CPU) is None
    assert find_room(network, 100, 0, CPU, None).part == 100
    little = training_bytes(network) + 2 * weight_bytes(network) + 20 * image_bytes(network)
    room = find_room(network, 100, 0, CPU, little)
    assert room.part < 100
    assert "what is learned differs" in str(room.notices[-1])


def test_that_free_memory_is_a_plausible_number_or_unknown() -> None:
    free = free_memory(CPU)
    assert free is None or 1_000_000 < free < 1 << 50
