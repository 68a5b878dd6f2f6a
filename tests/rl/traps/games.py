"""Mistakes of search and self-play. Some of them hardly cost strength, so no match shows them."""

from dataclasses import replace
from itertools import count
from types import SimpleNamespace

import numpy as np
from tests.rl.search import test_search, test_self_play
from tests.rl.traps.trap import Trap, everywhere

from undergrad.rl import self_play, window
from undergrad.rl.agents import alphazero
from undergrad.rl.games import GAMES
from undergrad.rl.games.base import Position
from undergrad.rl.search import batched, formulas, puct
from undergrad.rl.search.formulas import PUCT


def backup_without_a_sign(patch):
    """What is good for the one is then good for the other."""

    def back_up(self, path, value):
        for edge in reversed(path):
            self.visits.reshape(-1)[edge] += 1
            self.value_sum.reshape(-1)[edge] += value[self.game_of(edge)]

    patch.setattr(batched.Trees, "back_up", back_up)


def sign_lost_on_the_deepest_path(patch):
    """The last edge of the longest walks does not change sides."""

    def back_up(self, path, value):
        for depth, edge in reversed(list(enumerate(path))):
            games = self.game_of(edge)
            value[games] *= 1 if depth and depth == len(path) - 1 else -1
            self.visits.reshape(-1)[edge] += 1
            self.value_sum.reshape(-1)[edge] += value[games]

    patch.setattr(batched.Trees, "back_up", back_up)


def an_end_is_good_for_who_is_to_move(patch):
    honest = puct.expand

    def expand(game, position, evaluate):
        node = honest(game, position, evaluate)
        node.value = abs(node.value) if node.over else node.value
        return node

    patch.setattr(puct, "expand", expand)


def an_end_is_good_for_who_is_to_move_in_a_batch(patch):
    honest = batched.Trees.add

    def add(self, rows, position, evaluate):
        honest(self, rows, position, evaluate)
        ends = rows[self.over[rows]]
        self.value[ends] = abs(self.value[ends])

    patch.setattr(batched.Trees, "add", add)


def target_with_the_wrong_sign(patch):
    honest = self_play.outcomes
    patch.setattr(self_play, "outcomes", lambda final, left: -honest(final, left))


def target_of_the_first_player_everywhere(patch):
    """All positions of a game count what its first position counts."""
    honest = self_play.play

    def play(*arguments):
        games = honest(*arguments)
        samples = games.samples
        stones = np.bitwise_count(samples.mask)
        first = np.flatnonzero(np.diff(stones, prepend=99).astype(int) != 1)
        game = np.searchsorted(first, np.arange(len(stones)), "right") - 1
        return games._replace(samples=samples._replace(outcome=samples.outcome[first][game]))

    everywhere(patch, self_play, "play", play)


def noise_in_evaluation(patch):
    seeds = count()

    def act_greedily(self, observation):
        position, rng = Position(*observation.T), np.random.default_rng(next(seeds))
        return batched.search(self.game, position, self.evaluate, 4, self.puct, rng).best

    patch.setattr(alphazero.AlphaZero, "act_greedily", act_greedily)


def temperature_left_on_in_matches(patch):
    seeds = count()

    def act_greedily(self, observation):
        root = batched.search(self.game, Position(*observation.T), self.evaluate, 4, self.puct)
        return alphazero.sample(root.visits, 1.0, np.random.default_rng(next(seeds)))

    patch.setattr(alphazero.AlphaZero, "act_greedily", act_greedily)


def noise_forgotten_in_self_play(patch):
    quiet = replace(PUCT(), dirichlet_fraction=0.0)
    patch.setattr(alphazero, "PUCT", lambda *_: quiet)


def mask_forgotten_in_the_prior(patch):
    """Actions that are not legal keep a part of the probability."""
    honest = formulas.prior_of
    everywhere(
        patch, formulas, "prior_of", lambda logits, legal: honest(logits, np.ones_like(legal))
    )


