"""What of a data set a run learns from: fewer images, pixels in another order, digits shifted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.dataset import Dataset, Images
from cnnviz.core.settings import TrainingSettings

SHIFTS = range(-4, 5)
"""Columns by which test images are shifted to see who minds."""


def taken(dataset: Dataset, settings: TrainingSettings) -> Dataset:
    """The part of a data set that the settings ask for, with its pixels where they ask for them.

    All test images are kept.  The order of the pixels is the same for every image and channel.
    """
    if not settings.train_images and not settings.pixel_seed:
        return dataset
    count = settings.train_images or len(dataset.train_labels)
    seed = settings.pixel_seed
    return replace(
        dataset,
        train_images=shuffled(dataset.train_images[:count], seed),
        train_labels=dataset.train_labels[:count],
        test_images=shuffled(dataset.test_images, seed),
    )


def shuffled(images: Images, seed: int) -> Images:
    """Images with their pixels in the order of a seed, or as they are where it is 0."""
    if not seed:
        return images
    flat = images.reshape(*images.shape[:2], -1)
    return flat[:, :, pixel_order(flat.shape[2], seed)].reshape(images.shape)


def shifted(images: Images, columns: int, seed: int) -> Images:
    """Images whose digits were shifted *before* their pixels were shuffled.

    Parameters
    ----------
    images
        (count, channels, height, width), shuffled by ``seed`` already.
    columns
        To the right; to the left if negative.  Zeros come in at the other side.
    """
    plain = images
    if seed:
        flat = images.reshape(*images.shape[:2], -1)
        back = np.argsort(pixel_order(flat.shape[2], seed))
        plain = flat[:, :, back].reshape(images.shape)
    width, moved = images.shape[3], np.zeros_like(plain)
    first, last = max(0, columns), width + min(0, columns)
    moved[..., first:last] = plain[..., first - columns : last - columns]
    return shuffled(moved, seed)


def pixel_order(count: int, seed: int) -> NDArray[np.intp]:
    """(count,) which pixel comes to each place."""
    return np.random.default_rng(seed).permutation(count)
