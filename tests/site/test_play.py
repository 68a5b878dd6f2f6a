"""The page plays by the rules of Python's worlds, with the numbers of the engine's networks."""

import json
import shutil
import subprocess

import numpy as np
import pytest

from undergrad.errors import UsageError
from undergrad.locate import data_path
from undergrad.rl.agents.alphazero import AlphaZeroSettings
from undergrad.rl.build import build
from undergrad.rl.envs import draws
from undergrad.rl.envs.cartpole import CartPole
from undergrad.rl.envs.catch import Catch
from undergrad.rl.envs.courier import Courier
from undergrad.rl.envs.garden import Garden
from undergrad.rl.envs.pong import Pong
from undergrad.rl.envs.rules import row
from undergrad.rl.games import GAMES
from undergrad.rl.games.players import random_player
from undergrad.rl.networks import predict
from undergrad.rl.run.policy import as_data, network_of
from undergrad.rl.run.preset import load
from undergrad.rl.search.formulas import PUCT
from undergrad.rl.search.puct import search
from undergrad.site.gather import _policy, _stored_policies

NODE = shutil.which("node")
SCRIPTS = data_path("docs") / "javascripts" / "play"
STEPS = 10_000
POLICIES = dict(_stored_policies())
pytestmark = pytest.mark.skipif(NODE is None, reason="needs node")


