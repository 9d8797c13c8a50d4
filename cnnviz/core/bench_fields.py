"""What can be chosen in the Lab: each field with its legal values, and what stops the others.

Nothing here knows how an operation reckons: it is built with the value, and says what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cnnviz.core.bench import (
    LARGEST_SIZE,
    LARGEST_VALUE,
    MOST_CHANNELS,
    MOST_FEATURES,
    MOST_KERNELS,
    Bench,
    check_field,
    check_sizes,
    fields_of,
    most_of,
)
from cnnviz.core.bench_edits import (
    FOLLOWING,
    SIZES,
    effective_pair,
    following,
    resized,
    with_value,
)
from cnnviz.core.operations import Operation, Shape
from cnnviz.core.operations.sliding import Pair
from cnnviz.core.problem import Problem
from cnnviz.core.wires import Output

Value = int | float | bool | str | Output | None

NUMBER, REAL, CHOICE, BOOLEAN = "number", "real", "choice", "boolean"

_PADDINGS = ("valid", "same")
"""The words that may stand for a pair; for any other word the operation itself says its legal."""

_ROUND = (0.0, 0.001, 0.999, 1.0, 10.0, 100.0, 1e3, LARGEST_VALUE)
"""Real numbers that a range ends at, of either sign; anything between them can be typed."""


@dataclass(frozen=True)
class Field:
    """One thing that can be chosen.

    Attributes
    ----------
    name
        PyTorch's name of the field, or "channels", "height", "width" or "features" of the input.
    axis
        0 for the height and 1 for the width of a pair; None for what is one number, and for both
        numbers of a pair that are linked.
    kind
        `NUMBER` (whole), `REAL`, `CHOICE` (a word) or `BOOLEAN`.
    value
        What it is now.  Where it was left out, what is used in its place; None if nothing is.  Of a
        choice beside a pair ("same" for padding) "" while numbers are used.
    given
        False where the value was left out, as a pooling's stride may be.
    optional
        Whether it may be left out: None can be chosen.
    legal
        Every legal value, ascending; of a real number the smallest and the largest.
    refused
        What is wrong with a value: those next to the legal ones, and every word that cannot be
        chosen now.
    """

    name: str
    axis: int | None
    kind: str
    value: Value
    legal: tuple[Any, ...]
    refused: Mapping[Any, Problem]
    given: bool = True
    optional: bool = False

    @property
    def lowest(self) -> Any:
        return self.legal[0]

    @property
    def highest(self) -> Any:
        return self.legal[-1]

    @property
    def below(self) -> Problem | None:
        """What stops it at its lowest value."""
        return self._nearest([value for value in self._numbers() if value < self.lowest], max)

    @property
    def above(self) -> Problem | None:
        """What stops it at its highest value."""
        return self._nearest([value for value in self._numbers() if value > self.highest], min)

    def _numbers(self) -> list[Any]:
        return list(self.refused) if self.kind in (NUMBER, REAL) else []

    def _nearest(self, beyond: list[Any], which: Callable[[list[Any]], Any]) -> Problem | None:
        return self.refused[which(beyond)] if beyond else None


@dataclass(frozen=True)
class Rules:
    """What an operation's fields are asked with, and how far they are looked through.

    Attributes
    ----------
    given
        Raises `Problem` where a value of a field of this name is out of the question.
    fits
        Raises `Problem` where an operation does not fit.
    most
        The largest number, of either sign, that is looked at for a field of this name.
    """

    given: Callable[[str, Any], object]
    fits: Callable[[Operation], object]
    most: Callable[[str], int]


def operation_fields(
    operation: Operation, types: Mapping[str, Any], linked: frozenset[str], rules: Rules
) -> tuple[Field, ...]:
    """Everything that can be chosen of an operation but the sizes that follow its input."""
    found: list[Field] = []
    for name, expected in types.items():
        if name not in FOLLOWING and expected != tuple[float, ...]:  # which is given as a whole
            found += _of_type(operation, name, expected, name in linked, rules)
    return tuple(found)


def fields(bench: Bench, linked: frozenset[str] = frozenset()) -> tuple[Field, ...]:
    """Everything that can be chosen: the input's sizes, then the operation's fields in order.

    Parameters
    ----------
    linked
        Names of pairs whose two numbers are chosen as one.
    """
    return _fields(bench.operation, bench.input.shape, linked)


@lru_cache(maxsize=256)
def _fields(operation: Operation, shape: Shape, linked: frozenset[str]) -> tuple[Field, ...]:
    names = SIZES if len(shape) == 3 else ("features",)
    found = [_size(operation, shape, name, shape[i]) for i, name in enumerate(names)]
    rules = Rules(check_field, lambda changed: check_sizes(changed, shape), most_of)
    return (*found, *operation_fields(operation, fields_of(type(operation)), linked, rules))


def _size(operation: Operation, shape: Shape, name: str, size: int) -> Field:
    def attempt(value: Any) -> Problem | None:
        other = resized(shape, name, value)
        return _refusal(lambda: check_sizes(following(operation, other), other))

    if name == "channels":
        legal, refused = _all_of(attempt, 0, MOST_CHANNELS + 1)
    else:
        most = LARGEST_SIZE if len(shape) == 3 else MOST_FEATURES
        legal, refused = _around(attempt, size, 0, most + 1)
    return Field(name, None, NUMBER, size, legal, refused)


def _of_type(
    operation: Operation, name: str, expected: Any, linked: bool, rules: Rules
) -> list[Field]:
    """The fields of a dataclass field's type: two for a pair, three where a word may stand too."""
    value = getattr(operation, name)

    def attempt_at(axis: int | None) -> Callable[[Any], Problem | None]:
        def attempt(chosen: Any) -> None:
            rules.given(name, chosen)
            rules.fits(with_value(operation, name, chosen, axis))

        return lambda chosen: _refusal(lambda: attempt(chosen))

    if expected is bool:
        return [_boolean(name, value, attempt_at(None))]
    if expected is str:
        return [_choice(name, value, _words(operation, name), attempt_at(None))]
    optional, given = getattr(type(operation), name, 0) is None, value is not None
    if expected in (float, float | None):
        return [_real(name, value, attempt_at(None), optional)]
    if expected in (int, int | None):
        gaps = getattr(operation, "groups", 1) > 1 or name == "groups"
        legal, refused = _whole(value, attempt_at(None), rules.most(name), gaps)
        return [Field(name, None, NUMBER, value, legal, refused, given, optional)]
    words = isinstance(value, str)
    pair, beyond = effective_pair(operation, name), rules.most(name) + 1
    found = []
    for axis in (None,) if linked else (0, 1):
        number = pair[axis or 0]
        attempt = attempt_at(axis)
        if linked and pair[0] != pair[1] and attempt(number) is not None:
            legal, refused = _all_of(attempt, -1, beyond)
        else:
            legal, refused = _around(attempt, number, -1, beyond)
        found.append(
            Field(name, axis, NUMBER, number, legal, refused, given and not words, optional)
        )
    if expected == Pair | str:
        found.append(_choice(name, value if words else "", _PADDINGS, attempt_at(None)))
    return found


