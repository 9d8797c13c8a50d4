"""The panes of the network's workspace: what the window, its menu and lessons call them."""

from __future__ import annotations

from cnnviz.core.problem import mark

PANES = (
    ("network", mark("Network")),
    ("stage", mark("Step by step")),
    ("kernels", mark("Kernels")),
    ("maps", mark("Activation maps")),
    ("loss", mark("Loss")),
    ("pooling", mark("Pooling")),
    ("prediction", mark("Prediction")),
    ("receptive", mark("Receptive field")),
    ("matrix", mark("Weight matrix")),
    ("graph", mark("Connections")),
    ("confusion", mark("Confusion matrix")),
    ("exciting", mark("What excites a channel")),
    ("rehearsal", mark("One training step")),
    ("data", mark("Data")),
    ("own", mark("Own picture")),
)
"""Keys and English names, in the order of the View menu."""
