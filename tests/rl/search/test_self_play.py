"""The loop of AlphaZero: what is played, what is learned from it, and resuming exactly."""

import pickle
from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
from tests.rl.search.boards import after_random_moves
from tests.runs.on_disk import flat, resume, start

from undergrad import engine
from undergrad.errors import UsageError
from undergrad.rl import evaluate_game, resignation, self_play, window
from undergrad.rl.agents.alphazero import sample
from undergrad.rl.build import build
from undergrad.rl.games import GAMES
from undergrad.rl.games.base import Position
from undergrad.rl.run import preset
from undergrad.rl.run.trainer import Trainer
from undergrad.rl.search import batched, formulas, puct
from undergrad.rl.search.gumbel import Decision
from undergrad.rl.search.uct import uct_player
from undergrad.rl.self_play import Games, openings, outcomes, play, shards_of, together
from undergrad.rl.vector_env import EnvSpec
from undergrad.rl.window import Samples, Window, at_random_symmetry

TICTACTOE, CONNECT3, CONNECT4 = (GAMES[name] for name in ("tictactoe", "connect3", "connect4"))
SHORT = {
    "steps": "600",
    "n_envs": "12",
    "hidden_sizes": "8",
    "simulations": "4",
    "evaluation_simulations": "4",
    "batch_size": "16",
    "buffer_size": "120",
    "evaluate_every": "150",
    "evaluation_episodes": "20",
    "log_every": "50",
    "shards": "1",
}
VARIANTS = {
    "gumbel": {},
    "puct": {"root": "puct", "temperature_moves": "2"},
    "resnet": {"network": "resnet", "channels": "4", "blocks": "1"},
    "alphago zero": {
        "root": "puct", "temperature_moves": "2", "tree_reuse": "true", "gate_games": "4",
        "resign_false_positives": "0.3", "resign_disabled": "0.5",
    },
    "shards": {"shards": "5", "resign_false_positives": "0.3", "resign_disabled": "0.5"},
}  # fmt: skip
variants = pytest.mark.parametrize("name", VARIANTS)


def trainer_of(name, seed=3, **changes):
    task = preset.load("tictactoe-zero").with_settings(SHORT | VARIANTS[name] | changes)
    return Trainer(task, seed)


def agent_of(name="gumbel", game="tictactoe", **changes):
    task = preset.load("tictactoe-zero").with_settings(SHORT | VARIANTS[name] | changes)
    return build(task.agent, EnvSpec(game), task.settings, 0).agent


class Random:
    """Plays at random, and writes down which game took which action."""

    def __init__(self, game):
        self.game, self.rng, self.moves = game, np.random.default_rng(0), []

    def explore(self, position, move, rng, trees):
        legal = self.game.legal(position)
        action = (self.rng.random(legal.shape) * legal).argmax(1)
        self.moves.append(action)
        return Decision(action, legal / legal.sum(1, keepdims=True), np.zeros(len(action)))


# Playing


@pytest.mark.parametrize("game", [TICTACTOE, CONNECT3])
def test_targets_equal_a_plain_replay_of_each_game(game):
    """Each position counts what its own player got in the end: the games once more, one by one."""
    start, player = after_random_moves(game, 40, 4), Random(game)
    samples = play(player, start, np.random.default_rng(0)).samples
    rounds, row = [iter(actions.tolist()) for actions in player.moves], 0
    games = [[] for _ in range(40)]
    running = list(range(40))
    for actions in rounds:
        for g in running:
            games[g].append(next(actions))
        ended = []
        for g in running:
            position = start.at([g])
            for action in games[g]:
                position = game.play(position, np.array([action]))
            ended += [g] if game.over(position)[0] else []
        running = [g for g in running if g not in ended]
    for g, actions in enumerate(games):
        positions, position = [], start.at([g])
        for action in actions:
            positions.append(position)
            position = game.play(position, np.array([action]))
        last = (len(actions) - 1) % 2  # who made the last move: 0 is who made the first one
        for t, before in enumerate(positions):
            expected = (1 if last == t % 2 else -1) if game.won(position)[0] else 0
            assert samples.outcome[row] == expected
            assert (samples.own[row], samples.mask[row]) == (before.own[0], before.mask[0])
            row += 1
    assert row == len(samples.own)
    assert {-1, 1} <= set(samples.outcome.tolist())


