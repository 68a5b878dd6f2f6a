/* Alpha-beta on a tree of depth 2: which replies are looked at, and which are cut off. */
"use strict"
{
  const SECOND = [0.2, 0.6, 0.4]
  const THIRD = [0.1, 0.7, 0.5]
  const replies = ({ first, back }) => {
    const rows = [[first, first + 0.3, first + 0.2], SECOND, THIRD]
    return back ? rows.map(row => [...row].reverse()).reverse() : rows
  }

  /* For each move the replies looked at, and its value as far as it is known, with alpha before it. */
  function search(state) {
    let alpha = -Infinity
    return replies(state).map(row => {
      const before = alpha
      let [value, seen] = [Infinity, 0]
      while (seen < row.length && value > before) value = Math.min(value, row[seen++])
      alpha = Math.max(alpha, value)
      return { row, seen, value, before }
    })
  }

  const leaves = state => search(state).flatMap(({ row, seen }, move) => row.map((value, n) =>
    ({ value, looked: n < seen, at: 3 * move + n, move: 3 * move + 1 })))
  const marked = (kind, at, tone) => at.length ? [{ kind, at, tone }] : []
  ;(window.undergradFigures ||= []).push({
    name: "cutoff",
    handles: {
      first: { label: "best reply 1", from: -0.5, to: 0.8, by: 0.1, start: 0.3,
        show: value => value.toFixed(1) },
    },
    start: () => ({ back: false }),
    buttons: { "Reverse the order": state => ({ ...state, back: !state.back }) },
    view: { x: [-0.6, 8.6, ""], y: [-0.6, 2.5, ""], bare: true },
    marks: state => {
      const found = search(state)
      const [seen, cut] = [true, false].map(looked => leaves(state).filter(each => each.looked === looked))
      const edges = some => some.map(each => ({ kind: "line", tone: each.looked ? "warm" : "soft",
        at: [[each.move, 1], [each.at, 0]] }))
      return [
        ...edges(cut), ...edges(seen),
        ...found.map((_, n) => ({ kind: "line", at: [[4, 2], [3 * n + 1, 1]], tone: "green" })),
        ...marked("words", seen.map(({ at, value }) => [at, -0.2, value.toFixed(1)]), "ink"),
        ...marked("words", cut.map(({ at }) => [at, -0.2, "cut"]), "soft"),
        ...marked("words", found.map(({ seen: n, row, value }, move) => [3 * move + 1.75, 1.12,
          `${n < row.length ? "≤ " : ""}${value.toFixed(1)}`]), "ink"),
        { kind: "words", tone: "ink", at: [[4, 2.25,
          `you move: ${Math.max(...found.map(({ value }) => value)).toFixed(1)}`]] },
      ]
    },
    moves: "A tree with three moves for you and three replies to each. Orange replies are looked at, grey ones"
      + " are cut off. Which these are changes with the value of the first move and with the order.",
    ask: "if the first move is worse for you, are more or fewer replies cut off? And does the order of the"
      + " moves change the value, or only the work?",
    answer: "Fewer: alpha is what you already have elsewhere, and a low alpha is hard to fall below. The order"
      + " never changes the value of the root, only how many replies have to be looked at. The best move first"
      + " saves the most.",
    say: state => {
      const found = search(state)
      const looked = found.reduce((sum, { seen }) => sum + seen, 0)
      return `${looked} of 9 replies are looked at. The value of the root is `
        + `${Math.max(...found.map(({ value }) => value)).toFixed(1)}.`
    },
  })
}
