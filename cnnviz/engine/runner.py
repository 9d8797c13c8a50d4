"""The thread that trains and answers, as the window sees it; it imports torch, this does not."""

from __future__ import annotations

import logging
import threading

from cnnviz.core.augmentation import Augmenting, Variants
from cnnviz.core.events import Event, Failed, Loaded, Starting
from cnnviz.core.experiment import Experiment
from cnnviz.core.filtering import Filtering
from cnnviz.core.gradient import PixelGradient
from cnnviz.core.metrics import MetricLog
from cnnviz.core.operations import Element, Parameters
from cnnviz.core.problem import Problem, mark
from cnnviz.core.rehearsal import Rehearsal, Rehearsing
from cnnviz.core.snapshot import Sample, Snapshot
from cnnviz.core.survey import Answer, Survey, Underway
from cnnviz.core.weight_edit import WeightChange
from cnnviz.engine.allocator import keep_pages
from cnnviz.engine.mailbox import Mailbox
from cnnviz.engine.priority import step_back
from cnnviz.engine.run_places import Plan, Point

_log = logging.getLogger(__name__)


class Runner:
    """Trains in one thread of its own, and never makes the caller wait (but for `close`).

    Every method returns at once: requests are flags that the thread reads between two batches,
    answers lie in slots that hold the newest one, and what happened waits in `events`.  Nothing
    raises; whatever goes wrong in the thread arrives as `Failed`, the thread lives on, and so does
    the run it had.  With nothing to do the thread sleeps.

    The thread is no daemon: one that is inside of torch when the interpreter ends aborts the
    process (10 of 10 times).  Call `close` before the program ends.

    Parameters
    ----------
    plan
        Where every run is recorded (`Ready` names the file); None to record none.
    """

    def __init__(self, plan: Plan | None = None) -> None:
        self._plan = plan
        self._mailbox = Mailbox()
        self._thread = threading.Thread(target=self._serve, name="training")

    @property
    def metrics(self) -> MetricLog:
        """Of the current run; another object from the moment `Ready` is announced."""
        return self._mailbox.metrics

    def start(self, experiment: Experiment) -> None:
        """Start the thread: it loads torch, reads the data, builds the model and says `Ready`."""
        self._mailbox.ask(experiment=experiment)
        self._thread.start()

    def restart(
        self,
        experiment: Experiment,
        weights: tuple[Parameters, ...] = (),
        resume: Point | None = None,
        same_file: bool = False,
    ) -> None:
        """A new run: reset, another network, other settings.  It does not train yet.

        The run that was going on stops at once, and is kept (paused) if the new one cannot be made.

        Parameters
        ----------
        weights
            One mapping a layer with what it begins with; where it is empty, and for all layers if
            there is none, the weights are those that the seed draws.
        resume
            A run's file and one of the steps kept in it, to branch from: the new run has that
            one's history up to there, and a file of its own.  Epochs and learning rate may be
            others than that run's; everything else must be the same.
        same_file
            It is that run itself which goes on: what its file keeps of later steps is forgotten
            when the first batch has been trained.
        """
        self._mailbox.ask(
            experiment=experiment,
            weights=weights,
            resume=resume,
            same_file=same_file,
            running=False,
            singles=0,
            epochs=None,
        )

    def train(self) -> None:
        """Train until paused or finished; asked for early, it begins when the run is ready."""
        self._mailbox.ask(running=True, singles=0)

    def lengthen(self, epochs: int) -> None:
        """Let the run have more epochs than it was begun with; what it has trained stays.

        It trains no sooner than `train` asks for it, and comes to the weights that it had come to
        if it had been begun with as many.  Its file says so too.  Fewer epochs than it has change
        nothing, and another run forgets it.
        """
        self._mailbox.ask(epochs=epochs)

    def pause(self) -> None:
        """Stop after the batch (or the chunk of an evaluation) that is being computed."""
        self._mailbox.ask(running=False, singles=0)

    def one_batch(self) -> None:
        """Train one batch more, then pause; asked for n times, n batches."""
        self._mailbox.ask_single()

    def look(self, sample: int | Sample, frozen: Snapshot | None = None) -> None:
        """Ask for a snapshot of an image.

        Parameters
        ----------
        sample
            Its index in the test set, or a picture of one's own.  One that has not the shape of
            the network's input, which may be another by now, is not answered.
        frozen
            None for the model as it is at the next pause between batches (`take`); a snapshot
            for what *its* weights make of the image (`take_frozen`), which keeps its ``run``,
            ``step`` and ``parameters``.  Each kind has one slot: a later request replaces an
            earlier one.
        """
        if frozen is None:
            self._mailbox.ask(live=sample)
        else:
            self._mailbox.ask(frozen=(sample, frozen))

    def strike_out(self, striking: bool) -> None:
        """Whether dropout strikes out in every look from now on, as it does in training."""
        self._mailbox.ask(striking=striking)

    def measure_gradient(self, snapshot: Snapshot, layer: int, element: Element) -> None:
        """Ask how much each pixel of a snapshot's image counts for an element of a layer.

        Answered by `take_gradient`; a later request replaces an earlier one that waits.
        """
        self._mailbox.ask(gradient=(snapshot, layer, element))

    def survey(self, kind: Survey, snapshot: Snapshot) -> None:
        """Ask what a snapshot's weights make of the whole test set; training goes on meanwhile.

        Answered by `take_surveyed`.  A later request replaces an earlier one of its kind, even one
        that is under way; another run forgets it.
        """
        self._mailbox.ask_survey(kind, snapshot)

    def rehearse(self, asked: Rehearsing) -> None:
        """Ask for all numbers of the next training step, which is not made; see `take_rehearsal`.

        A later request replaces an earlier one that waits; another run forgets it.
        """
        self._mailbox.ask(rehearsing=asked)

    def filter(self, asked: Filtering) -> None:
        """Ask for what a filter makes of a picture; answered by `take_filtered`.

        It needs no run.  A later request replaces an earlier one that waits.
        """
        self._mailbox.ask(filtering=asked)

    def augment(self, asked: Augmenting) -> None:
        """Ask what an augmentation makes of an image; answered by `take_variants`.

        A later request replaces an earlier one that waits.
        """
        self._mailbox.ask(augmenting=asked)

    def change_weights(self, change: WeightChange) -> None:
        """Set weights between two batches; a look that is asked for afterwards shows them.

        Each change is made, and in the order in which they were asked for; one for a run that is
        no more is not.
        """
        self._mailbox.ask_change(change)

    def find_wrong(self) -> None:
        """Look for test images that the model gets wrong; answered by `WrongSamples`."""
        self._mailbox.ask(wrong=True)

    def take(self) -> Snapshot | None:
        """The newest live snapshot, once."""
        return self._mailbox.take_live()

    def take_frozen(self) -> Snapshot | None:
        """The newest answer to a request with ``frozen``, once."""
        return self._mailbox.take_frozen()

    def take_gradient(self) -> PixelGradient | None:
        """The newest answer to `measure_gradient`, once."""
        return self._mailbox.take_gradient()

    def take_surveyed(self, kind: Survey) -> Answer | Underway | Problem | None:
        """The newest answer to `survey`, once; or how far it is, or why there is none."""
        return self._mailbox.take_surveyed(kind)

    def take_rehearsal(self) -> Rehearsal | Problem | None:
        """The newest answer to `rehearse`, once; or why there is none."""
        return self._mailbox.take_rehearsal()

    def take_filtered(self) -> Snapshot | Problem | None:
        """The newest answer to `filter`, once: a snapshot, or why there is none.

        The snapshot's ``run`` is the request's ``number``.
        """
        return self._mailbox.take_filtered()

    def take_variants(self) -> Variants | Problem | None:
        """The newest answer to `augment`, once; or why there is none."""
        return self._mailbox.take_variants()

    def events(self) -> list[Event]:
        """Everything that happened since the last call, in order."""
        return self._mailbox.take_events()

    def close(self, timeout: float) -> bool:
        """Ask the thread to end and wait for it.

        Parameters
        ----------
        timeout
            Seconds.  Loading torch cannot be interrupted; everything else ends within a batch.

        Returns
        -------
        Whether the thread has ended (or never ran).  If not, it will end by itself.
        """
        self._mailbox.ask(closing=True)
        if self._thread.ident is None:
            return True
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _serve(self) -> None:
        keep_pages()  # before torch takes its first memory
        step_back()  # before torch starts threads, which take it over
        mailbox = self._mailbox
        while not mailbox.wanted.closing:
            mailbox.emit(Starting(mark("Loading PyTorch")))
            try:
                # Here and not above: it takes a second, and the window is shown before it.
                from cnnviz.engine.worker import Worker

                mailbox.emit(Loaded())
            except Exception as error:
                _log.exception("torch could not be imported")
                mailbox.take_experiment()
                mailbox.stop()
                mailbox.emit(Failed(Problem("PyTorch could not be loaded: {error}", error=error)))
                with mailbox.changed:
                    mailbox.changed.wait_for(lambda: mailbox.superseded)
            else:
                Worker(mailbox, self._plan).serve()
                return