def test_outcomes_change_sides_with_each_move():
    assert outcomes(np.array([-1, -1, -1, 0]), np.array([1, 2, 3, 3])).tolist() == [1, -1, 1, 0]


def test_openings_are_of_every_length_and_never_over():
    rng = np.random.default_rng(0)
    position = openings(CONNECT3, 4_000, 0.75, 6, rng)
    assert not CONNECT3.over(position).any()
    often = np.bincount(position.stones, minlength=7) / 4_000
    assert len(often) == 7
    assert often[0] == pytest.approx(0.25, abs=0.03)
    assert np.allclose(often[1:5], 0.75 / 6, atol=0.03)
    assert len(np.unique(CONNECT3.key(position))) > 300


def test_a_puct_root_draws_early_moves_and_plays_the_best_later():
    agent, position = agent_of("puct", simulations="30"), TICTACTOE.start(400)
    rng = np.random.default_rng(0)
    drawn = agent.explore(position, 0, rng)
    assert len(np.unique(drawn.action)) > 3
    assert np.allclose(drawn.policy.sum(1), 1)
    late = agent.explore(position, 2, rng)
    chosen = np.take_along_axis(late.policy, late.action[:, None], 1)[:, 0]
    assert (chosen == late.policy.max(1)).all()


def test_a_high_temperature_draws_more_evenly():
    visits = np.tile([8.0, 2.0, 0.0], (30_000, 1))
    cases = {1.0: [0.8, 0.2, 0], 0.5: [64 / 68, 4 / 68, 0], 1e-3: [1, 0, 0]}
    for temperature, expected in cases.items():
        drawn = sample(visits, temperature, np.random.default_rng(0))
        assert np.allclose(np.bincount(drawn, minlength=3) / 30_000, expected, atol=0.01)


@variants
def test_greedy_play_is_always_the_same_and_follows_the_visits(name):
    """No noise, no temperature: two agents with other generators, asked twice, agree."""
    agent, twin = agent_of(name), agent_of(name)
    boards = np.stack(after_random_moves(TICTACTOE, 30, 5), 1)
    moves = agent.act_greedily(boards)
    twin.explore(TICTACTOE.start(5), 0, np.random.default_rng(9))
    assert moves.tolist() == twin.act_greedily(boards).tolist()
    assert moves.tolist() == agent.act_greedily(boards).tolist()
    assert TICTACTOE.legal(Position(*boards.T))[np.arange(30), moves].all()


@pytest.mark.parametrize("name", ["gumbel", "resnet"])
def test_with_a_network_batched_equals_one_by_one_except_for_near_ties(name, monkeypatch):
    """A batch of another size rounds otherwise: only scores within 1e-5 may change their order."""
    agent = agent_of(name, "connect4", hidden_sizes="64")
    position, honest, gaps = after_random_moves(CONNECT4, 24, 12), puct.select, []

    def select(node, options):
        value = np.array([node.value])
        scores = formulas.puct_scores(node.prior, node.visits, node.value_sum, value, options)
        *_, second, first = np.sort(np.where(node.legal, scores, -1e9))
        gaps.append(first - second)
        return honest(node, options)

    monkeypatch.setattr(puct, "select", select)
    root = batched.search(CONNECT4, position, agent.evaluate, 48, agent.puct)
    different = 0
    for i in range(24):
        gaps.clear()
        node = puct.search(CONNECT4, position.at([i]), agent.evaluate, 48, agent.puct)
        if root.visits[i].tolist() == node.visits.tolist():
            assert np.allclose(root.value_sum[i], node.value_sum, atol=1e-4)
        else:
            assert min(gaps) < 1e-5
            different += 1
    assert different <= 2


def test_self_play_explores():
    agent, start = agent_of("puct", temperature_moves="0", simulations="40"), TICTACTOE.start(64)
    assert len(np.unique(agent.explore(start, 0, np.random.default_rng(0)).policy, axis=0)) > 10


# Learning


