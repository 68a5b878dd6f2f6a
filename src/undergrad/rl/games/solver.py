"""Who wins, from one position of a board that is too large for a table: alpha-beta on bitboards.

The search tries the moves of a position in turn and keeps what each side is sure of so far, `alpha`
and `beta`; what can no longer change the outcome is left out. Three things make it fast enough for
plain Python:

- A win at once is seen without a search, a reply that is forced is the only one tried, and a stone
  under a cell where the other player would win is never played.
- Moves that make more threats are tried first, then central ones.
- A transposition table keeps what is known of positions that several orders of moves lead to.

Values are -1, 0 or 1, seen by the player to move. Everything here is a Python int, because for one
position these are faster than arrays. Sources: Pascal Pons, "Solving Connect 4: how to build a
perfect AI"; John Tromp, "Fhourstones".
"""

import numpy as np

from undergrad.rl.games.base import Array, Position, has_line
from undergrad.rl.games.connect_n import ConnectN

_MOST = 2_000_000  # entries of the transposition table, about 200 MB


class Solver:
    """Exact values of single positions of a game with four in a line, on a board of any size.

    What one search finds out, the next ones use.
    """

    def __init__(self, game: ConnectN) -> None:
        if game.n != 4:
            raise ValueError(f"{game.name}: the solver knows lines of 4, and here {game.n} win")
        self.game = game
        self.nodes = 0  # positions searched since the solver was made
        self._known: dict[int, tuple[int, int]] = {}  # key: at least this, at most that
        self._board = int(game.full)
        self._bottom = sum(map(int, game.cells[-game.columns :]))
        columns = np.bitwise_or.reduce(game.cells.reshape(game.rows, game.columns)).tolist()
        self._central = sorted(columns, key=lambda c: abs(2 * columns.index(c) + 1 - len(columns)))

    def value(self, position: Position) -> int:
        """What one position is worth to the player to move."""
        own, mask = (int(side[0]) for side in position)
        if has_line(own ^ mask, self.game.n, self.game.steps):
            return -1
        if (mask + self._bottom) & self._completing(own, mask):
            return 1
        if len(self._known) > _MOST:
            self._known.clear()
        return self._search(own, mask, self._completing(own ^ mask, mask), -1, 1)

    def action_values(self, position: Position) -> Array:
        """What each action of one position is worth, (A,) float32; -inf where it is illegal."""
        values = np.full(self.game.actions, -np.inf, np.float32)
        for action in np.flatnonzero(self.game.legal(position)[0]):
            values[action] = -self.value(self.game.play(position, np.array([action])))
        return values

    def _search(self, own: int, mask: int, threats: int, alpha: int, beta: int) -> int:
        """The value, or a bound of it that lies outside (alpha, beta).

        threats: the empty cells where the other player would complete a line. The player to move
        has none that can be reached at once: after a safe move there never is one.
        """
        self.nodes += 1
        safe = self._safe(mask, threats)
        if not safe:
            return 0 if mask == self._board else -1
        lower, upper = self._known.get(own + mask, (-1, 1))
        alpha, beta = max(alpha, lower), min(beta, upper)
        if alpha >= beta:
            return lower if lower >= beta else upper
        best, sure = -1, alpha
        for stone, own_threats in self._ordered(own, mask, safe):
            after = -self._search(own ^ mask, mask | stone, own_threats, -beta, -sure)
            best, sure = max(best, after), max(sure, after)
            if sure >= beta:
                break
        self._known[own + mask] = lower if best < beta else best, upper if best > alpha else best
        return best

    def _safe(self, mask: int, threats: int) -> int:
        """The stones after which the other player does not win at once, as one bitboard."""
        free = (mask + self._bottom) & self._board
        if forced := free & threats:
            free = 0 if forced & (forced - 1) else forced  # two wins cannot both be stopped
        return free & ~(threats >> 1)

    def _ordered(self, own: int, mask: int, safe: int) -> list[tuple[int, int]]:
        """Each safe stone with the threats it leaves; those with most first, then central ones."""
        found = []
        for column in self._central:
            if stone := safe & column:
                found.append((stone, self._completing(own | stone, mask | stone)))
        return sorted(found, key=lambda move: -move[1].bit_count())

    def _completing(self, stones: int, mask: int) -> int:
        """The empty cells that complete a line of four `stones`."""
        found = (stones << 1) & (stones << 2) & (stones << 3)  # on top of three
        for step in self.game.steps[1:]:
            left, right = stones << step, stones >> step  # the neighbour on this side is a stone
            two_left, two_right = left & stones << 2 * step, right & stones >> 2 * step
            found |= two_left & (right | stones << 3 * step)
            found |= two_right & (left | stones >> 3 * step)
        return found & self._board & ~mask
