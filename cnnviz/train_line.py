"""What can be said behind ``cnnviz train``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cnnviz.core.problem import mark

OWN_OF_RUN = ("network", "data", "images", "shuffle_pixels", "augment", "batch_size", "lr", "seed")
"""What a run that goes on already has, and what cannot be another one."""


@dataclass(frozen=True)
class TrainArguments:
    """The command line, read; what is None was not said.

    Attributes
    ----------
    network
        Key of a bundled network, or a description's file.
    data
        Name of a known data set, or a folder or file.
    images
        How many of the training images are learned from.
    shuffle_pixels
        Seed of another order of the pixels.
    augment
        How training images are changed at random: "shift=2,flip".
    lr
        Adam's learning rate.
    run
        The file to record in.
    resume
        Whether the run in that file goes on.
    evaluate_every
        Batches between two looks at the first test images.
    limit_batches
        Batches after which this call stops, however many are left.
    megabytes
        What the snapshots of a new run may take on disk.
    name
        What the run is called in the window's list.
    shifts
        Whether the accuracy on shifted test images is measured when the run is complete.
    """

    network: str | None = None
    data: str | None = None
    images: int | None = None
    shuffle_pixels: int | None = None
    augment: str | None = None
    epochs: int | None = None
    batch_size: int | None = None
    lr: float | None = None
    seed: int | None = None
    threads: int | None = None
    device: str | None = None
    run: Path | None = None
    resume: bool = False
    limit_batches: int | None = None
    evaluate_every: int | None = None
    megabytes: int | None = None
    name: str = ""
    shifts: bool = False


def parse_train(argv: Sequence[str]) -> TrainArguments:
    """Read the command line; ends the process as `argparse` does if it cannot be used."""
    parser = _parser()
    arguments = TrainArguments(**vars(parser.parse_args(argv)))
    if arguments.limit_batches is not None and arguments.limit_batches < 1:
        parser.error(mark("--limit-batches: a whole number from 1 is needed"))
    if arguments.megabytes is not None and arguments.megabytes < 1:
        parser.error(mark("--megabytes: a whole number from 1 is needed"))
    if not arguments.resume:
        if arguments.network is None:
            parser.error(mark("NETWORK is missing: its name or its file, such as two_layer_cnn"))
        return arguments
    if arguments.run is None:
        parser.error(mark("--resume only has a meaning together with --run FILE"))
    if any(getattr(arguments, name) is not None for name in OWN_OF_RUN):
        parser.error(
            mark(
                "a run that goes on keeps its network, data, images, pixels, augmentation, batch "
                "size, learning rate and seed: leave them out"
            )
        )
    return arguments


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cnnviz train",
        description=mark(
            "Train a network without a window, and record the run in a file that the window opens."
        ),
        epilog=mark(
            "Ctrl-C stops after the batch and keeps the file. Exit codes: 0 done, 1 stopped before "
            "the end or not recorded to the end, 2 could not begin, 130 stopped by Ctrl-C."
        ),
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("network", nargs="?", metavar="NETWORK", help=mark("a bundled network's name, or a file"))
    add("--data", metavar="DATA", help=mark("a data set's name, or a folder (default: mnist)"))
    add(
        "--images", type=int, metavar="N", help=mark("learn from the first N images (default: all)")
    )
    add(
        "--shuffle-pixels",
        type=int,
        metavar="SEED",
        help=mark("put the pixels of every image into the same other order"),
    )
    add(
        "--augment",
        metavar="LIST",
        help=mark(
            "change training images at random, up to shift=2 (pixels), rotation=15 (degrees), "
            "flip, crop=0.2 (of the sides), noise=0.1, colour=0.1: one or more, with commas"
        ),
    )
    add("--epochs", type=int, metavar="N", help=mark("passes over the training images"))
    add("--batch-size", type=int, metavar="N", help=mark("images a step"))
    add("--lr", type=float, metavar="RATE", help=mark("learning rate of Adam"))
    add("--seed", type=int, metavar="N", help=mark("of weights, shuffling and dropout"))
    add("--threads", type=int, metavar="N", help=mark("cores to use (default: all)"))
    add("--device", metavar="NAME", help=mark('"cpu", "cuda", "mps" (default: the fastest)'))
    add(
        "--evaluate-every",
        type=int,
        metavar="N",
        help=mark("batches between two looks at the test"),
    )
    add("--megabytes", type=int, metavar="N", help=mark("of snapshots to keep (default: 512)"))
    add("--name", default="", metavar="TEXT", help=mark("what the run is called in the window"))
    add(
        "--shifts",
        action="store_true",
        help=mark("afterwards, measure the accuracy on test images that are shifted sideways"),
    )
    add("--run", type=Path, metavar="FILE", help=mark("file to record in (default: a new one)"))
    add("--resume", action="store_true", help=mark("go on with the run in that file"))
    add("--limit-batches", type=int, metavar="N", help=mark("stop after so many batches"))
    return parser
