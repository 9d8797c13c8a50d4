"""Mean and deviation of a whole set of images, from how often each byte occurs.

Counting is exact and can be done a part at a time: 47 million bytes would hold a window up.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.dataset import Images

BYTES = 256


def count_bytes(images: Images) -> NDArray[np.int64]:
    """(channels, 256) how often each byte occurs in (count, channels, height, width) images."""
    channels = images.shape[1]
    counts = [np.bincount(images[:, c].reshape(-1), minlength=BYTES) for c in range(channels)]
    return np.array(counts, dtype=np.int64)


def mean_and_deviation(
    counts: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(channels,) mean and standard deviation of each channel, as the network is fed: 0 … 1.

    The deviation is that of all pixels there are (numpy's ``std``), as it is usually given for
    normalising: 0.1307 and 0.3081 for MNIST's training images.
    """
    values = np.arange(BYTES) / 255
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    mean = shares @ values
    return mean, np.sqrt(np.maximum(shares @ values**2 - mean**2, 0))
