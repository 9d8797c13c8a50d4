"""Weights that are put into the model between two batches: by hand, or from a file."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from cnnviz.core.problem import Problem, mark
from cnnviz.core.weight_edit import WeightChange, WeightEdit
from cnnviz.engine.session import Session


def change_weights(session: Session, change: WeightChange) -> Problem | None:
    """Make the edits of a change, in the model that is trained.

    The optimiser goes on with what it remembers of each weight that was set by hand; where all of
    them are others, what it remembers says nothing of them, and it begins anew.

    Returns
    -------
    What a person should know of it; None for an edit by hand, which can be seen.
    """
    session.changes = change.number
    if change.classes is not None:
        session.classes = change.classes
    with torch.no_grad():
        for edit in change.edits:
            _set(_tensor(session.module, edit), edit)
    # What made the loss no number may be gone now.  Where losses came late from a device, more
    # batches were trained than the log has, and the run is beyond help.
    if session.metrics.count == session.step:
        session.spoiled = None
    if change.anew:
        session.optimizer.state.clear()
    if not change.file:
        return None
    if change.renamed:
        return Problem(RENAMED, file=change.file, step=session.step, key=change.renamed)
    return Problem(TAKEN, file=change.file, step=session.step)


TAKEN = mark(
    "{file}: these weights are in use from step {step} on. The optimiser begins anew; Reset goes "
    "back to the seed's weights"
)
RENAMED = mark(
    "{file}: these weights are in use from step {step} on. The keys had other names ({key}, …) and "
    "were matched by shape and order. The optimiser begins anew; Reset goes back to the seed's "
    "weights"
)


def _tensor(module: nn.Sequential, edit: WeightEdit) -> Tensor:
    """The parameter or buffer itself, and no copy of it."""
    tensor = getattr(module[edit.layer], edit.name)
    assert isinstance(tensor, Tensor)
    return tensor


def _set(tensor: Tensor, edit: WeightEdit) -> None:
    values = torch.from_numpy(np.ascontiguousarray(edit.values, dtype=np.float32))
    values = values.to(tensor.device)
    if edit.places is None:
        tensor.copy_(values)  # keeps the layout that training has chosen
    else:
        tensor[tuple(torch.from_numpy(edit.places.T.copy()).to(tensor.device))] = values