def test_the_loss_is_that_of_the_paper():
    agent, rng = agent_of(), np.random.default_rng(0)
    position = after_random_moves(TICTACTOE, 7, 5)
    planes, policy = TICTACTOE.planes(position), rng.dirichlet(np.ones(9), 7).astype(np.float32)
    outcome = np.array([1, -1, 0, 1, 1, -1, 0], np.float32)
    logits, value = agent.evaluate(position)
    log_p = logits - np.log(np.exp(logits).sum(1, keepdims=True))
    found = agent.learn(planes, policy, outcome)
    assert found["policy_loss"] == pytest.approx(-(policy * log_p).sum(1).mean(), rel=1e-5)
    assert found["value_loss"] == pytest.approx(((outcome - value) ** 2).mean(), rel=1e-5)
    assert found["loss"] == pytest.approx(found["policy_loss"] + found["value_loss"], rel=1e-5)


@pytest.mark.parametrize("name", ["gumbel", "resnet"])
def test_it_can_memorise_a_batch(name):
    agent, rng = agent_of(name, hidden_sizes="32"), np.random.default_rng(0)
    position = after_random_moves(TICTACTOE, 12, 5)
    outcome = rng.choice([-1.0, 0.0, 1.0], 12).astype(np.float32)
    policy = np.eye(9, dtype=np.float32)[TICTACTOE.legal(position).argmax(1)]
    agent.optimizer.param_groups[0]["lr"] = 0.01
    for _ in range(250):
        agent.learn(TICTACTOE.planes(position), policy, outcome)
    logits, value = agent.evaluate(position)
    assert (logits.argmax(1) == policy.argmax(1)).all()
    assert np.abs(value - outcome).max() < 0.4


def test_a_search_leaves_the_network_as_it_is():
    """Batch norm in training mode would mix the positions of a batch, and change its statistics."""
    agent = agent_of("resnet")
    planes = TICTACTOE.planes(after_random_moves(TICTACTOE, 16, 5))
    agent.learn(planes, np.full((16, 9), 1 / 9, np.float32), np.ones(16, np.float32))
    before, position = flat(agent.weights()), after_random_moves(TICTACTOE, 16, 5, seed=1)
    logits, value = agent.evaluate(position)
    alone = [agent.evaluate(position.at([i])) for i in range(16)]
    assert np.allclose(logits, np.concatenate([one for one, _ in alone]), atol=1e-5)
    assert np.allclose(value, np.concatenate([one for _, one in alone]), atol=1e-5)
    assert flat(agent.weights()) == before


@pytest.mark.parametrize("game", [TICTACTOE, CONNECT3])
def test_board_and_policy_are_turned_alike(game):
    """Turned actions, played from the start, lead to the turned board; every symmetry is drawn."""
    actions, rng = [4, 0, 8, 3] if game is TICTACTOE else [0, 1, 0, 3], np.random.default_rng(0)
    planes = np.repeat(game.planes(game.after(actions)), 200, 0)
    turned = at_random_symmetry(game, planes, np.tile(np.arange(game.actions), (200, 1)), rng)
    seen = set()
    for board, policy in zip(*turned, strict=True):
        there = [int(np.flatnonzero(policy == action)[0]) for action in actions]
        assert np.array_equal(game.planes(game.after(there))[0], board)
        seen.add(tuple(there))
    assert len(seen) == len(game.symmetries)


def samples_of(numbers):
    numbers = np.array(numbers, np.uint64)
    return Samples(numbers, numbers, np.zeros((len(numbers), 9)), np.zeros(len(numbers)))


def test_the_window_keeps_the_newest_of_several_iterations():
    window, rng = Window(10, TICTACTOE), np.random.default_rng(0)
    for numbers in (range(4), range(4, 8), range(8, 13)):
        window.add(samples_of(numbers))
    (batch,) = window.sample(1, 500, rng)
    assert set(batch.own.tolist()) == set(range(3, 13))
    window.add(samples_of(range(100, 125)))
    (batch,) = window.sample(1, 500, rng)
    assert set(batch.own.tolist()) == set(range(115, 125))


def test_older_games_are_learned_from_too(monkeypatch):
    trainer, learned = trainer_of("gumbel", buffer_size="5000", replay_ratio="10"), []
    honest = window.Window.sample

    def sample(self, *arguments):
        for batch in honest(self, *arguments):
            learned.append(batch.mask)
            yield batch

    monkeypatch.setattr(window.Window, "sample", sample)
    while trainer.loop.steps < 200:
        trainer.loop.advance()
    first = set(trainer.loop.window.columns.mask[:40].tolist())
    assert first & set(np.concatenate(learned[-10:]).tolist())
    assert len(trainer.loop.window) == trainer.loop.steps


