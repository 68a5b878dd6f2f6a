/* The Jacobian of softmax for three logits. */
"use strict"
{
  const three = [0, 1, 2]
  const logits = ({ z1, z2, z3 }) => [z1, z2, z3]

  function softmax(state) {
    const z = logits(state)
    const powers = z.map(each => Math.exp(each - Math.max(...z)))
    return powers.map(each => each / powers.reduce((sum, one) => sum + one, 0))
  }

  const jacobian = p => three.map(i => three.map(j => p[i] * ((i === j) - p[j])))
  const shown = value => (Math.round(100 * value) / 100 + 0).toFixed(2)
  const logit = (n, start) => ({ label: `logit z${n}`, from: -4, to: 4, by: 0.1, start,
    show: value => value.toFixed(1) })
  ;(window.undergradFigures ||= []).push({
    name: "softmax",
    handles: { z1: logit(1, 0.9), z2: logit(2, 0.4), z3: logit(3, 0) },
    start: () => ({}),
    buttons: {
      "Add 1 to all": state => ({ ...state, z1: state.z1 + 1, z2: state.z2 + 1, z3: state.z3 + 1 }),
      "Make all equal": state => ({ ...state, z1: 0, z2: 0, z3: 0 }),
    },
    view: { x: [-2.1, 3.6, ""], y: [-0.8, 3, ""], bare: true },
    marks: state => {
      const p = softmax(state)
      const entries = jacobian(p).flatMap((row, i) => row.map((value, j) => [j + 0.8, 2 - i, value]))
      const shades = sign => entries.map(([x, y, value]) => [x, y, Math.max(0, sign * 2.5 * value)])
      return [
        { kind: "words", at: [[-1.2, 2.8, "p"], [1.8, 2.8, "Jacobian of p"]], tone: "soft" },
        { kind: "words", at: p.map((each, i) => [-1.2, 2 - i, shown(each)]), tone: "ink" },
        { kind: "cells", at: shades(1), tone: "green" },
        { kind: "cells", at: shades(-1), tone: "warm" },
        { kind: "words", at: entries.map(([x, y, value]) => [x, y, shown(value)]), tone: "ink" },
        { kind: "words", at: three.map(j => [j + 0.8, -0.68, `z${j + 1}`]), tone: "soft" },
      ]
    },
    moves: "Three probabilities, and beside them the table of 3 by 3 derivatives of the probabilities with"
      + " respect to the logits. Green cells are positive, orange ones negative, and stronger with size.",
    ask: "what do all nine entries become when one probability is almost 1? And what do they become if 1 is"
      + " added to all logits?",
    answer: "Almost 0, all of them: p (1 - p) is small both for p near 1 and for p near 0. A softmax that is"
      + " sure of one class hardly reacts to its logits. Adding 1 to all logits changes neither the"
      + " probabilities nor the table, because each row sums to 0.",
    say: state => {
      const p = softmax(state)
      const rows = jacobian(p).map(row => `(${row.map(shown).join(", ")})`)
      return `p = (${p.map(shown).join(", ")}). Rows of the Jacobian: ${rows.join(", ")}.`
    },
  })
}
