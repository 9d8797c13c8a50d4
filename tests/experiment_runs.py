"""Make the runs that come with the experiments: ``python -m tests.experiment_runs FOLDER``.

FOLDER holds runs of the ready-made experiments that were trained to their end, as the workspace
Runs trains them into the user's folder of runs.  Their losses, their looks at the test set and what
else is said of them go over as they are; of their weights only those of the last step, and only
where they are small and shown side by side.
"""

from __future__ import annotations

import argparse
import shutil
import sqlite3
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from cnnviz.core.ready_made import ReadyMade, list_ready_made
from cnnviz.engine.run_file import RunFile
from cnnviz.engine.run_notes import NAME, SHIFTS
from cnnviz.engine.run_reading import read_row
from cnnviz.resources import resource

BESIDE = 2
"""Runs of an experiment that are shown side by side: the first two."""

LARGEST = 1_000_000
"""Bytes that the weights of a run may take, with what training goes on from."""

PAGE = 4096
"""Bytes: a file that is only read needs none of the large pages in which training writes."""


def experiments() -> tuple[ReadyMade, ...]:
    """Those that come with the program."""
    return list_ready_made(resource("experiments"), resource("networks"))


def thin(source: Path, target: Path, weights: bool) -> None:
    """Copy a run without its weights, or with those of its last step where ``weights``."""
    with RunFile.open(source) as before:
        last = before.resume_state(int(before.steps()[-1]))
        with (
            RunFile.create(target, before.experiment, before.about, LARGEST) as file,
            file.together(),
        ):
            file.append_losses(1, before.losses())
            for look in before.evaluations():
                file.append_evaluation(look)
            if weights and last.size <= LARGEST:
                file.append_snapshot(last)
            for name in (NAME, SHIFTS):
                if said := before.text(name):
                    file.say(name, said)
    connection = sqlite3.connect(target)
    for statement in ("PRAGMA journal_mode = DELETE", f"PRAGMA page_size = {PAGE}", "VACUUM"):
        connection.execute(statement)
    connection.close()


def main() -> int:
    """Make all of them; 1 if one of the runs is missing or was not trained to its end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder, shipped = parser.parse_args().folder, resource("experiments", "runs")
    shipped.mkdir(exist_ok=True)
    for made in experiments():
        for place, (source, target) in enumerate(
            zip(made.paths(folder), made.paths(shipped), strict=True)
        ):
            row = read_row(source)
            if row.epochs_done < row.epochs or made.shifts > row.shifted or row.problem:
                print(f"{source.name}: {row.problem or 'not trained to its end'}")
                return 1
            with TemporaryDirectory() as aside:  # a run that comes with the program is only read
                made_here = Path(aside, target.name)
                thin(source, made_here, place < BESIDE)
                shutil.move(made_here, target)
            print(f"{target.name}: {target.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