# Resignation, the gate, and trees that are used again


class Gloomy(Random):
    """Moves at random; the player who makes the first move expects to lose from its third on."""

    settings = SimpleNamespace(resign_disabled=0.5)

    def explore(self, position, move, rng, trees):
        decision = super().explore(position, move, rng, trees)
        expected = np.full(len(position.own), -0.9 if move >= 4 and move % 2 == 0 else 0.9)
        return decision._replace(expected=expected)


def test_who_resigns_has_lost_and_some_games_are_played_to_the_end():
    start = TICTACTOE.start(400)
    games = play(Gloomy(TICTACTOE), start, np.random.default_rng(0), -0.8)
    player, outcome = games.player, games.samples.outcome
    assert 0.4 < games.to_the_end.mean() < 0.6
    assert not (games.resigned & games.to_the_end).any()
    stones = np.bitwise_count(games.samples.mask)
    for g in np.flatnonzero(games.resigned):
        of_game = player // 2 == g
        assert stones[of_game].tolist() == [0, 1, 2, 3, 4]
        assert outcome[of_game].tolist() == [-1, 1, -1, 1, -1]
    over_before = ~games.resigned & ~games.to_the_end
    assert not over_before.any()  # nobody has a line after four moves


def test_without_a_threshold_nobody_resigns_and_nothing_is_drawn():
    start = TICTACTOE.start(50)
    games = play(Gloomy(TICTACTOE), start, rng := np.random.default_rng(0))
    assert games.to_the_end.all()
    assert not games.resigned.any()
    assert rng.random() == np.random.default_rng(0).random()


@pytest.mark.parametrize("most", [0.05, 0.3, 0.9])
def test_the_threshold_is_the_highest_with_few_false_positives(most):
    """Among all thresholds that could be, by counting."""
    rng = np.random.default_rng(1)
    lowest = rng.uniform(-1, 1, 300).round(2)  # with ties
    lost = rng.random(300) < (1.2 - lowest) / 2
    found = resignation.threshold(lowest, lost, most)
    wrong = {t: [not one for one in lost[lowest < t]] for t in np.unique(lowest)}
    fine = [t for t, those in wrong.items() if sum(those) <= most * len(those)]
    assert found == max(fine)
    assert resignation.false_positives(lowest, lost, found) <= most
    assert resignation.threshold(lowest, np.zeros(300, bool), most) == lowest.min()


def test_what_each_player_expected_and_whether_it_lost():
    player, expected = np.array([7, 6, 7, 2, 3, 2]), np.array([0.1, -0.5, -0.3, 0.2, 0.0, 0.4])
    outcome = np.array([1, -1, 1, 0, 0, 0])
    lowest, lost = resignation.by_player(player, expected, outcome)
    assert (lowest.tolist(), lost.tolist()) == ([0.2, 0.0, -0.5, -0.3], [False, False, True, False])


def test_the_control_looks_at_nothing_but_games_played_to_the_end():
    """Who resigned has always lost: counted among the others, it would hide what is false."""
    loop = trainer_of("alphago zero").loop
    none, player = np.zeros(20), np.arange(20)
    samples = Samples(none, none, none, np.where(player < 10, 1.0, -1.0))
    to_the_end = np.arange(10) < 5  # these five have two players each, none of whom lost
    expected = np.where(player < 10, np.linspace(-0.7, 3.3, 20), -0.9)
    games = Games(samples, player, expected, to_the_end, ~to_the_end)
    loop.resign_below = -0.5
    info = loop._control(games)
    assert info["false_positives"] == 1
    assert info["resign_below"] == loop.resign_below == -0.7
    assert info["resigned"] == 0.5


@pytest.mark.parametrize(("points", "passes"), [(0.55, False), (0.56, True)])
def test_the_gate_lets_only_a_better_network_play(points, passes):
    agent = agent_of("alphago zero")
    for parameter in agent.net.parameters():
        parameter.data += np.random.default_rng(0).normal(size=parameter.shape).astype(np.float32)
    learns, plays = flat(agent.net.state_dict()), flat(agent.weights())
    position = after_random_moves(TICTACTOE, 200, 3)
    assert learns != plays
    asked = []

    def match(game, newest, playing, games, seed):
        asked.extend(one(position, None).tolist() for one in (newest, playing))
        return SimpleNamespace(points=points)

    before = agent.act_greedily(np.stack(position, 1)).tolist()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(self_play, "match", match)
        assert self_play.challenge(agent, seed=1) == points
    assert flat(agent.weights()) == (learns if passes else plays)
    after = agent.act_greedily(np.stack(position, 1)).tolist()
    assert asked[1] == before != asked[0]
    assert after == (asked[0] if passes else before)