def node(script, given, *more):
    """What a script writes, given `given` and the scripts of the page."""
    loaded = "".join(
        f"require({json.dumps(str(SCRIPTS / name))});" for name in ("worlds.js", *more)
    )
    head = "globalThis.window = {};" + loaded + "const play = window.undergradPlay;"
    read = 'const given = JSON.parse(require("fs").readFileSync(0, "utf8"));'
    done = subprocess.run(
        [str(NODE), "-e", f"{head}{read}console.log(JSON.stringify({script}))"],
        input=json.dumps(given),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


# --- the rules

# Plays each game from its start by these actions, to its end. Of each step: what is seen, as the
# positions that are not 0, what is earned, and whether it is over.
_PLAY = """given.games.map(({ start, actions }) => {
  const world = play.worlds[given.world]
  let state = { ...start, ...(start.stream ? { stream: BigInt(start.stream) } : {}) }
  return actions.map(action => {
    const [after, reward, over] = world.step(state, action)
    state = after
    const seen = world.observe(state, given.options)
    return [seen.flatMap((value, n) => value ? [n] : []), reward, over]
  })
})"""
# How a state of Python's is called in the page, with the names that differ.
_STARTS = {
    "catch": lambda s: {"row": s.row, "column": s.column, "paddle": s.paddle},
    "pong": lambda s: {
        "row": s.row, "column": s.column, "rowBefore": s.row_before,
        "columnBefore": s.column_before, "theirsBefore": s.theirs_before,
        "oursBefore": s.ours_before, "rowSpeed": s.row_speed, "columnSpeed": s.column_speed,
        "theirs": s.theirs, "ours": s.ours, "theirPoints": s.their_points,
        "ourPoints": s.our_points, "stream": s.stream,
    },
    "courier": lambda s: {
        "courier": s.courier, "house": s.house, "offset": s.offset, "time": s.time,
        "stream": s.stream,
    },
    "garden": lambda s: {
        "gardener": s.gardener, "stream": s.stream,
        "flowers": np.flatnonzero(s.flowers)[None], "weeds": np.flatnonzero(s.weeds)[None],
    },
}  # fmt: skip


def plain(state):
    """A state of one game as JSON; a stream, which is too large for it, as text."""
    return {
        name: str(value[0]) if name == "stream" else np.asarray(value)[0].tolist()
        for name, value in state.items()
    }


def some_games(rules, name, games, weights):
    """Games of random actions from their start, 10,000 steps in all: for the page, and as here."""
    rng = np.random.default_rng(3)
    state = rules.start(rng.spawn(games))
    given = [{"start": plain(_STARTS[name](row(state, i))), "actions": []} for i in range(games)]
    expected, going = [[] for _ in range(games)], np.arange(games)
    while sum(map(len, expected)) < STEPS:
        assert len(going), "too few games"
        action = rng.choice(len(weights), size=len(going), p=weights)
        state, reward, over = rules.step(state, action)
        seen = rules.observe(state).reshape(len(going), -1)
        for k, i in enumerate(going):
            given[i]["actions"].append(int(action[k]))
            expected[i].append([np.flatnonzero(seen[k]).tolist(), float(reward[k]), bool(over[k])])
        state, going = type(state)(*(column[~over] for column in state)), going[~over]
    return given, expected


@pytest.mark.parametrize(
    ("name", "rules", "games", "weights", "options"),
    [
        ("catch", Catch(), 1112, [1 / 3] * 3, {}),
        ("pong", Pong(), 100, [0.1, 0.45, 0.45], {}),
        ("pong", Pong("pixels"), 100, [0.1, 0.45, 0.45], {"obs_type": "pixels"}),
        ("courier", Courier(), 800, [0.3, 0.1, 0.3, 0.1, 0.2], {}),
        ("garden", Garden(), 100, [0.2] * 5, {}),
    ],
)
def test_the_rules_are_those_of_python_through_ten_thousand_steps(
    name, rules, games, weights, options
):
    given, expected = some_games(rules, name, games, weights)
    found = node(_PLAY, {"world": name, "options": options, "games": given})
    for here, there in zip(expected, found, strict=True):
        assert here == there
    rewards = {step[1] for game in expected for step in game}
    assert len(rewards) > 1  # something happened


def test_the_cart_moves_as_in_python_in_ten_thousand_single_steps():
    rng, rules = np.random.default_rng(4), CartPole()
    state = rules.start(rng.spawn(STEPS))
    motion = state.motion * rng.uniform(1, 60, (STEPS, 1))  # many of them near the end
    action = rng.integers(2, size=STEPS)
    after, _, fallen = rules.step(state._replace(motion=motion), action)
    script = """given.motions.map((motion, n) => {
      const [after, reward, over] = play.worlds.cartpole.step({ motion }, given.actions[n])
      return [after.motion, reward, over, play.worlds.cartpole.observe(after)]
    })"""
    found = node(script, {"motions": motion.tolist(), "actions": action.tolist()})
    there, reward, over, seen = zip(*found, strict=True)
    np.testing.assert_allclose(there, after.motion, rtol=0, atol=1e-12)
    np.testing.assert_allclose(seen, rules.observe(after), rtol=1e-6)
    assert list(over) == fallen.tolist()
    assert set(reward) == {1} and 0 < fallen.mean() < 1


def test_games_start_from_a_stream_as_in_python():
    for name, rules in (("pong", Pong()), ("courier", Courier())):
        generators = np.random.default_rng(5).spawn(50)
        streams = [str(each) for each in draws.streams(np.random.default_rng(5).spawn(50))]
        state = rules.start(generators)
        script = f"""given.map(stream => {{
          const {{ stream: _, ...state }} = play.worlds.{name}.start(BigInt(stream))
          return state
        }})"""
        for i, found in enumerate(node(script, streams)):
            expected = plain(_STARTS[name](row(state, i)))
            expected.pop("stream")
            assert found == expected


def test_a_garden_and_a_ball_start_anywhere():
    script = """given.map(n => BigInt(n)).map(stream => [play.worlds.garden.start(stream),
      play.worlds.catch.start(stream)]).map(([{ stream, ...garden }, ball]) => [garden, ball])"""
    found = node(script, list(range(1, 301)))
    columns = np.bincount([ball["column"] for _, ball in found], minlength=5)
    assert len(columns) == 5 and columns.min() > 30
    for garden, _ in found:
        gardener = 10 * garden["gardener"][0] + garden["gardener"][1]
        places = {gardener, *garden["flowers"], *garden["weeds"]}
        assert len(places) == 10 and places <= set(range(100))
    flowers = np.bincount(
        [each for garden, _ in found for each in garden["flowers"]], minlength=100
    )
    assert len(flowers) == 100 and flowers.min() > 3  # 18 on average


# Random games on a board, by their moves: of each position what is seen, and what is legal.
_GAMES = """given.games.map(moves => {
  let position = play.connect.start(given.board)
  return moves.map(move => {
    position = play.connect.play(given.board, position, move)
    const seen = play.connect.evaluator(planes => [...planes, 0])(position)[0]
    return [seen.flatMap((value, n) => value ? [n] : []), play.connect.won(given.board, position),
      play.connect.legal(given.board, position)]
  })
})"""


@pytest.mark.parametrize(("name", "games"), [("connect4", 600), ("connect3", 1100)])
def test_the_stones_fall_and_win_as_in_python_through_ten_thousand_moves(name, games):
    game, rng = GAMES[name], np.random.default_rng(7)
    player, position = random_player(game), game.start(games)
    moves, expected = [[] for _ in range(games)], [[] for _ in range(games)]
    going = np.arange(games)
    while len(going):
        action = player(position, rng)
        position = game.play(position, action)
        seen = game.planes(position).reshape(len(going), -1)
        won, legal = game.won(position), game.legal(position)
        for k, i in enumerate(going):
            moves[i].append(int(action[k]))
            expected[i].append([np.flatnonzero(seen[k]).tolist(), bool(won[k]), legal[k].tolist()])
        rest = ~game.over(position)
        position, going = position.at(rest), going[rest]
    assert sum(map(len, moves)) >= STEPS
    given = {"board": board_of(game), "games": moves}
    assert node(_GAMES, given, "connect.js") == expected


def board_of(game):
    return {"rows": game.rows, "columns": game.columns, "n": game.n}


# --- the networks

_OUTPUTS = "given.seen.map(play.network(given.policy))"


def outputs_in_the_page(policy, observation):
    seen = observation.reshape(len(observation), -1).tolist()
    given = {"policy": policy, "seen": seen}
    return np.array(node(_OUTPUTS, given, "policies.js"))


def observations(world, count=60):
    """What may be seen in a world: bits, bytes of which most are 0, or numbers of any size."""
    rng = np.random.default_rng(6)
    sizes = {"catch": 100, "cartpole": 4, "pong": 512, "courier": 400, "garden": 300}
    drawn = rng.random((count, sizes[world]))
    if world == "cartpole":
        return (8 * drawn - 4).astype(np.float32)
    return ((drawn < 0.03) * (255 if world == "pong" else 1)).astype(np.uint8)


@pytest.mark.parametrize("name", sorted(set(POLICIES) - {"connect"}))
def test_a_stored_agent_has_the_engines_numbers(name):
    policy, observation = POLICIES[name], observations(name)
    if name == "pong":
        observation = observation.reshape(-1, 2, 16, 16)
    expected = predict(network_of(policy), observation)
    found = outputs_in_the_page(policy, observation)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)
    assert (found.argmax(1) == expected.argmax(1)).all()


