"""A thread that finds out what snapshots make of a whole test set, beside whoever trains."""

from __future__ import annotations

import logging
from contextlib import nullcontext
from typing import TYPE_CHECKING

from cnnviz.core.dataset import Dataset
from cnnviz.core.judgement import Judgement
from cnnviz.core.problem import Problem
from cnnviz.core.snapshot import Snapshot
from cnnviz.core.survey import Survey
from cnnviz.engine.woken_thread import WokenThread

if TYPE_CHECKING:
    from cnnviz.engine.tested import Tested

_log = logging.getLogger(__name__)


class Judging:
    """Judges one snapshot at a time; the thread starts with the first.

    Parameters
    ----------
    beside
        Whether something else reckons meanwhile: it leaves the other cores alone then.
    """

    def __init__(self, dataset: Dataset, beside: bool = True) -> None:
        self._dataset = dataset
        self._beside = beside
        self._thread = WokenThread(self._serve, "judging")
        self._asked: Snapshot | None = None
        self._answer: Judgement | Problem | None = None
        self._tested: Tested | None = None

    def ask(self, snapshot: Snapshot) -> None:
        """Judge a snapshot; answered by `take`."""
        with self._thread.changed:
            self._asked = snapshot
            self._thread.wake()

    def take(self) -> Judgement | Problem | None:
        """The newest answer, once: what was found out, or why it could not be."""
        with self._thread.changed:
            taken, self._answer = self._answer, None
            return taken

    def close(self, timeout: float) -> bool:
        """End the thread, also in the middle of a test set; whether it has ended."""
        return self._thread.close(timeout)

    # --- the thread ------------------------------------------------------------------------

    def _serve(self) -> None:
        from cnnviz.engine.one_thread import one_thread  # torch comes with all that follows

        with one_thread() if self._beside else nullcontext():
            while True:
                with self._thread.changed:
                    self._thread.changed.wait_for(lambda: self._thread.closing or self._asked)
                    if self._thread.closing:
                        return
                    asked, self._asked = self._asked, None
                assert asked is not None
                answer = self._judged(asked)
                with self._thread.changed:
                    self._answer = answer

    def _judged(self, asked: Snapshot) -> Judgement | Problem | None:
        """The answer; None if the thread is to end before it is complete."""
        from cnnviz.engine.outcome import outcome_unless
        from cnnviz.engine.surveying import survey_of
        from cnnviz.engine.tested import tested_on_cpu

        try:
            if self._tested is None:
                self._tested = tested_on_cpu(self._dataset, asked.network)
            parts = survey_of(self._tested, Survey.JUDGEMENT, asked)
            answer = outcome_unless(lambda: self._thread.closing, parts)
        except Problem as problem:
            return problem
        except Exception as error:  # whoever waits must not wait for ever
            _log.exception("unexpected error while a test set was judged")
            return Problem("the test images cannot be judged: {error}", error=repr(error)[:200])
        assert answer is None or isinstance(answer, Judgement)
        return answer
