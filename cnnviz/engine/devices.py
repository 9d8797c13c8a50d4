"""Which devices torch can compute on here, and the one that settings ask for."""

from __future__ import annotations

import torch

from cnnviz.core.events import Device
from cnnviz.core.problem import Problem


def find_devices() -> tuple[Device, ...]:
    """Every device, the fastest first: CUDA, Apple's GPU, and the CPU, which is always there."""
    found: list[Device] = []
    if torch.cuda.is_available():
        count = torch.cuda.device_count()
        found.extend(Device(f"cuda:{i}", torch.cuda.get_device_name(i)) for i in range(count))
    if torch.backends.mps.is_available():
        found.append(Device("mps", "Apple GPU"))
    found.append(Device("cpu", "CPU"))
    return tuple(found)


def choose_device(wanted: str, devices: tuple[Device, ...]) -> tuple[Device, Problem | None]:
    """The device that settings name, or the CPU and the sentence that says why.

    ``"auto"`` takes the first, ``"cuda"`` the first CUDA device.
    """
    if wanted == "auto":
        return devices[0], None
    for device in devices:
        if device.key == wanted or device.key.split(":")[0] == wanted:
            return device, None
    return devices[-1], Problem(
        "device: {wanted} was not found on this computer, the CPU is used; found: {found}",
        wanted=wanted,
        found=", ".join(device.key for device in devices),
    )
