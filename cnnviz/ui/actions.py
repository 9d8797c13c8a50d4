"""The one table of everything that can be asked for: menus, keys, tool bar, help page, tests."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cnnviz.core.problem import mark
from cnnviz.ui.workspace import EDITOR, LAB, NETWORK, PAIR, PHOTOGRAPHS, RUNS, WAYS, WORKSPACES

if TYPE_CHECKING:
    from cnnviz.ui.requests import Requests


@dataclass(frozen=True)
class Entry:
    """One thing that a person can ask for.

    Attributes
    ----------
    key
        Its name in the code.
    menu
        English title of the menu it stands in, of `MENUS` or `WITHIN`; "" for keys alone.
    text
        English name in menu and help page; ``&`` marks the mnemonic.
    keys
        Shortcuts, as QKeySequence reads them; the first is shown in the menu.
    run
        What it does with the requests of the window.
    icon
        File in ``resources/icons``; "" for none.
    tip
        English tool tip where the name does not say enough.
    checkable
        Whether it is switched on and off.
    where
        The workspaces it belongs to; () for all of them.
    """

    key: str
    menu: str
    text: str
    keys: tuple[str, ...]
    run: Callable[[Requests], object]
    icon: str = ""
    tip: str = ""
    checkable: bool = False
    where: tuple[str, ...] = ()

    @property
    def opens_dialog(self) -> bool:
        """Whether something opens in front of the window that has to be closed again."""
        return self.text.endswith("…") or self.menu == HELP

    @property
    def outer_menu(self) -> str:
        """The menu of the bar that it is found in."""
        return WITHIN.get(self.menu, self.menu)


FILE, EDIT, RUN, STEP, VIEW, LESSONS, HELP = (
    mark("&File"),
    mark("&Edit"),
    mark("&Run"),
    mark("&Step"),
    mark("&View"),
    mark("&Lessons"),
    mark("&Help"),
)

MENUS = (FILE, EDIT, RUN, STEP, VIEW, LESSONS, HELP)

EXPORT, IMAGE, CHANNELS, COMPARE, APPEARANCE = (
    mark("Expor&t"),
    mark("&Image"),
    mark("&Channel and layer"),
    mark("&Compare runs"),
    mark("Co&lours and size"),
)

WITHIN = {EXPORT: FILE, IMAGE: RUN, CHANNELS: STEP, COMPARE: VIEW, APPEARANCE: VIEW}
"""Menus within others, which stand where the first of their actions does in the table."""


def _to_workspace(key: str) -> Callable[[Requests], object]:
    return lambda requests: requests.choose_workspace(key)


def _to_way(place: int) -> Callable[[Requests], object]:
    return lambda requests: requests.choose_way(place)


ENTRIES = (
    Entry("open_network", FILE, mark("&Open network…"), ("Ctrl+O",), lambda r: r.open_network(),
          tip=mark("A network description (.toml)")),
    Entry("open_data", FILE, mark("Open &data folder…"), ("Ctrl+Shift+O",), lambda r: r.open_data(),
          tip=mark("A folder of idx files as MNIST's, of CIFAR-10's binary files, or of pictures in a folder for each class")),
    Entry("open_run", FILE, mark("Open &run…"), ("Ctrl+Alt+O",), lambda r: r.runs.open(),
          tip=mark("A recorded run (.cnnviz), also one that another process is training: its curves, its steps, and where it ends")),
    Entry("picture", FILE, mark("Save &picture of the window…"), ("Ctrl+S",), lambda r: r.save_picture()),
    Entry("pane_picture", EXPORT, mark("&Picture of the pane…"), ("Ctrl+Alt+P",), lambda r: r.pictures.save(),
          tip=mark("The pane with the keyboard, or the stage, as PNG, SVG or PDF for slides and print")),
    Entry("copy_picture", EXPORT, mark("&Copy picture of the pane"), ("Ctrl+Shift+I",), lambda r: r.pictures.copy(),
          tip=mark("The pane with the keyboard, or the stage, as a picture for slides")),
    Entry("copy_latex", EXPORT, mark("Copy as &LaTeX"), ("Ctrl+Shift+L",), lambda r: r.pictures.copy_latex(),
          tip=mark("The arithmetic of the present element, every term of it, as a formula for amsmath")),
    Entry("copy_map", EXPORT, mark("Copy the &map as a table"), ("Ctrl+Alt+T",), lambda r: r.pictures.copy_map(),
          tip=mark("The feature map of the cursor, or the input map under the mouse, with tabs for a spreadsheet")),
    Entry("copy_matrix", EXPORT, mark("Copy the map as a LaTeX mat&rix"), ("Ctrl+Alt+X",), lambda r: r.pictures.copy_matrix(),
          tip=mark("The feature map of the cursor, or the input map under the mouse, as a matrix")),
    Entry("export_film", EXPORT, mark("&Film…"), ("Ctrl+Alt+F",), lambda r: r.films.export(), where=(NETWORK, LAB, PHOTOGRAPHS, PAIR),
          tip=mark("What is stepped through, or training, as MP4, GIF, WebP or numbered pictures")),
    Entry("export_page", EXPORT, mark("Lesson as &web page…"), (), lambda r: r.lesson_files.export(".html"),
          tip=mark("The open lesson as one HTML file that steps in any browser")),
    Entry("export_handout", EXPORT, mark("Lesson as PDF &handout…"), (), lambda r: r.lesson_files.export(".pdf"),
          tip=mark("The open lesson on paper: words and picture of every step, and the answers at the end")),
    Entry("export_runs", EXPORT, mark("E&xport metrics as CSV…"), ("Ctrl+E",), lambda r: r.runs.in_list("export"), where=(RUNS,),
          tip=mark("Loss of every batch, and loss and accuracy on the test set, of the selected runs")),
    Entry("save_bench", FILE, mark("Save the &bench as…"), ("Ctrl+Alt+S",), lambda r: r.lab.save_bench(), where=(LAB,),
          tip=mark("Input, weights and settings of the Lab as a file that can be opened again")),
    Entry("save_network", FILE, mark("Save the n&etwork as…"), ("Ctrl+Shift+N",), lambda r: r.architecture.save_network(),
          tip=mark("The network as a description (.toml) that can be opened again")),
    Entry("open_weights", FILE, mark("Open wei&ghts…"), ("Ctrl+G",), lambda r: r.weights.open(), where=(NETWORK,),
          tip=mark("Weights for this network: safetensors, or a state dict that torch.save has written")),
    Entry("pretrained", FILE, mark("Pretra&ined weights…"), ("Ctrl+Alt+G",), lambda r: r.pretrained.get(), where=(NETWORK,),
          tip=mark("Published weights for this network, which tell ImageNet's 1,000 classes apart")),
    Entry("save_weights", FILE, mark("Save &weights…"), ("Ctrl+Shift+G",), lambda r: r.weights.save(), where=(NETWORK,),
          tip=mark("The weights that are shown, of now or of an earlier step, as safetensors, under PyTorch's names")),
    Entry("quit", FILE, mark("&Quit"), ("Ctrl+Q",), lambda r: r.window.close()),
    Entry("undo", EDIT, mark("&Undo"), ("Ctrl+Z",), lambda r: r.undo()),
    Entry("redo", EDIT, mark("&Redo"), ("Ctrl+Shift+Z", "Ctrl+Y"), lambda r: r.redo()),
    Entry("copy", EDIT, mark("&Copy numbers"), ("Ctrl+C",), lambda r: r.copy(),
          tip=mark("Copy the numbers of the present step, or the selected cells, as a table for a spreadsheet")),
    Entry("paste", EDIT, mark("&Paste"), ("Ctrl+V",), lambda r: r.paste()),
    Entry("copy_program", EDIT, mark("Copy as P&yTorch"), ("Ctrl+Shift+C",), lambda r: r.architecture.copy_program(),
          where=(NETWORK,), tip=mark("A complete program that trains this network, in the lecture's eight steps")),
    Entry("save_numbers", EDIT, mark("&Save numbers as CSV…"), ("Ctrl+Shift+S",), lambda r: r.save_numbers(),
          tip=mark("Every operand, product and running total of the present step")),
    Entry("edit_network", EDIT, mark("&Edit the network"), ("E",), lambda r: r.architecture.edit(), where=(NETWORK,),
          tip=mark("Insert, remove, move and change layers; layers that still fit keep their weights")),
    Entry("insert_layer", EDIT, mark("&Insert a layer…"), ("Ins", "+"), lambda r: r.architecture.insert_layer(), where=(EDITOR,)),
    Entry("remove_layer", EDIT, mark("Re&move the layer"), ("Del",), lambda r: r.architecture.remove_layer(), where=(EDITOR,)),
    Entry("earlier", EDIT, mark("Move ear&lier"), ("Alt+Left",), lambda r: r.architecture.move_layer(-1), where=(EDITOR,)),
    Entry("later", EDIT, mark("Move la&ter"), ("Alt+Right",), lambda r: r.architecture.move_layer(1), where=(EDITOR,)),
    Entry("first_remedy", EDIT, mark("Take the &first remedy"), ("Alt+Return",), lambda r: r.architecture.take_first_remedy(),
          where=(EDITOR,), tip=mark("What is proposed first for the first layer that does not fit")),
    Entry("apply_edit", EDIT, mark("&Apply"), ("Ctrl+Return",), lambda r: r.architecture.apply(), where=(EDITOR,),
          tip=mark("Begin with the edited network; layers that still fit keep their weights")),
    Entry("leave_editor", EDIT, mark("Ca&ncel"), ("Shift+Esc",), lambda r: r.architecture.leave(), where=(EDITOR,),
          tip=mark("Back to the network as it is; what was edited is kept until another network is in use")),
    Entry("examples", EDIT, mark("E&xamples of the lectures"), ("Ctrl+E",), lambda r: r.lab.choose_example(), where=(LAB,),
          tip=mark("Examples of the lectures, with their numbers")),
    Entry("random_input", EDIT, mark("Rand&om input"), ("R",), lambda r: r.lab.draw_input(), where=(LAB,)),
    Entry("random_weights", EDIT, mark("Random &weights"), ("Shift+R",), lambda r: r.lab.draw_weights(), where=(LAB,)),
    Entry("rename_run", EDIT, mark("Rename t&he run"), ("F2",), lambda r: r.runs.in_list("rename"), where=(RUNS,)),
    Entry("remove_runs", EDIT, mark("&Delete the runs"), ("Del",), lambda r: r.runs.in_list("remove"), where=(RUNS,),
          tip=mark("They lie aside for a week, and Undo puts them back")),
    Entry("train", RUN, mark("&Train"), ("T",), lambda r: r.train(),
          tip=mark("Train, or pause training; more epochs, when all are trained")),
    Entry("one_batch", RUN, mark("&One batch"), ("N",), lambda r: r.controller.one_batch(),
          tip=mark("Train one batch and stop")),
    Entry("reset", RUN, mark("&Reset…"), ("Ctrl+R",), lambda r: r.reset(),
          tip=mark("Begin again from step 0")),
    Entry("settings", RUN, mark("Training &settings…"), ("Ctrl+,",), lambda r: r.edit_settings()),
    Entry("augmentation", RUN, mark("A&ugmentation…"), ("A",), lambda r: r.edit_augmentation(), where=(NETWORK,),
          tip=mark("Change the training images at random: before and after")),
    Entry("device", RUN, mark("&Device and threads…"), ("Ctrl+D",), lambda r: r.choose_device()),
    Entry("earlier_step", RUN, mark("&Earlier training step"), ("Ctrl+Shift+Left",), lambda r: r.time.move(-1),
          where=(NETWORK, PAIR), tip=mark("Show everything as it was at the kept step before")),
    Entry("later_step", RUN, mark("&Later training step"), ("Ctrl+Shift+Right",), lambda r: r.time.move(1),
          where=(NETWORK, PAIR), tip=mark("Show everything as it was at the next kept step")),
    Entry("film", RUN, mark("Play training bac&k"), ("Shift+Space",), lambda r: r.time.toggle_film(),
          where=(NETWORK, PAIR), tip=mark("Play through the kept steps, or pause")),
    Entry("live", RUN, mark("&Go live"), ("Shift+L",), lambda r: r.time.go_live(),
          where=(NETWORK, PAIR), tip=mark("Show the newest weights again, and follow training")),
    Entry("branch", RUN, mark("&Branch from here"), ("Ctrl+B",), lambda r: r.controller.time.branch(),
          where=(NETWORK,), tip=mark("A new run that goes on from the earlier step that is shown; this one stays in its file")),
    Entry("previous_sample", IMAGE, mark("Previous sample"), ("Shift+S",), lambda r: r.samples.step_sample(-1), where=(NETWORK, PAIR)),
    Entry("next_sample", IMAGE, mark("Next sample"), ("S",), lambda r: r.samples.step_sample(1), where=(NETWORK, PAIR)),
    Entry("random_sample", IMAGE, mark("Random sample"), ("X",), lambda r: r.samples.random_sample(), where=(NETWORK, PAIR)),
    Entry("wrong_sample", IMAGE, mark("A wrong one"), ("W",), lambda r: r.controller.wrong_sample(),
          tip=mark("A test image that the network gets wrong"), where=(NETWORK,)),
    Entry("own_picture", IMAGE, mark("One's o&wn picture…"), ("D",), lambda r: r.own.show(), where=(NETWORK,),
          tip=mark("Draw a digit, or open a picture, and let it run through the network")),
    Entry("camera", IMAGE, mark("Ca&mera…"), ("Ctrl+Shift+P",), lambda r: r.own.camera.take(), where=(NETWORK,),
          tip=mark("A picture of one's own from the camera, for the network's input")),
    Entry("take_own", IMAGE, mark("Own picture again"), ("Shift+D",), lambda r: r.own.take_up(), where=(NETWORK,),
          tip=mark("Show one's own picture again after images of the test set")),
    Entry("striking", RUN, mark("Dropout as in training"), ("M",), lambda r: r.toggle_striking(), checkable=True,
          where=(NETWORK,), tip=mark("Strike neurons out, others with each mini-batch; off: evaluated, where all of them count")),
    Entry("cancel_experiment", RUN, mark("&Cancel the experiment"), ("Shift+Esc",), lambda r: r.runs.in_list("cancel_experiment"),
          where=(RUNS,), tip=mark("Stop after the batch; what was trained is kept, and gone on with another time")),
    Entry("back", STEP, mark("One step back"), ("Left",), lambda r: r.stepping.step(-1), icon="back"),
    Entry("forward", STEP, mark("One step forward"), ("Right",), lambda r: r.stepping.step(1), icon="forward"),
    Entry("back_larger", STEP, mark("One larger unit back"), ("Shift+Left",), lambda r: r.steps.step_larger(-1)),
    Entry("forward_larger", STEP, mark("One larger unit forward"), ("Shift+Right",), lambda r: r.steps.step_larger(1)),
    Entry("start", STEP, mark("To the start"), ("Home",), lambda r: r.stepping.go_to_start(), icon="start"),
    Entry("end", STEP, mark("To the end"), ("End",), lambda r: r.stepping.go_to_end(), icon="end"),
    Entry("first", STEP, mark("Start of the forward pass"), ("Shift+Home",), lambda r: r.stepping.go_to_first()),
    Entry("last", STEP, mark("End of the forward pass"), ("Shift+End",), lambda r: r.stepping.go_to_last()),
    Entry("play", STEP, mark("Play"), ("Space",), lambda r: r.stepping.toggle_play(), icon="play",
          tip=mark("Play, or pause playing")),
    Entry("slower", STEP, mark("Slower"), ("[",), lambda r: r.stepping.change_speed(-1)),
    Entry("faster", STEP, mark("Faster"), ("]",), lambda r: r.stepping.change_speed(1)),
    Entry("unit", STEP, mark("Next larger unit"), ("U",), lambda r: r.steps.next_unit(),
          tip=mark("Step by term, window, row, map or layer")),
    Entry("up", STEP, mark("One row up in the output"), ("Up",), lambda r: r.steps.move_in_map(-1)),
    Entry("down", STEP, mark("One row down in the output"), ("Down",), lambda r: r.steps.move_in_map(1)),
    Entry("previous_channel", CHANNELS, mark("Previous channel"), ("Shift+C",), lambda r: r.steps.move_channel(-1)),
    Entry("next_channel", CHANNELS, mark("Next channel"), ("C",), lambda r: r.steps.move_channel(1)),
    Entry("previous_group", CHANNELS, mark("Products of the previous input channel"), (",",), lambda r: r.steps.open_next(-1)),
    Entry("next_group", CHANNELS, mark("Products of the next input channel"), (".",), lambda r: r.steps.open_next(1)),
    Entry("previous_layer", CHANNELS, mark("Previous layer"), ("Ctrl+Left",), lambda r: r.steps.move_layer(-1),
          where=(NETWORK, PAIR)),
    Entry("next_layer", CHANNELS, mark("Next layer"), ("Ctrl+Right",), lambda r: r.steps.move_layer(1), where=(NETWORK, PAIR)),
    Entry("readers", STEP, mark("Windows that read the middle of the window"), ("P",), lambda r: r.steps.point_at_middle()),
    Entry("weight", STEP, mark("Inputs that the next weight touches"), ("K",), lambda r: r.steps.point_at_next_weight()),
    Entry("nothing", STEP, mark("Show neither"), ("Esc",), lambda r: r.escape()),
    Entry("hold", STEP, mark("Hold the stage at this training step"), ("L",), lambda r: r.controller.toggle_held(),
          checkable=True, tip=mark("Held: what is stepped stands still while training goes on. Off: live."), where=(NETWORK,)),
    Entry("hold_others", STEP, mark("Hold the other panes too"), ("H",), lambda r: r.toggle_others(), checkable=True,
          where=(NETWORK,)),
    *(
        Entry(f"workspace_{key}", VIEW, name, (f"Ctrl+{number}",), _to_workspace(key), checkable=True)
        for number, (key, name) in enumerate(WORKSPACES, start=1)
    ),
    *(
        Entry(f"way_{number}", VIEW, name, (f"Alt+{number}",), _to_way(number - 1), where=(NETWORK, LAB), checkable=True)
        for number, name in enumerate(WAYS, start=1)
    ),
    Entry("compare_curves", COMPARE, mark("&Curves"), ("Alt+1",), lambda r: r.runs.in_list("look_at_curves"), where=(RUNS,), checkable=True,
          tip=mark("Loss and accuracy of the selected runs in common charts")),
    Entry("compare_shifts", COMPARE, mark("Accuracy by &shift"), ("Alt+2",), lambda r: r.runs.in_list("look_at_shifts"), where=(RUNS,),
          checkable=True, tip=mark("How well the selected runs do on digits that are shifted sideways")),
    Entry("compare_differences", COMPARE, mark("&Differences"), ("Alt+3",), lambda r: r.runs.in_list("look_at_differences"),
          where=(RUNS,), checkable=True, tip=mark("Settings and layers in which the selected runs differ, and what came out")),
    Entry("side_by_side", COMPARE, mark("Side b&y side"), ("Alt+4",), lambda r: r.runs.in_list("side_by_side"), where=(RUNS,),
          tip=mark("The two selected runs with one cursor: the same image, the same step, the same element")),
    Entry("open_left", COMPARE, mark("Open the left run at this step"), ("Alt+1",), lambda r: r.runs.open_side(0), where=(PAIR,),
          tip=mark("Show this run in the workspace of the network, at the step and with the image shown here")),
    Entry("open_right", COMPARE, mark("Open the right run at this step"), ("Alt+2",), lambda r: r.runs.open_side(1), where=(PAIR,),
          tip=mark("Show this run in the workspace of the network, at the step and with the image shown here")),
    Entry("log_scale", VIEW, mark("Logarithmic loss"), ("G",), lambda r: r.toggle_log(), checkable=True,
          where=(NETWORK,)),
    Entry("zoom_in", APPEARANCE, mark("Zoom &in"), ("Ctrl+=", "Ctrl++"), lambda r: r.looks.zoom_by(1)),
    Entry("zoom_out", APPEARANCE, mark("Zoom &out"), ("Ctrl+-",), lambda r: r.looks.zoom_by(-1)),
    Entry("zoom_reset", APPEARANCE, mark("Zoom &100 %"), ("Ctrl+0",), lambda r: r.looks.set_zoom(100)),
    Entry("more_digits", APPEARANCE, mark("More digits"), ("Ctrl+.",), lambda r: r.looks.change_decimals(1)),
    Entry("fewer_digits", APPEARANCE, mark("Fewer digits"), ("Ctrl+Shift+.",), lambda r: r.looks.change_decimals(-1)),
    Entry("theme", APPEARANCE, mark("Dark or &light"), ("Ctrl+T",), lambda r: r.looks.next_theme(), icon="theme"),
    Entry("language", APPEARANCE, "한 / EN", ("Ctrl+L",), lambda r: r.looks.next_language()),
    Entry("motion", APPEARANCE, mark("Reduced motion"), (), lambda r: r.looks.toggle_motion(), checkable=True),
    Entry("contrast", APPEARANCE, mark("High contrast"), (), lambda r: r.looks.toggle_contrast(), checkable=True),
    Entry("full_screen", VIEW, mark("&Full screen"), ("F11",), lambda r: r.toggle_full_screen(), checkable=True),
    Entry("receptive", VIEW, mark("Receptive fi&eld"), ("Ctrl+Shift+F",), lambda r: r.looks.show_pane("receptive"),
          where=(NETWORK,), tip=mark("What reaches the element that is computed, and what a pixel reaches")),
    Entry("summary", VIEW, mark("S&ummary…"), ("Ctrl+I",), lambda r: r.architecture.show_summary(),
          where=(NETWORK,), tip=mark("Layers, output shapes, parameters and multiply–adds in a table")),
    Entry("confusion", VIEW, mark("Confusion &matrix"), ("Ctrl+Shift+M",), lambda r: r.looks.show_pane("confusion"),
          where=(NETWORK,), tip=mark("Which classes are taken for which; worst and best test images")),
    Entry("exciting", VIEW, mark("W&hat excites a channel"), ("Ctrl+Shift+E",), lambda r: r.looks.show_pane("exciting"),
          where=(NETWORK,), tip=mark("The test images in which a channel's largest value is highest, and the patch that it sees")),
    Entry("rehearsal", VIEW, mark("One &training step"), ("Ctrl+Shift+B",), lambda r: r.looks.show_pane("rehearsal"),
          where=(NETWORK,), tip=mark("The next step in slow motion: forward, loss, backward, update, with all numbers")),
    Entry("data", VIEW, mark("D&ata"), ("Ctrl+Shift+D",), lambda r: r.looks.show_pane("data"),
          where=(NETWORK,), tip=mark("The images that are trained on and tested with: classes, mean and deviation")),
    Entry("restore_layout", VIEW, mark("&Restore layout"), ("Ctrl+Shift+R",), lambda r: r.window.restore_layout(),
          where=(NETWORK,)),
    Entry("open_lesson", LESSONS, mark("&Open lesson…"), ("Ctrl+Alt+L",), lambda r: r.lectures.choose_file(),
          tip=mark("A lesson that somebody has written (.toml)")),
    Entry("new_lesson", LESSONS, mark("Ne&w lesson…"), (), lambda r: r.lectures.new(),
          tip=mark("A file of one's own that says what can be written into it")),
    Entry("record_step", LESSONS, mark("&Record step"), ("Ctrl+Alt+R",), lambda r: r.lectures.record(),
          tip=mark("Another step in one's own lesson that shows what the window shows now")),
    Entry("lesson_present", LESSONS, mark("&Present"), ("F5",), lambda r: r.lectures.present(), checkable=True,
          tip=mark("The lesson on the whole screen, its words at the left and the stage large; once more: beside the window")),
    Entry("lesson_leave", LESSONS, mark("&Close the lesson"), ("Ctrl+W",), lambda r: r.lectures.leave(),
          tip=mark("Everything is again as it was before the lesson")),
    Entry("lesson_next", LESSONS, mark("&Next step of the lesson"), ("PgDown",), lambda r: r.lectures.page(1),
          tip=mark("The answer first, where there is a question; without a lesson, one step of the stage")),
    Entry("lesson_previous", LESSONS, mark("Pre&vious step of the lesson"), ("PgUp",), lambda r: r.lectures.page(-1),
          tip=mark("Without a lesson, one step of the stage back")),
    Entry("lesson_again", LESSONS, mark("This step from its &beginning"), ("Backspace",), lambda r: r.lectures.again(),
          tip=mark("As the lesson has it, whatever was touched")),
    Entry("lesson_jump", LESSONS, mark("To the step whose number was &typed"), ("Return", "Enter"), lambda r: r.lectures.jump(),
          tip=mark("While the lesson is presented: type its number, then Enter")),
    Entry("lesson_black", LESSONS, mark("Blac&k screen"), ("B",), lambda r: r.lectures.black(), checkable=True),
    Entry("lesson_zoom", LESSONS, mark("&Magnifier"), ("Z",), lambda r: r.lectures.magnify(), checkable=True,
          tip=mark("What is around the mouse, large")),
    Entry("lesson_pointer", LESSONS, mark("Po&inter"), ("O",), lambda r: r.lectures.point(), checkable=True,
          tip=mark("A ring around the mouse that is seen from the last row")),
    Entry("lesson_pen", LESSONS, mark("&Draw"), ("I",), lambda r: r.lectures.draw(), checkable=True,
          tip=mark("Draw over the stage with the mouse; Undo takes the last stroke away, the next step all of them")),
    Entry("lesson_clear", LESSONS, mark("Cl&ear what was drawn"), ("Shift+I",), lambda r: r.lectures.clear_drawing()),
    Entry("lesson_notes", LESSONS, mark("Window of note&s"), ("F6",), lambda r: r.lectures.toggle_notes(), checkable=True,
          tip=mark("Notes, the next step and the time; on another screen where there is one")),
    Entry("lesson_clock", LESSONS, mark("Begin the time &anew"), ("Ctrl+Shift+T",), lambda r: r.lectures.restart_clock()),
    Entry("keys", HELP, mark("&Keys"), ("F1",), lambda r: r.show_keys()),
    Entry("about", HELP, mark("&About cnnviz"), (), lambda r: r.show_about()),
)  # fmt: skip
"""In the order of the menus."""


def layer_entries() -> tuple[Entry, ...]:
    """The keys 1 … 9: the first nine layers; 0 is the last."""
    nine = tuple(
        Entry(f"layer_{n}", "", mark("Layer {number}"), (str(n),), _to_layer(n - 1))
        for n in range(1, 10)
    )
    last = replace(
        nine[0], key="layer_last", text=mark("The last layer"), keys=("0",), run=_to_layer(-1)
    )
    return (*nine, last)


def _to_layer(index: int) -> Callable[[Requests], object]:
    def run(requests: Requests) -> None:
        if not requests.lectures.digit((index + 1) % 10):
            requests.steps.go_to_layer(index)

    return run


def plain(text: str) -> str:
    """A menu's text as a button shows it: "&Reset…" is "Reset", "초기화(&R)…" is "초기화"."""
    return re.sub(r"\(&.\)|&|…", "", text)
