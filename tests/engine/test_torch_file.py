"""Files of torch.save: state dicts are converted in a child process, all else is refused."""

from __future__ import annotations

import io
import os
import pickle
import subprocess
import sys
import tarfile
import threading
import time
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from cnnviz.core.problem import Problem
from cnnviz.engine import convert_weights, torch_file
from cnnviz.engine.torch_file import Cancelled, read_torch_file
from cnnviz.engine.weights_file import read_weights
from tests.engine.idx_files import bundled
from tests.engine.test_weights_file import NETWORK, TWINS, model_of

Tensors = dict[str, torch.Tensor]


class _Lecture(nn.Module):
    """The lecture's class: its layers have names, and it is no Sequential."""

    def __init__(self) -> None:
        super().__init__()
        self.layer1 = nn.Sequential(nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))
        self.layer2 = nn.Sequential(nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))
        self.fc = nn.Linear(7 * 7 * 64, 10)


def never() -> bool:
    return False


def saved(folder: Path, content: object, **how: Any) -> Path:
    path = folder / "w.pth"
    torch.save(content, path, **how)
    return path


def refusal(path: Path) -> str:
    """What a person is told when they open it, child process and all."""
    with pytest.raises(Problem) as raised:
        read_torch_file(path, NETWORK, never)
    said = str(raised.value)
    assert said.startswith(f"{path.name}: ")
    assert said.count(path.name) == 1
    return said


def content(path: Path) -> Tensors:
    """What the child finds in it, without the child's limits."""
    convert_weights._check_kind(path)
    return convert_weights._tensors(convert_weights._loaded(path))


def said_of(path: Path) -> str:
    with pytest.raises(Problem) as raised:
        content(path)
    return str(raised.value)


def test_that_a_state_dict_of_the_lectures_class_is_read(tmp_path: Path) -> None:
    model = _Lecture()
    path = saved(tmp_path, {"state_dict": model.state_dict(), "epoch": 15})
    found = read_torch_file(path, bundled("two_layer_cnn"), never)
    assert found.renamed == "layer1.0.weight"
    assert np.array_equal(
        found.parameters[0]["weight"], model.state_dict()["layer1.0.weight"].detach().numpy()
    )
    assert np.array_equal(
        found.parameters[3]["bias"], model.state_dict()["layer2.0.bias"].detach().numpy()
    )
    assert np.array_equal(found.parameters[7]["weight"], model.fc.weight.detach().numpy())