def mask_forgotten_in_the_selection(patch):
    def select(self, node, options):
        rows = (array[node] for array in (self.prior, self.visits, self.value_sum))
        return formulas.puct_scores(*rows, self.value[node][:, None], options).argmax(1)

    patch.setattr(batched.Trees, "select", select)


def boards_turned_without_their_policies(patch):
    honest = window.at_random_symmetry

    def turned(game, planes, policy, rng):
        return honest(game, planes, policy, rng)[0], policy

    everywhere(patch, window, "at_random_symmetry", turned)


def window_of_one_iteration(patch):
    honest = window.Window.add

    def add(self, samples):
        self.added = 0
        honest(self, samples)

    patch.setattr(window.Window, "add", add)


def batch_norm_in_training_mode_while_searching(patch):
    honest = alphazero.AlphaZero.evaluate

    def evaluate(self, position):
        self.net.train()
        return honest(self, position)

    patch.setattr(alphazero.AlphaZero, "evaluate", evaluate)


def the_other_stones_first(patch):
    """The network sees the board from the wrong side."""
    honest = alphazero.AlphaZero.evaluate

    def evaluate(self, position):
        return honest(self, position._replace(own=position.other))

    patch.setattr(alphazero.AlphaZero, "evaluate", evaluate)


def window_empty_when_resumed(patch):
    honest = window.Window.load_state_dict

    def load(self, state):
        honest(self, state)
        self.columns.policy.fill(0)

    patch.setattr(window.Window, "load_state_dict", load)


def untried_actions_are_worth_a_draw(patch):
    """Only the value of the position says whether there may be something better."""
    honest = formulas.puct_scores

    def scores(prior, visits, value_sum, value, options):
        return honest(prior, visits, value_sum, 0 * value, options)

    everywhere(patch, formulas, "puct_scores", scores)


def a_tree_used_again_changes_sides(patch):
    """The values below a move are those of the player who moves next, who is to move there now."""
    honest = batched.Trees.below

    def below(self, games, action):
        trees = honest(self, games, action)
        trees.value_sum *= -1
        return trees

    patch.setattr(batched.Trees, "below", below)


def the_tree_of_another_move_used_again(patch):
    """What the search likes best, and not what was played."""
    honest = batched.Trees.below

    def below(self, games, action):
        visits = self.root().visits[games]
        visits[np.arange(len(games)), action] = 0
        other = visits.argmax(1)
        ends = self.over[self.child[self.roots[games] * self.game.actions + other]]
        return honest(self, games, np.where((visits.max(1) > 0) & ~ends, other, action))

    patch.setattr(batched.Trees, "below", below)


def who_resigns_wins(patch):
    honest = self_play._game_by_game

    def game_by_game(played, length, final, to_the_end, resigned):
        return honest(played, length, np.where(resigned, 1, final), to_the_end, resigned)

    patch.setattr(self_play, "_game_by_game", game_by_game)


def resigned_games_counted_as_control(patch):
    """Who has resigned has lost: no false positive is ever found."""
    honest = self_play.SelfPlay._control

    def control(self, games):
        return honest(self, games._replace(to_the_end=np.ones_like(games.to_the_end)))

    patch.setattr(self_play.SelfPlay, "_control", control)


def nobody_plays_to_the_end(patch):
    """Then nothing says whether a game that was given up was lost."""
    honest = self_play.play

    def play(agent, start, rng, *more):
        agent.settings = SimpleNamespace(resign_disabled=0)
        return honest(agent, start, rng, *more)

    everywhere(patch, self_play, "play", play)


def the_old_network_passes_the_gate(patch):
    """The points are those of the network that plays."""
    honest = self_play.match

    def match(game, newest, playing, **options):
        return honest(game, playing, newest, **options)

    patch.setattr(self_play, "match", match)


def the_gate_is_always_open(patch):
    honest = self_play.challenge

    def challenge(agent, seed):
        points = honest(agent, seed)
        agent.playing.load_state_dict(agent.net.state_dict())
        return points

    everywhere(patch, self_play, "challenge", challenge)


def behind_a_gate_the_network_that_learns_plays(patch):
    patch.setattr(alphazero, "copy", SimpleNamespace(deepcopy=lambda net: net))


