"""Drawings that are kept as shapes: SVG and PDF of a pane, complete in themselves.

What needs the window is done at once, the rest by the `Make` that is returned.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from xml.etree import ElementTree

from PyQt6.QtCore import QBuffer, QIODevice, QMarginsF, QPoint, QPointF, QRect, QSize, QSizeF
from PyQt6.QtGui import (
    QFont,
    QPageSize,
    QPainter,
    QPainterPath,
    QPdfWriter,
    QRawFont,
    QTextLayout,
    QTransform,
)
from PyQt6.QtSvg import QSvgGenerator
from PyQt6.QtWidgets import QWidget

from cnnviz.control.file_writing import Make
from cnnviz.export.pdf_images import with_images
from cnnviz.export.pdf_text import with_plain_text
from cnnviz.ui.drawn import Drawn, draw, draw_piece, piece_size, pieces, size
from cnnviz.ui.painters.aside import Aside, Kept, number_in
from cnnviz.ui.painters.device import images_aside
from cnnviz.ui.sketch import XLINK, Packing, Sketch, deflated

SVG = "http://www.w3.org/2000/svg"


def pdf(what: Drawn) -> Make:
    """One page of the drawing's size, a pixel a point, with the letters that it uses inside."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(what.pane.description[0])
    writer.setCreator("cnnviz")
    writer.setResolution(72)
    writer.setPageSize(QPageSize(QSizeF(size(what)), QPageSize.Unit.Point, "", _EXACT))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    painter = QPainter(writer)
    painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)  # or maps become JPEGs
    aside = Aside()
    with images_aside(aside):
        try:
            draw(what, painter)
        finally:
            painter.end()
    return partial(_pdf, buffer.data().data(), aside.take())


_EXACT = QPageSize.SizeMatchPolicy.ExactMatch


def _pdf(drawing: bytes, images: Sequence[Kept]) -> bytes:
    packed = [deflated(kept) for kept in images]
    return with_images(with_plain_text(drawing), packed, number_in)


def svg(what: Drawn) -> Make:
    """A drawing that looks the same everywhere.

    Text is there as the shapes of its letters: Qt writes the name of our font, which other
    computers lack, and what they put in its place has other widths and runs out of its cells.
    Each part is drawn by itself and cut off at its edges, as SVG of this kind knows no clipping.
    """
    title, caption, _, _ = what.pane.description
    drawn = [
        (sketched(what, part), QRect(QPoint(0, top), piece_size(what, part)))
        for part, top in pieces(what)
    ]
    return partial(_written, (title, caption), size(what), drawn)


def _written(said: tuple[str, str], whole: QSize, drawn: Sequence[tuple[Sketch, QRect]]) -> bytes:
    """The file, from the drawings of the parts and where they stand."""
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    width, height = str(whole.width()), str(whole.height())
    view = f"0 0 {width} {height}"
    root = ElementTree.Element(_svg("svg"), width=width, height=height, viewBox=view, version="1.1")
    for name, text in zip(("title", "desc"), said, strict=True):
        ElementTree.SubElement(root, _svg(name)).text = text
    definitions = ElementTree.SubElement(root, _svg("defs"))
    letters = _Letters(definitions)
    for number, (sketch, area) in enumerate(drawn):
        drawing = ElementTree.fromstring(sketch.shapes)
        _rename(drawing, f"p{number}-")
        clip = ElementTree.SubElement(definitions, _svg("clipPath"), id=f"edge{number}")
        edges = {"width": str(area.width()), "height": str(area.height())}
        ElementTree.SubElement(clip, _svg("rect"), edges)
        group = ElementTree.SubElement(root, _svg("g"), transform=f"translate(0,{area.top()})")
        group.set("clip-path", f"url(#edge{number})")
        for element in drawing:
            if element.tag == _svg("defs"):
                definitions.extend(element)
            elif element.tag == _svg("g"):
                _prune(element)
                for inner in element.iter(_svg("g")):
                    _place_lines(inner)
                letters.write(element)
                group.append(element)
        sketch.fill(drawing, Packing())
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _svg(name: str) -> str:
    return f"{{{SVG}}}{name}"


def sketched(what: Drawn, part: QWidget | None) -> Sketch:
    """One part as SVG, drawn by Qt; its images are left to whoever makes the file."""
    area = piece_size(what, part)
    buffer = QBuffer()
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(area)
    generator.setViewBox(QRect(0, 0, area.width(), area.height()))
    painter = QPainter(generator)
    aside = Aside()
    with images_aside(aside):
        try:
            draw_piece(what, part, painter)
        finally:
            painter.end()
    return Sketch(buffer.data().data(), aside.take())


_REFERENCE = re.compile(r"url\(#(\w+)\)")