@pytest.mark.parametrize("name", ["catch", "cartpole", "ppo", "minipong", "minipong-ppo"])
def test_the_agent_of_a_preset_is_rounded_so_that_its_numbers_stay(name):
    preset = load(name)
    loop = build(preset.agent, preset.env, preset.settings, 0)
    loop.close()
    agent = loop.agent
    policy = as_data(preset.env, agent)
    assert policy is not None
    observation = observations(policy["world"])
    if policy["world"] == "pong":
        observation = observation.reshape(-1, 2, 16, 16)
    if preset.agent == "ppo":
        agent.net.update_stats(observation)
        policy = as_data(preset.env, agent)
    rounded = network_of(policy)
    found = outputs_in_the_page(policy, observation)
    np.testing.assert_allclose(found, predict(rounded, observation), rtol=1e-5, atol=1e-5)
    exact = (
        agent.q_values(agent.ema, observation)
        if preset.agent == "dqn"
        else agent.net.policy(observation).logits.numpy()
    )
    np.testing.assert_allclose(predict(rounded, observation), exact, atol=2e-3)
    assert (agent.act_greedily(observation) == exact.argmax(1)).all()


@pytest.mark.parametrize("name", ["acrobot", "sac-puck", "pong"])
def test_what_no_page_can_play_has_no_policy(name):
    preset = load(name)
    try:
        loop = build(preset.agent, preset.env, preset.settings, 0)
    except UsageError:
        pytest.skip("the extra atari is missing")
    loop.close()
    assert as_data(preset.env, loop.agent) is None