def test_that_the_models_order_says_which_of_two_like_layers_is_which(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(convert_weights, "_limit_memory", lambda _: None)  # of this very process
    state = model_of(TWINS).state_dict()
    names = {"0": "zero", "1": "one", "3": "head"}
    renamed = OrderedDict((names[key[0]] + key[1:], value) for key, value in state.items())
    convert_weights.convert(saved(tmp_path, renamed), tmp_path / "w.safetensors")
    found = read_weights(tmp_path / "w.safetensors", TWINS)
    assert np.array_equal(found.parameters[0]["weight"], state["0.weight"].numpy())
    assert np.array_equal(found.parameters[1]["weight"], state["1.weight"].numpy())


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_that_both_forms_of_torch_save_and_every_float_are_read(
    tmp_path: Path, zipped: bool, dtype: torch.dtype
) -> None:
    state = model_of().to(dtype).state_dict()
    path = saved(tmp_path, state, _use_new_zipfile_serialization=zipped)
    found = content(path)
    assert list(found) == [key for key in state if "batches" not in key]
    assert all(torch.equal(value, state[key]) for key, value in found.items())


def test_that_wrong_shapes_are_said_of_the_persons_file(tmp_path: Path) -> None:
    state = model_of().state_dict() | {"4.weight": torch.zeros(5, 12)}
    assert "4.weight 5×12 ≠ 5×48" in refusal(saved(tmp_path, state))


def test_that_code_in_a_pickle_is_not_run(tmp_path: Path) -> None:
    trap = tmp_path / "ran"

    class Trap:
        def __reduce__(self) -> tuple[object, ...]:
            return os.mkdir, (str(trap),)

    path = saved(tmp_path, {"0.weight": torch.zeros(3), "x": Trap()})
    assert f"({os.mkdir.__module__}.mkdir)" in refusal(path)
    path.write_bytes(pickle.dumps(Trap()))
    assert "no file of torch.save" in said_of(path)
    path.write_bytes(convert_weights.OLD_PICKLE + pickle.dumps(Trap(), protocol=2))
    said_of(path)
    assert not trap.exists()
    # The trap is one: without protection it does what it says.
    pickle.loads(pickle.dumps(Trap()))
    assert trap.exists()


def test_that_a_whole_module_is_refused_by_its_class(tmp_path: Path) -> None:
    assert "(torch.nn.modules.container.Sequential)" in said_of(saved(tmp_path, model_of()))


def test_that_programs_are_refused_by_what_they_are(tmp_path: Path) -> None:
    path = tmp_path / "w.pt"
    # What makes a TorchScript file, without torch.jit, which warns that it is deprecated.
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("m/data.pkl", "m/constants.pkl", "m/code/__torch__.py"):
            archive.writestr(name, b"")
    assert "TorchScript" in said_of(path)
    torch.export.save(torch.export.export(nn.Linear(2, 2), (torch.ones(1, 2),)), tmp_path / "w.pt2")
    (tmp_path / "w.pt2").rename(path)
    assert "(.pt2)" in said_of(path)


def test_that_other_files_are_refused_by_what_they_are(tmp_path: Path) -> None:
    path = tmp_path / "w.pt"
    np.savez(path.with_suffix(".npz"), a=np.zeros(3))
    path.with_suffix(".npz").rename(path)
    assert "none of torch.save" in said_of(path)
    with tarfile.open(path, "w") as archive:  # the oldest form of torch.save
        archive.addfile(tarfile.TarInfo("storages"), io.BytesIO())
    assert "no file of torch.save" in said_of(path)
    for start in (b"", b"\x08\x07ONNX", b"\x89HDF\r\n", b"PK\x03\x04" + bytes(100)):
        path.write_bytes(start)
        said_of(path)


def test_that_every_cut_of_a_file_is_refused(tmp_path: Path) -> None:
    for zipped in (True, False):
        path = saved(tmp_path, model_of().state_dict(), _use_new_zipfile_serialization=zipped)
        whole = path.read_bytes()
        for length in range(0, len(whole), 211):
            path.write_bytes(whole[:length])
            said_of(path)


@pytest.mark.filterwarnings("ignore:.*[Ss]parse")
def test_that_a_sparse_tensor_is_refused_and_the_program_unharmed(tmp_path: Path) -> None:
    """Indices far outside of what it says it has: torch crashes at its first use."""
    places = torch.tensor([[123456789, 2]])
    odd = torch.sparse_coo_tensor(places, torch.ones(2), (123456790,), check_invariants=False)
    path = saved(tmp_path, {"0.weight": odd})
    content = path.read_bytes()
    at = content.index(np.int64(123456789).tobytes())
    path.write_bytes(content[:at] + np.int64(2**62).tobytes() + content[at + 8 :])
    assert len(content) < 4_000
    refusal(path)


@pytest.mark.filterwarnings("ignore:torch.quantize_per_tensor", "ignore:TypedStorage")
def test_that_packed_tensors_are_refused(tmp_path: Path) -> None:
    packed = torch.quantize_per_tensor(torch.zeros(3), 0.1, 0, torch.qint8)
    for value in (packed, torch.zeros(3, device="meta")):
        assert "only dense ones" in said_of(saved(tmp_path, {"0.weight": value}))


def test_that_claims_larger_than_the_file_are_refused(tmp_path: Path) -> None:
    everywhere = torch.zeros(1).expand(10**12)
    said = said_of(saved(tmp_path, {"0.weight": everywhere}))
    assert "0.weight claims to hold more numbers than the file has" in said
    many = torch.zeros(10_000)
    shared = {f"{i}.weight": many for i in range(1_000)}  # 40 kB that would become 40 MB
    assert "claims to hold more than the file has bytes" in refusal(saved(tmp_path, shared))


def test_that_a_packed_archive_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "w.pt"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("w/data.pkl", bytes(10_000_000))
    assert path.stat().st_size < 20_000
    assert "more than the file has bytes" in said_of(path)


def test_that_memory_beyond_the_limit_is_not_given() -> None:
    """The limits themselves, in a process like the child."""
    if sys.platform != "linux":
        return
    program = (
        "from cnnviz.engine.convert_weights import _limit_memory, ROOM\n"
        "_limit_memory(ROOM)\n"
        "try:\n    bytearray(2 << 30)\nexcept MemoryError:\n    print('refused')\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert run.stdout == "refused\n"


@pytest.mark.parametrize(
    "held",
    [[1, 2], 3, {}, {"a": 1}, {1: torch.zeros(1)}, {"a": torch.zeros(2, dtype=torch.int32)},
     {"model": {"a": "text"}}, torch.zeros(3)],
)  # fmt: skip
def test_that_anything_but_a_state_dict_is_refused(tmp_path: Path, held: object) -> None:
    said_of(saved(tmp_path, held))


def test_that_a_child_that_crashes_or_says_nonsense_is_a_sentence() -> None:
    for code, said in ((-11, b""), (-9, b""), (1, b"null\n"), (0, b"{}\n"), (0, b"[1]\n")):
        with pytest.raises(Problem, match=f"crashed \\({code}\\)"):
            torch_file._answer(code, said)


def test_that_reading_can_be_cancelled_at_once(tmp_path: Path) -> None:
    path = saved(tmp_path, model_of().state_dict())
    cancelled = threading.Event()
    cancelled.set()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        read_torch_file(path, NETWORK, cancelled.is_set)
    assert time.monotonic() - began < 1


def test_that_a_child_that_takes_too_long_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch_file, "PATIENCE", 0.0)
    assert "took more than 0.0 s" in refusal(saved(tmp_path, model_of().state_dict()))


def test_that_a_module_beside_the_file_is_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("torch.py", "json.py", "numpy.py"):
        (tmp_path / name).write_text("raise SystemExit('taken')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    found = read_torch_file(saved(tmp_path, model_of().state_dict()), NETWORK, never)
    assert found.renamed == ""
