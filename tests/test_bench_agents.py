"""The benchmark of agents: our side trains with the recipe's numbers, and the page says it all."""

import math

import pytest
from bench.agents import measured, peers, race, report
from bench.agents.measured import Race, Row
from bench.agents.settings import CLEANRL, RECIPES, ZOO
from bench.measure import Timing

from undergrad.rl import build
from undergrad.rl.envs.many_games import ManyGames


@pytest.mark.parametrize(
    "setting", sorted({recipe + more for _, recipe, more, *_ in measured.ROWS})
)
def test_our_side_trains_with_the_recipes_net_batch_and_update_ratio(setting, monkeypatch):
    from undergrad.rl.run import trainer

    made = []

    class Kept(trainer.Trainer):
        def __init__(self, *given, **named):
            super().__init__(*given, **named)
            made.append(self)

    monkeypatch.setattr(trainer, "Trainer", Kept)
    advance, recipe = peers.advance_of("ours", setting), RECIPES[setting.split(",")[0]]
    advance(10)
    settings, training = made[0].preset.settings, made[0].loop
    assert isinstance(training.env.envs, ManyGames) == ("array code" in setting)
    assert (settings.hidden_sizes, settings.batch_size) == (recipe.hidden, recipe.batch)
    assert settings.gradient_steps / settings.n_envs == pytest.approx(recipe.updates / recipe.every)
    assert training.agent.updates > 0, "it learns while it is measured"


@pytest.mark.parametrize("setting", ["sac-64", "td3-64, 4 environments"])
def test_the_pendulum_is_learned_with_one_update_for_each_step(setting, monkeypatch):
    made, honest = [], build.build

    def kept(*given, **named):
        made.append(honest(*given, **named))
        return made[-1]

    monkeypatch.setattr(build, "build", kept)
    peers.advance_of("ours", setting)(8)
    (loop,) = made
    assert loop.settings.hidden_sizes == (64, 64)
    assert loop.steps == 2 * peers.WARM_UP + 8
    assert loop.agent.updates == pytest.approx(peers.WARM_UP + 8, abs=5)


def test_a_number_of_environments_can_be_asked_for():
    assert peers.default_environments(ZOO) == 8
    assert peers.default_environments(CLEANRL) == 8
    peers.advance_of("ours", "zoo, 2 environments")(4)


def timing(peer, cpu, wall):
    return Timing(peer, 1, "", wall, cpu, 0.1, 30)


def test_the_page_holds_ratios_and_who_never_reached_the_line():
    row = Row("a peer", timing("ours", 1e-4, 2e-4), timing("sb3", 3e-4, 8e-4), 2.5)
    assert (row.ratio, row.by_wall) == (pytest.approx(3), pytest.approx(4))
    runs = Race([4.0, 6.0, 5.0], [30.0, None, None])
    page = report.page([("processor", "X")], [row], [row], [(2, 1000.0)], runs)
    assert "| a peer | 10,000 | 3,333 | **3.00** | 4.00 | 2.5 | 30 | 30 |" in page
    assert "| ours | 3 | 3 | 5.0 | 4.0 | 6.0 |" in page
    assert "| Stable-Baselines3 | 3 | 1 | never | 30.0 | 30.0 |" in page


def test_half_that_never_arrive_make_the_median_infinite():
    assert measured.median([1.0, None, None]) == math.inf
    assert measured.median([1.0, 2.0, None]) == 2.0


def test_the_clock_of_a_race_stands_still_while_judges_play(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(race.time, "perf_counter", lambda: now[0])

    def play(score):
        def judged():
            now[0] += 100
            return score

        return judged

    run = race.Race()
    now[0] += 2
    assert not run.over(2500, play(20))
    now[0] += 3
    assert run.over(5000, play(480))
    assert (run.seconds, run.steps, run.won) == (5, 5000, True)
