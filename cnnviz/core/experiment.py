"""What one run is made of, before it is run."""

from __future__ import annotations

from dataclasses import dataclass

from cnnviz.core.dataset import DataName
from cnnviz.core.network import Network
from cnnviz.core.settings import TrainingSettings


@dataclass(frozen=True)
class Experiment:
    """A network, how it is trained, and the name of the data it is trained on."""

    network: Network
    settings: TrainingSettings
    data: DataName
