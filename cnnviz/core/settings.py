"""How a network is trained; every field is a line in the settings dialog."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from cnnviz.core.augmentation import Augmentation


@dataclass(frozen=True)
class TrainingSettings:
    """The lecture's settings (seed document 003), which reach 98.8 % on MNIST.

    Attributes
    ----------
    learning_rate
        Of Adam; 1e-3 in the lecture.
    batch_size
        Images a step; 100 in the lecture.
    epochs
        Passes over the training images; 15 in the lecture.
    seed
        Of weights, shuffling and dropout; 777 in the lecture.
    threads
        Cores torch may use; stored with a run, because float sums depend on it.
    device
        "cpu", "cuda", "cuda:1", "mps"; "auto" takes the fastest there is.
    evaluate_every
        Batches between two looks at the test sample; 0 for none.
    augmentation
        How the images of each batch are changed at random; not at all in the lecture.
    train_images
        Only the first so many images of the training set are learned from; 0 for all.
    pixel_seed
        Every image has its pixels in another order, the same for all, drawn from this seed; 0
        leaves them where they are.
    """

    learning_rate: float = 1e-3
    batch_size: int = 100
    epochs: int = 15
    seed: int = 777
    threads: int = os.cpu_count() or 1
    device: str = "auto"
    evaluate_every: int = 100
    augmentation: Augmentation = field(default_factory=Augmentation)
    train_images: int = 0
    pixel_seed: int = 0
