"""Which key of a file holds which array of a network."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from cnnviz.core.network import Network
from cnnviz.core.numbers import shape as shape_text
from cnnviz.core.operations import Shape
from cnnviz.core.problem import Problem
from cnnviz.core.weight_edit import kept_shapes

Place = tuple[int, str]
"""A layer's index and the name of one of its arrays."""

SHOWN = 3
"""Keys that a sentence names; of the others it says how many there are."""

Module = tuple[tuple[str, Shape], ...]
"""What belongs together under one prefix, by name: arrays and their shapes."""


@dataclass(frozen=True)
class Match:
    """The key of each array; ``renamed`` is one of them where the names were others."""

    keys: dict[Place, str]
    renamed: str = ""


def keys_of(network: Network) -> dict[Place, str]:
    """The keys that torch's nn.Sequential of the layers has: "0.weight", "0.bias", "3.weight"."""
    return {
        (index, name): f"{index}.{name}"
        for index, shapes in enumerate(kept_shapes(network))
        for name in shapes
    }


def named_keys(network: Network) -> dict[Place, str]:
    """The keys by the layers' own names, where they have some: "layer1.0.conv1.weight"."""
    return {
        (index, name): f"{network.layers[index].wire.name or index}.{name}"
        for index, name in keys_of(network)
    }


def match_keys(network: Network, found: Mapping[str, Shape], ordered: bool) -> Match:
    """Find every array of a network among a file's keys.

    Keys as torch names them in a Sequential are taken as they are, also behind "module.", which
    DataParallel puts before them, and so are those by the names that the layers have.  Other names
    are matched by shape, and where several layers have the same shapes by their order.

    Parameters
    ----------
    found
        The shape of each array, by its key.
    ordered
        Whether the keys stand in the model's order.  If not, names that differ in their numbers
        only ("layer1.0", "layer2.0") still say it.

    Raises
    ------
    Problem
        If shapes or keys do not fit; the sentence names the first few and says how many more.
    """
    # Batches that a batch norm has seen: torch counts them, and computes nothing with them.
    found = {k: v for k, v in found.items() if not k.endswith("num_batches_tracked")}
    bare = {key.removeprefix("module."): key for key in found}
    for ours in (keys_of(network), named_keys(network)):
        known = sum(key in bare for key in ours.values())
        if 2 * known > len(ours) or known == len(ours):
            _check(network, ours, {key: found[whole] for key, whole in bare.items()})
            return Match({place: bare[key] for place, key in ours.items()})
    return _match_modules(network, found, ordered)


def _check(network: Network, ours: dict[Place, str], found: Mapping[str, Shape]) -> None:
    """Refuse keys that are missing or too many, and shapes that differ."""
    lacking = [key for key in ours.values() if key not in found]
    extra = [key for key in found if key not in ours.values()]
    if lacking and extra:
        raise Problem(
            "the weights are of another network: {lacking} are missing, and {extra} have no place",
            lacking=_some(lacking),
            extra=_some(extra),
        )
    if lacking:
        raise Problem("the weights are not complete: {keys} are missing", keys=_some(lacking))
    if extra:
        raise Problem(
            "the weights are of another network: {keys} have no place in this one",
            keys=_some(extra),
        )
    shapes = kept_shapes(network)
    wrong = [
        f"{key} {shape_text(found[key])} ≠ {shape_text(shapes[index][name])}"
        for (index, name), key in ours.items()
        if found[key] != shapes[index][name]
    ]
    if wrong:
        raise Problem(
            "the weights have other shapes than this network (in the file ≠ here): {keys}",
            keys=_some(wrong),
        )


def _match_modules(network: Network, found: Mapping[str, Shape], ordered: bool) -> Match:
    """By the shapes of what stands under one prefix, and by order where those are the same."""
    places: dict[Module, list[str]] = defaultdict(list)
    for prefix, module in _modules(found, ordered).items():
        places[module].append(prefix)
    wanted: dict[Module, list[int]] = defaultdict(list)
    for index, shapes in enumerate(kept_shapes(network)):
        if shapes:
            wanted[tuple(sorted(shapes.items()))].append(index)
    _check_counts(wanted, places)
    keys: dict[Place, str] = {}
    for module, indices in wanted.items():
        prefixes = places[module]
        if len(prefixes) > 1 and not ordered and len({_pattern(it) for it in prefixes}) > 1:
            raise Problem(
                "{keys} have the same shapes, and neither their names nor their order in the file "
                "say which layer each belongs to",
                keys=_some(prefixes),
            )
        for index, prefix in zip(indices, prefixes, strict=True):
            keys |= {(index, name): f"{prefix}.{name}" for name, _ in module}
    placed = {place: keys[place] for place in keys_of(network)}
    return Match(placed, next(iter(placed.values())))


def _check_counts(wanted: Mapping[Module, list[int]], places: Mapping[Module, list[str]]) -> None:
    short = [
        f"{index}.{name} {shape_text(shape)}"
        for module, indices in wanted.items()
        for index in indices[len(places.get(module, [])) :]
        for name, shape in module[-1:]
    ]
    if short:
        raise Problem(
            "the keys have other names than in this network, and by their shapes none of them fits "
            "{keys}",
            keys=_some(short),
        )
    over = [
        f"{prefix}.{name} {shape_text(shape)}"
        for module, prefixes in places.items()
        for prefix in prefixes[len(wanted.get(module, [])) :]
        for name, shape in module[-1:]
    ]
    if over:
        raise Problem(
            "the weights are of another network: {keys} have no place in this one",
            keys=_some(over),
        )


def _modules(found: Mapping[str, Shape], ordered: bool) -> dict[str, Module]:
    """What stands under each prefix, in the model's order if that is known."""
    together: dict[str, list[tuple[str, Shape]]] = defaultdict(list)
    for key, shape in found.items():
        prefix, _, name = key.rpartition(".")
        together[prefix].append((name, shape))
    prefixes = list(together) if ordered else sorted(together, key=_by_numbers)
    return {prefix: tuple(sorted(together[prefix])) for prefix in prefixes}


def _by_numbers(text: str) -> list[tuple[int, str]]:
    """A key to sort by: "layer2" comes before "layer10"."""
    return [(int(it), "") if it.isdecimal() else (-1, it) for it in re.split(r"(\d{1,9})", text)]


def _pattern(text: str) -> str:
    return re.sub(r"\d+", "#", text)


def _some(texts: list[str]) -> object:
    """The first few, and how many more."""
    # A key is whatever the file says: it may be as long as a page.
    shown = ", ".join(text[:80] for text in texts[:SHOWN])
    if len(texts) <= SHOWN:
        return shown
    return Problem("{keys} and {more} more", keys=shown, more=len(texts) - SHOWN)
