"""The worlds that can be played in a page, against agents that are stored with the site."""

import json
from collections.abc import Mapping
from typing import Any

from undergrad.site import links
from undergrad.site.snapshot import Snapshot
from undergrad.site.templating import fill

# What a page can play, by the name that a policy has for it.
TITLES = {
    "catch": "Catch",
    "cartpole": "CartPole",
    "pong": "Mini-pong",
    "garden": "Garden",
    "courier": "Courier",
    "connect": "Connect Four",
}


def play_text(snapshot: Snapshot) -> str:
    """Every world of which a trained agent is stored."""
    return fill(
        "play.md.jinja",
        places={world: place(policy) for world, policy in snapshot.policies.items()},
        made={world: policy["made"] for world, policy in snapshot.policies.items()},
        to=links.from_page(links.PLAY),
    )


def place(policy: Mapping[str, Any] | None, trained: str = "Trained") -> dict[str, str]:
    """The attributes of the place in a page where the scripts let one play; {} without a policy."""
    if policy is None:
        return {}
    shown = {name: value for name, value in policy.items() if name != "made"}
    return {
        "data-title": TITLES[policy["world"]],
        "data-trained": trained,
        "data-policy": json.dumps(shown, separators=(",", ":")),
    }
