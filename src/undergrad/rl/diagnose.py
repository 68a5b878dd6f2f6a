"""What went wrong in a run? Known pathologies, recognised in its log.

An agent that fails does so in silence: the program runs, the loss falls, and nothing is learned.
But most failures leave marks in the numbers that were written down on the way. Each function below
recognises one of them. It looks at the log and returns what it saw and what to try, or None. They
are pure and independent of the agent, and a number that an agent does not report is not looked at.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, median
from typing import Any, TypeAlias

from undergrad.rl.compatibility import modern_row

Row: TypeAlias = Mapping[str, Any]

_FAR_ABOVE = 0.5  # of the largest true return: what an agent promises too much
_ALIKE = 0.01  # of their size: actions whose values differ by less are all the same
_SURE = 0.1  # of the entropy at the beginning
_LONG = 10  # times the longest gradient that is left whole
_KL = 0.1  # nats between the policy before and after a rollout; 0.01 to 0.03 is usual
_CLIPPED = 0.5  # of the actions, where the gradient has stopped
_PREDICTED = 0.05  # of the variance of returns
_SMALL = 1 / 20  # of all steps: a buffer that holds less has forgotten how it began
_OLD = (
    1 / 4
)  # of all steps: the mean age of what is learned from, with many steps in one transition


@dataclass(frozen=True)
class Pathology:
    """A pathology with what was seen of it and what to try, a sentence each."""

    name: str
    seen: str
    advice: str


@dataclass(frozen=True)
class Log:
    """The rows of one run: its progress, its evaluations, what it had to reach, its settings.

    met_by: whether an evaluation row reaches the pass line.
    """

    progress: Sequence[Row]
    evaluations: Sequence[Row]
    met_by: Callable[[Row], bool]
    settings: Mapping[str, Any]

    @property
    def solved(self) -> bool:
        """Whether the newest evaluation met the line."""
        return bool(self.evaluations) and self.met_by(self.evaluations[-1])

    @property
    def steps(self) -> int:
        """How far it has come."""
        return max((row["step"] for row in (*self.progress, *self.evaluations)), default=0)

    def column(self, name: str, since: float = 0.0) -> list[float]:
        """The numbers called `name` in the progress rows, from the fraction `since` on."""
        rows = [row for row in self.progress if row["step"] >= since * self.steps]
        return [float(row[name]) for row in rows if row.get(name) is not None]


def log_of(rows: Sequence[Row], met_by: Callable[[Row], bool], settings: Mapping[str, Any]) -> Log:
    """A log from the lines of `log.jsonl`."""
    progress = [modern_row(row) for row in rows if row["kind"] == "progress"]
    evaluations = [row for row in rows if row["kind"] == "evaluation"]
    return Log(progress, evaluations, met_by, settings)


def diagnose(log: Log) -> tuple[Pathology, ...]:
    """All that stands out; nothing when no evaluation has been made yet."""
    if not log.evaluations:
        return ()
    found = (recognise(log) for recognise in PATHOLOGIES)
    return tuple(finding for finding in found if finding is not None)


def collapse(log: Log) -> Pathology | None:
    """It met the line once, and has lost more than half of what it had gained."""
    met = [row for row in log.evaluations if log.met_by(row)]
    if not met or log.solved:
        return None
    returns = [row["return"] for row in log.evaluations]
    least, best, end = min(returns[0], min(returns)), max(returns), mean(returns[-3:])
    if end > least + (best - least) / 2:
        return None
    return Pathology(
        "collapse after solving",
        f"It met the line at step {met[0]['step']:,}, and its last evaluations earn "
        f"{_said(end)} where the best earned {_said(best)}.",
        "Keep more of the old failures (a larger buffer), and learn more slowly towards the end "
        "(a lower learning_rate or tau).",
    )


def overestimation(log: Log) -> Pathology | None:
    """What it expects to earn is far above what it then earns, and stays so."""
    valued = [row for row in log.evaluations if "value" in row and "discounted" in row]
    late = valued[-max(1, len(valued) // 3) :]
    if log.solved or len(valued) < 3:
        return None
    size = max(abs(row["discounted"]) for row in valued)
    if median(row["value"] - row["discounted"] for row in late) <= _FAR_ABOVE * size:
        return None
    value, true = (median(row[name] for row in late) for name in ("value", "discounted"))
    return Pathology(
        "overestimated values",
        f"It expects {_said(value)} from the start of an episode and earns {_said(true)}, "
        "later rewards discounted.",
        "Switch on double (in td3 and sac: n_critics 2), let the target network move more slowly "
        "(a lower tau or a larger target_update_interval), and set v_max to the most that can be "
        "earned.",
    )


def saturation(log: Log) -> Pathology | None:
    """All actions are worth the same to it, so it no longer chooses."""
    values, gaps = log.column("q", since=0.75), log.column("action_gap", since=0.75)
    if log.solved or not gaps or median(gaps) >= _ALIKE * abs(median(values)):
        return None
    return Pathology(
        "saturated values",
        f"Its best action is worth {_said(median(values))} and the next one only "
        f"{median(gaps):.2g} less: it hardly chooses any more.",
        "Keep failures in the replay buffer (a larger buffer_size, or per_alpha above 0), so that "
        "it still sees what a bad action costs, or lower gamma.",
    )


def dead_exploration(log: Log) -> Pathology | None:
    """It tries nothing new any more, and has found nothing yet."""
    chances = log.column("epsilon")
    if (
        log.solved
        or len(log.evaluations) < 3
        or not chances
        or _explores_otherwise(log)
        or not _flat(log)
    ):
        return None
    floor = min(chances)
    reached = next(row["step"] for row in log.progress if row.get("epsilon") == floor)
    if floor > 0.2 or reached > log.steps / 2:
        return None
    return Pathology(
        "dead exploration",
        f"Epsilon is at {floor:g} since step {reached:,}, and no evaluation was better than the "
        "first.",
        "Explore for longer (epsilon_steps), repeat random actions (ez_duration), or let more "
        "chance remain (epsilon_end).",
    )


def decided_too_early(log: Log) -> Pathology | None:
    """The entropy of the policy is gone before the line is met."""
    entropies = log.column("entropy")
    if log.solved or len(entropies) < 4 or min(entropies) < 0:  # below 0: actions are numbers
        return None
    early = entropies[len(entropies) // 4 :]
    if median(early) >= _SURE * entropies[0]:
        return None
    return Pathology(
        "decided too early",
        f"The policy's entropy fell from {entropies[0]:.2f} to {median(early):.2g}: it always does "
        "the same, and what it does does not meet the line.",
        "Reward being undecided (ent_coef), lower the learning_rate, or normalise advantages.",
    )


def exploding_gradients(log: Log) -> Pathology | None:
    """Gradients are far longer than max_grad_norm, so only their direction counts."""
    lengths, limit = log.column("grad_norm", since=0.5), log.settings.get("max_grad_norm")
    if not lengths or not limit or median(lengths) <= _LONG * limit:
        return None
    return Pathology(
        "exploding gradients",
        f"In its second half the norm of the gradient is {median(lengths):,.0f}, and max_grad_norm "
        f"leaves {limit:g} of it.",
        "Lower the learning_rate, and scale rewards (reward_scale) so that values are near 1.",
    )


def too_far_at_once(log: Log) -> Pathology | None:
    """The policy after a rollout is another one than that which acted."""
    distances, clipped = log.column("approx_kl"), log.column("clip_fraction")
    far = bool(distances) and max(median(distances), mean(distances) / 2) > _KL
    if not far and not (clipped and median(clipped) > _CLIPPED):
        return None
    return Pathology(
        "policy moves too far",
        f"In one rollout it moves by a KL divergence of {mean(distances):.2g}"
        + (f", and {median(clipped):.0%} of the actions are clipped." if clipped else "."),
        "Lower the learning_rate, take fewer n_epochs, or leave a rollout early (target_kl 0.02).",
    )


def blind_critic(log: Log) -> Pathology | None:
    """The critic predicts nothing of the returns, so it is of no help to the policy."""
    explained = log.column("explained_variance", since=0.5)
    if log.solved or not explained or median(explained) >= _PREDICTED:
        return None
    return Pathology(
        "blind critic",
        f"In its second half the critic predicts {median(explained):.0%} of the variance of "
        "returns.",
        "Let it learn more (vf_coef, learning_rate), and scale rewards (reward_scale) so that "
        "returns are near 1.",
    )


def short_memory(log: Log) -> Pathology | None:
    """The buffer holds only the newest steps, which resemble each other."""
    size = log.settings.get("buffer_size")
    if log.solved or not size or not log.column("replay_age") or size > _SMALL * log.steps:
        return None
    return Pathology(
        "short memory",
        f"The buffer holds the newest {size:,} of {log.steps:,} steps.",
        "Raise buffer_size; as many as all steps is the safe choice where they fit.",
    )


def stale_memory(log: Log) -> Pathology | None:
    """Many steps in one transition, done by an agent of long ago that would not do them now."""
    ages, n_step = log.column("replay_age", since=0.75), log.settings.get("n_step", 1)
    if log.solved or n_step < 5 or not ages or mean(ages) < _OLD * log.steps:
        return None
    return Pathology(
        "stale memory",
        f"It learns from stretches of {n_step} steps that are {mean(ages):,.0f} steps old on "
        "average; what it did then is not what it would do now.",
        "Lower buffer_size, or join fewer steps (n_step 3).",
    )


PATHOLOGIES = (
    collapse,
    overestimation,
    saturation,
    dead_exploration,
    decided_too_early,
    exploding_gradients,
    too_far_at_once,
    blind_critic,
    short_memory,
    stale_memory,
)


def _explores_otherwise(log: Log) -> bool:
    """Whether it explores by other means too: noise, temperature, or values that begin high."""
    others = ("noisy", "temperature", "initial_value", "action_noise", "ent_coef")
    return any(log.settings.get(name) for name in others)


def _flat(log: Log) -> bool:
    """Whether no evaluation rose above the first by more than its episodes differ."""
    first, *later = log.evaluations
    best = max(float(row["return"]) for row in later)
    return best <= float(first["return"]) + float(first["std"]) / 2


def _said(number: float) -> str:
    return f"{number:,.1f}" if abs(number) >= 1 else f"{number:.3g}"
