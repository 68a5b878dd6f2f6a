"""Whether a plan is large enough: its test items and its seeds, computed again for its claim."""

from collections.abc import Iterator

from undergrad.capstone import power
from undergrad.capstone.plan import NAME, Plan
from undergrad.capstone.project import SEEDS, Project
from undergrad.capstone.report import Problem

# By `paired`: what the standard deviation describes, and a cure that is left.
_OF = {False: "over items", True: "of the difference"}
_PAIRED = {
    False: "; or compare both models on the same ones, and state the standard deviation of the "
    "difference, from a pilot",
    True: "",
}


def size_problems(project: Project, found: Plan) -> Iterator[Problem]:
    """Too few test items for the difference between target and best baseline, or none named."""
    where = place(found, "Size")
    what = "test items" if project.family == "supervised" else "evaluation episodes"
    if found.items is None:
        yield Problem(
            f"the plan does not say how many {what} there are",
            where,
            f"Add a line such as “{what}: 1,360”; the unit `propose` computes how many it takes.",
            state="attention",
            name="no-items",
        )
        return
    best, target = best_baseline(project, found), found.target
    if best is None or target is None or not gains(project, best, target):
        return
    delta = target - best
    is_fraction = min(best, target) > 0 and max(best, target) < 1
    if is_fraction and not found.item_std:
        yield from _few_items(found.items, best, delta, found.corr, what, where)
    elif found.item_std:
        needed = power.items_for_mean(found.item_std, delta, paired=found.paired)
        if found.items < needed:
            yield Problem(
                f"{found.items:,} {what} do not show {target:g} against {best:g}: with a standard "
                f"deviation of {found.item_std:g} {_OF[found.paired]} it takes {needed:,}",
                where,
                f"Use more {what}, or claim a larger difference{_PAIRED[found.paired]}.",
                state="attention",
                name="few-items",
            )
    elif project.family == "supervised":
        yield Problem(
            f"whether {found.items:,} {what} suffice cannot be computed, since the metric is not a "
            "fraction of right answers",
            where,
            "State its standard deviation over the test items, measured on the baseline.",
            state="attention",
            name="no-item-std",
        )


def _few_items(
    items: int, best: float, delta: float, corr: float | None, what: str, where: str
) -> Iterator[Problem]:
    known = corr if corr is not None and -1 < corr < 1 else 0.0
    needed = power.items_needed(best, delta, known)
    if items >= needed:
        return
    smallest = power.smallest_delta(best, items, known, down=delta < 0)
    shows = f"; {items:,} show a difference of {smallest:g}" if smallest else ""
    cure = f"Use more {what}, or claim a larger difference"
    if corr is None:
        cure += (
            "; or compare both models on the same ones, and state the correlation of their being "
            "right, from a pilot"
        )
    yield Problem(
        f"{items:,} {what} do not show {best + delta:g} against {best:g}: at a power of 80% it "
        f"takes {needed:,}{shows}",
        where,
        f"{cure}.",
        state="attention",
        name="few-items",
    )


def seed_problems(project: Project, found: Plan) -> Iterator[Problem]:
    """Too few seeds for that difference, or none named."""
    where, required = place(found, "Size"), SEEDS[project.family]
    if found.seeds is None:
        yield Problem(
            "the plan does not say how many seeds there will be",
            where,
            f"Add a line such as “seeds: {required}”, the fewest for a {project.kind} capstone.",
            state="attention",
            name="no-seeds",
        )
        return
    best, target, std = best_baseline(project, found), found.target, found.seed_std
    needed = required
    if std and best is not None and target is not None and gains(project, best, target):
        needed = max(required, _seeds_for(project.family, std, abs(target - best)))
    if found.seeds < needed:
        reason = (
            f"a {project.kind} capstone needs {required}"
            if needed == required
            else f"with a standard deviation of {std:g} over seeds the claim needs {needed}"
        )
        yield Problem(
            f"the plan has {found.seeds} seeds, and {reason}",
            where,
            "Plan more seeds, or claim a larger difference.",
            state="attention",
            name="few-seeds",
        )


def _seeds_for(kind: str, std: float, gap: float) -> int:
    """An agent is compared with players that have no seeds, and a network with another network."""
    against_bar = kind == "reinforcement"
    return power.seeds_against_bar(std, gap) if against_bar else power.seeds_needed(std, gap)


def place(found: Plan, part: str) -> str:
    """Where to change it: the part of the plan, or the plan when it has no such part."""
    return f"{NAME}, {part}" if part in found.parts else NAME


def best_baseline(project: Project, found: Plan) -> float | None:
    """The score of the best baseline that the plan names.

    For an agent without those of a search: it knows the rules, and shows what is possible.
    """
    scored = found.bars if project.family == "reinforcement" and found.bars else found.baselines
    values = [each.value for each in scored]
    return (max if project.higher_is_better else min)(values, default=None)


def gains(project: Project, best: float, target: float) -> bool:
    """Whether the target is better than the best baseline."""
    return target > best if project.higher_is_better else target < best
