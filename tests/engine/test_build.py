"""Models built from descriptions: the lecture's own weights, and torch's shapes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from cnnviz.core.operations import Operation, Shape
from cnnviz.core.operations.base import buffer_shapes, operand_shapes
from cnnviz.engine.build import build_module, empty_module, module_of, quick_order
from tests.core.operations.test_contract import CASES
from tests.engine.idx_files import TINY
from tests.networks import KEYS, bundled


class LectureTwoLayer(nn.Module):
    """As the lecture writes it (seed document 003, part 2)."""

    def __init__(self) -> None:
        super().__init__()
        self.layer1 = nn.Sequential(
            nn.Conv2d(1, 32, kernel_size=3, stride=1, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(kernel_size=2, stride=2),
        )
        self.layer2 = nn.Sequential(
            nn.Conv2d(32, 64, kernel_size=3, stride=1, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(kernel_size=2, stride=2),
        )
        self.fc = nn.Linear(7 * 7 * 64, 10, bias=True)
        nn.init.xavier_uniform_(self.fc.weight)

    def forward(self, x: Tensor) -> Tensor:
        out = self.layer1(x)
        out = self.layer2(out)
        out = out.view(out.size(0), -1)
        logits: Tensor = self.fc(out)
        return logits


class LectureThreeLayer(nn.Module):
    """As the lecture writes it (seed document 003, part 3)."""

    def __init__(self) -> None:
        super().__init__()
        self.keep_prob = 0.5
        self.layer1 = nn.Sequential(
            nn.Conv2d(1, 32, kernel_size=3, stride=1, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(kernel_size=2, stride=2),
        )
        self.layer2 = nn.Sequential(
            nn.Conv2d(32, 64, kernel_size=3, stride=1, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(kernel_size=2, stride=2),
        )
        self.layer3 = nn.Sequential(
            nn.Conv2d(64, 128, kernel_size=3, stride=1, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(kernel_size=2, stride=2, padding=1),
        )
        self.fc1 = nn.Linear(4 * 4 * 128, 625, bias=True)
        nn.init.xavier_uniform_(self.fc1.weight)
        self.layer4 = nn.Sequential(self.fc1, nn.ReLU(), nn.Dropout(p=1 - self.keep_prob))
        self.fc2 = nn.Linear(625, 10, bias=True)
        nn.init.xavier_uniform_(self.fc2.weight)

    def forward(self, x: Tensor) -> Tensor:
        out = self.layer1(x)
        out = self.layer2(out)
        out = self.layer3(out)
        out = out.view(out.size(0), -1)
        out = self.layer4(out)
        logits: Tensor = self.fc2(out)
        return logits


LECTURE = [("two_layer_cnn", LectureTwoLayer), ("three_layer_cnn", LectureThreeLayer)]


@pytest.mark.parametrize(("key", "lecture"), LECTURE)
def test_that_seed_777_gives_the_lectures_own_weights(key: str, lecture: type[nn.Module]) -> None:
    torch.manual_seed(777)
    expected = dict(lecture().named_parameters())
    torch.manual_seed(777)
    ours = dict(build_module(bundled(key)).named_parameters())
    # The lecture's order of definition is its order of computation.
    for mine, theirs in zip(ours.values(), expected.values(), strict=True):
        assert torch.equal(mine, theirs)


@pytest.mark.parametrize(("key", "lecture"), LECTURE)
def test_that_the_logits_are_the_lectures_own(key: str, lecture: type[nn.Module]) -> None:
    torch.manual_seed(777)
    theirs = lecture().eval()
    torch.manual_seed(777)
    ours = build_module(bundled(key)).eval()
    x = torch.rand(4, 1, 28, 28)
    with torch.no_grad():
        assert torch.equal(ours(x), theirs(x))


DOCUMENT = ("six_kernels", "ten_kernels", "stretched", "full_size_kernels")


@pytest.mark.parametrize("key", KEYS + DOCUMENT)
def test_that_shapes_and_parameters_are_torchs(key: str) -> None:
    network = bundled(key)
    module = build_module(network).eval()
    assert sum(p.numel() for p in module.parameters()) == network.parameter_count
    x = torch.zeros(2, *network.input_shape)
    for layer, child in zip(network.layers, module, strict=False):
        assert tuple(x.shape[1:]) == layer.input_shape
        x = child(x)
        assert tuple(x.shape[1:]) == layer.output_shape
        shapes = {name: tuple(p.shape) for name, p in child.named_parameters()}
        assert shapes == layer.parameter_shapes
    assert len(module) == len(network.layers) - 1  # the softmax is left to the loss


@pytest.mark.parametrize(
    ("key", "shapes", "count"),
    [
        # Documents 002 and 004; a kernel's bias is a parameter too.
        ("six_kernels", [(3, 32, 32), (6, 28, 28)], 5 * 5 * 3 * 6 + 6),
        ("ten_kernels", [(3, 32, 32), (10, 32, 32)], 760),
        ("stretched", [(3, 32, 32), (3072,), (10,)], 3072 * 10 + 10),
        ("full_size_kernels", [(3, 32, 32), (10, 1, 1)], 3072 * 10 + 10),
    ],
)
def test_that_layers_of_the_documents_have_the_documents_sizes(
    key: str, shapes: list[Shape], count: int
) -> None:
    layers = bundled(key).layers[: len(shapes) - 1]
    assert [layers[0].input_shape, *(layer.output_shape for layer in layers)] == shapes
    assert sum(layer.parameter_count for layer in layers) == count


def test_that_ten_full_size_kernels_are_the_fully_connected_layer_in_another_shape() -> None:
    torch.manual_seed(1)
    stretched = build_module(bundled("stretched")).double().eval()
    kernels = build_module(bundled("full_size_kernels")).double().eval()
    (_, weight), (_, bias) = stretched.named_parameters()
    state = dict(zip(kernels.state_dict(), (weight.view(10, 3, 32, 32), bias), strict=True))
    kernels.load_state_dict(state)
    x = torch.rand(4, 3, 32, 32, dtype=torch.float64)
    with torch.no_grad():
        assert torch.allclose(kernels(x), stretched(x), rtol=0, atol=1e-12)


@pytest.mark.parametrize(("operation", "shape"), CASES)
def test_that_every_operation_is_built_as_the_module_that_computes_its_ledgers(
    operation: Operation, shape: Shape
) -> None:
    torch.manual_seed(1)
    module = module_of(operation).double().eval()
    x = torch.randn(1, *shape, dtype=torch.float64)
    added = {
        name: torch.randn(size, dtype=torch.float64)
        for name, size in operand_shapes(operation, shape).items()
    }
    with torch.no_grad():
        expected = module(x, *(values[None] for values in added.values()))[0].numpy()
    parameters = {name: values.numpy() for name, values in module.state_dict().items()}
    parameters.pop("num_batches_tracked", None)  # of batch norm; no number is computed from it
    assert {name: values.shape for name, values in parameters.items()} == (
        operation.parameter_shapes(shape) | buffer_shapes(operation, shape)
    )
    assert expected.shape == operation.output_shape(shape)
    operands = {name: values.numpy() for name, values in added.items()}
    for element in np.ndindex(*expected.shape):
        result = operation.ledger(x[0].numpy(), parameters | operands, element).result
        assert result == pytest.approx(expected[element], rel=1e-11, abs=1e-13)


@pytest.mark.parametrize("key", ["two_layer_cnn", "three_layer_cnn", "lenet5"])
def test_that_pooling_before_relu_changes_no_bit(key: str) -> None:
    module = build_module(bundled(key)).to(memory_format=torch.channels_last)
    x = torch.rand(8, 1, 28, 28)
    x[:, :, :, :14] = 0  # ties, and maps that are negative throughout
    outputs, gradients = [], []
    for model in (module, quick_order(module)):
        torch.manual_seed(0)  # dropout
        module.zero_grad()
        logits = model(x)
        torch.autograd.backward(nn.functional.cross_entropy(logits, torch.arange(8)))
        outputs.append(logits)
        gradients.append([parameter.grad for parameter in module.parameters()])
    assert list(quick_order(module)) != list(module)
    assert torch.equal(*outputs)
    for plain, quick in zip(*gradients, strict=True):
        assert plain is not None
        assert quick is not None
        assert torch.equal(plain, quick)


def test_that_an_empty_module_draws_no_random_number() -> None:
    state = torch.get_rng_state()
    module = empty_module(TINY)
    assert torch.equal(torch.get_rng_state(), state)
    assert all(parameter.is_meta for parameter in module.parameters())
