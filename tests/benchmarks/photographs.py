"""From a filter's request to the finished paint: ``python -m tests.benchmarks.photographs``.

A colour photograph of 512×512, each channel apart, against the bare convolution of torch and one
repaint of the same page, measured in turns in one process.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice

REQUIRED = 3.0
"""Request to paint against bare convolution plus repaint, at most."""

ROUNDS = 60


@dataclass(frozen=True)
class Filtered:
    """Medians in milliseconds."""

    filtered: float
    convolution: float
    repaint: float

    @property
    def ratio(self) -> float:
        return self.filtered / (self.convolution + self.repaint)


def measure(threads: int, rounds: int = ROUNDS) -> Filtered:
    """Lay two filters over the astronaut by turns, in the window at 1600×900."""
    import torch
    from PyQt6.QtCore import QEvent, QEventLoop

    from cnnviz.core.filtering import Channels
    from cnnviz.core.filters import Kernel, filter_of
    from cnnviz.ui.photographs import PhotographsPage
    from cnnviz.ui.workspace import PHOTOGRAPHS
    from tests.benchmarks.windows import open_window, settle, wait_for

    with open_window(threads) as (app, _):
        window = next(w for w in app.topLevelWidgets() if hasattr(w, "workspaces"))
        window.workspaces.choose(PHOTOGRAPHS)
        page = window.workspaces.page
        assert isinstance(page, PhotographsPage)
        photographs, pane = page.photographs, page.pane
        photographs.choose_channels(Channels.APART)
        wait_for(lambda: photographs.laid is not None and not photographs.waiting, 30)
        settle(0.5)
        torch.set_num_threads(threads)  # of this thread, for the bare convolution
        loop, module = QEventLoop(), torch.nn.functional
        kernels = [filter_of(key) for key in ("sobel_vertical", "prewitt_vertical")]

        def lay(kernel: Kernel) -> None:
            photographs.choose_kernel(kernel)
            while photographs.waiting:
                loop.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            app.sendPostedEvents(None, QEvent.Type.UpdateRequest.value)

        def convolve() -> None:
            answer = photographs.view.stage
            assert answer is not None
            image = torch.from_numpy(answer.activations[0])[None]
            weight = torch.from_numpy(answer.parameters[0]["weight"])
            with torch.inference_mode():
                padded = module.pad(image, (1, 1, 1, 1), "replicate")
                module.conv2d(padded, weight, groups=3)

        def repaint() -> None:
            # The result is drawn anew, and what has not changed is not.
            for name in ("after", "after_tiles", "still"):
                pane._cached.pop(name, None)
            pane.repaint()

        times: dict[str, list[float]] = {"lay": [], "convolve": [], "repaint": []}
        for kernel in islice(cycle(kernels[::-1]), rounds):
            times["lay"].append(_milliseconds(partial(lay, kernel)))
            times["convolve"].append(_milliseconds(convolve))
            times["repaint"].append(_milliseconds(repaint))
    return Filtered(*(statistics.median(times[name][5:]) for name in times))


def _milliseconds(action: Callable[[], None]) -> float:
    start = time.perf_counter()
    action()
    return 1000 * (time.perf_counter() - start)


def report() -> bool:
    """Measure and print; whether the limit is held."""
    threads = os.cpu_count() or 1
    found = measure(threads)
    print(f"a filter on a 512×512 colour photograph, 1600×900, {threads} threads")
    print(f"  request to paint   {found.filtered:5.1f} ms")
    print(f"  bare convolution   {found.convolution:5.1f} ms   one repaint {found.repaint:5.1f} ms")
    print(f"  ratio              {found.ratio:5.2f}      required ≤ {REQUIRED:.0f}")
    return found.ratio <= REQUIRED


def main() -> int:
    """Measure and print."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    return 0 if report() else 1


if __name__ == "__main__":
    sys.exit(main())
