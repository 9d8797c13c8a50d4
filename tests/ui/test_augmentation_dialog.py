"""The augmentation's dialog: what is set, what is shown of it, and the run that begins with it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QRectF
from PyQt6.QtWidgets import QApplication, QDialogButtonBox
from pytestqt.qtbot import QtBot

from cnnviz.control.language import use_language
from cnnviz.control.variants import VariantsAsker
from cnnviz.core.augmentation import VARIANTS, Augmentation, Augmenting, Change, Variants
from cnnviz.core.problem import Problem
from cnnviz.core.settings import TrainingSettings
from cnnviz.core.snapshot import Sample
from cnnviz.ui.dialogs.augmentation import AugmentationDialog
from cnnviz.ui.dialogs.settings import SettingsDialog
from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.painters.variants import cells, change_text
from cnnviz.ui.theme import DARK, LIGHT, Theme
from tests.control.runners import FakeRunner
from tests.networks import snapshot


@pytest.fixture
def dialog(window: MainWindow, qtbot: QtBot) -> AugmentationDialog:
    window.actions_by_key["augmentation"].trigger()
    (made,) = window.findChildren(AugmentationDialog)
    qtbot.waitExposed(made)
    return made


def asked(runner: FakeRunner) -> list[Augmenting]:
    return [part for request in runner.asked for part in request if isinstance(part, Augmenting)]


def answer(runner: FakeRunner, dialog: AugmentationDialog) -> Variants:
    """What the worker would say to the newest request."""
    newest = asked(runner)[-1]
    shares = np.linspace(0.1, 1, VARIANTS, dtype=np.float32)
    images = np.stack([newest.sample.image * share for share in shares])
    runner.variants = Variants(newest, images, (Change(right=1, side=0.9),) * VARIANTS)
    dialog._asker.drain()
    return Variants(newest, images, ())


def test_that_the_present_sample_is_asked_for_as_it_is_set(dialog, runner) -> None:
    assert asked(runner)[-1].augmentation == Augmentation()
    assert asked(runner)[-1].sample is snapshot().sample
    dialog.shift.setValue(3)
    dialog.rotation.setValue(12)
    dialog.flip.setChecked(True)
    dialog.crop.setValue(15)
    dialog.noise.setValue(0.2)
    wanted = Augmentation(shift=3, rotation=12, flip=True, crop=0.15, noise=0.2)
    assert asked(runner)[-1].augmentation == wanted
    dialog.again.click()
    assert asked(runner)[-1].number == 1
    dialog.off.click()
    assert asked(runner)[-1].augmentation == Augmentation()


def test_that_only_the_answer_to_the_newest_question_is_shown(dialog, runner) -> None:
    before = asked(runner)[-1]
    dialog.shift.setValue(2)
    images = np.zeros((VARIANTS, 1, 28, 28), dtype=np.float32)
    runner.variants = Variants(before, images, (Change(),) * VARIANTS)
    dialog._asker.drain()
    assert dialog.view.variants is None
    made = answer(runner, dialog)
    shown = dialog.view.variants
    assert shown is not None
    assert shown.images is made.images
    assert not dialog._asker._poll.isActive()


def test_that_a_new_run_begins_with_what_is_chosen(window, dialog, runner) -> None:
    dialog.shift.setValue(2)
    dialog.findChild(QDialogButtonBox).accepted.emit()
    kind, experiment = runner.asked[-1]
    assert kind == "restart"
    assert experiment.settings.augmentation == Augmentation(shift=2)
    assert experiment.settings.seed == window.controller.view.settings.seed


def test_that_nothing_changed_begins_no_run(dialog, runner) -> None:
    dialog.shift.setValue(2)
    dialog.off.click()
    dialog.findChild(QDialogButtonBox).accepted.emit()
    assert not [a for a in runner.asked if a[0] == "restart"]


def test_that_colours_are_for_three_channels(qtbot: QtBot, dialog) -> None:
    assert not dialog.colour.isEnabled()
    sample = Sample(0, np.zeros((3, 8, 8), dtype=np.float32), 1)
    asker = VariantsAsker(FakeRunner(), sample)
    settings = TrainingSettings(augmentation=Augmentation(colour=0.1))
    coloured = AugmentationDialog(settings, asker, Theme())
    qtbot.addWidget(coloured)
    assert coloured.colour.isEnabled()
    assert coloured.augmentation == settings.augmentation
    coloured.reject()


def test_that_the_settings_say_so_and_the_lecture_s_switch_it_off(qtbot: QtBot, window) -> None:
    view = window.controller.view
    on = replace(view.settings, augmentation=Augmentation(shift=2), epochs=3)
    dialog = SettingsDialog(replace(view, settings=on))
    qtbot.addWidget(dialog)
    assert dialog.augmentation.text().startswith("on")
    with qtbot.waitSignal(dialog.settings_chosen) as chosen:
        dialog._accept()
    assert chosen.args == [on]
    dialog._restore()
    assert dialog.augmentation.text() == "off"
    with qtbot.waitSignal(dialog.settings_chosen) as chosen:
        dialog._accept()
    assert chosen.args[0].augmentation == Augmentation()
    assert chosen.args[0].epochs == 15


def test_that_what_goes_wrong_is_said(dialog, runner) -> None:
    runner.variants = Problem("the image could not be changed: {error}", error="no memory")
    dialog._asker.drain()
    assert "no memory" in dialog.said.text()


def test_that_there_is_a_sentence_before_there_is_a_sample(window, runner) -> None:
    window.controller.view = replace(window.controller.view, live=None, stage=None)
    window.actions_by_key["augmentation"].trigger()
    assert "no sample to show yet" in window.banner.label.text()


@pytest.mark.parametrize("palette", [DARK, LIGHT])
def test_that_variants_are_drawn_with_what_was_drawn_for_them(
    window, dialog, runner, qapp: QApplication, palette
) -> None:
    before = dialog.view.grab().toImage()
    dialog.shift.setValue(2)
    answer(runner, dialog)
    assert dialog.view.grab().toImage() != before
    area, theme = QRectF(0, 0, 500, 500), Theme(palette)
    places = [rect for pair in cells(area, theme) for rect in pair]
    assert len(places) == 2 * (VARIANTS + 1)
    assert all(area.contains(place) for place in places)
    assert not any(a.intersects(b) for i, a in enumerate(places) for b in places[i + 1 :])


def test_that_only_what_is_switched_on_is_said(qapp: QApplication) -> None:
    use_language(qapp, "en")
    change = Change(-2, 1, -7.25, True, 0.9, 0.05, 0.02, (0.1, -0.25, 0.0))
    everything = Augmentation(2, 15, True, 0.2, 0.1, 0.1)
    assert change_text(Augmentation(), change) == ""
    assert change_text(Augmentation(shift=2), change).replace("\u00a0", " ") == "← 2 ↓ 1"
    said = change_text(everything, change).replace("\u00a0", " ")
    for part in ("mirrored", "part 90%", "↻ 7.2°", "← 2 ↓ 1", "α 0.10"):
        assert part in said
