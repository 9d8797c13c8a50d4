"""A filter over a picture, computed by torch."""

from __future__ import annotations

import torch
from torch.func import functional_call

from cnnviz.core.filtering import Filtering
from cnnviz.core.problem import Problem
from cnnviz.core.snapshot import Snapshot
from cnnviz.engine.build import module_of


def filtered(asked: Filtering) -> Snapshot:
    """The picture and what the filter makes of it, in float32.

    On the processor even where training has a faster device: one small convolution takes less time
    than its way there and back, and it needs no run to be ready.

    Raises
    ------
    Problem
        If torch cannot compute it (there is not enough memory).
    """
    with torch.device("meta"):  # weights of its own would be drawn, and thrown away
        module = module_of(asked.network.layers[0].operation)
    weight, image = torch.from_numpy(asked.weight), torch.from_numpy(asked.image)
    try:
        with torch.inference_mode():
            output = functional_call(module, {"weight": weight}, (image[None],))[0]
    except Exception as error:  # the thread that trains must go on
        raise Problem("The picture could not be filtered: {error}", error=error) from error
    return asked.answered(output.contiguous().numpy())