def test_a_trained_network_passes_the_gate_and_an_equal_one_does_not():
    trainer = trainer_of("gumbel", gate_games="40", n_envs="64", hidden_sizes="32")
    agent = trainer.agent
    assert self_play.challenge(agent, 0) == 0.5  # each opening from both sides, by the same player
    scores = []
    while not trainer.finished:
        trainer.advance()
        scores.append(trainer.loop.stats()["gate_score"])
    assert max(scores) > 0.55
    assert agent.playing is not agent.net


def test_without_a_gate_the_network_that_learns_plays():
    agent = agent_of()
    assert agent.playing is agent.net
    assert "playing" not in agent.state_dict()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"gate_games": "15"}, "gate_games is 15, .* make it even, such as 16"),
        ({"tree_reuse": "true"}, "tree_reuse needs root = puct"),
    ],
)
def test_settings_that_do_not_fit_are_one_sentence(changes, said):
    with pytest.raises(UsageError, match=said):
        preset.load("tictactoe-zero").with_settings(changes)


# Shards


def elsewhere(function, shards, should_stop):
    """As other machines do it: the last shard is back first, and all that travels is pickled."""
    done = [
        pickle.loads(pickle.dumps(one))(pickle.loads(pickle.dumps(shard)), should_stop)
        for one, shard in ((function, shard) for shard in reversed(shards))
    ]
    return reversed(done)


def test_it_does_not_matter_where_shards_are_played():
    here = trainer_of("shards")
    there = Trainer(here.preset, 3, map_shards=elsewhere)
    while not here.finished:
        assert here.advance() == there.advance()
    assert there.finished
    assert flat(there.state_dict()) == flat(here.state_dict())


@pytest.mark.parametrize(("games", "count"), [(12, 5), (12, 12), (7, 2), (1024, 16), (3, 8)])
def test_shards_are_of_nearly_equal_size_and_each_has_its_own_stream(games, count):
    shards = shards_of(games, count, (3, 7, 40))
    sizes = [shard.games for shard in shards]
    assert sum(sizes) == games
    assert max(sizes) - min(sizes) <= 1 <= min(sizes)
    assert len({shard.stream for shard in shards}) == min(count, games)


