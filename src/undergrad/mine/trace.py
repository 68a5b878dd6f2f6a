"""Which functions of the engine a training run really calls, found by watching its first updates.

Python reports every call (`sys.setprofile`). A part of the engine did work when it made a node of
the graph (an operation) or when it ran at all (the backward pass, an update rule: `is_rule`).
What only calls others, as `flatten` calls `reshape`, did none, and belongs to the frame.
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import CodeType, FrameType
from typing import Any

from undergrad.engine import autograd
from undergrad.engine.optim.optimizer import Optimizer
from undergrad.mine import adapter
from undergrad.mine.adapter import Function
from undergrad.mine.agent_trials import AGENT_TRIALS
from undergrad.mine.patch import patched

_UPDATES = 2  # of the optimiser: enough for all that a training run does again and again
_OURS, _ENGINE, _OPS = "undergrad.", "undergrad.engine.", "undergrad.engine.ops."
_LOOPS = "undergrad.rl.loops"  # of agents
_OWN = "own"  # stands on the stack while a node of the learner's is made
# Initialisation by NumPy's generator, with numbers that the caller chose.
_DRAWN = ("uniform_", "normal_", "constant_", "zeros_", "ones_", "fans", "calculate_gain")


@dataclass(frozen=True)
class Trace:
    """Dotted names of the engine. A part that handed a call to the reference is in both sets."""

    own: frozenset[str]  # parts of the learner's that did work
    borrowed: frozenset[str]  # functions of the reference that did work
    frame: frozenset[str]  # all other functions of the engine that ran


def trace(run: Callable[[Callable[[], bool]], object], parts: Mapping[str, Function]) -> Trace:
    """Watch a training run with `parts` in the engine's place.

    `run` is given a function to call after each step; once that is true, it should end.
    """
    watcher = _Watcher()
    counted = {name: watcher.counting(name, part) for name, part in parts.items()}
    before = sys.getprofile()
    with patched(counted):
        sys.setprofile(watcher)
        try:
            run(lambda: watcher.updates >= _UPDATES)
        finally:
            sys.setprofile(before)
    return Trace(frozenset(watcher.own), frozenset(watcher.borrowed), watcher.frame())


class _Watcher:
    """Called for each call and return; keeps a stack of the engine's running functions."""

    def __init__(self) -> None:
        self.own: set[str] = set()
        self.borrowed: set[str] = set()
        self.updates = 0
        self._own_nodes = 0
        self._others: set[str] = set()
        self._stack: list[str] = []
        self._names: dict[CodeType, str] = {}

    def counting(self, name: str, part: Function) -> Function:
        """The part, noted in `own` each time it does work."""

        def call(*args: Any, **kwargs: Any) -> Any:
            before = self._own_nodes
            out = part(*args, **kwargs)
            if is_rule(name) or self._own_nodes > before:
                self.own.add(name)
            return out

        return call

    def frame(self) -> frozenset[str]:
        """What ran besides the functions that did work."""
        return frozenset(self._others - self.borrowed)

    def __call__(self, frame: FrameType, event: str, argument: object) -> None:
        if event not in ("call", "return"):
            return
        name = self._names.get(frame.f_code)
        if name is None:
            name = self._names[frame.f_code] = _name(frame)
        if not name:
            return
        if event == "call":
            if name == _NODE:
                self._made_a_node(frame)
            else:
                self._note(name)
            self._stack.append(name)
        elif self._stack:
            self._stack.pop()

    def _note(self, name: str) -> None:
        self.updates += name == _STEP
        if name == _OWN:
            self._own_nodes += 1
        elif is_rule(name):
            self.borrowed.add(name)
        elif not any(is_rule(running) for running in self._stack):
            self._others.add(self._operation(name) if name.startswith(_OPS) else name)

    def _made_a_node(self, frame: FrameType) -> None:
        """By the learner's part, or by the caller: mostly an operation of the engine.

        The module is the caller's and the name the operation's own; code of undergrad outside of
        the engine, such as a fused network, counts too. What a rule makes is part of the rule.
        """
        if any(is_rule(running) for running in self._stack):
            return
        caller = frame.f_back.f_globals.get("__name__", "") if frame.f_back else ""
        if self._stack[-1:] != [_OWN] and caller.startswith(_OURS):
            self.borrowed.add(f"{caller}.{frame.f_locals['op']}")

    def _operation(self, name: str) -> str:
        """The public function that this one, of the operations, helps; perhaps itself."""
        for each in (name, *reversed(self._stack)):
            if each.startswith(_OPS) and not each.rpartition(".")[2].startswith("_"):
                return each
        return name


def is_rule(name: str) -> bool:
    """Whether a function is a part that works without making a node of its own.

    The backward pass, update rules, learning rates of schedules, clipping, initialisation, and the
    parts of an agent.
    """
    function = name.rpartition(".")[2]
    if name.startswith("undergrad.engine.optim."):
        return function in ("update", "rate") or function.startswith("clip_")
    if name.startswith("undergrad.engine.nn.init."):
        return not function.startswith("_") and function not in _DRAWN
    return name == "undergrad.engine.autograd.backward" or name in AGENT_TRIALS


def _name(frame: FrameType) -> str:
    """The dotted name of a function of the engine or of an agent; "" for all other code."""
    if frame.f_code is adapter.result.__code__:
        return _OWN
    module = frame.f_globals.get("__name__", "")
    if not module.startswith(_OURS):
        return ""
    name = f"{module}.{frame.f_code.co_qualname.split('.<locals>')[0]}"
    is_ours = module.startswith(_ENGINE) or module == _LOOPS or name in AGENT_TRIALS
    return name if is_ours else ""


def _dotted(function: Any) -> str:
    return f"{function.__module__}.{function.__qualname__}"


_NODE, _STEP = _dotted(autograd.node), _dotted(Optimizer.step)
