"""The receptive field, both ways: what reaches an element, and what a pixel reaches."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QPointF, QRectF, QSize, QSizeF, pyqtSignal
from PyQt6.QtGui import QPainter
from PyQt6.QtWidgets import QWidget

from cnnviz.control.language import tr
from cnnviz.core.numbers import number
from cnnviz.core.problem import mark
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.receptive import Look, Pixel, ReceptiveScene, receptive_scene
from cnnviz.core.view import View
from cnnviz.ui.controls import HEIGHT
from cnnviz.ui.look_buttons import LookButtons
from cnnviz.ui.painters.influence import (
    Grid,
    influence_text,
    lay_out_influence,
    paint_influence,
    reached_text,
)
from cnnviz.ui.painters.locality import connections_text, paint_locality
from cnnviz.ui.painters.readout import draw_focus
from cnnviz.ui.painters.receptive import (
    ReceptiveLayout,
    lay_out_receptive,
    paint_receptive,
    seen_text,
)
from cnnviz.ui.pointing import PointingPane
from cnnviz.ui.words import layer_name

LOOKS = (
    (Look.FIELD, mark("Exact field"), mark("Every pixel that can reach the element")),
    (
        Look.GRADIENT,
        mark("Gradient"),
        mark("How much each pixel counts for the element, as it is now"),
    ),
    (
        Look.INFLUENCE,
        mark("Influence"),
        mark("What a pixel reaches in every layer (click a pixel, or use the arrow keys)"),
    ),
    (
        Look.CONNECTIONS,
        mark("Connectivity"),
        mark("The element in its own layer, against a fully connected neuron"),
    ),
)


class ReceptivePane(PointingPane):
    """The input with everything shaded that cannot reach the cursor's element; three more looks.

    A click on a pixel of the input, or an arrow key while the pane has the keyboard, shows what
    that pixel can reach; Escape goes back.  What is chosen here is kept while the window lives.
    """

    key = "receptive"
    heading = mark("Receptive field")

    gradient_requested = pyqtSignal(object, int, tuple)
    """How much each pixel counts is wanted: snapshot, layer, element."""
    element_requested = pyqtSignal(int, int, int, int)
    """An element was chosen: layer, channel, row, column."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chosen = Look.FIELD
        self.pixel: Pixel | None = None
        self._before = Look.FIELD
        self._view: View | None = None
        self.buttons = LookButtons(LOOKS, self)
        self.buttons.chosen.connect(self.choose)
        self.hold(self.buttons)

    def choose(self, look: Look) -> None:
        """Show another of the looks."""
        if self.chosen is not Look.INFLUENCE:
            self._before = self.chosen
        self.chosen = look
        self.buttons.show_look(look)
        self._look_again()

    def choose_pixel(self, pixel: Pixel) -> None:
        """Show what a pixel of the input can reach."""
        self.pixel = pixel
        self.choose(Look.INFLUENCE)

    def go_back(self) -> None:
        """From the influence to what was shown before it."""
        self.choose(self._before)

    def _look_again(self) -> None:
        if self._view is not None:
            self.look(self._view)

    def minimumSizeHint(self) -> QSize:
        # Its dock grows when it is shown: less is no picture, and hardly a line of the table.
        return QSize(120, 132)

    # --- the view ----------------------------------------------------------------------------

    def compute(self, view: View) -> ReceptiveScene | Empty:
        return receptive_scene(view, self.chosen, self.pixel)

    def look(self, view: View) -> None:
        self._view = view
        super().look(view)
        scene = self.shown
        # Only who is seen looks, so that nothing is measured for a pane behind another.
        if isinstance(scene, ReceptiveScene) and scene.awaits_gradient:
            self.gradient_requested.emit(scene.snapshot, scene.cursor.layer, scene.element)

    def caption(self, scene: Any) -> str:
        if not isinstance(scene, ReceptiveScene):
            return ""
        return {
            Look.FIELD: tr("size, jump and start in pixels of the input"),
            Look.GRADIENT: tr("|∂ element / ∂ pixel|, summed over the input's channels"),
            Look.INFLUENCE: tr("what a pixel can reach, layer by layer"),
            Look.CONNECTIONS: tr("connections of one element in its own layer"),
        }[scene.look]

    def changed(self, before: Any, scene: Any) -> None:
        super().changed(before, scene)
        if isinstance(scene, ReceptiveScene):
            self.arrange()
            self.setAccessibleDescription(self._sentence(scene))

    @staticmethod
    def _sentence(scene: ReceptiveScene) -> str:
        if scene.look is Look.CONNECTIONS:
            return connections_text(scene)
        return influence_text(scene) if scene.look is Look.INFLUENCE else seen_text(scene)

    # --- painting ----------------------------------------------------------------------------

    def paint(self, painter: QPainter, scene: ReceptiveScene) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if scene.look is Look.CONNECTIONS:
            body = QRectF(self.rect())
            body.setTop(self.layout_of(scene).buttons.bottom())
            paint_locality(painter, body, scene, self.theme)
        else:
            layout = self.layout_of(scene)
            if scene.look is Look.INFLUENCE:
                paint_influence(painter, layout, self.grids(scene), scene, self.theme)
            else:
                paint_receptive(painter, layout, scene, self.theme)
            if self.by_keyboard and self.hasFocus():
                draw_focus(painter, layout.cells.rect.adjusted(-4, -4, 4, 4), self.theme)
        self.draw_readout(painter, QRectF(self.rect()))

    def layout_of(self, scene: ReceptiveScene) -> ReceptiveLayout:
        """Where everything lies."""
        size = QSizeF(self.buttons.sizeHint().width(), self.theme.px(HEIGHT))
        return lay_out_receptive(QRectF(self.rect()), scene, self.theme, size)

    def grids(self, scene: ReceptiveScene) -> tuple[Grid, ...]:
        """The small grids of the layers, where a pixel's influence is shown."""
        if scene.look is not Look.INFLUENCE:
            return ()
        return lay_out_influence(self.layout_of(scene), scene, self.theme)

    def arrange(self) -> None:
        if isinstance(self.shown, ReceptiveScene):
            self.buttons.setGeometry(self.layout_of(self.shown).buttons.toAlignedRect())

    # --- pointing ----------------------------------------------------------------------------

    def _pixel_at(self, scene: ReceptiveScene, point: QPointF) -> Pixel | None:
        if scene.look is Look.CONNECTIONS:
            return None
        return self.layout_of(scene).cells.at(point.x(), point.y())

    def readout(self, scene: ReceptiveScene, point: QPointF) -> str:
        pixel = self._pixel_at(scene, point)
        if pixel is None:
            found = [grid for grid in self.grids(scene) if grid.whole.contains(point)]
            return (
                f"{layer_name(found[0].reach.layer)}: {reached_text(found[0].reach)}"
                if found
                else ""
            )
        values = ", ".join(number(float(value), 2) for value in scene.image[:, *pixel])
        text = tr("pixel ({row}, {column}): {value}", row=pixel[0], column=pixel[1], value=values)
        if scene.gradient is not None:
            counts = number(float(scene.gradient.strength[pixel]), 4)
            text = f"{text} · {tr('counts {value}', value=counts)}"
        elif scene.look is not Look.INFLUENCE and not scene.field.mask(scene.image.shape)[pixel]:
            text = f"{text} · {tr('not seen')}"
        return text

    def chosen_at(self, scene: ReceptiveScene, point: QPointF) -> None:
        pixel = self._pixel_at(scene, point)
        if pixel is not None and pixel == scene.pixel:
            self.go_back()
        elif pixel is not None:
            self.choose_pixel(pixel)
        for grid in self.grids(scene) if pixel is None else ():
            if grid.whole.contains(point):
                self._go_to(scene, grid)

    def _go_to(self, scene: ReceptiveScene, grid: Grid) -> None:
        """Ask for the middle one of the elements that the pixel reaches in a layer."""
        field, here = grid.reach.field, scene.cursor.layer == grid.reach.index
        if field.count:
            row, column = field.rows[len(field.rows) // 2], field.columns[len(field.columns) // 2]
            channel = scene.cursor.channel if here else 0
            self.element_requested.emit(grid.reach.index, channel, row, column)

    def arrow(self, scene: ReceptiveScene, right: int, down: int) -> None:
        if scene.look is Look.CONNECTIONS:
            return
        row, column = self._start(scene)
        if scene.pixel is not None:
            row, column = row + down, column + right
        _, height, width = scene.network.input_shape
        self.choose_pixel((min(max(row, 0), height - 1), min(max(column, 0), width - 1)))

    def entered(self, scene: ReceptiveScene) -> None:
        if scene.pixel is not None:
            self.go_back()
        elif scene.look is not Look.CONNECTIONS:
            self.choose_pixel(self._start(scene))

    @staticmethod
    def _start(scene: ReceptiveScene) -> Pixel:
        """The pixel that is shown; before there is one, the middle of the field."""
        if scene.pixel is not None:
            return scene.pixel
        field, (_, height, width) = scene.field, scene.network.input_shape
        if not field.count:
            return height // 2, width // 2
        return field.rows[len(field.rows) // 2], field.columns[len(field.columns) // 2]

    def focus_point(self, scene: Any) -> QPointF | None:
        if not isinstance(scene, ReceptiveScene) or scene.pixel is None or not self.hasFocus():
            return None
        return self.layout_of(scene).cells.span(*scene.pixel).center()

    # --- events ------------------------------------------------------------------------------

    def goes_back(self) -> bool:
        return self.chosen is Look.INFLUENCE
