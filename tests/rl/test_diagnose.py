"""A diagnosis: faults that were planted in runs are named, and healthy ones are left alone."""

import pytest

from undergrad.rl.diagnose import PATHOLOGIES, diagnose, log_of
from undergrad.rl.run import preset
from undergrad.rl.run.trainer import Trainer

FEW = {"evaluation_episodes": "5"}
SMALL = FEW | {
    "evaluate_every": "500",
    "log_every": "125",
    "hidden_sizes": "32",
    "batch_size": "32",
    "gradient_steps": "2",
}
SINGLE = {"tau": "1", "ema_decay": "0"}
ROLLOUTS = FEW | {"steps": "12000", "evaluate_every": "2000", "log_every": "500"}

PLANTED = [
    (
        "collapse after solving",
        "cartpole",
        SMALL
        | {"steps": "15000", "buffer_size": "300", "tau": "1", "learning_rate": "0.01"}
        | {"double": "true"}
        | {"ema_decay": "0", "evaluate_every": "1000"},
    ),
    (
        "overestimated values",
        "cartpole",
        SMALL
        | SINGLE
        | {"steps": "5000", "learning_rate": "0.05", "gamma": "0.999", "reward_scale": "1"},
    ),
    (
        "saturated values",
        "cartpole",
        SMALL
        | {"steps": "15000", "buffer_size": "300", "evaluate_every": "1000", "double": "true"},
    ),
    (
        "exploding gradients",
        "cartpole",
        SMALL
        | SINGLE
        | {"steps": "5000", "learning_rate": "0.05", "reward_scale": "100", "huber_delta": "1e9"},
    ),
    (
        "dead exploration",
        "mountaincar",
        FEW
        | {"steps": "8000", "epsilon_steps": "800", "epsilon_end": "0.01", "ez_duration": "1"}
        | {"evaluate_every": "1000"},
    ),
    ("short memory", "mountaincar", SMALL | {"steps": "3000", "buffer_size": "100"}),
    ("decided too early", "a2c", ROLLOUTS | {"learning_rate": "0.1"}),
    ("policy moves too far", "ppo", ROLLOUTS | {"learning_rate": "0.1"}),
    ("blind critic", "ppo", ROLLOUTS | {"vf_coef": "1e-9"}),
]

HEALTHY = [
    ("cartpole", SMALL | {"steps": "8000", "evaluate_every": "1000"}),
    ("catch", {"steps": "3000"}),
    ("ppo", ROLLOUTS),
    ("ppo-pendulum", ROLLOUTS),
    ("frozenlake", FEW | {"steps": "6000", "evaluate_every": "1000"}),
    ("taxi", FEW | {"steps": "6000", "evaluate_every": "1000"}),
]


def found_in(name, changes):
    """What a run of seed 0 is diagnosed with: findings by name."""
    trainer, rows = Trainer(preset.load(name).with_settings(changes), 0), []
    while not trainer.finished:
        rows += trainer.advance()
    trainer.close()
    log = log_of(rows, trainer.preset.pass_line.met_by, vars(trainer.preset.settings))
    return {finding.name: finding for finding in diagnose(log)}


@pytest.mark.parametrize(
    ("fault", "name", "changes"), PLANTED, ids=[fault for fault, *_ in PLANTED]
)
def test_a_planted_fault_is_named(fault, name, changes):
    finding = found_in(name, changes)[fault]
    for said in (finding.seen, finding.advice):
        assert said[0].isupper() and said.endswith(".")


@pytest.mark.parametrize(("name", "changes"), HEALTHY, ids=[name for name, _ in HEALTHY])
def test_a_short_healthy_run_raises_no_alarm(name, changes):
    assert found_in(name, changes) == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["cartpole", "acrobot", "frozenlake-dqn", "ppo", "reinforce"])
def test_a_whole_run_with_the_settings_of_its_preset_raises_no_alarm(name):
    assert found_in(name, {}) == {}


# One rule at a time, on logs that are written here.


def log(returns=(10, 20, 30), line=400, progress=(), settings=None, **evaluated):
    """Evaluations at steps 100, 200, ... and progress rows at as many steps."""
    rows = [
        {"kind": "evaluation", "step": 100 * i + 100, "return": r, "std": 1.0}
        | {name: values[i] for name, values in evaluated.items()}
        for i, r in enumerate(returns)
    ]
    rows += [
        {"kind": "progress", "step": 100 * i + 100, "return": 0} | p for i, p in enumerate(progress)
    ]
    return log_of(rows, lambda row: row["return"] >= line, settings or {})


def names(*args, **kwargs):
    return [finding.name for finding in diagnose(log(*args, **kwargs))]


@pytest.mark.parametrize(
    ("returns", "found"),
    [
        ((10, 500, 500, 20, 20, 20), True),
        ((10, 500, 500, 390, 390, 390), False),  # below the line, and nearly there
        ((10, 300, 300, 20, 20, 20), False),  # never met the line
        ((10, 500, 20, 20, 500), False),  # came back
        ((-200, -100, -190, -190, -190), True),  # the line is -110
    ],
)
def test_collapse(returns, found):
    line = -110 if returns[0] < 0 else 400
    assert ("collapse after solving" in names(returns, line)) == found


@pytest.mark.parametrize(
    ("value", "found"), [((9, 30, 60), True), ((99, 50, 11), False), ((0, 0, 0), False)]
)
def test_overestimation_is_what_stays(value, found):
    assert bool(names(value=value, discounted=(10, 10, 10))) == found


@pytest.mark.parametrize(
    ("epsilon", "settings", "found"),
    [
        ((1, 0.1, 0.1, 0.1), {}, True),
        ((1, 0.9, 0.5, 0.1), {}, False),  # only just there
        ((1, 0.3, 0.3, 0.3), {}, False),  # still tries a lot
        ((0, 0, 0, 0), {"noisy": True}, False),
    ],
)
def test_exploration_that_ended_before_anything_was_found(epsilon, settings, found):
    progress = [{"epsilon": e} for e in epsilon]
    assert bool(names((10, 10, 9, 10), 400, progress, settings)) == found
    assert not names((10, 10, 30, 10), 400, progress, settings)  # something was found


def test_numbers_below_zero_are_no_lost_entropy():
    assert names(progress=[{"entropy": e} for e in (1.4, 0.5, 0.1, 0.05, 0.02)])
    assert not names(progress=[{"entropy": e} for e in (1.4, 0.5, 0.1, -0.5, -1.0)])


def test_old_memories_of_long_stretches():
    progress = [{"replay_age": age} for age in (20, 50, 80, 150)]
    assert names((1, 2, 3, 4), 400, progress, {"n_step": 10}) == ["stale memory"]
    assert not names((1, 2, 3, 4), 400, progress, {"n_step": 3})


def test_what_was_solved_or_not_yet_measured_is_left_alone():
    bad = {"replay_age": 300, "q": 5.0, "action_gap": 0.0, "epsilon": 0.0}
    settings = {"n_step": 10, "buffer_size": 1}
    assert not names((500, 500, 500), 400, [bad] * 4, settings)
    assert not names((), 400, [bad] * 4, settings)
    assert names((1, 1, 1), 400, [bad] * 4, settings)


def test_the_log_of_an_older_version_is_read():
    progress = [{"age": age} for age in (20, 50, 80, 150)]
    assert names((1, 2, 3, 4), 400, progress, {"n_step": 10}) == ["stale memory"]


def test_every_pathology_can_be_told_of_an_empty_log():
    assert [look(log()) for look in PATHOLOGIES] == [None] * len(PATHOLOGIES)