def test_no_shard_plays_the_games_of_another():
    """Neither of its own batch, nor of one before, nor of another seed."""
    drawn, honest = [], self_play.openings

    def openings(*arguments):
        drawn.append(arguments[-1].bit_generator.state["state"]["state"])
        return honest(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(self_play, "openings", openings)
        for seed in (3, 4):
            trainer = trainer_of("shards", seed)
            for _ in range(3):
                trainer.advance()
    assert len(drawn) == len({*drawn}) == 2 * 3 * 5


def test_together_the_games_of_all_shards_are_those_of_each():
    rng = np.random.default_rng(0)
    parts = [play(Random(TICTACTOE), TICTACTOE.start(n), rng) for n in (3, 1, 4)]
    whole, first, row = together(parts), 0, 0
    assert np.unique(whole.player // 2).tolist() == list(range(8))
    for part, n in zip(parts, (3, 1, 4), strict=True):
        here = slice(row, row := row + len(part.player))
        assert (whole.player[here] - 2 * first == part.player).all()
        assert (whole.expected[here] == part.expected).all()
        for column, of_part in zip(whole.samples, part.samples, strict=True):
            assert (column[here] == of_part).all()
        first += n
    assert len(whole.to_the_end) == len(whole.resigned) == 8
    assert flat(together(parts[:1])) == flat(parts[0])


# Runs


@pytest.mark.parametrize("name", ["gumbel", "alphago zero", "shards"])
def test_stopped_between_moves_or_gradient_steps_it_goes_on_as_if_undisturbed(name):
    """What is given up is played and learned again in the same way."""
    whole, rows = trainer_of(name), []
    while not whole.finished:
        rows += whole.advance()
    rng, later, stopped = np.random.default_rng(0), [], []

    def should_stop():
        stops = rng.random() < 1 / 12
        stopped.extend([trainer.agent.updates] * stops)
        return stops

    trainer = Trainer(whole.preset, 3, should_stop)
    while not trainer.finished:
        later += trainer.advance()
    assert len(stopped) > 10
    assert len(set(stopped)) > 10  # also in the middle of learning
    assert later == rows
    assert flat(trainer.state_dict()) == flat(whole.state_dict())


def test_a_checkpoint_from_before_these_options_is_read(tmp_path):
    trainer = trainer_of("gumbel")
    trainer.advance()
    state = trainer.state_dict()
    del state["training"]["resign_below"]
    for name in ("tree_reuse", "gate_games", "gate_score", "resign_false_positives", "shards"):
        del state["identity"][name]
    later = trainer_of("gumbel")
    later.load_state_dict(state)
    assert flat(later.state_dict()) == flat(trainer.state_dict())


@variants
def test_saved_and_resumed_equals_undisturbed(name, tmp_path):
    whole, rows = trainer_of(name), []
    while not whole.finished:
        rows += whole.advance()
    trainer, later, path = trainer_of(name), [], tmp_path / "checkpoint.safetensors"
    while not trainer.finished:
        later += trainer.advance()
        engine.save(path, trainer=trainer)
        trainer = trainer_of(name)
        engine.load(path, trainer=trainer)
    assert later == rows
    assert flat(trainer.state_dict()) == flat(whole.state_dict())


def test_the_log_says_how_well_it_plays_and_what_it_learned():
    trainer, rows = trainer_of("gumbel"), []
    while not trainer.finished:
        rows += trainer.advance()
    evaluations = [row for row in rows if row["kind"] == "evaluation"]
    assert len(evaluations) == 4
    for row in evaluations:
        assert 0 <= row["network_alone"] <= 1
        assert row["return"] * 20 == pytest.approx(round(row["return"] * 20))
    progress = [row for row in rows if row["kind"] == "progress"]
    assert all({"loss", "policy_loss", "value_loss", "grad_norm"} <= row.keys() for row in progress)


def test_a_checkpoint_of_another_game_is_named(tmp_path):
    trainer = trainer_of("gumbel")
    engine.save(tmp_path / "some.safetensors", trainer=trainer)
    other = Trainer(replace(trainer.preset, env=EnvSpec("connect3")), 3)
    with pytest.raises(engine.CheckpointError, match="environment = tictactoe"):
        engine.load(tmp_path / "some.safetensors", trainer=other)


def test_a_run_of_connect_four_is_judged_by_its_positions_and_by_matches(tmp_path, monkeypatch):
    """Everything that the preset requires is measured, with few games against a weak UCT."""
    monkeypatch.setattr(evaluate_game, "_GAMES", 4)
    weak = partial(evaluate_game.points, partial(uct_player, simulations=5))
    monkeypatch.setattr(evaluate_game, "points_against_uct_1000", weak)
    task = preset.load("connect4-zero").with_settings(SHORT | {"evaluate_every": "600"})
    (seed,) = resume(start(task, tmp_path, [0]))["seeds"]
    assert set(task.pass_line.also) == {"points_against_one_move", "points_against_uct_1000"}
    assert all(seed[name] * 8 in range(9) for name in task.pass_line.also)
    assert seed["score"] * 300 == pytest.approx(round(seed["score"] * 300))
    assert seed["verdict"] == "fail"


@variants
def test_a_network_without_hidden_layers_plays_too(name):
    agent = agent_of(name, hidden_sizes="")
    assert agent.act_greedily(np.stack(TICTACTOE.start(2), 1)).tolist()[0] in range(9)


def test_what_is_not_a_board_game_is_refused():
    with pytest.raises(UsageError, match="CartPole-v1 is none of these"):
        Trainer(replace(trainer_of("gumbel").preset, env=EnvSpec("CartPole-v1")), 0)


def test_a_few_thousand_moves_are_far_better_than_none():
    trainer = trainer_of(
        "gumbel", steps="6000", n_envs="128", hidden_sizes="64", simulations="16",
        evaluation_simulations="16", batch_size="128", buffer_size="6000", evaluate_every="6000",
        evaluation_episodes="1000", replay_ratio="3",
    )  # fmt: skip
    while not trainer.finished:
        trainer.advance()
    assert trainer.judge(1_000).mean > 0.9
