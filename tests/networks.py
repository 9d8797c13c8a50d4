"""Networks that tests share: the bundled ones, and snapshots of them without training."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from cnnviz.core.network import Network
from cnnviz.core.network_file import read_network
from cnnviz.core.operations.base import buffer_shapes
from cnnviz.core.snapshot import Sample, Snapshot
from cnnviz.resources import resource

KEYS = ("two_layer_cnn", "three_layer_cnn", "lenet5", "lenet5_tanh", "mlp", "keras_cnn")


_BUNDLED: dict[str, Network] = {}


def bundled(key: str = "two_layer_cnn") -> Network:
    """A bundled network; the same object at each call, as the window has it."""
    return _BUNDLED.setdefault(key, read_network(resource("networks", f"{key}.toml")))


@lru_cache(maxsize=8)
def snapshot(key: str = "two_layer_cnn", step: int = 0, seed: int = 0) -> Snapshot:
    """A snapshot with random weights, whose activations are torch's, in float32."""
    import torch

    network, draw = bundled(key), np.random.default_rng(seed)
    image = draw.random(network.input_shape, dtype=np.float32)
    parameters, activations = [], [image]
    for index, layer in enumerate(network.layers):
        arrays = {
            name: (draw.standard_normal(shape) / np.sqrt(np.prod(shape[1:]))).astype(np.float32)
            for name, shape in layer.parameter_shapes.items()
        }
        # Means and variances, of which none may be below 0.
        kept = buffer_shapes(layer.operation, layer.input_shape)
        arrays |= {name: draw.random(shape, dtype=np.float32) for name, shape in kept.items()}
        parameters.append(arrays)
        places = [network.source(index), layer.wire.skip]
        read = [torch.from_numpy(activations[it + 1])[None] for it in places if it is not None]
        given = {name: torch.from_numpy(array) for name, array in arrays.items()}
        activations.append(_torch_output(layer.operation, read, given)[0].numpy())
    return Snapshot(1, step, network, Sample(0, image, 7), tuple(parameters), tuple(activations))


def _torch_output(operation, read, parameters):
    from torch.func import functional_call

    from cnnviz.engine.build import module_of

    return functional_call(module_of(operation).eval(), parameters, tuple(read))
