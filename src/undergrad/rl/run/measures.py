"""What a pass line can ask for besides the return: numbers about a policy, by name.

Each is a function of the policy, its environment and gamma. It is imported only when a line asks
for it.
"""

from importlib import import_module

from undergrad.errors import UsageError
from undergrad.rl.evaluate import Policy
from undergrad.rl.vector_env import EnvSpec

# name -> module:function
MEASURES = {"share_of_best_actions": "undergrad.rl.agents.tabular.planning:share_of_best_actions"}


def measure(name: str, policy: Policy, env: EnvSpec, gamma: float) -> float:
    """The number called `name` of this policy. UsageError when there is none such."""
    if name not in MEASURES:
        raise UsageError(f"A pass line cannot ask for `{name}`: there are {', '.join(MEASURES)}.")
    module, _, function = MEASURES[name].partition(":")
    return float(getattr(import_module(module), function)(policy, env, gamma))
