/* One weight for two states of values w and 2w, and what becomes of it when an element is removed. */
"use strict"
{
  const STEPS = 100
  const CASES = ["All three elements", "No bootstrapping", "On-policy", "A table"]

  /* The first state's value after each step; the second state of the table keeps the value 1. */
  function path({ gamma, lr, which }) {
    const values = [1]
    let w = 1
    for (let step = 0; step < STEPS; step += 1) {
      const next = CASES[which] === "No bootstrapping" ? 0 : CASES[which] === "A table" ? 1 : 2 * w
      w += lr * (gamma * next - w)
      if (CASES[which] === "On-policy") w -= lr * 2 * 2 * w // the second state, whose episode ends
      values.push(w)
    }
    return values
  }

  const shown = value => Math.abs(value) < 1e4 ? value.toFixed(3) : value.toExponential(1)
  const logarithm = value => Math.max(-9, Math.log10(Math.abs(value)))
  ;(window.undergradFigures ||= []).push({
    name: "triad",
    handles: {
      which: { label: "which case", from: 0, to: 3, by: 1, start: 0, show: value => CASES[value] },
      gamma: { label: "gamma", from: 0, to: 1, by: 0.05, start: 0.9,
        show: value => value.toFixed(2) },
      lr: { label: "learning rate", from: 0.02, to: 0.3, by: 0.02, start: 0.1,
        show: value => value.toFixed(2) },
    },
    start: () => ({}),
    buttons: { "Another case": state => ({ ...state, which: (state.which + 1) % CASES.length }) },
    view: { x: [0, STEPS, "step"], y: [-5, 4, "log10 of |w|"] },
    marks: state => [
      { kind: "line", at: [[0, 0], [STEPS, 0]], tone: "soft" },
      { kind: "line", at: path(state).map((w, n) => [n, logarithm(w)]), tone: "warm" },
    ],
    moves: "The size of w over 100 steps, as one curve. It falls towards 0 or rises, depending on the"
      + " case and on gamma.",
    ask: "all values should become 0. With all three elements and gamma = 0.9, is there a learning rate"
      + " at which they do?",
    answer: "No. Each step multiplies w by 1 + lr (2 gamma - 1), which is above 1 for every learning rate"
      + " as long as gamma is above 0.5. A smaller learning rate only makes w grow more slowly.",
    say: state => {
      const values = path(state)
      const words = `${CASES[state.which]}, after ${STEPS} steps: w = ${shown(values.at(-1))}.`
      const factor = 1 + state.lr * (2 * state.gamma - 1)
      return state.which ? words : `${words} Each step multiplies w by ${factor.toFixed(3)}.`
    },
  })
}
