"""Published weights from a server on this machine: checked, cached, read, and torchvision's."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from cnnviz.core.experiment import Experiment
from cnnviz.core.network_file import read_network
from cnnviz.core.pretrained import PRETRAINED, Pretrained, imagenet_classes, pretrained_for
from cnnviz.core.problem import Problem
from cnnviz.core.settings import TrainingSettings
from cnnviz.core.snapshot import Sample
from cnnviz.core.weight_edit import WeightChange, all_weights
from cnnviz.engine import pretrained
from cnnviz.engine.build import build_module, empty_module
from cnnviz.engine.changing import change_weights
from cnnviz.engine.download import fetch
from cnnviz.engine.headless import make_session
from cnnviz.engine.pretrained import place_of, read_pretrained, weights_folder
from cnnviz.engine.probe import look
from cnnviz.engine.resume import capture, restore
from cnnviz.engine.stored_step import classes_of
from cnnviz.engine.torch_file import Cancelled
from cnnviz.engine.training import train
from cnnviz.resources import resource
from tests.engine.test_download import Server, server
from tests.networks import bundled

__all__ = ["server"]


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pretrained, "user_data_path", lambda name, appauthor: tmp_path / name)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))


def published(server: Server, path: Path) -> Pretrained:
    """Weights of the two-layer network, as this server publishes them under the name of a sum."""
    torch.manual_seed(5)
    torch.save(build_module(bundled("two_layer_cnn")).state_dict(), path)
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:8]
    name = f"two-{digest}.pth"
    server.files[name] = content
    file = replace(
        PRETRAINED[0].file, url=f"{server.base}/{name}", size=len(content), sha256=digest
    )
    return replace(PRETRAINED[0], key="two_layer_cnn", file=file)


def never() -> bool:
    return False


def test_that_weights_are_fetched_checked_and_read(server: Server, tmp_path: Path) -> None:
    weights, network = published(server, tmp_path / "x.pth"), bundled("two_layer_cnn")
    assert place_of(weights) is None
    fetch(weights, weights_folder(), lambda done: None)
    place = place_of(weights)
    assert place == tmp_path / "cnnviz" / "weights" / weights.file.name
    found = read_pretrained(place, weights, network, never)
    torch.manual_seed(5)
    for layer, module in enumerate(build_module(network)):
        for name, tensor in module.named_parameters():
            assert np.array_equal(found.parameters[layer][name], tensor.detach().numpy())


def test_that_a_file_that_is_another_one_is_neither_kept_nor_read(
    server: Server, tmp_path: Path
) -> None:
    weights = published(server, tmp_path / "x.pth")
    server.files[weights.file.name] = b"x" * weights.size
    with pytest.raises(Problem, match=r"not downloaded: .*its SHA-256 sum is .{8} and not"):
        fetch(weights, weights_folder(), lambda done: None)
    assert place_of(weights) is None
    (tmp_path / weights.file.name).write_bytes(b"x" * 100)
    with pytest.raises(Problem, match="it is not the published file"):
        read_pretrained(tmp_path / weights.file.name, weights, bundled("two_layer_cnn"), never)


def test_that_reading_can_be_cancelled(server: Server, tmp_path: Path) -> None:
    weights = published(server, tmp_path / "x.pth")
    with pytest.raises(Cancelled):
        read_pretrained(
            tmp_path / "x.pth", weights, bundled("two_layer_cnn"), cancelled=lambda: True
        )


def test_that_torchvisions_own_copy_is_found(server: Server, tmp_path: Path) -> None:
    weights = published(server, tmp_path / "x.pth")
    place = tmp_path / "torch" / "hub" / "checkpoints" / weights.file.name
    place.parent.mkdir(parents=True)
    (tmp_path / "x.pth").rename(place)
    assert place_of(weights) == place
    assert Path(torch.hub.get_dir()) / "checkpoints" == place.parent


@pytest.mark.parametrize("weights", PRETRAINED, ids=lambda weights: weights.key)
def test_that_the_table_names_bundled_networks_and_torchvisions_files(weights: Pretrained) -> None:
    from torchvision.models import get_model_weights

    model = weights.key.removesuffix("_imagenet")
    assert weights.file.url == get_model_weights(model)["IMAGENET1K_V1"].url
    assert weights.file.name.endswith(f"-{weights.file.sha256}.pth")
    network = read_network(resource("networks", f"{weights.key}.toml"))
    assert network.title == weights.network
    assert network.classes == len(imagenet_classes()) == 1000
    assert pretrained_for(weights.key) is weights


def test_that_the_names_are_torchvisions() -> None:
    from torchvision.models import AlexNet_Weights

    assert list(imagenet_classes()) == AlexNet_Weights.IMAGENET1K_V1.meta["categories"]
    assert pretrained_for("alexnet") is None


@pytest.mark.parametrize("place", [0, 2], ids=["alexnet", "resnet18"])
def test_that_a_network_gives_torchvisions_logits(place: int, tmp_path: Path) -> None:
    from torchvision import models, transforms

    torch.manual_seed(3)
    key = PRETRAINED[place].key
    theirs = models.get_model(key.removesuffix("_imagenet")).eval()
    path = tmp_path / "weights.pth"
    torch.save(theirs.state_dict(), path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
    file = replace(PRETRAINED[place].file, sha256=digest)
    weights, network = replace(PRETRAINED[place], file=file), bundled(key)
    found = read_pretrained(path, weights, network, never)
    module = empty_module(network).eval()
    tensors = {
        f"{layer}.{name}": torch.from_numpy(array)
        for layer, arrays in enumerate(found.parameters[: len(module)])
        for name, array in arrays.items()
    }
    picture = torch.rand(1, 3, 224, 224)
    normalise = transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
    with torch.no_grad():
        ours = torch.func.functional_call(module, tensors, (picture,))
        expected = theirs(normalise(picture))
        assert not torch.allclose(theirs(picture), expected, atol=1e-5)  # it matters
    torch.testing.assert_close(ours, expected, rtol=1e-5, atol=1e-6)


def test_that_classes_stay_until_training_goes_on_and_survive_in_a_run(data: Path) -> None:
    settings = TrainingSettings(batch_size=10, device="cpu")
    experiment = Experiment(bundled("two_layer_cnn"), settings, data)
    session, names = make_session(experiment), ("tench", "goldfish")
    edits = all_weights(look(session, 0).parameters)
    change_weights(session, WeightChange(1, 1, edits, True, "x.pth", "", names))
    assert look(session, 0).classes == names
    own = Sample(-1, np.zeros((1, 28, 28), np.float32), None)
    assert look(session, own).classes == names
    stored = capture(session)
    assert classes_of(stored.place) == names
    other = make_session(experiment)
    restore(other, stored)
    assert look(other, 0).classes == names
    steps = train(session, lambda event: None)
    while session.step == 0:
        next(steps)
    assert look(session, 0).classes == ()
    assert classes_of(capture(session).place) == ()
    assert classes_of('{"part": 1}') == ()  # a run from before there were any
    with pytest.raises(ValueError, match="impossible"):
        classes_of('{"classes": 3}')
