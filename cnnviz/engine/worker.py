"""What the training thread does: one small turn after the other, requests read between them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator
from functools import partial
from time import monotonic

from cnnviz.core.augmentation import Variants
from cnnviz.core.events import Failed, Finished, Notice, Ready, Training, WrongSamples
from cnnviz.core.experiment import Experiment
from cnnviz.core.problem import Problem
from cnnviz.core.rehearsal import Rehearsal
from cnnviz.core.snapshot import Sample, Snapshot
from cnnviz.core.survey import Answer, Survey, Underway
from cnnviz.core.weight_edit import WeightChange
from cnnviz.engine import evaluate, probe, training
from cnnviz.engine.augmenting import variants
from cnnviz.engine.changing import change_weights
from cnnviz.engine.filtering import filtered
from cnnviz.engine.mailbox import Mailbox
from cnnviz.engine.recording import Recorder
from cnnviz.engine.rehearsing import rehearse
from cnnviz.engine.resume import prepare_from
from cnnviz.engine.run_places import Plan, Point, new_path
from cnnviz.engine.session import Session
from cnnviz.engine.surveying import survey

_log = logging.getLogger(__name__)

TRAINED_PER_LOOK = 19
"""Seconds of training for each second of looking at it.  A look at the lecture's networks takes
2 ms, and is asked for ten times a second; a copy of VGG-16 has 553 MB and takes half a second."""


class Worker:
    """Serves a mailbox until it closes.

    A turn is a batch, a chunk of an evaluation, an answer or a new run; between two turns every
    request is looked at, so that none waits longer than a batch takes.
    """

    def __init__(self, mailbox: Mailbox, plan: Plan | None = None) -> None:
        self._mailbox = mailbox
        self._plan = plan
        self._recorder: Recorder | None = None
        self._runs = 0
        self._session: Session | None = None
        self._steps: Iterator[bool] | None = None
        self._search: Generator[None, None, tuple[int, ...]] | None = None
        self._surveys: dict[Survey, Generator[Underway, None, Answer]] = {}
        self._single_from: int | None = None
        self._announced = False
        self._put_off: int | Sample | None = None  # the image of a look that must wait
        # The last one, and when it may again.
        self._looked: tuple[int | Sample | None, float] = (None, 0.0)

    def serve(self) -> None:
        """Take turns until the mailbox closes; sleep while there is nothing to do."""
        try:
            while True:
                with self._mailbox.changed:
                    self._mailbox.changed.wait_for(self._is_wanted)
                    if self._mailbox.wanted.closing:
                        return
                self._turn()
        finally:
            self._stop_recording()

    def _is_wanted(self) -> bool:
        wanted = self._mailbox.wanted
        asked = (wanted.live, wanted.frozen, wanted.gradient, wanted.augmenting, wanted.rehearsing)
        looks = wanted.wrong or any(request is not None for request in asked)
        return (
            wanted.closing
            or wanted.experiment is not None
            or wanted.running
            or wanted.singles > 0
            or self._announced
            or self._search is not None
            or bool(self._surveys)
            or self._put_off is not None
            or wanted.filtering is not None
            or (self._session is not None and (looks or bool(wanted.surveys) or self._is_changed))
        )

    @property
    def _is_changed(self) -> bool:
        wanted = self._mailbox.wanted
        return bool(wanted.changes) or wanted.epochs is not None

    def _turn(self) -> None:
        experiment = self._mailbox.take_experiment()
        if experiment is not None:
            if not self._attempt(lambda: self._begin(experiment)):
                self._stop()
            return
        self._filter()
        if self._session is not None:
            self._lengthen(self._session)
            self._change(self._session)
            self._answer_looks(self._session)
            self._augment(self._session)
            self._rehearse(self._session)
            self._go_through(self._session)
            if self._search is not None or self._mailbox.take_wrong():
                session = self._session
                if not self._attempt(lambda: self._search_on(session)):
                    self._search = None
                if self._search is not None:
                    return  # the model must not change while the test set is gone through
        if not self._attempt(self._train):
            self._steps = None  # a generator that has raised is over; the session is not
            self._stop()

    def _attempt(self, action: Callable[[], None]) -> bool:
        """Whether it could be done; if not, the window is told and the thread goes on."""
        try:
            action()
            return True
        except Problem as problem:
            self._mailbox.emit(Failed(problem))
        except Exception as error:
            _log.exception("unexpected error in the training thread")
            said = f"{type(error).__name__}: {error}"
            self._mailbox.emit(
                Failed(Problem("something unexpected went wrong in training: {error}", error=said))
            )
        return False

    def _begin(self, experiment: Experiment) -> None:
        self._announce(False)
        resume = self._mailbox.resume
        weights, before = self._mailbox.weights, self._session
        parts = prepare_from(experiment, self._runs + 1, resume, weights, before)
        while True:
            try:
                starting = next(parts)
            except StopIteration as end:
                session: Session = end.value
                break
            if self._mailbox.superseded:
                parts.close()
                return
            self._mailbox.emit(starting)
            self._filter()
        self._stop_recording()
        self._runs += 1
        self._session, self._steps, self._search = session, None, None
        self._recorder = self._record(session, resume)
        self._surveys = {}
        self._single_from = None
        self._put_off, self._looked = None, (None, 0.0)
        self._mailbox.begin(session.metrics)
        self._mailbox.emit(
            Ready(
                run=session.run,
                devices=session.devices,
                device=session.device,
                train_count=len(session.train.y),
                test_count=len(session.test.y),
                batches=session.batches,
                data=session.dataset,
                path=None if self._recorder is None else self._recorder.path,
            )
        )
        for notice in session.dataset.notices:
            self._mailbox.emit(Notice(notice))
        if session.fallback is not None:
            self._mailbox.emit(Notice(session.fallback))
        for problem in session.notices:
            self._mailbox.emit(Notice(problem))

    def _lengthen(self, session: Session) -> None:
        epochs = self._mailbox.take_epochs()
        if epochs is None or epochs <= session.settings.epochs:
            return
        session.lengthen(epochs)
        if self._recorder is not None:
            self._recorder.note_experiment()

    def _change(self, session: Session) -> None:
        for change in self._mailbox.take_changes():
            if change.run != session.run:
                continue  # made for a run that another one has replaced since
            # What goes through the test set begins again: all of it with one model.
            self._steps = None
            within = session.step % session.batches != 0
            if self._single_from is not None and session.step > self._single_from and within:
                self._end_single(session)  # but for an evaluation within an epoch: it is left out
            if self._search is not None:
                self._search = evaluate.find_wrong(session)
            self._attempt(partial(self._change_once, session, change))

    def _change_once(self, session: Session, change: WeightChange) -> None:
        said = change_weights(session, change)
        if said is not None:
            self._mailbox.emit(Notice(said))

    def _answer_looks(self, session: Session) -> None:
        asked, frozen = self._mailbox.take_looks()
        striking = self._mailbox.wanted.striking
        live = self._due(asked)
        shape = session.experiment.network.input_shape
        if isinstance(live, Sample) and live.image.shape != shape:
            live = None  # asked for while this run was being made: who asked will ask again
        if live is not None:
            began = monotonic()
            self._attempt(lambda: self._mailbox.answer_live(probe.look(session, live, striking)))
            ended = monotonic()
            self._looked = (live, ended + TRAINED_PER_LOOK * (ended - began))
        if frozen is not None:
            answer = partial(probe.look_frozen, session, *frozen, striking)
            self._attempt(lambda: self._mailbox.answer_frozen(answer()))
        measure = self._mailbox.take_measure()
        if measure is not None:
            self._attempt(lambda: self._mailbox.answer_gradient(probe.gradient(session, *measure)))

    def _due(self, asked: int | Sample | None) -> int | Sample | None:
        """The image to look at now, or None.

        While it trains, the same image has to wait until looking takes no more than its share of
        the time; another one, which a person has chosen, does not.
        """
        self._put_off = self._put_off if asked is None else asked
        if self._put_off is None:
            return None
        sample, until = self._looked
        if self._mailbox.wanted.running and self._put_off == sample and monotonic() < until:
            return None
        live, self._put_off = self._put_off, None
        return live

    def _filter(self) -> None:
        asked = self._mailbox.take_filtering()
        if asked is None:
            return
        # Who asked is told, and not the run, which goes on whatever becomes of a photograph.
        try:
            answer: Snapshot | Problem = filtered(asked)
        except Problem as problem:
            answer = problem
        self._mailbox.answer_filtering(answer)

    def _augment(self, session: Session) -> None:
        """As for a filter, who asked is told of a failure, and not the run."""
        asked = self._mailbox.take_augmenting()
        if asked is None:
            return
        answer: Variants | Problem
        try:
            answer = variants(session, asked)
        except Exception as error:
            _log.exception("unexpected error while an image was changed")
            answer = Problem("the image could not be changed: {error}", error=error)
        self._mailbox.answer_augmenting(answer)

    def _rehearse(self, session: Session) -> None:
        """As for a filter, who asked is told of a failure, and not the run."""
        asked = self._mailbox.take_rehearsing()
        if asked is None:
            return
        answer: Rehearsal | Problem
        try:
            answer = rehearse(session, asked)
        except Problem as problem:
            answer = problem
        except Exception as error:
            _log.exception("unexpected error while a training step was rehearsed")
            answer = Problem("the next step could not be computed: {error}", error=error)
        self._mailbox.answer_rehearsing(answer)

    def _go_through(self, session: Session) -> None:
        """One chunk of the test set more.  Who asked is told of a failure, and not the run."""
        for wanted, asked in self._mailbox.take_surveys().items():
            self._surveys[wanted] = survey(session, wanted, asked)
        kind = next(iter(self._surveys), None)
        if kind is None:
            return
        answer: Answer | Underway | Problem
        try:
            answer = next(self._surveys[kind])
        except StopIteration as end:
            answer = end.value
        except Problem as problem:
            answer = problem
        except Exception as error:
            _log.exception("unexpected error while the test images were gone through")
            answer = Problem("the test images could not be gone through: {error}", error=error)
        if not isinstance(answer, Underway):
            del self._surveys[kind]
        self._mailbox.answer_survey(kind, answer)

    def _search_on(self, session: Session) -> None:
        if self._search is None:
            self._search = evaluate.find_wrong(session)
        try:
            next(self._search)
        except StopIteration as end:
            self._search = None
            self._mailbox.emit(WrongSamples(session.step, end.value))

    def _train(self) -> None:
        wanted = self._mailbox.wanted
        if not (wanted.running or wanted.singles):
            self._single_from = None
            self._announce(False)
            return
        if self._session is None:
            raise Problem("there is no network to train yet: choose a network and its data first")
        self._announce_running(self._session)
        if wanted.singles and self._single_from is None:
            self._single_from = self._session.step
        if self._steps is None:
            self._steps = self._begin_steps(self._session)
        at_rest = next(self._steps, None)
        if at_rest is None:
            self._steps = None  # there may be more epochs one day
            self._mailbox.emit(Finished(self._session.settings.epochs))
            self._stop()
        elif at_rest and self._single_from is not None and self._session.step > self._single_from:
            self._end_single(self._session)

    def _end_single(self, session: Session) -> None:
        self._single_from = None
        training.flush(session)
        self._mailbox.single_done()

    def _begin_steps(self, session: Session) -> Iterator[bool]:
        if self._recorder is not None:
            return self._recorder.steps()
        return training.train(session, self._mailbox.emit)

    def _record(self, session: Session, resume: Point | None) -> Recorder | None:
        if self._plan is None:
            return None
        if resume is not None and self._mailbox.same_file:
            path = resume[0]
        else:
            path = new_path(self._plan.folder, session.experiment.network.key)
        return Recorder(session, path, self._mailbox.emit, self._plan.budget, resume)

    def _stop_recording(self) -> None:
        if self._recorder is not None:
            self._recorder.close()
            self._recorder = None

    def _announce_running(self, session: Session) -> None:
        if self._mailbox.wanted.running and not session.finished:
            self._announce(True)

    def _stop(self) -> None:
        self._single_from = None
        self._mailbox.stop()
        self._announce(False)

    def _announce(self, running: bool) -> None:
        if running == self._announced:
            return
        self._announced = running
        if not running and self._session is not None and self._session.spoiled is None:
            session = self._session
            self._attempt(lambda: training.flush(session))
        self._mailbox.emit(Training(running))
