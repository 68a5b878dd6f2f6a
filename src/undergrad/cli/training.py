"""Train a run while a person watches: what it may cost, a line or a bar, Ctrl-C, the record."""

import signal

from undergrad.cli import presets
from undergrad.cli import train_text as text
from undergrad.cli.terminal import say
from undergrad.journey import Learner
from undergrad.runs import Run, session
from undergrad.runs.seeds import Context, ShouldStop, Workers, cores

_MOST_THREADS = 2  # for the large operations of a seed; more were not measured


def announce(run: Run, workers: Workers) -> None:
    """What will be learned, what it may cost, and what counts as learned. Before it starts."""
    preset = session.preset_of(run, presets.kind_of(run))
    say(text.announcement(preset, len(run.unfinished), workers), err=True)


def trained(
    run: Run, context: Context, me: Learner | None, should_stop: ShouldStop, workers: Workers
) -> Run:
    """Train what is left of a run; once it is finished, the journey knows it."""
    from undergrad.engine import threads  # not earlier: see `runs.one_thread`

    kind = presets.kind_of(run)
    progress = text.Progress(session.preset_of(run, kind), len(run.unfinished))
    # Of a single seed; several have a process, and a core, each.
    with threads(min(cores(), _MOST_THREADS)), progress:
        run = session.resume(
            run,
            kind,
            callbacks=progress.callbacks(),
            should_stop=should_stop,
            context=context,
            workers=workers,
        )
    if run.state == "finished" and me is not None:
        me.record("run.finished", run.id, **run.to_json())
    return run


class CtrlC:
    """Tells whether Ctrl-C was pressed, as a `should_stop`: the first saves, the second ends."""

    def __enter__(self) -> "CtrlC":
        self._pressed = False
        self._before = signal.signal(signal.SIGINT, self._press)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    def __call__(self) -> bool:
        return self._pressed

    def _press(self, *_: object) -> None:
        if self._pressed:
            raise KeyboardInterrupt
        self._pressed = True
        say("Saving ...", err=True)
