"""Drawings that Qt has written as SVG, cut into small pieces of which most are shared.

A lesson's pictures differ in a few cells each: what is the same in many of them is kept once.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from html import escape
from xml.etree import ElementTree

FAMILY = "Pretendard"
"""The font that the page brings along; what is written in it need not name it."""

_NOTHING = {
    "fill-opacity": "1",
    "stroke-opacity": "1",
    "stroke-width": "1",
    "stroke-linecap": "square",
    "stroke-linejoin": "bevel",
    "transform": "matrix(1,0,0,1,0,0)",
    "font-style": "normal",
    "font-weight": "400",
    "preserveAspectRatio": "none",
    "fill": "none",
    "stroke": "none",
}
"""What holds anyway within ``PART_STYLE``, or says nothing."""

PART_STYLE = "fill:none;stroke:none;fill-rule:evenodd;stroke-linecap:square;stroke-linejoin:bevel"
"""The style of the element that the pieces of a drawing are put into."""

_KEPT = {"preserveAspectRatio"}  # an image's is not inherited, and what it says is needed

_MOVED = re.compile(r"matrix\(1,0,0,1,([^,]+),([^)]+)\)")
_NUMBER = re.compile(r"-?\d+\.\d{2,}")
_REFERENCE = re.compile(r"url\(#(\w+)\)")
_LENGTHS = {"d", "points", "x", "y", "width", "height", "cx", "cy", "r", "rx", "ry"}


def pieces_of(
    drawing: bytes, fill: Callable[[ElementTree.Element], object] = lambda root: None
) -> tuple[str, ...]:
    """A drawing of `QSvgGenerator` as pieces, to be put one after the other into an ``svg``.

    Colours, shapes and texts stay; names of fonts and what is not seen are left out.

    Parameters
    ----------
    fill
        Completes the drawing, before it is cut up.
    """
    root = ElementTree.fromstring(drawing)
    fill(root)
    names = _names(root)
    found = list[str]()
    for child in root:
        if _tag(child) == "defs" and len(child):
            found.append(_written(child, names, exact=True))
        elif _tag(child) == "g":
            for group in child:
                found += _group(group, names)
    return tuple(found)


def texts_of(pieces: tuple[str, ...]) -> list[str]:
    """Everything that is written in the pieces of a drawing, in the order of its drawing."""
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", "".join(pieces))
    return [_unescaped(text) for text in texts]


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _names(root: ElementTree.Element) -> dict[str, str]:
    """New names for gradients and patterns, which tell what they are: two drawings may meet."""
    names = {}
    for element in root.iter():
        name = element.get("id")
        if name is not None:
            content = "".join(_written(child, {}, exact=True) for child in element)
            said = f"{sorted((k, v) for k, v in element.items() if k != 'id')}{content}"
            names[name] = "d" + hashlib.sha256(said.encode()).hexdigest()[:10]
    return names


def _group(group: ElementTree.Element, names: dict[str, str]) -> list[str]:
    """The pieces of one group of Qt's: its children with what the group says of them."""
    given = {k: v for k, v in group.items() if not k.startswith("font-")}
    moved = _MOVED.fullmatch(given.get("transform", "matrix(1,0,0,1,0,0)"))
    inside = [
        written
        for child in group
        if (written := _written(child, names, exact=moved is None or _tag(child) == "g"))
    ]
    if not inside:
        return []
    if all(_tag(child) in ("text", "image") for child in group):
        given = {k: v for k, v in given.items() if k in ("transform", "opacity", "clip-path")}
    if moved is not None and given.get("transform") is not None:
        x, y = (_short(number) for number in moved.groups())
        given["transform"] = "" if (x, y) == ("0", "0") else f"translate({x},{y})"
    said = _attributes(given, names, exact=False)
    return [f"<g{said}>{''.join(inside)}</g>" if said else "".join(inside)]


def _written(element: ElementTree.Element, names: dict[str, str], *, exact: bool) -> str:
    """An element as text; "" for what draws nothing.

    Parameters
    ----------
    exact
        Whether lengths keep their digits, for they may be enlarged.
    """
    tag, given = _tag(element), dict(element.items())
    if tag == "path" and not given.get("d", "").strip():
        return ""
    if tag == "text":
        return _text(element)
    inside = "".join(_written(child, names, exact=exact) for child in element)
    if tag == "g" and not inside:
        return ""
    said = _attributes(given, names, exact=exact, kept=_KEPT if tag == "image" else frozenset())
    return f"<{tag}{said}>{inside}</{tag}>" if inside else f"<{tag}{said}/>"


def _text(element: ElementTree.Element) -> str:
    given = element.get
    said = f' x="{_short(given("x", "0"))}" y="{_short(given("y", "0"))}"'
    said += f' font-size="{given("font-size", "14")}" fill="{given("fill", "#000000")}"'
    if int(given("font-weight", "400")) >= 600:
        said += ' class="b"'
    if given("fill-opacity", "1") != "1":
        said += f' fill-opacity="{given("fill-opacity")}"'
    if (element.text or "").strip() == "":
        return ""
    return f"<text{said}>{escape(element.text or '', quote=False)}</text>"


def _attributes(
    given: dict[str, str],
    names: dict[str, str],
    *,
    exact: bool,
    kept: set[str] | frozenset[str] = frozenset(),
) -> str:
    said = ""
    for full, value in given.items():
        name = full.rpartition("}")[2]
        if (_NOTHING.get(name) == value and name not in kept) or not value:
            continue
        if name in ("space", "font-family"):
            continue
        if name == "id":
            value = names.get(value, value)
        elif "url(#" in value:
            value = _REFERENCE.sub(lambda found: f"url(#{names.get(found[1], found[1])})", value)
        elif name in _LENGTHS and not exact:
            value = _NUMBER.sub(lambda found: _short(found[0]), value)
        said += f' {name}="{escape(" ".join(value.split()))}"'
    return said


def _short(number: str) -> str:
    """A length with two digits behind its point, as no screen shows more."""
    return f"{round(float(number), 2):g}" if abs(float(number)) < 1e4 else number


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]
