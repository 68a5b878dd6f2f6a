"""Self-play of Connect Four by others, one game at a time and one call of a network for each node.

`python -m bench.search_peers WIDTHS SIMULATIONS SECONDS` prints one line of JSON for each peer:
leaves and games a second of processor time, and the fraction of the time in the network.

alpha-zero-general is not a package, so its search and its rules of Connect Four are repeated here
as they are: a board is an array, its text is the key of dictionaries, lines are looked for in every
place, and the search is a recursion. OpenSpiel, where this Python has it, searches with its own
`MCTSBot` and rules in C++. Both get the same network in plain NumPy, its hidden layers as wide as
WIDTHS says (256,256,256); for one position it is faster than theirs, and than ours. This file needs
NumPy alone.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
ROWS, COLUMNS = 6, 7


class Network:
    """A policy and a value from 84 numbers; how often it was called, and the time it took."""

    def __init__(self, hidden_sizes: Sequence[int]) -> None:
        rng = np.random.default_rng(0)
        sizes = [2 * ROWS * COLUMNS, *hidden_sizes, COLUMNS + 1]
        self.layers = [
            rng.normal(0, (2 / rows) ** 0.5, (rows, columns)).astype(np.float32)
            for rows, columns in pairwise(sizes)
        ]
        self.calls, self.seconds = 0, 0.0

    def __call__(self, x: Array) -> tuple[Array, float]:
        entered = time.process_time()
        for layer in self.layers[:-1]:
            x = np.maximum(x @ layer, 0)
        out = x @ self.layers[-1]
        weights = np.exp(out[:COLUMNS] - out[:COLUMNS].max())
        self.calls += 1
        self.seconds += time.process_time() - entered
        return weights / weights.sum(), float(np.tanh(out[COLUMNS]))


# alpha-zero-general


class Dictionaries:
    """Its search: what is known of a position is found by the text of its board."""

    def __init__(self, network: Network, c_puct: float = 1.0) -> None:
        self.network, self.c_puct = network, c_puct
        self.ended, self.prior = dict[str, float | None](), dict[str, Array]()
        self.visits, self.edge_visits = dict[str, int](), dict[tuple[str, int], int]()
        self.q = dict[tuple[str, int], float]()

    def search(self, board: Array) -> float:
        """One simulation. Returns the value of the board for who has just moved."""
        key = str(board)
        if key not in self.ended:
            self.ended[key] = outcome(board)
        if (end := self.ended[key]) is not None:
            return -end
        legal = board[0] == 0
        if key not in self.prior:
            policy, value = self.network(planes(board))
            policy = policy * legal
            self.prior[key], self.visits[key] = policy / policy.sum(), 0
            return -value
        root = (self.visits[key] + 1e-8) ** 0.5
        scores = [
            self.q.get((key, c), 0)
            + self.c_puct * self.prior[key][c] * root / (1 + self.edge_visits.get((key, c), 0))
            if legal[c]
            else -np.inf
            for c in range(COLUMNS)
        ]
        action = int(np.argmax(scores))
        value, edge = self.search(-dropped(board, action)), (key, action)
        count = self.edge_visits.get(edge, 0)
        self.q[edge] = (count * self.q.get(edge, 0) + value) / (count + 1)
        self.edge_visits[edge] = count + 1
        self.visits[key] += 1
        return -value


def alpha_zero_general(network: Network, simulations: int) -> Iterator[None]:
    """Games from the empty board, one after the other; yields after each."""
    rng = np.random.default_rng(0)
    while True:
        tree, board = Dictionaries(network), np.zeros((ROWS, COLUMNS))
        while outcome(board) is None:
            for _ in range(simulations):
                tree.search(board)
            visits = np.array([tree.edge_visits.get((str(board), c), 0) for c in range(COLUMNS)])
            board = -dropped(board, int(rng.choice(COLUMNS, p=visits / visits.sum())))
        yield


def dropped(board: Array, column: int) -> Array:
    """A copy of the board with one more stone of the player to move, who has 1 there."""
    after = board.copy()
    after[np.flatnonzero(board[:, column] == 0)[-1], column] = 1
    return after


def outcome(board: Array) -> float | None:
    """What a game is worth to the player to move; None while it goes on."""
    for player in (-1, 1):
        stones = board == player
        if straight(stones) or straight(stones.T) or diagonal(stones):
            return float(player)
    return None if (board[0] == 0).any() else 0.0


def straight(stones: Array) -> bool:
    """Whether four of the stones are beside each other in a row."""
    return any(bool((stones[:, c : c + 4].sum(1) == 4).any()) for c in range(stones.shape[1] - 3))


def diagonal(stones: Array) -> bool:
    """Whether four of them are in a diagonal line."""
    for row in range(ROWS - 3):
        for column in range(COLUMNS - 3):
            if all(stones[row + i, column + i] for i in range(4)):
                return True
            if all(stones[row + i, column + 3 - i] for i in range(4)):
                return True
    return False


def planes(board: Array) -> Array:
    """The stones of both players as 84 numbers."""
    return np.stack([board == 1, board == -1]).astype(np.float32).reshape(-1)


# OpenSpiel


def open_spiel(network: Network, simulations: int) -> Iterator[None]:
    """The same, with OpenSpiel's rules and search, as its AlphaZero calls them."""
    import pyspiel
    from open_spiel.python.algorithms import mcts

    class Evaluator(mcts.Evaluator):  # type: ignore[misc]
        """As its `AlphaZeroEvaluator`: each position once, and then from a cache."""

        def __init__(self) -> None:
            self.known: dict[bytes, tuple[Array, float]] = {}

        def inference(self, state: Any) -> tuple[Array, float]:
            x = np.asarray(state.observation_tensor(), np.float32)[: 2 * ROWS * COLUMNS]
            key = x.tobytes()
            if key not in self.known:
                self.known[key] = network(x)
            return self.known[key]

        def evaluate(self, state: Any) -> Array:
            value = self.inference(state)[1]
            return np.array([value, -value])

        def prior(self, state: Any) -> list[tuple[int, float]]:
            policy = self.inference(state)[0]
            return [(action, policy[action]) for action in state.legal_actions()]

    game, rng = pyspiel.load_game("connect_four"), np.random.RandomState(0)
    while True:
        bot = mcts.MCTSBot(
            game, 1.0, simulations, Evaluator(), solve=False, random_state=rng,
            child_selection_fn=mcts.SearchNode.puct_value, dirichlet_noise=(0.25, 1.0),
            dont_return_chance_node=True,
        )  # fmt: skip
        state = game.new_initial_state()
        while not state.is_terminal():
            root = bot.mcts_search(state)
            visits = np.array([child.explore_count for child in root.children])
            chosen = rng.choice(len(visits), p=visits / visits.sum())
            state.apply_action(root.children[chosen].action)
        yield


def rate(
    play: Callable[[Network, int], Iterator[None]],
    network: Network,
    simulations: int,
    seconds: float,
) -> Any:
    """Leaves and games a second, and the fraction of the time in the network."""
    started = time.process_time()
    for games, _ in enumerate(play(network, simulations), 1):
        spent = time.process_time() - started
        if spent > seconds:
            return network.calls / spent, games / spent, network.seconds / spent


def main() -> None:
    widths, simulations, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    hidden_sizes = [int(width) for width in widths.split(",")]
    for name, play in (("alpha-zero-general", alpha_zero_general), ("OpenSpiel", open_spiel)):
        try:
            found = rate(play, Network(hidden_sizes), simulations, seconds)
        except ImportError:
            continue
        print(json.dumps([name, *found]), flush=True)


if __name__ == "__main__":
    main()
