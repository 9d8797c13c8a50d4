"""Checks of an operation's fields, each with a sentence that names the field."""

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
