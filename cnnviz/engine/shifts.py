"""How well a trained network does on test images that are shifted sideways."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from cnnviz.core.dataset import to_input
from cnnviz.core.taken import SHIFTS, shifted
from cnnviz.engine.evaluate import chunk_size, evaluating
from cnnviz.engine.session import Session


def shifted_accuracies(session: Session) -> Iterator[tuple[int, float]]:
    """(columns, share of the test images that are classified rightly), for each of `SHIFTS`.

    Where the pixels of the run are shuffled, the digits are shifted before that.
    """
    images, labels = session.dataset.part(test=True)
    size = chunk_size(session)
    for columns in SHIFTS:
        right = 0
        for start in range(0, len(labels), size):
            part = slice(start, start + size)
            moved = to_input(shifted(images[part], columns, session.settings.pixel_seed))
            x = torch.from_numpy(moved).contiguous(memory_format=torch.channels_last)
            with evaluating(session.model):
                answers = session.model(x.to(session.device.key)).argmax(dim=1)
            right += int((answers == session.test.y[part]).sum())
        yield columns, right / len(labels)
