"""Checks of an operation's fields and input, each with a sentence that names what is wrong."""

from math import gcd, isfinite, isqrt

from cnnviz.core.problem import Problem


def check_pairs(minimum: int, **fields: tuple[int, int]) -> None:
    """Raise `Problem` unless both numbers of every field are at least ``minimum``."""
    for field, value in fields.items():
        if min(value) < minimum:
            raise Problem(
                "{field}: {value} is too small, at least {minimum} is needed",
                field=field,
                value=min(value),
                minimum=minimum,
            )


def check_count(field: str, value: int) -> None:
    """Raise `Problem` unless a count is at least 1."""
    check_pairs(1, **{field: (value, value)})


def check_groups(groups: int, inputs: int, outputs: int) -> None:
    """Raise `Problem` unless both channel counts can be divided into so many groups."""
    check_count("groups", groups)
    if inputs % groups or outputs % groups:
        raise Problem(
            "groups: {groups} does not divide in_channels {inputs} and out_channels {outputs}, "
            "possible: {legal}",
            groups=groups,
            inputs=inputs,
            outputs=outputs,
            legal=", ".join(map(str, _nearest_divisors(groups, gcd(inputs, outputs)))),
        )


def _nearest_divisors(value: int, count: int, most: int = 6) -> list[int]:
    """The divisors of ``count`` that are nearest to a value, ascending."""
    small = [i for i in range(1, isqrt(count) + 1) if count % i == 0]
    divisors = {*small, *(count // i for i in small)}
    return sorted(sorted(divisors, key=lambda divisor: abs(divisor - value))[:most])


def check_maps(shape: tuple[int, ...]) -> None:
    """Raise `Problem` unless the input is maps."""
    if len(shape) != 3:
        raise Problem(
            "it needs maps of shape channels × height × width, but its input is a vector of "
            "{count}",
            count=shape[0],
        )


def check_input(field: str, given: int, arriving: int) -> None:
    """Raise `Problem` unless the size that a layer was told of is the one that reaches it."""
    if given != arriving:
        raise Problem(
            "{field}: {given} was given, but the layer before it puts out {arriving}",
            field=field,
            given=given,
            arriving=arriving,
        )


def check_number(**fields: float) -> None:
    """Raise `Problem` unless every field is a number, and not infinite."""
    for field, value in fields.items():
        if not isfinite(value):
            raise Problem("{field}: {value} is not a finite number", field=field, value=value)


def check_vector(shape: tuple[int, ...]) -> None:
    """Raise `Problem` unless the input is a vector."""
    if len(shape) != 1:
        raise Problem(
            "it needs a vector, but its input is {count} maps: put a Flatten before it",
            count=shape[0],
        )
