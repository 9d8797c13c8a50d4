"""Seeds of single steps, for what is drawn beside the run's own generators."""

from __future__ import annotations


def mixed(seed: int, step: int) -> int:
    """A seed of 32 bits for a step, far from those of its neighbours (the finaliser of SplitMix64).

    torch's generator on a CPU takes no more than 32 bits of a seed.
    """
    state = (seed + (step + 1) * 0x9E3779B97F4A7C15) % 2**64
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) % 2**64
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) % 2**64
    return (state ^ (state >> 31)) >> 32
