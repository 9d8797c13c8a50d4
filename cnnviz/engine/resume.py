"""All that training depends on, taken out of a session and put back into another, bit for bit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from cnnviz.core.dataset import Dataset
from cnnviz.core.events import Starting
from cnnviz.core.experiment import Experiment
from cnnviz.core.operations import Parameters
from cnnviz.core.problem import Problem, mark
from cnnviz.core.tensor_blob import Arrays, lay_out, unpack
from cnnviz.engine.run_file import RunFile
from cnnviz.engine.run_places import Point
from cnnviz.engine.run_schema import explained
from cnnviz.engine.session import Session, prepare, undone_if_it_fails
from cnnviz.engine.stored_step import Stored, classes_of


def prepare_from(
    experiment: Experiment,
    run: int,
    resume: Point | None = None,
    weights: Sequence[Parameters] = (),
    before: Session | None = None,
) -> Generator[Starting, None, Session]:
    """Make a run ready as `prepare` does, and put it where another one was.

    With the same experiment on the same machine, training from there gives the weights that the
    other run has got or would have got.  Epochs and learning rate may be others.  ``before``
    and, where the run is a new one, ``weights`` are as `prepare` takes them.

    Raises
    ------
    Problem
        As `prepare` does; if the file cannot be read or does not keep that step; if network, data
        or batch size are others than the run's.
    """
    if resume is None:
        return (yield from prepare(experiment, run, weights, before))
    path, step = resume
    with undone_if_it_fails(), RunFile.open(path) as file:
        stored, found = file.resume_state(step), file.experiment
        session = yield from prepare(experiment, run, before=before)
        yield Starting(mark("Going back to the step in the run"))
        with explained(path):
            _check_same(session, found, file.about.fingerprint)
        session.metrics = file.metrics(step)
        with explained(path):
            restore(session, stored)
        return session


def capture(session: Session) -> Stored:
    """A copy of what training depends on; draws no random number and changes nothing.

    Call it between two batches, when no loss waits on the device.
    """
    rest = {
        "epochs_done": session.epochs_done,
        "part": session.part,
        "order_epoch": session.order_epoch,
        "classes": session.classes,
    }
    return Stored(
        step=session.step,
        epoch_end=session.step > 0 and session.step % session.batches == 0,
        weights=_blob(session.module.state_dict()),
        state=_blob(_optimiser_tensors(session.optimizer) | _random_tensors(session)),
        place=json.dumps(rest),
    )


def restore(session: Session, stored: Stored) -> None:
    """Put a session where another was when `capture` was called.

    Raises
    ------
    Problem
        If the stored arrays do not fit the session's network; the session must not be used then.
    """
    weights, state = unpack(bytes(stored.weights)), unpack(bytes(stored.state))
    own = session.module.state_dict()
    wrong = [
        name
        for name in sorted(own.keys() | weights.keys())
        if name not in own or name not in weights or tuple(own[name].shape) != weights[name].shape
    ]
    if wrong:
        raise Problem("its weights belong to another network: {name}", name=wrong[0][:60])
    try:
        with torch.no_grad():
            for name, tensor in own.items():
                tensor.copy_(torch.from_numpy(weights[name]))
        _restore_optimiser(session.optimizer, state)
        _restore_place(session, stored)
        _restore_random(session, state)
    except (RuntimeError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise Problem(
            "training cannot go on from step {step}: {error}",
            step=stored.step,
            error=str(error)[:200],
        ) from error


def fingerprint(dataset: Dataset) -> str:
    """SHA-256 of all images and labels, in hexadecimal digits; takes 0.1 s for MNIST."""
    digest = hashlib.sha256()
    for part in (False, True):
        for array in dataset.part(part):
            digest.update(f"{array.shape} {array.dtype.str} ".encode())
            digest.update(np.ascontiguousarray(array).data.cast("B"))
    return digest.hexdigest()


def _check_same(session: Session, found: Experiment, data: str) -> None:
    given, before = session.settings.batch_size, found.settings.batch_size
    if given != before:
        raise Problem(
            "batch_size: {given} was given, but the run was trained with {before}: its steps would "
            "mean something else",
            given=given,
            before=before,
        )
    if session.experiment.network.layers != found.network.layers:
        raise Problem("the network is another than the run's")
    if data and data != fingerprint(session.dataset):
        raise Problem("the images are others than those the run was trained on")


def _blob(tensors: Mapping[str, Tensor]) -> Any:
    layout = lay_out(
        {name: (_dtype(tensor), tuple(tensor.shape)) for name, tensor in tensors.items()}
    )
    blob, arrays = layout.empty()
    for name, tensor in tensors.items():
        torch.from_numpy(arrays[name]).copy_(tensor.detach())
    return blob


def _dtype(tensor: Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")


def _optimiser_tensors(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """What the optimiser keeps: of Adam two means and a count, for each parameter."""
    kept = optimizer.state_dict()["state"]
    return {
        f"optimizer.{number}.{name}": torch.as_tensor(value)
        for number, values in kept.items()
        for name, value in values.items()
    }


def _restore_optimiser(optimizer: torch.optim.Optimizer, arrays: Arrays) -> None:
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    kept: dict[int, dict[str, Tensor]] = {}
    for name, array in arrays.items():
        if name.startswith("optimizer."):
            _, number, key = name.split(".", 2)
            parameter, tensor = parameters[int(number)], torch.from_numpy(array).clone()
            if tensor.shape == parameter.shape:
                # In the parameter's order in memory, as the optimiser itself lays it out.
                tensor = torch.empty_like(parameter).copy_(tensor)
            kept.setdefault(int(number), {})[key] = tensor
    groups = optimizer.state_dict()["param_groups"]
    optimizer.load_state_dict({"state": kept, "param_groups": groups})


def _random_tensors(session: Session) -> dict[str, Tensor]:
    state = session.order_state
    found = {
        "random.cpu": torch.get_rng_state(),
        # As it was before this epoch's order was drawn: drawing it again is 480 kB shorter.
        "random.shuffle": session.shuffle.get_state() if state is None else state,
    }
    device = session.device.key
    if device.startswith("cuda"):
        found["random.cuda"] = torch.cuda.get_rng_state(device)
    elif device == "mps":
        found["random.mps"] = torch.mps.get_rng_state()
    return found


def _restore_random(session: Session, arrays: Arrays) -> None:
    session.shuffle.set_state(torch.from_numpy(arrays["random.shuffle"]))
    if session.order_epoch >= 0:
        session.draw_order(session.order_epoch)
    torch.set_rng_state(torch.from_numpy(arrays["random.cpu"]))
    device = session.device.key
    if device.startswith("cuda") and "random.cuda" in arrays:
        torch.cuda.set_rng_state(torch.from_numpy(arrays["random.cuda"]), device)
    elif device == "mps" and "random.mps" in arrays:
        torch.mps.set_rng_state(torch.from_numpy(arrays["random.mps"]))


def _restore_place(session: Session, stored: Stored) -> None:
    place = json.loads(stored.place)
    done, part, epoch = place["epochs_done"], place["part"], place["order_epoch"]
    reached = stored.step // session.batches
    if not (all(type(n) is int for n in (done, part, epoch)) and 0 <= done <= reached):
        raise ValueError("its place is impossible")
    if not (1 <= part <= session.settings.batch_size and -1 <= epoch <= reached):
        raise ValueError("its place is impossible")
    session.classes = classes_of(stored.place)
    session.step, session.epochs_done, session.part = stored.step, done, part
    session.order_epoch = epoch
