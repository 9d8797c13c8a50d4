"""What is drawn for a file is what the window shows: its own pixels, or the same shapes."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from numpy.typing import NDArray
from PyQt6.QtCore import QBuffer, QByteArray, Qt
from PyQt6.QtGui import QColor, QImage, QPainter
from PyQt6.QtPdf import QPdfDocument
from PyQt6.QtSvg import QSvgRenderer
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.stage import StageScene
from cnnviz.ui.drawn import Drawn, draw, drawn, image, in_light, size
from cnnviz.ui.lab import LabPage
from cnnviz.ui.ledger_area import LedgerArea
from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.painters.device import VECTOR_RATIO
from cnnviz.ui.painters.ledger_pieces import written
from cnnviz.ui.panes.stage import StagePane
from cnnviz.ui.sketch import XLINK
from cnnviz.ui.theme import LIGHT, colour
from cnnviz.ui.vector import pdf, svg
from tests.pictures import pixels

SMOOTH = Qt.TransformationMode.SmoothTransformation

SHOWN = ("network", "stage", "kernels", "maps", "loss", "prediction")


def pictured(window: MainWindow, key: str) -> Drawn:
    dock = window.docks[key]
    dock.show()
    dock.raise_()
    log = window.controller.runner.metrics
    for loss in (2.3, 1.7, 1.2, 0.9) if key == "loss" else ():
        log.append(np.array([loss], dtype=np.float32))
    window.controller.drain()
    dock.pane.look(window.controller.view)
    QApplication.processEvents()
    dock.pane.grab()  # the chart is made at the first paint
    QApplication.processEvents()
    assert not isinstance(dock.pane.shown, Empty)
    return drawn(dock.pane, mark=dock.bar.marked)


def grabbed(part: QWidget) -> NDArray[np.uint8]:
    return pixels(part.grab().toImage())


@pytest.mark.parametrize("key", SHOWN)
def test_that_a_picture_has_the_pixels_of_the_window(window: MainWindow, key: str) -> None:
    what = pictured(window, key)
    whole = pixels(image(what))
    assert whole.shape[:2] == (size(what).height(), size(what).width())

    top = what.pane.theme.px(32)
    for part in what.parts:
        bottom = top + part.height()
        assert np.array_equal(whole[top:bottom, : part.width()], grabbed(part))
        top = bottom


def test_that_title_caption_and_legend_stand_above_as_in_the_title_bar(window: MainWindow) -> None:
    what = pictured(window, "stage")
    bar = window.docks["stage"].bar
    assert np.array_equal(pixels(image(what))[: bar.height()], grabbed(bar))


def test_that_a_picture_of_the_lab_has_its_ledger(window: MainWindow, qtbot: QtBot) -> None:
    window.requests.choose_workspace("lab")
    page = window.workspaces.page
    assert isinstance(page, LabPage)
    page.choose_way(1)
    page.lab.ready()
    qtbot.waitUntil(lambda: not isinstance(page.pane.shown, Empty))
    page.ledger.show()
    what = drawn(page.pane, page.ledger)
    whole = pixels(image(what))
    assert np.array_equal(whole[-page.ledger.height() :], grabbed(page.ledger))


def test_that_a_picture_twice_as_large_has_twice_the_detail(window: MainWindow) -> None:
    what = pictured(window, "stage")
    fine = image(what, 2.0)
    assert fine.width() == 2 * size(what).width()
    doubled = image(what).scaled(fine.size())
    assert not np.array_equal(pixels(fine), pixels(doubled))
    whole = image(what).size()
    assert difference(fine.scaled(whole), image(what)) < 12


def difference(one: QImage, other: QImage) -> float:
    """Mean difference of two pictures, of 255."""
    apart = pixels(one)[..., :3].astype(int) - pixels(other)[..., :3].astype(int)
    return float(np.abs(apart).mean())


def rendered(written: bytes, width: int, height: int) -> QImage:
    renderer = QSvgRenderer(QByteArray(written))
    assert renderer.isValid()
    made = QImage(width, height, QImage.Format.Format_RGB32)
    painter = QPainter(made)
    renderer.render(painter)
    painter.end()
    return made


@pytest.mark.parametrize("key", SHOWN)
def test_that_an_svg_looks_like_the_window(window: MainWindow, key: str) -> None:
    what = pictured(window, key)
    # As a finer screen shows it: maps are laid out in whole pixels of the device.
    whole = image(what, VECTOR_RATIO)
    again = rendered(svg(what)(), whole.width(), whole.height())
    blank = QImage(whole.size(), QImage.Format.Format_RGB32)
    blank.fill(colour(what.pane.theme.palette.panel))
    assert difference(again, whole) < 3
    assert difference(again, whole) < difference(blank, whole) / 2


@pytest.mark.parametrize("key", SHOWN)
def test_that_an_svg_needs_nothing_from_outside(window: MainWindow, key: str) -> None:
    root = ElementTree.fromstring(svg(pictured(window, key))())
    names = {element.get("id") for element in root.iter() if element.get("id")}
    for element in root.iter():
        assert not element.tag.endswith("}text"), "a font that others may not have"
        link = element.get(f"{{{XLINK}}}href", "")
        assert not link or link[1:] in names or link.startswith("data:image/png;base64,")
        for value in element.attrib.values():
            if "url(" in value:
                assert value.removeprefix("url(#").removesuffix(")") in names


def test_that_lines_in_an_svg_are_as_wide_in_every_program(window: MainWindow) -> None:
    """Widths that a scale leaves alone are not known everywhere (librsvg draws bars)."""
    root = ElementTree.fromstring(svg(pictured(window, "loss"))())
    for group in root.iter():
        if "matrix(1,0,0,1," not in group.get("transform", "matrix(1,0,0,1,0,0)"):
            unscaled = [part for part in group if part.get("vector-effect") == "non-scaling-stroke"]
            assert not unscaled or group.get("stroke") == "none"


def test_that_lines_of_a_chart_are_wider_in_a_finer_picture(window: MainWindow) -> None:
    what = pictured(window, "loss")
    kernel = np.array(QColor(what.pane.theme.palette.kernel).getRgb())
    inked = [(pixels(image(what, scale)) == kernel).all(axis=2).sum() for scale in (1.0, 3.0)]
    assert inked[1] > 6 * inked[0]


def test_that_what_is_cut_off_in_a_ledger_is_not_drawn_over_its_total(window: MainWindow) -> None:
    window.controller.choose_layer(3)
    what = pictured(window, "stage")
    pane = what.pane
    assert isinstance(pane, StagePane)
    assert pane.ledger._total is not None, "288 products do not fit"
    again = rendered(svg(what)(), size(what).width(), size(what).height())
    last = what.parts[-1].height() - pane.ledger._scrolling
    whole = image(what, VECTOR_RATIO).scaled(again.size(), transformMode=SMOOTH)
    apart = pixels(again)[-last:].astype(int) - pixels(whole)[-last:].astype(int)
    assert np.abs(apart).mean() < 6


def test_that_a_ledger_that_scrolls_has_no_scroll_bar_in_a_picture(window: MainWindow) -> None:
    window.controller.choose_layer(3)
    what = pictured(window, "stage")
    ledger = what.parts[-1]
    assert isinstance(ledger, LedgerArea)
    wide = ledger.viewport_().width()
    assert wide < ledger.width(), "288 products do not fit"
    drawn_ledger = pixels(image(what))[-ledger.height() :]
    assert np.array_equal(drawn_ledger[:, :wide], grabbed(ledger.viewport_()))
    panel = np.array(QColor(what.pane.theme.palette.panel).getRgb())
    assert (drawn_ledger[:, wide:] == panel).all()


def test_that_text_in_an_svg_is_drawn_once_a_letter(window: MainWindow) -> None:
    written = svg(pictured(window, "stage"))().decode()
    assert written.count("<use ") > 4 * written.count("<path id=")


@pytest.mark.parametrize("key", SHOWN)
def test_that_a_pdf_is_one_page_of_the_size_of_the_pane(window: MainWindow, key: str) -> None:
    what = pictured(window, key)
    written = pdf(what)()
    whole = size(what)
    assert written.startswith(b"%PDF-")
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", written)
    assert [(float(wide), float(high)) for wide, high in boxes] == [(whole.width(), whole.height())]
    assert b"/FontFile2" in written
    assert b"/DCTDecode" not in written, "values became a JPEG"


def text_of(written: bytes) -> str:
    """What a reader finds on the first page."""
    buffer = QBuffer()
    buffer.setData(QByteArray(written))
    buffer.open(QBuffer.OpenModeFlag.ReadOnly)
    document = QPdfDocument(None)
    document.load(buffer)
    found = document.getAllText(0).text()
    document.close()
    document.deleteLater()
    return found


@pytest.mark.parametrize("key", SHOWN)
def test_that_all_that_is_written_in_a_pdf_can_be_found(window: MainWindow, key: str) -> None:
    what = pictured(window, key)
    found = text_of(pdf(what)())
    assert what.pane.description[0] in found
    assert not [letter for letter in found if "\ue000" <= letter <= "\uf8ff" or letter == "\0"]


def test_that_a_ledger_can_be_copied_from_a_pdf(window: MainWindow) -> None:
    what = pictured(window, "stage")
    scene = what.pane.shown
    assert isinstance(scene, StageScene)
    ledger = scene.ledger
    assert ledger.weights is not None
    term = next(term for term in range(ledger.taps.count) if ledger.taps.reads(term))
    found = text_of(pdf(what)()).replace("\n", " ").replace("\r", " ")
    operand, weight = (written(float(side[term]), 4) for side in (ledger.operands, ledger.weights))
    assert f"{operand}×{weight}" in found.replace(" ", "")
    assert written(ledger.result, 4) in found


@pytest.mark.parametrize("key", ["stage", "loss", "prediction"])
def test_that_a_picture_for_print_is_light_and_leaves_the_window_as_it_was(
    window: MainWindow, key: str
) -> None:
    what = pictured(window, key)
    before = image(what)
    with in_light(what):
        light = image(what)
    corner = light.pixelColor(light.width() - 2, light.height() - 2)
    assert corner.name() == LIGHT.panel
    assert np.array_equal(pixels(image(what)), pixels(before))
    assert np.array_equal(grabbed(what.parts[0]), pixels(before)[32 : 32 + what.parts[0].height()])
    assert not what.pane.styleSheet()


def test_that_the_keyboard_is_not_in_the_picture(window: MainWindow) -> None:
    what = pictured(window, "maps")
    before = pixels(image(what))
    what.pane.by_keyboard = True
    what.pane.setFocus()
    assert np.array_equal(pixels(image(what)), before)
    assert what.pane.by_keyboard


def test_that_no_picture_is_made_of_what_could_not_be_drawn(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from cnnviz.core.problem import Problem

    what = pictured(window, "maps")

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(what.pane, "paint", fail)
    with pytest.raises(Problem, match="could not be drawn"):
        image(what)
    caplog.clear()


def test_that_any_painter_gets_the_picture_where_it_stands(window: MainWindow) -> None:
    what = pictured(window, "maps")
    whole = size(what)
    made = QImage(whole.width() + 40, whole.height() + 30, QImage.Format.Format_RGB32)
    made.fill(0)
    painter = QPainter(made)
    painter.translate(40, 30)
    draw(what, painter)
    painter.end()
    assert np.array_equal(pixels(made)[30:, 40:], pixels(image(what)))
