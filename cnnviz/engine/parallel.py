"""Several processes that train one network: each computes its share of every batch.

``torchrun`` starts them and tells each its number.  All of them draw the same weights and the same
order of the images; gradients are averaged before every step, so that the weights stay the same in
all of them.  It is what torch's DistributedDataParallel does, without its buckets, which pay on
several machines, and with the wish to stop in the same message: a process that stopped by itself
would leave the others waiting.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, distributed, nn

from cnnviz.core.problem import Problem


@dataclass
class Ranks:
    """This process among those that train together.

    Attributes
    ----------
    rank
        Its number, from 0; the first one records and speaks.
    world
        How many there are.
    local
        Its number on this machine, and of the accelerator it takes.
    local_world
        How many there are on this machine.
    stopping
        Whether this one was asked to stop.
    stopped
        Whether one of them was, at the last batch: then all of them stop behind it.
    """

    rank: int = 0
    world: int = 1
    local: int = 0
    local_world: int = 1
    stopping: bool = False
    stopped: bool = False

    @property
    def first(self) -> bool:
        return self.rank == 0

    def share(self, chosen: Tensor) -> Tensor:
        """This process's part of a batch; all parts are equally long (`check_divides`)."""
        part = len(chosen) // self.world
        return chosen[self.rank * part : (self.rank + 1) * part]

    def average(self, module: nn.Module, loss: Tensor) -> Tensor:
        """Put the mean of all processes' gradients in place; returns that of their losses.

        As every share is equally long, these are gradient and loss of the whole batch.
        """
        if self.world == 1:
            return loss
        gradients = [each.grad for each in module.parameters() if each.grad is not None]
        wish = torch.full((1,), float(self.stopping), device=loss.device)
        flat = torch.cat([*(each.reshape(-1) for each in gradients), loss.reshape(1), wish])
        distributed.all_reduce(flat)
        self.stopped = bool(flat[-1] > 0)
        flat /= self.world
        start = 0
        for gradient in gradients:
            gradient.copy_(flat[start : start + gradient.numel()].view_as(gradient))
            start += gradient.numel()
        return flat[-2]

    def begin(self, seed: int) -> None:
        """Wait until every process is ready; from then on each draws a dropout of its own.

        A file that all of them read is not written before.
        """
        if self.rank:
            torch.manual_seed(seed + self.rank)
        if self.world > 1:
            distributed.barrier()


def ranks_of(environment: Mapping[str, str]) -> Ranks:
    """What torchrun has told this process; alone where it has started none."""
    if "TORCHELASTIC_RUN_ID" not in environment:
        return Ranks()
    return Ranks(
        rank=int(environment["RANK"]),
        world=int(environment["WORLD_SIZE"]),
        local=int(environment["LOCAL_RANK"]),
        local_world=int(environment["LOCAL_WORLD_SIZE"]),
    )


@contextmanager
def together(device: str | None) -> Iterator[tuple[Ranks, str | None]]:
    """Meet the other processes, if torchrun started any, and part from them at the end.

    Yields
    ------
    Who this is, and the device to compute on: each process takes an accelerator of its own.

    Raises
    ------
    Problem
        If there are fewer accelerators than processes.
    """
    ranks = ranks_of(os.environ)
    if ranks.world == 1:
        yield ranks, device
        return
    cuda = torch.cuda.is_available() and device in (None, "auto", "cuda")
    if cuda:
        count = torch.cuda.device_count()
        if ranks.local_world > count:
            raise Problem(
                "torchrun started {processes} processes, but there are {count} GPUs: start no more "
                "than those, or add --device cpu",
                processes=ranks.local_world,
                count=count,
            )
        torch.cuda.set_device(ranks.local)
        device = f"cuda:{ranks.local}"
    elif device in (None, "auto"):
        device = "cpu"  # MPS has no backend that processes could speak through
    distributed.init_process_group("nccl" if cuda else "gloo")
    try:
        yield ranks, device
    finally:
        distributed.destroy_process_group()
