"""What older versions called things in their checkpoints and logs, and what they are called now.

Files of runs are read through here, so that nothing else has to know the old names. The names of
settings are in `undergrad.runs.settings`.
"""

import re
from collections.abc import Mapping
from typing import Any

# Columns of `log.jsonl`.
COLUMNS = {
    "age": "replay_age",
    "clipped": "clip_fraction",
    "ends": "terminated",
    "error": "td_error",
    "explained": "explained_variance",
    "gap": "action_gap",
    "gradient": "grad_norm",
    "kl": "approx_kl",
    "lag": "target_lag",
}

# Keys of a checkpoint, at whichever depth of the state of a run.
_KEYS = {
    "average": "ema",
    "held": "repeated",
    "largest": "max_priority",
    "last": "info",
    "lookahead": "n_step",
    "rewards": "normalize_reward",
    "running": "returns",
    "span": "n",
    "trails": "trajectories",
    "weights": "priorities",
}
# The same for the parameters of a network: a pattern, and what takes its place.
_PARAMETERS = (
    (re.compile(r"^first\.seen\."), "normalize.stats."),
    (re.compile(r"^first\."), "normalize."),
    # A network of one node, whose layers had no ReLU between them that counted.
    (re.compile(r"^1\.layers\.(\d+)\.(weight|bias)$"), lambda m: f"{2 * int(m[1]) + 1}.{m[2]}"),
)


def modern_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """One row of a log with the column names of today."""
    return {COLUMNS.get(name, name): value for name, value in row.items()}


def modern_loop(state: Mapping[str, Any]) -> dict[str, Any]:
    """The state of a loop with the keys of today."""
    renamed = {_KEYS.get(name, name): value for name, value in state.items()}
    for name in ("agent", "replay", "explore", "fields", "normalize_reward"):
        if isinstance(renamed.get(name), Mapping):
            renamed[name] = modern_loop(renamed[name])
    for name in ("online", "target", "ema", "net"):
        if name in renamed:
            renamed[name] = modern_parameters(renamed[name])
    return renamed


def modern_weights(weights: Mapping[str, Any]) -> dict[str, Any]:
    """The weights of an agent, as they are kept of the best evaluation, with the keys of today."""
    if "net" in weights:
        return {**weights, "net": modern_parameters(weights["net"])}
    return modern_parameters(weights)


def modern_parameters(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a network with the keys of today."""
    return {_modern_name(name): array for name, array in parameters.items()}


def _modern_name(name: str) -> str:
    for pattern, new in _PARAMETERS:
        name = pattern.sub(new, name)
    return name
