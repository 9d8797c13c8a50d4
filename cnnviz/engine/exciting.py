"""Which test images excite each channel most, of every layer in one go through the network."""

from __future__ import annotations

from time import perf_counter

import torch
from torch import Tensor, nn

from cnnviz.core.excitation import MOST, Excitations, Peaks
from cnnviz.core.snapshot import Snapshot
from cnnviz.engine.build import empty_module
from cnnviz.engine.tested import Tested
from cnnviz.engine.weighted import weighted


class Excited:
    """Keeps the images with the largest values, of every channel of every layer.

    All layers at once: whoever steps from the first layer to the last need not wait at each, and
    looking for the largest costs little beside computing what it is looked for in.
    """

    def __init__(self, tested: Tested, frozen: Snapshot) -> None:
        self._tested, self._frozen = tested, frozen
        module = empty_module(frozen.network)
        self._model = weighted(module, module, frozen, tested.device.key)
        self._best = [_Best() for _ in frozen.network.layers]
        for part, best in zip(module, self._best, strict=False):
            part.register_forward_hook(best.watch)

    def add(self, x: Tensor, y: Tensor) -> None:
        self._best[-1].add(torch.softmax(self._model(x), dim=1))

    def answer(self, seconds: float) -> Excitations:
        started = perf_counter()
        layers = tuple(best.peaks() for best in self._best)
        return Excitations(
            snapshot=self._frozen,
            layers=layers,
            labels=self._tested.test.y.cpu().numpy(),
            images=self._tested.pictures,
            seconds=seconds + perf_counter() - started,
        )


class _Best:
    """The largest values of each channel of one layer so far; on the CPU, whatever the device."""

    def __init__(self) -> None:
        self._seen = 0
        self._keys = torch.empty(0, 0, dtype=torch.int64)
        self._values = torch.empty(0, 0)
        self._places = torch.empty(0, 0, dtype=torch.int64)

    def watch(self, _module: nn.Module, _given: object, output: Tensor) -> None:
        """What torch calls when the layer has been computed."""
        self.add(output)

    def add(self, x: Tensor) -> None:
        """Look at what the next images, ``x`` (count, channels, …), make of the layer."""
        if not self._seen:
            self._keys, self._values, self._places = (
                part.new_empty(0, x.shape[1]) for part in (self._keys, self._values, self._places)
            )
        largest = (x.amax(dim=(2, 3)) if x.dim() == 4 else x).float().cpu()
        keys = torch.cat([self._keys, _keys(largest, self._seen)])
        kept = len(self._keys)
        self._keys, chosen = keys.topk(min(MOST, len(keys)), dim=0)
        self._values = torch.cat([self._values, largest]).gather(0, chosen)
        places = torch.zeros_like(chosen)
        for rank, row in enumerate(chosen):
            if kept:
                places[rank] = self._places.gather(0, row.clamp_max(kept - 1)[None])[0]
            if x.dim() == 4:
                channels = (row >= kept).nonzero()[:, 0]
                maps = x[(row[channels] - kept).to(x.device), channels.to(x.device)]
                places[rank, channels] = maps.flatten(1).max(dim=1).indices.cpu()
        self._places = places
        self._seen += len(x)

    def peaks(self) -> Peaks:
        """What is kept, a row a channel."""
        return Peaks(
            values=self._values.T.contiguous().numpy(),
            images=(_LAST - (self._keys & _LAST)).T.contiguous().numpy(),
            places=self._places.T.contiguous().numpy(),
        )


_LAST = 2**32 - 1


def _keys(values: Tensor, first: int) -> Tensor:
    """(images, channels) int64 in the order of the values; of equal ones the first image is larger.

    No two of a channel are equal, so that it does not matter how topk orders equal ones, which
    torch leaves open.  NaN is larger than any number, as in torch's max.

    Parameters
    ----------
    first
        The index of the first image.
    """
    values = torch.where(values.isnan(), torch.nan, values + 0.0)  # −0 is 0
    bits = values.view(torch.int32)
    ordered = torch.where(bits < 0, bits ^ 0x7FFFFFFF, bits).to(torch.int64)
    indices = torch.arange(first, first + len(values))[:, None]
    return (ordered << 32) + (_LAST - indices)
