"""The list of kernels: classical ones, one's own, and those that the network has learned."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSignalBlocker, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QIcon, QPainter, QPixmap, QResizeEvent
from PyQt6.QtWidgets import QListWidgetItem, QWidget

from cnnviz.control.language import tr
from cnnviz.core.filters import FILTERS, Kernel
from cnnviz.ui.choosing import ChoiceList
from cnnviz.ui.painters.photograph import kernel_title, paint_kernel
from cnnviz.ui.theme import Theme

ICON = (40, 28)
"""Width and height of a kernel's picture, at 100 %."""


class KernelList(ChoiceList):
    """Each kernel with its picture; the chosen one is laid over the photograph at once."""

    kernel_chosen = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kernels: list[Kernel | None] = []
        self._theme = Theme()
        self._painted: tuple[object, ...] = ()
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(False)
        self.currentRowChanged.connect(self._choose)

    def _choose(self, row: int) -> None:
        if 0 <= row < len(self.kernels):
            kernel = self.kernels[row]
            if kernel is not None:
                self.kernel_chosen.emit(kernel)

    def show_kernels(self, own: Kernel, learned: tuple[Kernel, ...], chosen: Kernel) -> None:
        """Show what there is and which is in use."""
        kernels: list[Kernel | None] = [*FILTERS, own]
        if learned:
            kernels += [None, *learned]  # a heading between the two
        with QSignalBlocker(self):
            if [_key(kernel) for kernel in kernels] != [_key(kernel) for kernel in self.kernels]:
                self._fill(kernels)
            for row, kernel in enumerate(kernels):
                if kernel is not None and kernel != self.kernels[row]:
                    self._item(row).setIcon(self._icon(kernel))
                    self._item(row).setText(kernel_title(kernel))
            self.kernels = kernels
            keys = [_key(kernel) for kernel in kernels]
            row = keys.index(chosen.key) if chosen.key in keys else -1
            if row != self.currentRow():
                self.setCurrentRow(row)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        if self.currentRow() >= 0:  # a larger kernel's numbers below have taken room
            self.scrollToItem(self.currentItem())

    def _item(self, row: int) -> QListWidgetItem:
        item = self.item(row)
        assert item is not None
        return item

    def _fill(self, kernels: list[Kernel | None]) -> None:
        self.clear()
        for kernel in kernels:
            item = QListWidgetItem()
            if kernel is None:
                item.setText(tr("From the network: Conv 1"))
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            else:
                item.setText(kernel_title(kernel))
                item.setIcon(self._icon(kernel))
            self.addItem(item)
        self.kernels = kernels

    def _icon(self, kernel: Kernel) -> QIcon:
        theme = self._theme
        ratio = self.devicePixelRatioF()
        width, height = (theme.px(side) for side in ICON)
        picture = QPixmap(round(width * ratio), round(height * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        try:
            paint_kernel(painter, kernel, QRectF(1, 1, width - 2, height - 2), theme)
        finally:
            painter.end()
        found = QIcon(picture)
        found.addPixmap(picture, QIcon.Mode.Selected)  # or Qt would tint it
        return found

    def set_theme(self, theme: Theme) -> None:
        """Take other colours or another zoom."""
        self._theme = theme
        self.setIconSize(QSize(*(theme.px(side) for side in ICON)))
        self._again()

    def retranslate(self) -> None:
        """Write everything again in the language of now."""
        self.setAccessibleName(tr("kernels"))
        self._again()

    def _again(self) -> None:
        row = self.currentRow()
        with QSignalBlocker(self):
            self._fill(self.kernels)
            self.setCurrentRow(row)


def _key(kernel: Kernel | None) -> str:
    return "" if kernel is None else kernel.key