def _rename(drawing: ElementTree.Element, before: str) -> None:
    """Names that no other part has, and images whose pixels stay squares."""
    for element in drawing.iter():
        for name, value in list(element.items()):
            if name == "id":
                element.set(name, before + value)
            elif "url(#" in value:
                element.set(name, _REFERENCE.sub(rf"url(#{before}\1)", value))
        if element.tag == _svg("image"):
            element.set("style", "image-rendering:pixelated")


def _prune(element: ElementTree.Element) -> None:
    """Leave out groups with nothing in them and paths without a point, which Qt writes too."""
    for child in list(element):
        _prune(child)
        empty = child.tag == _svg("g") and not len(child)
        if empty or (child.tag == _svg("path") and not child.get("d", "").strip()):
            element.remove(child)


_MATRIX = re.compile(r"matrix\(([^)]+)\)")
_POINT = re.compile(r"(-?[\d.]+(?:e[-+]?\d+)?),(-?[\d.]+(?:e[-+]?\d+)?)")
_UNSCALED = "non-scaling-stroke"


def _place_lines(group: ElementTree.Element) -> None:
    """Put lines where they end up, instead of a scale that does not apply to their width.

    Not every program knows lines whose width is not scaled, and draws a curve of a chart as a bar.
    """
    found = _MATRIX.fullmatch(group.get("transform", ""))
    lines = [child for child in group if child.get("vector-effect") == _UNSCALED]
    drawn = {_svg("path"): "d", _svg("polyline"): "points"}
    if found is None or len(lines) != len(group) or any(line.tag not in drawn for line in lines):
        return
    placed = QTransform(*(float(number) for number in found[1].split(",")))

    def place(point: re.Match[str]) -> str:
        at = placed.map(QPointF(float(point[1]), float(point[2])))
        return f"{at.x():g},{at.y():g}"

    for line in lines:
        line.set(drawn[line.tag], _POINT.sub(place, line.get(drawn[line.tag], "")))
        del line.attrib["vector-effect"]
    del group.attrib["transform"]


@dataclass
class _Letters:
    """Shapes of letters: each is written once, and used wherever it stands."""

    definitions: ElementTree.Element
    named: dict[tuple[str, int, float, int], str] = field(default_factory=dict)

    def write(self, group: ElementTree.Element) -> None:
        """Put shapes in the place of every text below an element."""
        for parent in list(group.iter()):
            for place, element in enumerate(list(parent)):
                if element.tag == _svg("text"):
                    parent[place] = self._shapes(element)

    def _shapes(self, element: ElementTree.Element) -> ElementTree.Element:
        given = element.get
        shapes = ElementTree.Element(
            _svg("g"),
            {"fill": given("fill", "#000000"), "fill-opacity": given("fill-opacity", "1")},
            stroke="none",
        )
        start = QPointF(float(given("x", "0")), float(given("y", "0")))
        for raw, letter, place in _laid_out(element.text or "", _font_of(element)):
            name = self._name(raw, letter)
            if name:
                at = start + place
                found = {f"{{{XLINK}}}href": f"#{name}", "x": f"{at.x():g}", "y": f"{at.y():g}"}
                ElementTree.SubElement(shapes, _svg("use"), found)
        return shapes

    def _name(self, raw: QRawFont, letter: int) -> str:
        """The name of a letter's shape, which is written where it is new; "" for a space."""
        key = (raw.familyName(), raw.weight(), raw.pixelSize(), letter)
        if key not in self.named:
            path = raw.pathForGlyph(letter)
            self.named[key] = "" if path.isEmpty() else f"l{len(self.named)}"
            if self.named[key]:
                shape = {"id": self.named[key], "d": _path_data(path)}
                ElementTree.SubElement(self.definitions, _svg("path"), shape)
        return self.named[key]


def _font_of(element: ElementTree.Element) -> QFont:
    font = QFont(element.get("font-family", ""))
    font.setPixelSize(round(float(element.get("font-size", "14"))))
    font.setWeight(QFont.Weight(int(element.get("font-weight", "400"))))
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def _laid_out(text: str, font: QFont) -> list[tuple[QRawFont, int, QPointF]]:
    """The letters of one line: font, number in it, and where it stands from the line's start."""
    layout = QTextLayout(text, font)
    layout.beginLayout()
    line = layout.createLine()
    layout.endLayout()
    down = QPointF(0, line.ascent())
    return [
        (run.rawFont(), letter, place - down)
        for run in layout.glyphRuns()
        for letter, place in zip(run.glyphIndexes(), run.positions(), strict=True)
    ]


def _path_data(path: QPainterPath) -> str:
    """A path as SVG writes it."""
    written = []
    letters = {
        QPainterPath.ElementType.MoveToElement: "M",
        QPainterPath.ElementType.LineToElement: "L",
        QPainterPath.ElementType.CurveToElement: "C",
        QPainterPath.ElementType.CurveToDataElement: " ",
    }
    for place in range(path.elementCount()):
        element = path.elementAt(place)
        written.append(f"{letters[element.type]}{element.x:.5g} {element.y:.5g}")
    return "".join(written)