def _whole(
    value: int | None, attempt: Callable[[Any], Problem | None], most: int, gaps: bool
) -> tuple[tuple[int, ...], dict[int, Problem]]:
    if most <= MOST_KERNELS or gaps:
        return _all_of(attempt, -most - 1 if attempt(-1) is None else -1, most + 1)
    return _around(attempt, 1 if value is None else value, -1, most + 1)


def _all_of(
    attempt: Callable[[Any], Problem | None], first: int, last: int
) -> tuple[tuple[int, ...], dict[int, Problem]]:
    """Which of the numbers are legal, one by one: what has to divide another leaves gaps."""
    answers = {number: attempt(number) for number in range(first, last + 1)}
    legal = tuple(number for number, problem in answers.items() if problem is None)
    return legal, {n: problem for n, problem in answers.items() if problem is not None}


def _around(
    attempt: Callable[[Any], Problem | None], value: int, first: int, last: int
) -> tuple[tuple[int, ...], dict[int, Problem]]:
    """The legal numbers around a legal one, by halving; where there are no gaps.

    ``first`` and ``last`` are known to be too small and too large.
    """
    refused: dict[int, Problem] = {}
    ends = []
    for beyond in (first, last):
        good, bad = value, beyond
        # The next one is often the last legal one, or all are legal.
        tries = [bad + (1 if bad < good else -1)]
        while abs(bad - good) > 1:
            middle = tries.pop() if tries else (good + bad) // 2
            problem = attempt(middle)
            if problem is None:
                good = middle
            else:
                bad, refused[middle] = middle, problem
        ends.append(good)
        if bad not in refused and (problem := attempt(bad)) is not None:
            refused[bad] = problem
    nearest = {n: refused[n] for n in (ends[0] - 1, ends[1] + 1) if n in refused}
    return tuple(range(ends[0], ends[1] + 1)), nearest


def _real(
    name: str, value: float | None, attempt: Callable[[Any], Problem | None], optional: bool
) -> Field:
    start = 0.001 if value is None else value
    candidates = sorted({start, *_ROUND, *(-number for number in _ROUND)})
    here = candidates.index(start)
    ends: list[float] = []
    refused: dict[float, Problem] = {}
    for side in (candidates[:here][::-1], candidates[here + 1 :]):
        end = start
        for number in side:
            problem = attempt(number)
            if problem is not None:
                refused[number] = problem
                break
            end = number
        else:
            beyond = 2 * end
            if (problem := attempt(beyond)) is not None:
                refused[beyond] = problem
        ends.append(end)
    return Field(name, None, REAL, value, tuple(ends), refused, value is not None, optional)


def _boolean(name: str, value: bool, attempt: Callable[[Any], Problem | None]) -> Field:
    problem = attempt(not value)
    if problem is None:
        return Field(name, None, BOOLEAN, value, (False, True), {})
    return Field(name, None, BOOLEAN, value, (value,), {not value: problem})


def _choice(
    name: str, value: str, words: tuple[str, ...], attempt: Callable[[Any], Problem | None]
) -> Field:
    answers = {word: attempt(word) for word in words}
    legal = tuple(word for word, problem in answers.items() if problem is None)
    refused = {word: problem for word, problem in answers.items() if problem is not None}
    return Field(name, None, CHOICE, value, legal, refused)


def _words(operation: Operation, name: str) -> tuple[str, ...]:
    """The words that an operation takes in a field: it names them when it refuses another."""
    problem = _refusal(lambda: with_value(operation, name, "", None))
    assert problem is not None, f"{name} takes any word"
    return tuple(str(problem.fields["legal"]).split(", "))


def _refusal(attempt: Callable[[], object]) -> Problem | None:
    try:
        attempt()
    except Problem as problem:
        return problem
    return None
