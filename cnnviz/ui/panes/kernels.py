"""The kernels of the chosen layer: all of one kernel, or all kernels at one input channel."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, pyqtSignal
from PyQt6.QtGui import QPainter, QWheelEvent
from PyQt6.QtWidgets import QButtonGroup, QToolButton, QWidget

from cnnviz.control.language import tr
from cnnviz.core.numbers import number
from cnnviz.core.numbers import shape as shape_text
from cnnviz.core.problem import mark
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.kernels import KernelsScene, kernels_scene
from cnnviz.core.view import View
from cnnviz.ui.kernel_weights import KernelWeights
from cnnviz.ui.painters.device import ratio_of
from cnnviz.ui.painters.mosaic import Tiles, Values, draw_tiles, lay_out, outline_tile
from cnnviz.ui.painters.readout import draw_focus
from cnnviz.ui.pane import Legend
from cnnviz.ui.theme import Theme, colour
from cnnviz.ui.words import layer_name

BIAS_HEIGHT = 150
"""Pixels (at 100 %) of a pane from which the bias has a row of its own below one row of kernels."""


class KernelsPane(KernelWeights):
    """Shows weights in one range; what it shows of a layer with many is chosen in the pane."""

    key = "kernels"
    heading = mark("Kernels")

    channel_requested = pyqtSignal(int)
    """A kernel (output channel of the cursor's layer) was chosen."""
    opened_requested = pyqtSignal(int)
    """A slice of the kernel (group of the ledger's terms) was chosen."""
    element_requested = pyqtSignal(int, int, int, int)
    """An element was chosen: layer, channel, row, column."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.at_input = False
        self._bias = QToolButton(self)
        self._bias.clicked.connect(self.edit_bias)
        self._switch = QButtonGroup(self)
        self._one_kernel, self._one_input = QToolButton(self), QToolButton(self)
        self._before, self._after = QToolButton(self), QToolButton(self)
        for button in (self._one_kernel, self._one_input):
            button.setCheckable(True)
            self._switch.addButton(button)
        self._one_kernel.setChecked(True)
        self._one_input.toggled.connect(self._switched)
        self._before.clicked.connect(lambda: self._step(-1))
        self._after.clicked.connect(lambda: self._step(1))
        self._say()
        self.set_theme(self.theme)

    def compute(self, view: View) -> KernelsScene | Empty:
        return kernels_scene(view)

    def changed(self, before: object, scene: object) -> None:
        same = isinstance(before, KernelsScene) and isinstance(scene, KernelsScene)
        if not same or before.index != scene.index:  # type: ignore[attr-defined]
            self.focused = self.picked = None
        self._say_bias()
        self.arrange()
        super().changed(before, scene)

    def caption(self, scene: KernelsScene | Empty) -> str:
        if isinstance(scene, Empty):
            return ""
        title = layer_name(scene.layer)
        one = scene.layer.parameter_shapes["weight"] if scene.vector else scene.weight.shape
        size = shape_text(one[1:])
        parts = [title, f"{scene.kernels} × {size}"]
        if self._all_kernels(scene):
            if scene.groups > 1:
                parts.append(tr("input channel {number} of {count}",
                                number=scene.opened, count=scene.groups))  # fmt: skip
        else:
            parts.append(tr("kernel {number} of {count}",
                            number=scene.shown_kernel, count=scene.kernels))  # fmt: skip
        if scene.chosen != scene.index:
            parts[0] = tr("{layer}, the nearest layer before with weights", layer=title)
        return " · ".join(parts)

    def legend(self, scene: KernelsScene | Empty) -> Legend | None:
        return None if isinstance(scene, Empty) else Legend(scene.limit)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        palette, px = theme.palette, theme.px
        style = (
            f"QToolButton {{ background: {palette.raised}; color: {palette.text};"
            f" border: 1px solid {palette.border}; border-radius: {px(5)}px;"
            f" padding: 0 {px(6)}px; }}"
            f"QToolButton:checked {{ border-color: {palette.accent}; color: {palette.accent}; }}"
            f"QToolButton:focus {{ border: {max(2, px(2))}px solid {palette.text}; }}"
        )
        for button in self._buttons():
            button.setFont(theme.font(13))
            button.setStyleSheet(style)
        self._bias.setFont(theme.font(13))
        self._bias.setStyleSheet(f"{style} QToolButton {{ color: {palette.bias}; }}")
        self.arrange()

    def retranslate(self) -> None:
        self._say()
        super().retranslate()

    def paint(self, painter: QPainter, scene: KernelsScene) -> None:
        tiles = self.tiles(scene, ratio_of(painter))
        draw_tiles(painter, tiles, self.values(scene), scene.limit, self.theme)
        width, palette = max(2.0, self.theme.px(2)), self.theme.palette
        if not self._all_kernels(scene):
            if scene.groups > 1:
                outline_tile(painter, tiles, scene.opened, colour(palette.input), width)
        elif scene.kernel is not None:
            outline_tile(painter, tiles, scene.kernel, colour(palette.accent), width)
        if self.by_keyboard and self.hasFocus():
            draw_focus(painter, tiles.tile(self.standing(scene)), self.theme)
        self.draw_readout(painter, self._body())

    def readout(self, scene: KernelsScene, point: QPointF) -> str:
        found = self.tiles(scene).at(point)
        if found is None:
            return ""
        index, row, column = found
        kernel, group = self.both(scene, index)
        value = number(float(scene.weight[kernel, group, row, column]), 4)
        if scene.groups == 1:
            return tr("kernel {kernel}, ({row}, {column}): {value}",
                      kernel=kernel, row=row, column=column, value=value)  # fmt: skip
        return tr("kernel {kernel}, input {channel}, ({row}, {column}): {value}",
                  kernel=kernel, channel=scene.inputs[group], row=row, column=column,
                  value=value)  # fmt: skip

    def chosen_at(self, scene: KernelsScene, point: QPointF) -> None:
        found = self.tiles(scene).at(point)
        if found is not None:
            self.focused, self.picked = found[0], found
            self._request(scene, found[0])

    def arrow(self, scene: KernelsScene, right: int, down: int) -> None:
        across = self.tiles(scene).mosaic.across
        target = self.standing(scene) + right + down * across
        if 0 <= target < len(self.values(scene)):
            self.focused, self.picked = target, None

    def entered(self, scene: KernelsScene) -> None:
        self._request(scene, self.standing(scene))

    def focus_point(self, scene: KernelsScene) -> QPointF | None:
        return self.tiles(scene).tile(self.standing(scene)).center()

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if event is None or not event.angleDelta().y():
            return
        if self.editing.target is not None and isinstance(self.shown, KernelsScene):
            self.editing.wheel(event, self.shown.limit)
        else:
            self._step(-1 if event.angleDelta().y() > 0 else 1)
            event.accept()

    # --- what is shown -----------------------------------------------------------------------

    def tiles(self, scene: KernelsScene, ratio: float | None = None) -> Tiles:
        """Where the slices or kernels lie."""
        ratio = self.devicePixelRatioF() if ratio is None else ratio
        count, rows, columns = self.values(scene).shape
        return lay_out(self._body(), count, rows, columns, ratio, max(3, self.theme.px(3)))

    def _all_kernels(self, scene: KernelsScene) -> bool:
        return self.at_input or scene.groups == 1

    def values(self, scene: KernelsScene) -> Values:
        return scene.at_input() if self._all_kernels(scene) else scene.slices()

    def both(self, scene: KernelsScene, index: int) -> tuple[int, int]:
        """(kernel, group) of a tile."""
        if self._all_kernels(scene):
            return index, scene.opened
        return scene.shown_kernel, index

    def standing(self, scene: KernelsScene) -> int:
        """The tile that the keyboard stands on."""
        if self.focused is not None:
            return min(self.focused, len(self.values(scene)) - 1)
        return scene.shown_kernel if self._all_kernels(scene) else scene.opened

    def _request(self, scene: KernelsScene, index: int) -> None:
        if self._all_kernels(scene):
            self._request_kernel(scene, index)
        else:
            self._request_slice(scene, index)

    def _request_kernel(self, scene: KernelsScene, kernel: int) -> None:
        if scene.vector:
            layer = scene.chosen if scene.kernel is not None else scene.index
            self.element_requested.emit(layer, 0, 0, kernel)
        elif scene.kernel is None:
            self.element_requested.emit(scene.index, kernel, *scene.place)
        else:
            self.channel_requested.emit(kernel)

    def _request_slice(self, scene: KernelsScene, group: int) -> None:
        if scene.chosen != scene.index:
            # Only the ledger of the layer that owns the weights has this group of terms.
            if scene.vector:
                self.element_requested.emit(scene.index, 0, 0, scene.shown_kernel)
            else:
                self.element_requested.emit(scene.index, scene.shown_kernel, *scene.place)
        self.opened_requested.emit(group)

    def _step(self, by: int) -> None:
        """The next input channel, or the next kernel: whichever is not laid out in the pane."""
        scene = self.shown
        if isinstance(scene, Empty):
            return
        if self._all_kernels(scene):
            if scene.groups > 1 and 0 <= scene.opened + by < scene.groups:
                self._request_slice(scene, scene.opened + by)
        elif 0 <= scene.shown_kernel + by < scene.kernels:
            self._request_kernel(scene, scene.shown_kernel + by)

    # --- the row of buttons ------------------------------------------------------------------

    def _buttons(self) -> tuple[QToolButton, ...]:
        return (self._one_kernel, self._one_input, self._before, self._after)

    def _switched(self, at_input: bool) -> None:
        self.at_input, self.focused, self.picked = at_input, None, None
        self._say()
        self.arrange()
        self.update()
        self.described.emit()

    def _say(self) -> None:
        self._say_bias()
        self._one_kernel.setText(tr("One kernel"))
        self._one_kernel.setToolTip(tr("The chosen kernel: its slice for every input channel"))
        self._one_input.setText(tr("One input channel"))
        self._one_input.setToolTip(tr("Every kernel: its slice for the opened input channel"))
        what = (
            (tr("The input channel before"), tr("The next input channel"))
            if self.at_input
            else (tr("The kernel before"), tr("The next kernel"))
        )
        for button, text, tip in zip((self._before, self._after), "‹›", what, strict=True):
            button.setText(text)
            button.setToolTip(tip)
            button.setAccessibleName(tip)

    def _say_bias(self) -> None:
        scene = self.shown
        if isinstance(scene, KernelsScene) and scene.bias is not None:
            value = number(float(scene.bias[scene.shown_kernel]), 4)
            self._bias.setText(tr("bias {value}", value=value))
            self._bias.setToolTip(tr("The bias of kernel {kernel}; click to edit it",
                                     kernel=scene.shown_kernel))  # fmt: skip

    def _has_bias_row(self) -> bool:
        scene = self.shown
        if not isinstance(scene, KernelsScene) or scene.bias is None:
            return False
        return scene.groups > 1 or self.height() >= self.theme.px(BIAS_HEIGHT)

    def bias_area(self) -> QRectF:
        px, width = self.theme.px, self._bias.sizeHint().width()
        left = max(px(8), self.width() - px(8) - width)
        return QRectF(left, self.height() - px(32), width, px(26))

    def bias_label(self) -> QToolButton:
        """The bias as it stands in a file: not to be pressed, and so not framed as a button."""
        bare = "QToolButton { background: transparent; border: 0; padding: 0; color: "
        self._bias.setStyleSheet(f"{bare}{self.theme.palette.bias}; }}")
        return self._bias

    def arrange(self) -> None:
        """Lay the buttons out at the bottom; a layer with one input channel needs none.

        Where both ways of looking do not fit side by side, only the other one is offered.
        """
        needed = isinstance(self.shown, KernelsScene) and self.shown.groups > 1
        px, modes = self.theme.px, (self._one_kernel, self._one_input)
        left, height, side, gap = px(8), px(26), px(26), px(4)
        room = self.width() - 2 * left - 2 * (side + gap)
        area = self.bias_area()
        self._bias.setVisible(self._has_bias_row() and area.width() < self.width() / 2)
        self._bias.setGeometry(area.toRect())
        room -= int(area.width()) + gap if needed and not self._bias.isHidden() else 0
        widths = {button: button.sizeHint().width() for button in modes}
        both = sum(widths.values()) + gap <= room
        for button in modes:
            button.setVisible(needed and (both or not button.isChecked()))
        for button in (self._before, self._after):
            button.setVisible(needed)
        for button in self._buttons():
            if button.isHidden():
                continue
            width = min(widths[button], room) if button in modes else side
            button.setGeometry(left, self.height() - height - px(6), width, height)
            left += width + gap
        self.follow()

    def _body(self) -> QRectF:
        margin = self.theme.px(8)
        below = margin
        if (isinstance(self.shown, KernelsScene) and self.shown.groups > 1) or self._has_bias_row():
            below += self.theme.px(30)
        return QRectF(self.rect()).adjusted(margin, margin, -margin, -below)
