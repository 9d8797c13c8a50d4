"""Skip connections: torchvision's ResNet-18, and sums that are torch's."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnnviz.core.network import Network, build_network
from cnnviz.core.operations import Conv2d, Dropout, Flatten, Linear, MaxPool2d, ReLU, Softmax
from cnnviz.core.operations.add import Add
from cnnviz.core.receptive import influence, receptive_field, sights
from cnnviz.core.survey import Survey
from cnnviz.core.weight_names import match_keys
from cnnviz.core.wires import Wire
from cnnviz.engine.build import Wired, build_module, empty_module, quick_order
from cnnviz.engine.calculator import apply
from cnnviz.engine.headless import make_session
from cnnviz.engine.probe import gradient, look, look_frozen
from cnnviz.engine.surveying import survey
from cnnviz.engine.training import train
from cnnviz.export.program import program
from tests.engine.idx_files import experiment
from tests.engine.test_large_networks import leaves, pictures, spelt, torchvisions
from tests.networks import bundled

RESNET = bundled("resnet18")
SMALL = bundled("small_resnet")


def test_that_resnet_is_torchvisions_layer_by_layer() -> None:
    theirs = torchvisions("resnet18")
    assert RESNET.parameter_count == 11_689_512 == sum(p.numel() for p in theirs.parameters())
    # torchvision uses one ReLU of a block twice: what it has no name for is not among its modules.
    named = dict(theirs.named_modules())
    for layer, module in zip(RESNET.layers, empty_module(RESNET), strict=False):
        if layer.parameter_count:
            other = named[layer.wire.name]
            assert spelt(module) == spelt(other)
    shapes: list[tuple[str, tuple[int, ...]]] = []

    def note(module: nn.Module, _: object, output: torch.Tensor) -> None:
        shapes.append((type(module).__name__, tuple(output.shape[1:])))

    for leaf in leaves(theirs):
        leaf.register_forward_hook(note)
    theirs(torch.empty(1, *RESNET.input_shape, device="meta"))
    ours = [layer for layer in RESNET.layers[:-1] if layer.operation.kind not in ("Add", "Flatten")]
    assert [(layer.operation.kind, layer.output_shape) for layer in ours] == shapes


@pytest.mark.parametrize("ordered", [True, False])
def test_that_resnet_with_torchvisions_weights_puts_out_torchvisions_logits(ordered: bool) -> None:
    from torchvision import models

    torch.manual_seed(1)
    theirs = models.resnet18(weights=None).eval()
    given = theirs.state_dict()
    found = match_keys(RESNET, {k: tuple(v.shape) for k, v in given.items()}, ordered)
    assert not found.renamed  # by their own names
    module = build_module(RESNET).eval()
    own = module.state_dict()
    for (index, name), key in found.keys.items():
        own[f"{index}.{name}"].copy_(given[key])
    x = torch.randn(2, 3, 224, 224)
    with torch.no_grad():
        expected = theirs(x)
        assert torch.equal(module(x), expected)
        assert torch.equal(quick_order(module).eval()(x), expected)


def test_that_weights_by_other_names_are_found_by_their_order_and_shapes() -> None:
    shapes = {k: tuple(v.shape) for k, v in torchvisions("resnet18").state_dict().items()}
    renamed = {f"net.{key}": shape for key, shape in shapes.items()}
    assert match_keys(RESNET, renamed, ordered=True).renamed == "net.conv1.weight"


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1), st.integers(1, 3), st.integers(1, 5), st.integers(1, 5))
def test_that_the_ledger_of_an_add_is_torchs_sum(
    seed: int, channels: int, rows: int, columns: int
) -> None:
    draw = np.random.default_rng(seed)
    x, skip = draw.normal(size=(2, channels, rows, columns))
    output = apply(Add(), x, {"skip": skip})
    assert output.tolist() == (torch.tensor(x) + torch.tensor(skip)).tolist()
    for element in np.ndindex(output.shape):
        ledger = Add().ledger(x, {"skip": skip}, element)
        assert ledger.result == output[element]
        assert ledger.operands.tolist() == [x[element], skip[element]]
        assert ledger.partials.tolist() == [x[element], output[element]]


def test_that_a_look_keeps_what_each_layer_reads_and_its_ledgers_land_on_it(data: Path) -> None:
    session = make_session(experiment(data, SMALL, batch_size=4))
    next(iter(train(session, lambda event: None)))
    snapshot = look(session, 0)
    assert look_frozen(session, 0, snapshot).activations[-1].tolist() == (
        snapshot.activations[-1].tolist()
    )
    draw = np.random.default_rng(0)
    for index, layer in enumerate(SMALL.layers):
        element = tuple(int(draw.integers(size)) for size in layer.output_shape)
        x, operands = snapshot.input_of(index), snapshot.given(index)
        result = layer.operation.ledger(x, operands, element).result
        assert result == pytest.approx(float(snapshot.activations[index + 1][element]), abs=1e-4)
    *_, judgement = iter_judge(session, snapshot)
    assert judgement.predictions[0] == snapshot.prediction


def iter_judge(session, snapshot):
    parts = survey(session, Survey.JUDGEMENT, snapshot)
    while True:
        try:
            next(parts)
        except StopIteration as end:
            yield end.value
            return


def test_that_a_receptive_field_is_the_support_of_the_gradient(data: Path) -> None:
    session = make_session(experiment(data, SMALL, batch_size=4))
    snapshot = look(session, 0)
    # A maximum and a ReLU pass on to some only: taken out, the support is all that there is.
    layers = [(i, it) for i, it in enumerate(SMALL.layers[:20])]
    x = torch.randn(1, *SMALL.input_shape, dtype=torch.float64, requires_grad=True)
    outputs = [x]
    for index, layer in layers:
        kind, source = layer.operation.kind, outputs[SMALL.source(index) + 1]
        if kind == "Conv2d":
            made = layer.operation
            assert isinstance(made, Conv2d)
            assert not isinstance(made.padding, str)
            weight = torch.ones(layer.parameter_shapes["weight"], dtype=torch.float64)
            out = nn.functional.conv2d(source, weight, stride=made.stride, padding=made.padding)
        elif kind == "MaxPool2d":
            out = nn.functional.avg_pool2d(source, 2)
        elif kind == "Add":
            assert layer.wire.skip is not None
            out = source + outputs[layer.wire.skip + 1]
        else:
            out = source * 1.0
        outputs.append(out)
    for index, row, column in ((9, 0, 0), (9, 6, 13), (18, 3, 3), (18, 0, 6), (17, 2, 2)):
        (found,) = torch.autograd.grad(outputs[index + 1][0, 0, row, column], x, retain_graph=True)
        field = receptive_field(SMALL, index, (0, row, column))
        assert np.array_equal(field.mask((1, 28, 28)), found[0, 0].numpy() != 0)
        pixel = (field.rows[0], field.columns[-1])
        assert influence(SMALL, pixel)[index].mask((1, *SMALL.layers[index].grid[1:]))[row, column]
    measured = gradient(session, snapshot, 18, (0, 3, 3)).values
    mask = receptive_field(SMALL, 18, (0, 3, 3)).mask((1, 28, 28))
    assert not measured[0][~mask].any()


def test_that_an_add_sees_as_far_as_the_longer_of_its_paths() -> None:
    seen = sights(SMALL)
    assert seen[10].growth == seen[9].growth  # block 1: the two convolutions, not the short way
    assert seen[18].size < seen[16].size == seen[19].size


def test_that_training_a_resnet_makes_its_loss_smaller(tmp_path: Path) -> None:
    asked = experiment(pictures(tmp_path / "set"), RESNET, batch_size=4, epochs=4)
    session = make_session(asked)
    assert isinstance(session.model, Wired)
    for _ in islice(train(session, lambda event: None), 8):
        pass
    losses = session.metrics.losses
    assert losses[3] < losses[0]


def test_that_a_relu_stays_before_the_pooling_where_another_layer_reads_it() -> None:
    network = build_network(
        "k", "T", (1, 4, 4),
        (Conv2d(1, 1, (3, 3), padding=(1, 1)), ReLU(), MaxPool2d((3, 3), (1, 1), (1, 1)), Add(),
         Flatten(), Linear(16, 2), Softmax()),
        wires=(Wire(), Wire(), Wire(), Wire(skip=1), Wire(), Wire(), Wire()),
    )  # fmt: skip
    torch.manual_seed(0)
    module, x = build_module(network), torch.randn(3, 1, 4, 4)
    assert torch.equal(module(x), quick_order(module)(x))


@pytest.mark.parametrize("network", [SMALL, RESNET], ids=lambda it: it.key)
def test_that_the_exported_program_is_the_same_network(network: Network, data: Path) -> None:
    asked = experiment(data, network, seed=5)
    names: dict[str, object] = {"__name__": "exported"}
    text = program(network, asked.settings, data)
    # Its data are of another size: the model alone is looked at.
    start, end = text.index("# 5. Model"), text.index("model = CNN()")
    exec("import torch\nfrom torch import nn\n" + text[start:end], names)
    torch.manual_seed(5)
    theirs = names["CNN"]().eval()  # type: ignore[operator]
    torch.manual_seed(5)
    own = build_module(network).eval()
    x = torch.randn(2, *network.input_shape)
    with torch.no_grad():
        assert torch.equal(theirs(x), own(x))


def test_that_what_a_dropout_strikes_out_is_struck_out_in_its_skip_connection_too(
    data: Path,
) -> None:
    network = build_network(
        "struck", "Struck", (1, 28, 28),
        (Conv2d(1, 2, (3, 3), (4, 4), (1, 1)), Dropout(0.5), Conv2d(2, 2, (3, 3), padding=(1, 1)),
         Add(), Flatten(), Linear(98, 10), Softmax()),
        wires=(*[Wire()] * 3, Wire(skip=1), *[Wire()] * 3),
    )  # fmt: skip
    session = make_session(experiment(data, network))
    plain, struck = look(session, 0), look(session, 0, striking=True)
    assert struck.masks is not None
    assert (struck.activations[2][struck.masks[1] == 0] == 0).all()
    for snapshot in (plain, struck):
        found = snapshot.activations
        assert np.array_equal(found[4], found[3] + found[2])
        assert snapshot.given(3)["skip"] is found[2]
    assert not np.array_equal(plain.activations[4], struck.activations[4])
    again = look_frozen(session, 0, struck, striking=True)
    assert np.array_equal(again.activations[4], struck.activations[4])
