"""What `undergrad env check` finds in worlds that are honest, and in some that are not."""

import pytest

from undergrad.errors import UsageError
from undergrad.rl.env_check import check

WORLD = "tests.rl.own_world:"


def wrong(name, **options):
    """The questions with a bad answer, and the answers."""
    return {one.question: one.said for one in check(name, options) if not one.ok}


@pytest.mark.parametrize(
    "name",
    [
        f"{WORLD}Corridor-v0",
        f"{WORLD}Corridor",
        f"{WORLD}Blind-v0",
        "CartPole-v1",
        "undergrad/Catch-v0",
    ],
)
def test_an_honest_world_has_nothing_against_it(name):
    assert wrong(name, **({"max_episode_steps": 50} if name.endswith("Corridor") else {})) == {}


@pytest.mark.parametrize(
    ("name", "question", "said"),
    [
        ("Moody-v0", "seed", "draw every random number from self.np_random"),
        ("Shared-v0", "copies", "keep nothing in the class"),
        ("Endless-v0", "random agent", "did not end within 1,000 steps"),
    ],
)
def test_what_spoils_a_training_without_an_error_is_found(name, question, said):
    assert said in wrong(WORLD + name)[question]


@pytest.mark.parametrize(
    ("fault", "question", "said"),
    [
        ("KeyError in step", "steps", "KeyError: lost my way in step"),
        ("IndexError in reset", "steps", "IndexError"),
        ("nan reward", "steps", "reward nan"),
        ("terminated is none", "steps", "must be True or False"),
        ("KeyError in render", "film", "KeyError"),
        ("grey image", "film", "(height, width, 3)"),
    ],
)
def test_a_fault_is_a_line_with_what_to_do(fault, question, said):
    found = wrong(f"{WORLD}Hostile-v0", fault=fault)
    assert list(found) == [question]
    assert said in found[question]
    assert "orrect it" in found[question]


def test_too_little_memory_is_a_line_too():
    found = wrong(f"{WORLD}Hostile-v0", fault="MemoryError in step")
    assert found["steps"] == "there is not enough memory for it (lost my way in step)"


def test_gymnasiums_own_check_is_asked():
    assert "Gymnasium's own check says" in wrong(f"{WORLD}Moody-v0")["interface"]


def test_the_agents_that_can_learn_there_are_named():
    def agents(**options):
        return next(iter(check(f"{WORLD}Corridor-v0", options))).said

    assert "dqn, q-learning, ppo, a2c and reinforce can learn" in agents()
    assert "; dqn, ppo, a2c and reinforce can learn" in agents(seen="box")
    assert "; sac, td3, ppo, a2c and reinforce can learn" in agents(done="torque")


def test_what_cannot_be_made_is_refused():
    with pytest.raises(UsageError, match="no agent can choose"):
        list(check(f"{WORLD}Manifold", {}))