def test_layers_that_no_page_knows_have_no_policy():
    preset = load("catch")
    for change in ({"dueling": True}, {"noisy": True}, {"distributional": "quantile"}):
        loop = build(preset.agent, preset.env, preset.settings.__class__(**change), 0)
        loop.close()
        assert as_data(preset.env, loop.agent) is None


def test_untrained_has_the_same_layers_with_other_weights():
    policy = POLICIES["catch"]
    seen = observations("catch", 5)
    script = "given.seen.map(play.untrained(given.policy))"
    found = np.array(node(script, {"policy": policy, "seen": seen.tolist()}, "policies.js"))
    assert found.shape == (5, 3) and 0 < abs(found).max() < 1


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_a_stored_agent_says_where_it_comes_from(name):
    made = POLICIES[name]["made"]
    assert made["command"].startswith("undergrad train ")
    assert set(made) >= {"preset", "seed", "steps", "score", "date", "judged", "alike"}


def test_the_search_visits_what_pythons_search_visits():
    policy = POLICIES.get("connect") or untrained_policy()
    game = next(each for each in GAMES.values() if board_of(each) == policy["game"])
    network, rng = network_of(policy), np.random.default_rng(8)

    def evaluate(position):
        out = predict(network, game.planes(position))
        return out[:, :-1], np.tanh(out[:, -1])

    options = PUCT(policy["search"]["c_puct"], policy["search"]["fpu_reduction"])
    games = [some_moves(game, count, rng) for count in range(24)]
    script = """given.games.map(moves => {
      const { game, search } = given.policy
      const evaluate = play.connect.evaluator(play.network(given.policy))
      const after = moves.reduce((at, move) => play.connect.play(game, at, move),
        play.connect.start(game))
      return play.connect.search(game, after, evaluate, { ...search, simulations: 64 })
    })"""
    given = {"policy": policy, "games": games}
    for moves, found in zip(games, node(script, given, "policies.js", "connect.js"), strict=True):
        root = search(game, game.after(moves), evaluate, 64, options)
        assert found["visits"] == root.visits.tolist()
        assert found["best"] == root.best
        assert found["value"] == pytest.approx(root.value_sum.sum() / 64, abs=1e-5)


def some_moves(game, count, rng):
    """Random moves after which the game goes on."""
    while True:
        position, moves, player = game.start(1), [], random_player(game)
        while len(moves) < count and not game.over(position)[0]:
            moves.append(int(player(position, rng)[0]))
            position = game.play(position, np.array(moves[-1:]))
        if not game.over(position)[0]:
            return moves


def untrained_policy():
    preset = load("connect4-small-zero")
    loop = build(preset.agent, preset.env, AlphaZeroSettings(hidden_sizes=(24,)), 0)
    loop.close()
    return as_data(preset.env, loop.agent)


# --- the policies of runs


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"world": "atari"}', '{"world": ["catch"]}', '{"world": "catch", "x": NaN}'],
)
def test_a_policy_that_is_none_costs_the_game_and_not_the_site(tmp_path, text):
    path = tmp_path / "policy.json"
    assert _policy(path) is None
    path.write_text(text)
    assert _policy(path) is None
    path.write_text('{"world": "catch"}' + " " * 2_000_000)
    assert _policy(path) is None
    path.write_text('{"world": "catch"}')
    assert _policy(path) == {"world": "catch"}
