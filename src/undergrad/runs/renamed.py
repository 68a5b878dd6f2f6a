"""Settings that had another name: one table, followed by every reader of an older run.

A row holds for those settings that have the new name and not the old one. What a person types
after `--set` is refused with the new name; what an older undergrad wrote is read under it.
"""

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class Renamed:
    """A setting that had another name. It holds for those settings that have the new one."""

    old: str
    new: str
    convert: Callable[[Any], Any] = _same  # from the old value to the new one


RENAMED = (
    Renamed("batch", "batch_size"),
    Renamed("clip_norm", "max_grad_norm"),
    Renamed("discount", "gamma"),
    # agents
    Renamed("envs", "n_envs"),
    Renamed("hidden", "hidden_sizes"),
    # DQN and Rainbow
    Renamed("atoms", "n_atoms"),
    Renamed("average_rate", "ema_decay", lambda rate: 1 - rate),
    Renamed("buffer", "buffer_size"),
    Renamed("entrance", "encoder", {"plain": "flatten", "nature": "nature_cnn"}.__getitem__),
    Renamed("frames", "frame_stack"),
    Renamed("hold", "ez_duration"),
    Renamed("largest_value", "v_max"),
    Renamed("lookahead", "n_step"),
    Renamed("lowest_value", "v_min"),
    Renamed("priority", "per_alpha"),
    Renamed("priority_weights", "per_beta"),
    Renamed("target_every", "target_update_interval"),
    Renamed("updates", "gradient_steps"),
    Renamed("values", "distributional", lambda kind: "none" if kind == "expected" else kind),
    # policy gradients
    Renamed("clip", "clip_range"),
    Renamed("decay", "gae_lambda"),
    Renamed("entropy_bonus", "ent_coef"),
    Renamed("epochs", "n_epochs"),
    Renamed("normalise", "normalize_advantage"),
    Renamed("rollout", "n_steps"),
    Renamed("stop_kl", "target_kl"),
    Renamed("value_clip", "clip_range_vf"),
    Renamed("value_weight", "vf_coef"),
    # tables
    Renamed("decay", "trace_decay"),
    Renamed("first_value", "initial_value"),
    Renamed("rate_power", "learning_rate_power"),
    # supervised
    Renamed("batches", "batches_per_epoch"),
    Renamed("heads", "num_heads"),
    Renamed("held_out", "test_scenes"),
    Renamed("hidden", "hidden_size"),
    Renamed("layers", "num_layers"),
    Renamed("length", "sequence_length"),
    Renamed("width", "embedding_dim"),
)


def modern(names: Collection[str], data: Mapping[str, Any]) -> dict[str, Any]:
    """`data` as an older undergrad wrote it, for settings that today have `names`."""
    return dict(_modern(names, name, value) for name, value in data.items())


def _modern(names: Collection[str], name: str, value: Any) -> tuple[str, Any]:
    row = row_for(names, name)
    return (name, value) if row is None else (row.new, row.convert(value))


def row_for(names: Collection[str], name: str) -> Renamed | None:
    """What became of a setting that is not among `names`; None when it never had another name."""
    rows = (row for row in RENAMED if row.old == name and row.new in names)
    return None if name in names else next(rows, None)


def meaning_today(row: Renamed, text: str) -> str:
    """What became of a value where it means something else now; "" where it does not."""
    if row.convert is _same:
        return ""
    with suppress(ValueError, KeyError):
        value: Any = float(text) if text[:1].isdigit() else text
        return f", and what was {value} is now {row.convert(value)}"
    return ""
