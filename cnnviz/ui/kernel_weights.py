"""Editing kernels where they are shown: a weight, a bias, a whole kernel."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QContextMenuEvent, QKeyEvent
from PyQt6.QtWidgets import QMenu, QWidget

from cnnviz.control.language import tr
from cnnviz.core.scenes.kernels import KernelsScene
from cnnviz.core.weight_edit import weight_place
from cnnviz.ui.painters.mosaic import Tiles, Values
from cnnviz.ui.pointing import PointingPane
from cnnviz.ui.weight_editing import Target, WeightEditing


class KernelWeights(PointingPane):
    """A pane of tiles with a weight in every cell; a subclass lays them out and paints them."""

    weight_entered = pyqtSignal(int, str, object, float, bool)
    """A number was entered: layer, name, index, number, and whether it goes on with the last."""
    kernel_zeroed = pyqtSignal(int, int)
    """A kernel of a layer is to be 0."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.focused: int | None = None
        self.picked: tuple[int, int, int] | None = None
        """Tile, row and column of the weight that was clicked, or is being edited."""
        self.editing = WeightEditing(self)
        self.editing.entered.connect(self.weight_entered)
        self.editing.tabbed.connect(self._tab)

    def tiles(self, scene: KernelsScene, ratio: float | None = None) -> Tiles:
        """Where the tiles lie."""
        raise NotImplementedError

    def values(self, scene: KernelsScene) -> Values:
        """(tiles, rows, columns) the weights shown."""
        raise NotImplementedError

    def both(self, scene: KernelsScene, index: int) -> tuple[int, int]:
        """(kernel, group) of a tile."""
        raise NotImplementedError

    def standing(self, scene: KernelsScene) -> int:
        """The tile that the keyboard stands on."""
        raise NotImplementedError

    def bias_area(self) -> QRectF:
        """Where a bias is edited."""
        raise NotImplementedError

    def opened_at(self, scene: KernelsScene, point: QPointF) -> None:
        found = self.tiles(scene).at(point)
        if found is not None:
            self.edit(found)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and event.key() == Qt.Key.Key_F2 and not event.modifiers():
            self.edit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        scene = self.shown
        if event is None or not isinstance(scene, KernelsScene):
            return
        if event.reason() is QContextMenuEvent.Reason.Mouse:
            self.picked = self.tiles(scene).at(QPointF(event.pos())) or self.picked
        kernel, _ = self.both(scene, self._picked(scene)[0])
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.addAction(tr("Edit this weight") + "\tF2", self.edit)
        if scene.bias is not None:
            menu.addAction(tr("Edit the bias of kernel {kernel}", kernel=kernel),
                           lambda: self.edit_bias(kernel))  # fmt: skip
        menu.addAction(tr("Set kernel {kernel} to 0", kernel=kernel),
                       lambda: self.kernel_zeroed.emit(scene.index, kernel))  # fmt: skip
        menu.popup(event.globalPos())

    def edit(self, place: tuple[int, int, int] | None = None) -> None:
        """Type another number for a weight: tile, row and column; the picked one if not said."""
        scene = self.shown
        if isinstance(scene, KernelsScene):
            self.picked = self._picked(scene) if place is None else place
            kernel, group = self.both(scene, self.picked[0])
            value = float(scene.weight[(kernel, group, *self.picked[1:])])
            self.editing.begin(
                self._target(scene), value, self.tiles(scene).cell(*self.picked), self.theme
            )

    def edit_bias(self, kernel: int | bool = False) -> None:
        """Type another number for a kernel's bias: the shown kernel's, if none is said."""
        scene = self.shown
        if isinstance(scene, KernelsScene) and scene.bias is not None:
            kernel = scene.shown_kernel if isinstance(kernel, bool) else kernel
            target = Target(scene.index, "bias", (kernel,))
            self.editing.begin(target, float(scene.bias[kernel]), self.bias_area(), self.theme)

    def _picked(self, scene: KernelsScene) -> tuple[int, int, int]:
        """The weight that keys and menu are about; the first of a tile where none was clicked."""
        return self.picked or (self.standing(scene), 0, 0)

    def _target(self, scene: KernelsScene) -> Target:
        tile, row, column = self._picked(scene)
        kernel, group = self.both(scene, tile)
        _, _, rows, columns = scene.weight.shape
        term = (group * rows + row) * columns + column
        return Target(scene.index, "weight", weight_place(scene.layer, kernel, term))

    def _tab(self, backward: bool) -> None:
        """On to the next weight, row by row and tile by tile."""
        scene = self.shown
        if self.picked is None or not isinstance(scene, KernelsScene):
            return
        sizes = self.values(scene).shape
        place = np.ravel_multi_index(self.picked, sizes) + (-1 if backward else 1)
        if 0 <= place < self.values(scene).size:
            tile, row, column = (int(i) for i in np.unravel_index(place, sizes))
            self.focused = tile
            self.edit((tile, row, column))

    def follow(self) -> None:
        """Keep the line over its number, where that is still shown."""
        scene, target = self.shown, self.editing.target
        if target is None:
            return
        if not isinstance(scene, KernelsScene) or target.layer != scene.index:
            self.editing.close()
        elif target.name == "bias":
            self.editing.follow(target, self.bias_area())
        elif self.picked is not None and self.picked[0] < len(self.values(scene)):
            self.editing.follow(self._target(scene), self.tiles(scene).cell(*self.picked))
        else:
            self.editing.close()
