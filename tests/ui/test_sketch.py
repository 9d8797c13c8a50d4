"""Images that are left out of a drawing and laid into it later: the file is as if they had not."""

from __future__ import annotations

import threading
from xml.etree import ElementTree

import numpy as np
import pytest
from numpy.typing import NDArray
from PyQt6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRect, QRectF, QSize, QSizeF
from PyQt6.QtGui import QImage, QPageSize, QPainter, QPdfWriter
from PyQt6.QtPdf import QPdfDocument
from PyQt6.QtSvg import QSvgGenerator
from PyQt6.QtWidgets import QApplication

from cnnviz.export.pdf_images import with_images
from cnnviz.ui import sketch as sketch_module
from cnnviz.ui.drawn import Drawn, draw, draw_piece, piece_size, pieces, size
from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.painters.aside import Aside, number_in
from cnnviz.ui.painters.device import draw_image, images_aside
from cnnviz.ui.sketch import Packing, deflated
from cnnviz.ui.vector import pdf, sketched, svg
from tests.pictures import pixels
from tests.ui.test_drawn import SHOWN, pictured

PAGE = QSize(60, 40)


def written_by_qt(what: Drawn, number: int) -> bytes:
    """One part as SVG, with its images in it from the beginning."""
    part, _ = list(pieces(what))[number]
    area, buffer, generator = piece_size(what, part), QBuffer(), QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(area)
    generator.setViewBox(QRect(0, 0, area.width(), area.height()))
    painter = QPainter(generator)
    draw_piece(what, part, painter)
    painter.end()
    return buffer.data().data()


def page_of(buffer: QBuffer, whole: QSize) -> QPdfWriter:
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(72)
    exact = QPageSize.SizeMatchPolicy.ExactMatch
    writer.setPageSize(QPageSize(QSizeF(whole), QPageSize.Unit.Point, "", exact))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    return writer


def seen(document: bytes, times: int = 2) -> NDArray[np.uint8]:
    """The pixels of a PDF's first page."""
    buffer, reader = QBuffer(), QPdfDocument(None)
    buffer.setData(QByteArray(document))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader.load(buffer)
    assert reader.status() == QPdfDocument.Status.Ready
    page = reader.pagePointSize(0).toSize() * times
    return pixels(reader.render(0, page))


@pytest.mark.parametrize("key", SHOWN)
def test_that_an_svg_is_the_one_that_qt_writes(window: MainWindow, key: str) -> None:
    what = pictured(window, key)
    for number, (part, _) in enumerate(pieces(what)):
        sketch = sketched(what, part)
        drawing = ElementTree.fromstring(sketch.shapes)
        sketch.fill(drawing, Packing())
        expected = ElementTree.fromstring(written_by_qt(what, number))
        assert ElementTree.tostring(drawing) == ElementTree.tostring(expected)


@pytest.mark.parametrize("key", SHOWN)
def test_that_a_pdf_looks_as_the_one_that_qt_writes(window: MainWindow, key: str) -> None:
    what, buffer = pictured(window, key), QBuffer()
    writer = page_of(buffer, size(what))
    painter = QPainter(writer)
    painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)
    draw(what, painter)
    painter.end()
    assert np.array_equal(seen(pdf(what)()), seen(buffer.data().data()))


@pytest.mark.parametrize("make", [svg, pdf])
def test_that_images_are_packed_by_who_makes_the_file(
    window: MainWindow, make: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = list[int]()
    rows = sketch_module._rows

    def noted(*arguments: object) -> bytes:
        packed.append(threading.get_ident())
        return rows(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(sketch_module, "_rows", noted)
    made = make(pictured(window, "maps"))  # type: ignore[operator]
    assert not packed
    content = list[bytes]()
    thread = threading.Thread(target=lambda: content.append(made()))
    thread.start()
    thread.join()
    assert set(packed) == {thread.ident}
    assert content[0]


def image_in_a_pdf(image: QImage, aside: Aside) -> bytes:
    buffer = QBuffer()
    writer = page_of(buffer, PAGE)
    painter = QPainter(writer)
    painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)
    painter.fillRect(QRectF(0, 0, 60, 40), 0xFF0000FF)
    with images_aside(aside):
        draw_image(painter, QRectF(0, 0, 60, 40), image)
        draw_image(painter, QRectF(0, 0, 6, 4), image)
    painter.end()
    return buffer.data().data()


def test_that_what_is_transparent_stays_so(qapp: QApplication) -> None:
    image = QImage(2, 1, QImage.Format.Format_ARGB32)
    image.setPixel(0, 0, 0xFF00FF00)
    image.setPixel(1, 0, 0x00000000)
    aside = Aside()
    drawing = image_in_a_pdf(image, aside)
    taken = aside.take()
    assert len(taken) == 2, "as large pixels as each place needs"
    found = seen(with_images(drawing, [deflated(each) for each in taken], number_in), 1)
    assert tuple(found[20, 10][:3]) == (0, 255, 0)
    assert tuple(found[20, 50][:3]) == (0, 0, 255), "the page shows through"


def test_that_an_image_is_kept_as_it_was_drawn(qapp: QApplication) -> None:
    values = np.full((4, 4), 0xFF336699, dtype=np.uint32)
    data: object = values.data
    image = QImage(data, 4, 4, 16, QImage.Format.Format_RGB32)  # type: ignore[call-overload]
    aside, buffer = Aside(), QBuffer()
    with images_aside(aside):
        writer = page_of(buffer, PAGE)
        painter = QPainter(writer)
        draw_image(painter, QRectF(0, 0, 1, 1), image)
        painter.end()
    values[:] = 0
    assert (pixels(aside.take()[0].whole())[..., :3] == (0x33, 0x66, 0x99)).all()


def test_that_an_image_without_a_sign_is_an_error(qapp: QApplication) -> None:
    aside, image = Aside(), QImage(2, 2, QImage.Format.Format_RGB32)
    image.fill(0)
    drawing = image_in_a_pdf(image, aside)
    images = [deflated(each) for each in aside.take()]
    with pytest.raises(ValueError, match="1 of 3 images have no sign"):
        with_images(drawing, [*images, images[0]], number_in)
