"""What actions ask of the window, where it is more than one call of the controller."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QDialog, QFileDialog, QMessageBox

from cnnviz.control.controller import Controller
from cnnviz.control.language import tr
from cnnviz.control.variants import VariantsAsker
from cnnviz.control.whole_file import write_whole
from cnnviz.core.lesson_file import is_lesson
from cnnviz.core.network_file import read_network
from cnnviz.core.picture import SUFFIXES
from cnnviz.core.problem import Problem
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.stage import StageScene, stage_scene
from cnnviz.engine.run_places import SUFFIX as RUN
from cnnviz.export.table import as_csv, as_tabs, ledger_table
from cnnviz.resources import resource
from cnnviz.ui.architecture import Architecture
from cnnviz.ui.data_requests import DataRequests
from cnnviz.ui.dialogs.about import AboutDialog
from cnnviz.ui.dialogs.augmentation import AugmentationDialog
from cnnviz.ui.dialogs.device import DeviceDialog
from cnnviz.ui.dialogs.keys import KeysDialog
from cnnviz.ui.dialogs.more_epochs import MoreEpochsDialog
from cnnviz.ui.dialogs.settings import SettingsDialog
from cnnviz.ui.fetching import Fetching
from cnnviz.ui.file_dialogs import Place, file_to_open, file_to_write, folder_of, open_dialog
from cnnviz.ui.film_requests import FilmRequests
from cnnviz.ui.lab_requests import LabRequests
from cnnviz.ui.lecture_requests import LectureRequests
from cnnviz.ui.lesson_files import LessonFiles
from cnnviz.ui.look_requests import LookRequests
from cnnviz.ui.own_requests import OwnRequests
from cnnviz.ui.picture_requests import PictureRequests
from cnnviz.ui.pretrained_requests import PretrainedRequests
from cnnviz.ui.run_requests import RunRequests
from cnnviz.ui.step_requests import StepRequests
from cnnviz.ui.weight_requests import SUFFIXES as WEIGHTS
from cnnviz.ui.weight_requests import WeightRequests
from cnnviz.ui.workspace import PHOTOGRAPHS, WAY_PANES

if TYPE_CHECKING:
    from cnnviz.control.side_by_side import SideBySide
    from cnnviz.control.stepping import Stepping
    from cnnviz.control.time_travel import TimeTravel
    from cnnviz.ui.main_window import MainWindow

MOST_RECENT = 8


class Requests:
    """Carries out what the table of actions, the panes and the window ask for."""

    window: MainWindow
    controller: Controller
    architecture: Architecture
    weights: WeightRequests
    pretrained: PretrainedRequests
    runs: RunRequests
    own: OwnRequests
    lab: LabRequests
    steps: StepRequests
    looks: LookRequests
    lectures: LectureRequests
    films: FilmRequests
    lesson_files: LessonFiles
    pictures: PictureRequests

    def __init__(self, window: MainWindow, controller: Controller) -> None:
        self.window = window
        self.controller = controller
        self.weights = WeightRequests(window, controller)
        self.fetching = Fetching(self)
        self.pretrained = PretrainedRequests(self)
        self.architecture = Architecture(self)
        self.data = DataRequests(self)
        self.runs = RunRequests(self)
        self.own = OwnRequests(self)
        self.lab = LabRequests(self)
        self.steps = StepRequests(window)
        self.looks = LookRequests(window)
        self.lectures = LectureRequests(self)
        self.films = FilmRequests(self)
        self.lesson_files = LessonFiles(self)
        self.pictures = PictureRequests(self)

    @property
    def stepping(self) -> Stepping:
        """What the workspace on the screen steps through."""
        return self.window.stepping

    @property
    def time(self) -> TimeTravel | SideBySide:
        """What goes to other training steps: of the run, or of two that are compared."""
        return self.runs.pair or self.controller.time

    @property
    def samples(self) -> Controller | SideBySide:
        """What shows other test images."""
        return self.runs.pair or self.controller

    # --- workspaces ------------------------------------------------------------------------

    def choose_workspace(self, key: str) -> None:
        self.window.workspaces.choose(key)

    def choose_way(self, place: int) -> None:
        """One of the three ways to see a layer: of the Lab, or of the network."""
        if self.lab.page is not None:
            self.lab.page.choose_way(place)
        elif self.window.workspaces.page is None:
            self.window.docks[WAY_PANES[place]].show()
            self.window.docks[WAY_PANES[place]].raise_()
            for number, key in enumerate(WAY_PANES, start=1):
                self.window.actions_by_key[f"way_{number}"].setChecked(key == WAY_PANES[place])

    def undo(self) -> None:
        page = self.window.workspaces.page
        if not self.lectures.undo():
            (self.controller.weights if page is None else page).undo()

    def redo(self) -> None:
        page = self.window.workspaces.page
        (self.controller.weights if page is None else page).redo()

    def copy(self) -> None:
        """The cells that are selected, or else every number of the present step."""
        page = self.window.workspaces.page
        clipboard = QGuiApplication.clipboard()
        if (page is None or not page.copy()) and clipboard is not None:
            scene = stage_scene(self.stepping.view)
            if isinstance(scene, StageScene):
                clipboard.setText(as_tabs(ledger_table(scene)))
                self.window.banner.say(
                    Problem("The numbers of this step are on the clipboard, as a table."), False
                )

    def paste(self) -> None:
        page = self.window.workspaces.page
        if page is None:
            self.own.paste()
        elif not page.paste():
            self.window.banner.say(
                Problem("There is nothing on the clipboard that can be put in here."), False
            )

    def save_numbers(self) -> None:
        self.save_file(tr("Save numbers"), "csv", tr("Tables (*.csv)"), self.write_numbers)

    def write_numbers(self, path: Path) -> None:
        """Write every number of the present step to a CSV file."""
        scene = stage_scene(self.stepping.view)
        if isinstance(scene, Empty):
            self.window.banner.say(Problem(scene.reason), False)
            return
        try:
            write_whole(path, as_csv(ledger_table(scene)))
        except OSError as error:
            problem = Problem(
                "{file}: the numbers could not be written: {error}",
                file=path.name,
                error=error.strerror,
            )
            self.window.banner.say(problem, True)

    def escape(self) -> None:
        """Take away, one after the other: banner, full screen, what is pointed at."""
        page = self.window.workspaces.page
        if self.window.banner.isVisible():
            self.window.banner.dismiss()
        elif (
            (self.lectures.presented and self.lectures.escape())
            or (page is not None and page.escape())
            or self.lectures.escape()
        ):
            return
        elif self.window.isFullScreen():
            self.toggle_full_screen()
        else:
            self.stepping.point_at_nothing()

    def toggle_others(self) -> None:
        self.controller.hold_others(not self.controller.view.others_held)

    def toggle_striking(self) -> None:
        self.controller.strike_out(not self.controller.view.striking)

    def toggle_log(self) -> None:
        self.controller.choose_log_scale(not self.controller.view.log_scale)

    # --- the run ---------------------------------------------------------------------------

    def train(self) -> None:
        """Train, or pause; where every epoch is trained, ask for more of them."""
        if not self.controller.complete:
            self.controller.toggle_training()
            return
        dialog = MoreEpochsDialog(self.controller.view, self.window)
        dialog.epochs_chosen.connect(self.controller.train_longer)
        self._open(dialog)

    def reset(self) -> None:
        """Begin again; what was trained is lost, so ask where there is something to lose."""
        batches = self.controller.view.progress.step
        question = tr("Begin again from step 0? {count} trained batches are lost.", count=batches)
        if batches == 0:
            self.controller.reset()
        else:
            self.ask(question, self.controller.reset)

    def ask(self, question: str, then: Callable[[], object]) -> None:
        """Ask before something is lost; the window goes on behind the question."""
        if self.lectures.presented:
            then()  # what a lesson trains is nobody's own
            return
        box = QMessageBox(QMessageBox.Icon.Question, "cnnviz", question, parent=self.window)
        box.setStandardButtons(QMessageBox.StandardButton.Ok | QMessageBox.StandardButton.Cancel)
        box.accepted.connect(then)
        self._open(box)

    def choose_network(self, key: str) -> None:
        """Take a bundled network, by its key."""
        made = self.architecture.made.get(key)
        if key == self.controller.view.network.key:
            return
        if made is not None:
            self.replace_run(lambda: self.controller.choose_network(made))
        else:
            self.open_network_file(resource("networks", f"{key}.toml"), bundled=True)

    def edit_settings(self) -> None:
        dialog = SettingsDialog(self.controller.view, self.window)
        dialog.settings_chosen.connect(self.controller.apply)
        self._open(dialog)

    def edit_augmentation(self) -> None:
        """Show the present sample before and after, and begin with what is chosen."""
        view = self.controller.view
        shown = view.live or view.stage
        if shown is None or not view.progress.ready:
            said = Problem("There is no sample to show yet: it comes when the data are read.")
            self.window.banner.say(said, False)
            return
        asker = VariantsAsker(self.controller.runner, shown.sample)
        dialog = AugmentationDialog(view.settings, asker, self.window.theme, self.window)
        dialog.settings_chosen.connect(self.controller.apply)
        self._open(dialog)

    def choose_device(self) -> None:
        dialog = DeviceDialog(self.controller.view, self.window)
        dialog.chosen.connect(self._take_device)
        self._open(dialog)

    def _take_device(self, device: str, threads: int) -> None:
        self.window.prefer(device=device, threads=threads)
        settings = self.controller.view.settings
        self.controller.apply(replace(settings, device=device, threads=threads))

    # --- files -----------------------------------------------------------------------------

    def open_network(self) -> None:
        kind = tr("Network descriptions (*.toml)")
        self._open(file_to_open(self.window, tr("Open network"), kind, self.open_path))

    def open_data(self) -> None:
        documents = folder_of(Place.DocumentsLocation)
        dialog = QFileDialog(self.window, tr("Open data folder"), documents)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(lambda name: self.open_path(Path(name)))
        self._open(dialog)

    def open_path(self, path: Path) -> None:
        """What the page on the screen takes; else a network description, or data.

        A file of a folder of data stands for the folder.
        """
        page = self.window.workspaces.page
        if page is not None and page.open_path(path):
            self.remember(path)
            return
        if path.suffix.lower() == RUN:
            self.remember(path)
            self.runs.open_file(path)
            return
        if path.suffix.lower() in SUFFIXES and page is None and self.own.in_front:
            self.own.open_path(path)
            return
        if path.suffix.lower() in SUFFIXES:
            self.choose_workspace(PHOTOGRAPHS)
            if self.window.workspaces.page is not page:
                self.open_path(path)
            return
        if path.suffix.lower() in WEIGHTS:
            self.remember(path)
            self.weights.open_path(path)
            return
        if is_lesson(path):
            self.lectures.open(path)
            return
        if path.suffix.lower() == ".toml":
            self.open_network_file(path)
            return
        self.remember(path)
        self.data.take(path)

    def open_network_file(self, path: Path, bundled: bool = False) -> None:
        try:
            network = read_network(path)
        except Problem as problem:
            self.window.banner.say(problem, True)
            return
        if bundled:
            self.window.prefer(network=network.key)
        else:
            self.remember(path)
        self.replace_run(lambda: self.controller.choose_network(network))

    def replace_run(self, then: Callable[[], object]) -> None:
        """Ask only where an epoch or more of training would be lost."""
        progress = self.controller.view.progress
        if progress.batches and progress.step >= progress.batches:
            count = progress.step
            self.ask(tr("Begin another run? {count} trained batches are lost.", count=count), then)
        else:
            then()

    def remember(self, path: Path) -> None:
        """Offer a file again next time."""
        recent = [str(path), *(p for p in self.window.preferences.recent if p != str(path))]
        self.window.prefer(recent=recent[:MOST_RECENT])
        self.fill_recent()

    def remember_picture(self, path: Path) -> None:
        """Offer a picture again next time; the bundled ones are always offered."""
        if path.parent != resource("images"):
            self.remember(path)

    def fill_recent(self) -> None:
        self.window.menus.recent.clear()
        for name in self.window.preferences.recent:
            self.window.menus.recent.addAction(name, lambda name=name: self.open_path(Path(name)))
        self.window.menus.recent.setEnabled(bool(self.window.preferences.recent))

    def save_picture(self) -> None:
        self.save_file(tr("Save picture"), "png", tr("Pictures (*.png)"), self.write_picture)

    def save_file(
        self, title: str, suffix: str, kind: str, write: Callable[[Path], object]
    ) -> None:
        """Ask for a file, an existing one only if it may be replaced, and write it."""
        self._open(file_to_write(self.window, title, suffix, kind, write))

    def write_picture(self, path: Path) -> bool:
        """Write the window as it is to a PNG file, beside it first and then in its place."""
        beside = path.with_name(f".{path.name}.part")
        if self.window.grab().save(str(beside), "PNG"):
            try:
                beside.replace(path)
                return True
            except OSError:
                beside.unlink(missing_ok=True)
        self.window.banner.say(
            Problem("{file}: the picture could not be written there", file=path), True
        )
        return False

    # --- the window -------------------------------------------------------------------------

    def toggle_full_screen(self) -> None:
        if self.window.isFullScreen():
            self.window.showNormal()
        else:
            self.window.showFullScreen()

    def show_keys(self) -> None:
        self._open(KeysDialog(self.window))

    def show_about(self) -> None:
        self._open(AboutDialog(self.window))

    def _open(self, dialog: QDialog) -> None:
        """Open a dialog, unless it would stand before a hall."""
        if self.lectures.presented:
            dialog.deleteLater()
            said = Problem("This opens a dialog: press F5 first, which ends the presentation.")
            self.window.banner.say(said, False)
            return
        open_dialog(dialog)
