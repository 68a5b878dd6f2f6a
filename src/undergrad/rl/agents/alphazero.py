"""AlphaZero: learn a game from nothing but its rules, by playing against yourself.

A network looks at a position and says which moves it would play (the policy) and how the game will
end (the value). A search that tries moves out plays better than the network alone. So the search is
the teacher of the network, and a better network makes a better search:

    play games: in every position search, play a move, and write down what the search found
    for every position of these games:
        the policy learns what the search found
        the value learns how the game ended, seen by the player to move

Nobody says what a good move is. The only thing that comes from outside is who has won.

Here is the agent: its network, what it plays, one gradient step. `self_play` plays the games and is
the loop around it; the search is in `search.batched` and `search.gumbel`.

Sources: Silver et al. 2017, "Mastering the game of Go without human knowledge"; Silver et al. 2018,
"A general reinforcement learning algorithm that masters chess, shogi, and Go through self-play".

B is the number of positions, A that of actions.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from undergrad.engine import Tensor, no_grad, optim
from undergrad.engine.nn.functional import log_softmax
from undergrad.errors import UsageError
from undergrad.rl.agents.dqn import check_finite
from undergrad.rl.games.base import Array, Game, Position
from undergrad.rl.policy_value import PolicyValueNet, net_for
from undergrad.rl.search import batched, gumbel
from undergrad.rl.search.batched import Trees
from undergrad.rl.search.formulas import PUCT
from undergrad.rl.search.gumbel import Decision, Gumbel
from undergrad.rl.settings import AgentSettings
from undergrad.runs.settings import setting


@dataclass(frozen=True)
class AlphaZeroSettings(AgentSettings):
    """What decides a run of AlphaZero, besides its seed. A step is a move of a game."""

    steps: int = setting(200_000, at_least=1, doc="the budget, counted in moves of self-play")
    n_envs: int = setting(1_024, at_least=1, doc="games that are played side by side")
    shards: int = setting(
        1, at_least=1, doc="parts of these games, which a cluster plays on several machines"
    )
    gamma: float = setting(
        1.0, at_least=1, at_most=1, doc="1: a win is worth the same whenever it comes"
    )
    evaluate_every: int = setting(20_000, at_least=1, doc="moves between two evaluations")
    evaluation_episodes: int = setting(
        1_000, at_least=1, doc="labelled positions in an evaluation, drawn at random"
    )
    log_every: int = setting(2_000, at_least=1, doc="moves between two rows of the log")

    network: str = setting("mlp", choices=("mlp", "resnet"), doc="the trunk of the network")
    hidden_sizes: tuple[int, ...] = setting(
        (128, 128), at_least=1, doc="widths of the hidden layers; of a resnet, of the last layer"
    )
    channels: int = setting(16, at_least=1, doc="of each convolution of a resnet")
    blocks: int = setting(2, at_least=0, doc="residual blocks of a resnet")

    root: str = setting(
        "gumbel", choices=("gumbel", "puct"), doc="how self-play chooses at the root of a search"
    )
    simulations: int = setting(16, at_least=1, doc="of each search in self-play")
    evaluation_simulations: int = setting(
        32, at_least=0, doc="of each search when it is evaluated; 0: the network alone"
    )
    c_puct: float = setting(1.5, above=0, doc="weight of the prior against the values found")
    fpu_reduction: float = setting(
        0.0, at_least=0, at_most=2, doc="how far an untried move is valued below its position"
    )
    considered: int = setting(16, at_least=1, doc="moves that a Gumbel root tries, at most")
    c_visit: float = setting(50.0, at_least=0, doc="a Gumbel root's: visits that count anyway")
    c_scale: float = setting(0.1, above=0, doc="a Gumbel root's: weight of values beside logits")
    dirichlet_alpha: float = setting(
        1.0, above=0, doc="of the noise at a PUCT root; smaller: on fewer moves"
    )
    dirichlet_fraction: float = setting(
        0.25, at_least=0, at_most=1, doc="of the noise in the prior at a PUCT root"
    )
    temperature: float = setting(
        1.0, above=0, doc="a PUCT root plays a move with probability ~ visits^(1 / temperature)"
    )
    temperature_moves: int = setting(
        30, at_least=0, doc="moves of each game drawn so; later it plays the most visited one"
    )
    tree_reuse: bool = setting(
        False, doc="a PUCT search goes on from what the one before found below the move played"
    )

    opening_fraction: float = setting(
        0.9, at_least=0, at_most=1, doc="of the games start with random moves"
    )
    opening_moves: int = setting(10, at_least=1, doc="at most so many, each number as often")

    resign_false_positives: float = setting(
        0.0, at_least=0, below=1, doc="of those who resign, how many may not have lost; 0: no one"
    )
    resign_disabled: float = setting(
        0.1, above=0, at_most=1, doc="of the games are played to the end, to count them"
    )
    gate_games: int = setting(
        0, at_least=0, doc="of the newest network against the one that plays; 0: the newest plays"
    )
    gate_score: float = setting(
        0.55, at_least=0, below=1, doc="the fraction of points above which the newest takes over"
    )

    learning_rate: float = setting(
        0.002, above=0, doc="AdamW's at the start; it falls in a straight line to 0"
    )
    weight_decay: float = setting(0.0001, at_least=0, doc="AdamW's")
    max_grad_norm: float = setting(5.0, above=0, doc="a longer gradient is shortened to this")
    batch_size: int = setting(256, at_least=1, doc="positions in one gradient step")
    replay_ratio: float = setting(2.0, above=0, doc="how often each position is learned from")
    buffer_size: int = setting(50_000, at_least=1, doc="the newest positions, to learn from")
    symmetries: bool = setting(True, doc="learn from positions turned and reflected at random")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.gate_games % 2:
            raise UsageError(
                f"The setting gate_games is {self.gate_games}, but each opening is played from "
                f"both sides: make it even, such as {self.gate_games + 1}."
            )
        if self.tree_reuse and self.root != "puct":
            raise UsageError(
                "The setting tree_reuse needs root = puct: a Gumbel root shares its simulations "
                "evenly among moves that had none before."
            )


class AlphaZero:
    """A network that plays a game with a search.

    Boards are (B, 2): what `Position` has of each position, the stones of the player to move and
    the stones of both.

    Arguments:
        net: trained in place.
        optimizer: for the parameters of `net`.

    `playing` is the network that plays: `net` itself, or with a gate a copy of what `net` was when
    it last passed the gate.
    """

    def __init__(
        self,
        game: Game,
        net: PolicyValueNet,
        optimizer: optim.Optimizer,
        settings: AlphaZeroSettings | None = None,
    ) -> None:
        self.game, self.net, self.optimizer = game, net.eval(), optimizer
        self.settings = s = settings or AlphaZeroSettings()
        self.puct = PUCT(s.c_puct, s.fpu_reduction, s.dirichlet_alpha, s.dirichlet_fraction)
        self.gumbel = Gumbel(s.considered, s.c_visit, s.c_scale)
        self.playing = copy.deepcopy(self.net) if s.gate_games else self.net
        self.updates = 0
        self._parameters = list(net.parameters())  # found once: a walk costs as much as a forward

    # Playing

    def evaluate(self, position: Position) -> tuple[Array, Array]:
        """What the network alone says: logits (B, A), and values (B,) for the player to move."""
        with no_grad():
            logits, value = self.playing(Tensor(self.game.planes(position)))
        return logits.data, value.data

    def explore(
        self,
        position: Position,
        move: int,
        rng: np.random.Generator,
        trees: Trees | None = None,
    ) -> Decision:
        """A move of self-play (B,), and what the policy should learn from its search (B, A).

        Arguments:
            move: how many moves of self-play these games have had.
            trees: of these positions, from the search before; only where trees are used again.
        """
        s, searched = self.settings, (self.game, position, self.evaluate, self.settings.simulations)
        if s.root == "gumbel":
            return gumbel.search(*searched, self.gumbel, self.puct, rng)
        trees = trees or Trees.start(*searched)
        root = trees.search(self.evaluate, self.puct, rng)
        drawn = move < s.temperature_moves
        action = sample(root.visits, s.temperature, rng) if drawn else root.best
        policy = visit_policy(root.visits, 1.0)
        return Decision(action, policy, root.expected, trees if s.tree_reuse else None)

    def act_greedily(self, observation: Array) -> Array:
        """The best moves (B,) on boards (B, 2): those that a search without noise visits most."""
        position, simulations = Position(*observation.T), self.settings.evaluation_simulations
        if not simulations:
            return self.network_move(observation)
        return batched.search(self.game, position, self.evaluate, simulations, self.puct).best

    def network_move(self, observation: Array) -> Array:
        """The moves (B,) that the network prefers on boards (B, 2), without a search."""
        position = Position(*observation.T)
        logits, _ = self.evaluate(position)
        return np.asarray(np.where(self.game.legal(position), logits, -np.inf).argmax(1))

    def value(self, observation: Array) -> Array:
        """The outcome (B,) that the network expects from boards (B, 2), for the player to move."""
        return np.asarray(self.evaluate(Position(*observation.T))[1])

    # Learning

    def learn(self, planes: Array, policy: Array, outcome: Array) -> dict[str, float]:
        """One gradient step. Returns the losses and the norm of the gradient.

        Arguments:
            planes: of positions (B, planes, rows, columns).
            policy: (B, A), what the searches there found.
            outcome: (B,), how these games ended for the players to move: 1, 0 or -1.
        """
        self.net.train()
        logits, value = self.net(Tensor(planes))
        policy_loss, value_loss = alphazero_loss(logits, value, policy, outcome)
        loss = policy_loss + value_loss
        self.optimizer.zero_grad()
        loss.backward()
        grad_norm = optim.clip_grad_norm_(self._parameters, self.settings.max_grad_norm)
        check_finite(loss, grad_norm)
        self.optimizer.step()
        self.net.eval()  # batch norm must not see which positions are searched together
        self.updates += 1
        return {
            "loss": loss.item(),
            "policy_loss": policy_loss.item(),
            "value_loss": value_loss.item(),
            "grad_norm": grad_norm,
        }

    # Saving

    def weights(self) -> dict[str, Any]:
        """A copy of the network that plays."""
        return self.playing.state_dict()

    def load_weights(self, weights: Mapping[str, Any]) -> None:
        """Play as the agent did whose `weights` these were."""
        self.playing.load_state_dict(weights)

    def state_dict(self) -> dict[str, Any]:
        """The network that learns, the one that plays, the optimiser, and the updates."""
        state = {
            "net": self.net.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "updates": self.updates,
        }
        return state | ({"playing": self.playing.state_dict()} if self.settings.gate_games else {})

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Resume from `state`. Raises ValueError when it is of another network or optimiser."""
        self.net.load_state_dict(state["net"])
        if self.settings.gate_games:
            self.playing.load_state_dict(state["playing"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.updates = int(state["updates"])


def untrained(game: Game, s: AlphaZeroSettings, rng: np.random.Generator) -> AlphaZero:
    """The agent that these settings describe; rng draws its initial weights."""
    net = net_for(game, s.network, s.hidden_sizes, s.channels, s.blocks, rng)
    optimizer = optim.AdamW(net.parameters(), lr=s.learning_rate, weight_decay=s.weight_decay)
    return AlphaZero(game, net, optimizer, s)


def alphazero_loss(
    logits: Tensor, value: Tensor, policy: Array, outcome: Array
) -> tuple[Tensor, Tensor]:
    """The two terms of (v - z)^2 - sum(pi log p), the second one first, as means over B positions.

    Arguments:
        logits, value: (B, A) and (B,), of the network's policy p, and its value v.
        policy, outcome: (B, A) and (B,), what the search found, pi, and how the game ended, z.

    Source: Silver et al. 2017, equation 1.
    """
    policy_loss = -(log_softmax(logits, 1) * policy).sum(1).mean()
    value_loss = ((value - outcome) ** 2).mean()
    return policy_loss, value_loss


def visit_policy(visits: Array, temperature: float) -> Array:
    """Probabilities (B, A) in proportion to visits^(1/temperature)."""
    weight = (visits / visits.max(1, keepdims=True)) ** (1 / temperature)
    policy: Array = weight / weight.sum(1, keepdims=True)
    return policy


def sample(visits: Array, temperature: float, rng: np.random.Generator) -> Array:
    """An action for each row, drawn from the policy of its visits."""
    below = visit_policy(visits, temperature).cumsum(1)
    draw = rng.random((len(visits), 1)) * below[:, -1:]
    return np.asarray((draw >= below).sum(1))


# How this differs from Silver et al. 2017 (AlphaGo Zero) and 2018 (AlphaZero):
#
# - Nine of ten games start with random moves. From one start a small program plays the same few
#   games again and again and becomes weaker everywhere else.
# - The root may be that of Danihelka et al. 2022 (`search.gumbel`), which learns from 16
#   simulations. The papers' is `root = puct` with 800 or 1,600 of them.
# - The newest network plays, as in AlphaZero, unless `gate_games` asks for the match of AlphaGo
#   Zero. Here that follows each batch of games; in the paper it has 400 games, 1,000 steps apart.
# - As in AlphaGo Zero and unlike AlphaZero, positions are turned and reflected, though only when
#   they are learned from, and not in the search.
# - An untried action has the value of its position (less fpu_reduction); in AlphaGo Zero it has 0.
# - The search starts with an empty tree at every move, unless `tree_reuse` is on.
# - Nobody resigns, unless `resign_false_positives` is above 0.
# - The input is the present board alone: in the games here nothing else decides.
# - AdamW with a rate that falls to 0, not SGD with momentum; the network is far smaller.
# - Playing and learning take turns; the games of a turn may be played on several machines.