def all_shards_play_the_same_games(patch):
    honest = self_play.shards_of
    patch.setattr(
        self_play,
        "shards_of",
        lambda *about: [shard._replace(stream=about[-1]) for shard in honest(*about)],
    )


def shards_of_every_batch_alike(patch):
    honest = self_play.shards_of
    patch.setattr(
        self_play, "shards_of", lambda games, count, batch: honest(games, count, batch[:-1])
    )


TICTACTOE, CONNECT3 = GAMES["tictactoe"], GAMES["connect3"]
REUSE = test_search.test_trees_used_again_are_equal_too
RESIGN = test_self_play.test_who_resigns_has_lost_and_some_games_are_played_to_the_end
DEPTHS = test_search.test_they_stay_equal_where_games_end_at_different_depths
TARGETS = test_self_play.test_targets_equal_a_plain_replay_of_each_game
GREEDY = test_self_play.test_greedy_play_is_always_the_same_and_follows_the_visits
LEGAL = test_search.test_only_legal_actions_are_visited

TRAPS = (
    Trap(
        backup_without_a_sign,
        test_search.test_batched_equals_one_by_one,
        (TICTACTOE, PUCT()),
    ),
    Trap(sign_lost_on_the_deepest_path, DEPTHS),
    Trap(
        an_end_is_good_for_who_is_to_move,
        test_search.test_a_line_is_good_for_the_one_who_made_it,
    ),
    Trap(an_end_is_good_for_who_is_to_move_in_a_batch, DEPTHS),
    Trap(target_with_the_wrong_sign, TARGETS, (CONNECT3,)),
    Trap(target_of_the_first_player_everywhere, TARGETS, (CONNECT3,)),
    Trap(noise_in_evaluation, GREEDY, ("puct",)),
    Trap(temperature_left_on_in_matches, GREEDY, ("puct",)),
    Trap(noise_forgotten_in_self_play, test_self_play.test_self_play_explores),
    Trap(mask_forgotten_in_the_prior, LEGAL),
    Trap(mask_forgotten_in_the_selection, LEGAL),
    Trap(
        boards_turned_without_their_policies,
        test_self_play.test_board_and_policy_are_turned_alike,
        (CONNECT3,),
    ),
    Trap(
        window_of_one_iteration,
        test_self_play.test_the_window_keeps_the_newest_of_several_iterations,
    ),
    Trap(
        batch_norm_in_training_mode_while_searching,
        test_self_play.test_a_search_leaves_the_network_as_it_is,
    ),
    Trap(the_other_stones_first, test_self_play.test_the_loss_is_that_of_the_paper),
    Trap(
        window_empty_when_resumed,
        test_self_play.test_saved_and_resumed_equals_undisturbed,
        ("gumbel",),
    ),
    Trap(untried_actions_are_worth_a_draw, test_search.test_the_scores_by_hand),
    Trap(a_tree_used_again_changes_sides, REUSE, (CONNECT3,)),
    Trap(the_tree_of_another_move_used_again, REUSE, (CONNECT3,)),
    Trap(who_resigns_wins, RESIGN),
    Trap(nobody_plays_to_the_end, RESIGN),
    Trap(
        resigned_games_counted_as_control,
        test_self_play.test_the_control_looks_at_nothing_but_games_played_to_the_end,
    ),
    Trap(
        the_old_network_passes_the_gate,
        test_self_play.test_a_trained_network_passes_the_gate_and_an_equal_one_does_not,
    ),
    Trap(
        the_gate_is_always_open,
        test_self_play.test_the_gate_lets_only_a_better_network_play,
        (0.55, False),
    ),
    Trap(all_shards_play_the_same_games, test_self_play.test_no_shard_plays_the_games_of_another),
    Trap(shards_of_every_batch_alike, test_self_play.test_no_shard_plays_the_games_of_another),
    Trap(
        behind_a_gate_the_network_that_learns_plays,
        test_self_play.test_a_trained_network_passes_the_gate_and_an_equal_one_does_not,
    ),
)
