"""The account of a training run: which of its parts are yours, which are on loan, and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from undergrad.mine.parts import OwnPart
from undergrad.mine.trace import Trace
from undergrad.words import plural

# The frame: what of the engine no unit builds. All else that a run calls is a part of the engine.
# Each area of the engine, and what it does in a run besides its parts.
FRAME = {
    "allocator": "keeps memory that was allocated once",
    "autograd": "records what each result was computed from",
    "doors": "says what to do when an array stands where a tensor belongs",
    "grad_mode": "turns recording on and off, and adds gradients up in the leaves",
    "graph_errors": "explains what is wrong with a graph",
    "moved": "finds modules by the names that they once had",
    "twins": "puts the readable form of an operation in place",
    "versions": "notices numbers that changed between the forward and the backward pass",
    "data": "reads examples and hands them out in batches",
    "nn": "layers hold weights, and call the operations with them",
    "ops": "functions that check, or only call operations, as flatten calls reshape",
    "optim": "keeps weights and settings together, and calls the update rules with them",
    "rng": "makes a random generator from a seed",
    "thread_pool": "divides the work of large operations among threads",
    "tensor": "a tensor holds an array; its operators call the operations",
    "tools": "checks gradients, draws, measures, tries learning rates",
    "loops": "the loop of an agent: act, step the environments, store, learn, keep to the budget",
    "training": "the loop: batch, loss, backward, step; callbacks, checkpoints, logs, threads",
}


@dataclass(frozen=True)
class Loan:
    """A part of the engine that is borrowed from the reference."""

    name: str
    unit: str  # that builds it; "" when no unit does
    why: str


@dataclass(frozen=True)
class Account:
    """What a training run is made of."""

    yours: tuple[str, ...]
    on_loan: tuple[Loan, ...]
    frame: tuple[str, ...]  # areas of the engine; FRAME describes each

    @property
    def sentence(self) -> str:
        """Such as “14 parts yours, 9 on loan”."""
        return f"{plural(len(self.yours), 'part')} yours, {len(self.on_loan)} on loan"


def account(traced: Trace, parts: Sequence[OwnPart]) -> Account:
    """Who built what the training called."""
    return Account(
        yours=tuple(sorted(traced.own - traced.borrowed)),
        on_loan=tuple(_loan(name, parts) for name in sorted(traced.borrowed)),
        frame=tuple(sorted({name.split(".")[2] for name in traced.frame})),
    )


def _loan(name: str, parts: Iterable[OwnPart]) -> Loan:
    builders = [each for each in parts if each.name == name]
    if not builders:
        return Loan(name, "", "no unit builds it yet")
    last = builders[-1]
    refused = [each for each in builders if each.state == "refused"]
    if any(each.state == "yours" for each in builders):
        return Loan(name, last.unit, "yours does not cover the way it is called here")
    if refused:
        return Loan(name, refused[-1].unit, f"yours is refused: {refused[-1].reason}")
    return Loan(name, last.unit, "not built yet")
