"""What stands in a run's file in words: network, settings, data, and where it was computed."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cnnviz import __version__
from cnnviz.core.augmentation import Augmentation
from cnnviz.core.experiment import Experiment
from cnnviz.core.network_file import network_from_text, write_network
from cnnviz.core.problem import Problem
from cnnviz.core.settings import TrainingSettings
from cnnviz.resources import resource


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _versions() -> dict[str, str]:
    return {"cnnviz": __version__, "python": platform.python_version()}


@dataclass(frozen=True)
class About:
    """Where a run was computed, and with what.

    Attributes
    ----------
    begun
        When, in UTC (ISO 8601).
    device, device_title
        torch's name of the device ("cuda:0"), and what a person calls it.
    data_title
        What a person calls the data set.
    fingerprint
        Of images and labels (SHA-256); "" if it is not known.
    versions
        Of cnnviz, python, torch.
    """

    begun: str = field(default_factory=_now)
    device: str = ""
    device_title: str = ""
    data_title: str = ""
    fingerprint: str = ""
    versions: Mapping[str, str] = field(default_factory=_versions)

    @classmethod
    def from_texts(cls, texts: Mapping[str, str]) -> About:
        """What a run's file says; raises `Problem` if it does not say it."""
        found = _table(texts, "about")
        values: dict[str, Any] = {
            f.name: found[f.name]
            for f in fields(cls)
            if f.name != "versions" and isinstance(found.get(f.name), str)
        }
        versions = found.get("versions")
        if isinstance(versions, dict):
            values["versions"] = {str(k): str(v) for k, v in versions.items()}
        return cls(**({"begun": "", "versions": {}} | values))


def written_run(experiment: Experiment, about: About, budget: int) -> dict[str, str]:
    """The rows of a run's table; raises `Problem` if the network cannot be written down."""
    return {
        "key": experiment.network.key,
        "network": write_network(experiment.network),
        "settings": json.dumps(asdict(experiment.settings)),
        "data": _written_data(experiment.data),
        "about": json.dumps(asdict(about), ensure_ascii=False),
        "budget": str(budget),
    }


def experiment_of(texts: Mapping[str, str]) -> Experiment:
    """The experiment that a run's rows describe; raises `Problem` if they do not."""
    found = _table(texts, "settings")
    augmentation = found.pop("augmentation", {})  # a file of before it was there has none
    kinds = {f.name: type(getattr(TrainingSettings(), f.name)) for f in fields(TrainingSettings)}
    del kinds["augmentation"]
    unknown = [name for name, value in found.items() if kinds.get(name) is not type(value)]
    if unknown:
        raise Problem("its settings cannot be read: {name}", name=unknown[0][:60])
    network = network_from_text(texts.get("key", ""), texts.get("network", ""))
    data = _read_data(texts.get("data", ""))
    settings = TrainingSettings(**found, augmentation=_augmentation_of(augmentation))
    return Experiment(network, settings, data)


def _augmentation_of(found: object) -> Augmentation:
    kinds = {f.name: type(getattr(Augmentation(), f.name)) for f in fields(Augmentation)}
    if not isinstance(found, dict):
        raise Problem("its settings cannot be read: {name}", name="augmentation")
    unknown = [str(name) for name, value in found.items() if kinds.get(name) is not type(value)]
    if unknown:
        raise Problem("its settings cannot be read: {name}", name=unknown[0][:60])
    return Augmentation(**found)


def _table(texts: Mapping[str, str], name: str) -> dict[str, Any]:
    try:
        found = json.loads(texts[name])
        if not isinstance(found, dict):
            raise TypeError("not a table")
    except (KeyError, ValueError, TypeError, RecursionError) as error:
        raise Problem("its {part} cannot be read", part=name) from error
    return found


def _written_data(data: Path | str) -> str:
    """What names the data, so that it is found on another computer where it comes with cnnviz."""
    if isinstance(data, str):
        return f"name:{data}"
    if data.is_relative_to(resource()):
        return f"bundled:{data.relative_to(resource()).as_posix()}"
    return f"path:{data.absolute()}"


def _read_data(text: str) -> Path | str:
    kind, _, rest = text.partition(":")
    if kind == "name":
        return rest
    if kind == "bundled" and ".." not in rest.split("/"):
        return resource(*rest.split("/"))
    if kind == "path":
        return Path(rest)
    raise Problem("its {part} cannot be read", part="data")
