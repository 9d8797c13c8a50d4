"""What one run is made of, before it is run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cnnviz.core.network import Network
from cnnviz.core.settings import TrainingSettings


@dataclass(frozen=True)
class Experiment:
    """A network, how it is trained, and the folder of idx files it is trained on."""

    network: Network
    settings: TrainingSettings
    data: Path
