"""The architecture editor: the layers above, the chosen one's fields and what is wrong below."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QPoint, Qt, pyqtSignal
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QToolButton,
    QVBoxLayout,
)

from cnnviz.control.editing import Editing
from cnnviz.control.language import tr
from cnnviz.core.draft_fields import outputs_of
from cnnviz.core.network import Network
from cnnviz.core.network_edits import KINDS, summands
from cnnviz.core.numbers import thousands
from cnnviz.core.operations import OPERATIONS
from cnnviz.core.operations.base import Joining
from cnnviz.core.undo_stack import Undoable
from cnnviz.core.view import View
from cnnviz.ui.draft_strip import DraftStrip
from cnnviz.ui.layer_panel import LayerPanel, output_text
from cnnviz.ui.theme import Theme
from cnnviz.ui.verdict import Verdict
from cnnviz.ui.workspace import EDITOR, Workspace

BUTTONS = ("insert_layer", "earlier", "later", "remove_layer", "undo", "redo")


class EditorPage(Workspace):
    """Takes the docks' place while a network is edited; what is trained goes on meanwhile.

    Parameters
    ----------
    present
        Gives the network in use, and the layer that is looked at in it.
    """

    key = EDITOR
    steps = False
    left_requested = pyqtSignal()

    def __init__(
        self,
        editing: Editing,
        actions: dict[str, QAction],
        present: Callable[[], tuple[Network, int]],
    ) -> None:
        super().__init__(editing)
        self.editing = editing
        self._present = present
        self._actions = actions
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title = QLineEdit(self)
        self.title.setMaxLength(60)
        self.title.textEdited.connect(editing.retitle)
        self.counts = QLabel(self)
        self.strip = DraftStrip(editing.draft, self)
        self.panel = LayerPanel(self)
        self.verdict = Verdict(self)
        self._arrange()
        self.strip.layer_chosen.connect(editing.choose)
        self.strip.layer_moved.connect(editing.move)
        self.strip.gap_chosen.connect(self.offer_kinds)
        self.strip.fields_wanted.connect(self.panel.enter)
        self.panel.kind_requested.connect(editing.replace_kind)
        self.panel.field_requested.connect(editing.set_field)
        self.verdict.layer_chosen.connect(editing.choose)
        self.verdict.remedy_taken.connect(self._take)
        editing.edited.connect(self._edited)
        self.retranslate()

    def _arrange(self) -> None:
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._top = QHBoxLayout()
        self._top.addWidget(self.title, 1)
        self._top.addStretch(1)
        for key in BUTTONS:
            self._top.addWidget(self._button(key))
        self._top.addSpacing(12)
        self._top.addWidget(self._button("leave_editor"))
        apply = self._button("apply_edit")
        apply.setObjectName("accent")
        self._top.addWidget(apply)
        below = QHBoxLayout()
        below.setContentsMargins(0, 0, 0, 0)
        below.addWidget(self.panel)
        self._right = QVBoxLayout()
        self._right.addWidget(self.counts)
        self._right.addWidget(self.verdict, 1)
        below.addLayout(self._right, 1)
        self._column.addLayout(self._top)
        self._column.addWidget(self.strip)
        self._column.addLayout(below, 1)

    def _button(self, key: str) -> QToolButton:
        button = QToolButton(self)
        button.setDefaultAction(self._actions[key])
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return button

    # --- what is asked for -----------------------------------------------------------------

    def insert(self) -> None:
        """Ask for the kind of a layer to be put behind the chosen one."""
        index = min(self.editing.chosen + 1, len(self.editing.draft.places))
        self.offer_kinds(index, self.strip.gap_point(index))

    def offer_kinds(self, index: int, at: QPoint) -> None:
        """Open a menu of every kind of layer; the first letters of its name find one."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        for kind in KINDS:
            title = tr(OPERATIONS[kind].title)
            text = kind if title == kind else f"{kind}  ·  {title}"
            if issubclass(OPERATIONS[kind], Joining):
                self._offer_summands(menu, text, index, kind)
            else:
                menu.addAction(text, lambda kind=kind: self._insert(index, kind))
        menu.popup(at)

    def _offer_summands(self, menu: QMenu, text: str, index: int, kind: str) -> None:
        """Open a menu beside a kind: the outputs that it can add there, the nearest first."""
        draft = self.editing.draft
        found = outputs_of(draft, reversed(summands(draft, index, index - 1)))
        beside = menu.addMenu(text)
        assert beside is not None
        for it in found:
            beside.addAction(output_text(it), lambda skip=it.layer: self._insert(index, kind, skip))
        if not found:
            beside.setEnabled(False)
            action = beside.menuAction()
            assert action is not None
            action.setToolTip(tr("No earlier layer puts out maps of the shape that is there."))

    def _insert(self, index: int, kind: str, skip: int | None = None) -> None:
        self.editing.insert(index, kind, skip)
        self._focus()

    def take_first_remedy(self) -> None:
        """Take the remedy that stands first."""
        if self.verdict.buttons:
            self.verdict.buttons[0][0].click()

    def _take(self, remedy: object) -> None:
        self.editing.take_remedy(remedy)  # type: ignore[arg-type]
        self._focus()

    def _focus(self) -> None:
        self.strip.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- showing ---------------------------------------------------------------------------

    def look(self, view: View) -> None:
        """Nothing here follows the cursor; `_edited` shows another draft."""

    def entered(self) -> None:
        self.editing.begin(*self._present())
        self._focus()

    def _edited(self) -> None:
        editing, draft = self.editing, self.editing.draft
        if self.title.text() != tr(draft.title):
            self.title.setText(tr(draft.title))
        self.counts.setText(self._counted())
        self.strip.show_draft(draft, editing.chosen)
        self.panel.look(editing.place, editing.wire_fields)
        self.verdict.look(draft, editing.place)
        self.undo_changed.emit()

    def _counted(self) -> str:
        draft, kept = self.editing.draft, self.editing.kept()
        parts = [tr("{count} params", count=thousands(draft.parameter_count))]
        if kept is None:
            parts.append(tr("wrong: {count}", count=draft.problems))
        else:
            parts.append(tr("weights kept: {kept} of {count} layers", kept=kept[0], count=kept[1]))
        return "  ·  ".join(parts)

    def can(self, key: str) -> bool:
        editing, count = self.editing, len(self.editing.draft.places)
        possible = {
            "remove_layer": count > 0,
            "earlier": editing.chosen > 0,
            "later": editing.chosen < count - 1,
            "first_remedy": bool(self.verdict.buttons),
            "apply_edit": editing.changed_anything and not editing.draft.problems,
        }
        return possible.get(key, True)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        margin = theme.px(12)
        self._top.setContentsMargins(margin, theme.px(8), margin, theme.px(8))
        self._top.setSpacing(theme.px(8))
        self._right.setContentsMargins(0, margin, 0, 0)
        self._right.setSpacing(0)
        self.counts.setFont(theme.font(15, bold=True))
        self.counts.setContentsMargins(theme.px(14), 0, margin, 0)
        self.strip.set_theme(theme)
        self.panel.set_theme(theme)
        self.verdict.set_theme(theme)

    def retranslate(self) -> None:
        self.title.setAccessibleName(tr("Name of the network"))
        self.title.setToolTip(tr("Name of the network"))
        self.strip.retranslate()
        self.panel.retranslate()
        self.verdict.retranslate()
        self._edited()

    # --- the Edit menu ---------------------------------------------------------------------

    @property
    def history(self) -> Undoable:
        return self.editing.history

    def undo(self) -> None:
        self.editing.undo()

    def redo(self) -> None:
        self.editing.redo()

    def open_path(self, path: Path) -> bool:
        if path.suffix.lower() != ".toml":
            return False
        self.editing.open_file(path)
        return True

    def escape(self) -> bool:
        self.left_requested.emit()
        return True
