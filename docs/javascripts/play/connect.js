/* Connect Four and its relatives on other boards, and the search of AlphaZero: the rules of
   `rl/games/connect_n.py` and PUCT of `rl/search/puct.py`, for one game. A test compares the visits.

   A position is { cells, turn, last }: 1 and -1 are the stones of the two players in reading order,
   the top row first; `turn` is who moves, and `last` the cell of the move before, or null. */
"use strict"
{
  const start = ({ rows, columns }) => ({ cells: new Int8Array(rows * columns), turn: 1, last: null })

  /* How many stones of the last move's player lie beyond it in one direction. */
  function beyond({ rows, columns }, { cells, last }, down, across) {
    let [row, column, count] = [Math.floor(last / columns) + down, last % columns + across, 0]
    while (row >= 0 && row < rows && column >= 0 && column < columns &&
      cells[columns * row + column] === cells[last]) {
      count += 1;
      [row, column] = [row + down, column + across]
    }
    return count
  }

  /* Whether the player who has just moved has a line. */
  const won = (game, position) => position.last !== null &&
    [[0, 1], [1, 0], [1, 1], [1, -1]].some(([down, across]) => 1 +
      beyond(game, position, down, across) + beyond(game, position, -down, -across) >= game.n)

  /* Whether each column may be played; none when the game is over. */
  function legal(game, position) {
    const over = won(game, position)
    return Array.from({ length: game.columns }, (_, column) => !over && !position.cells[column])
  }

  function play({ rows, columns }, { cells, turn }, column) {
    let last = columns * (rows - 1) + column
    while (cells[last]) last -= columns
    const after = cells.slice()
    after[last] = turn
    return { cells: after, turn: -turn, last }
  }

  /* What the network sees: the stones of the player to move, then the other's. */
  const planes = ({ cells, turn }) =>
    [turn, -turn].flatMap(side => Array.from(cells, cell => Number(cell === side)))

  /* A network's outputs as logits and a value for the player to move. */
  function evaluator(outputs) {
    return position => {
      const out = outputs(planes(position))
      return [out.slice(0, -1), Math.tanh(out.at(-1))]
    }
  }

  function expand(game, position, evaluate) {
    const allowed = legal(game, position)
    const none = () => new Array(game.columns).fill(0)
    const node = { position, allowed, prior: none(), visits: none(), sums: none(), children: {} }
    if (!allowed.includes(true)) return { ...node, over: true, value: won(game, position) ? -1 : 0 }
    const [logits, value] = evaluate(position)
    const most = Math.max(...logits.filter((_, n) => allowed[n]))
    const weights = logits.map((logit, n) => allowed[n] ? Math.exp(logit - most) : 0)
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    return { ...node, over: false, value, prior: weights.map(weight => weight / total) }
  }

  /* The allowed action with the largest Q + U; of several, the first. */
  function select({ allowed, prior, visits, sums, value }, { c_puct, fpu_reduction }) {
    const root = Math.sqrt(visits.reduce((sum, count) => sum + count, 1))
    const score = (count, n) => (count ? sums[n] / count : value - fpu_reduction) +
      c_puct * prior[n] * root / (1 + count)
    const scores = visits.map((count, n) => allowed[n] ? score(count, n) : -Infinity)
    return scores.indexOf(Math.max(...scores))
  }

  /* Walk down the tree, add one node, and back up its value, whose sign changes at each step. */
  function simulate(game, root, evaluate, options) {
    let [node, path] = [root, []]
    while (!node.over) {
      const action = select(node, options)
      path.push([node, action])
      const known = node.children[action]
      node.children[action] ??= expand(game, play(game, node.position, action), evaluate)
      node = node.children[action]
      if (!known) break
    }
    let { value } = node
    for (const [above, action] of path.reverse()) {
      value = -value
      above.visits[action] += 1
      above.sums[action] += value
    }
  }

  /* The visits of each column, the best of them, and the outcome that is expected. */
  function search(game, position, evaluate, options) {
    const root = expand(game, position, evaluate)
    for (let n = 0; n < options.simulations; n += 1) simulate(game, root, evaluate, options)
    const most = Math.max(...root.visits)
    const q = root.visits.map((count, n) => count === most ? root.sums[n] / count : -Infinity)
    const value = root.sums.reduce((sum, each) => sum + each, 0) / options.simulations
    return { visits: root.visits, best: q.indexOf(Math.max(...q)), value }
  }

  Object.assign(window.undergradPlay, { connect: { start, won, legal, play, evaluator, search } })
}
