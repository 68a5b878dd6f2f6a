/* One weight for two states of values w and 2w, and what becomes of it when a leg is removed. */
"use strict"
{
  const STEPS = 100
  const LEGS = ["All three legs", "No bootstrapping", "On-policy", "A table"]

  /* The first state's value after each step; the second state of the table keeps the value 1. */
  function path({ gamma, lr, leg }) {
    const values = [1]
    let w = 1
    for (let step = 0; step < STEPS; step += 1) {
      const next = LEGS[leg] === "No bootstrapping" ? 0 : LEGS[leg] === "A table" ? 1 : 2 * w
      w += lr * (gamma * next - w)
      if (LEGS[leg] === "On-policy") w -= lr * 2 * 2 * w // the second state, whose episode ends
      values.push(w)
    }
    return values
  }

  const shown = value => Math.abs(value) < 1e4 ? value.toFixed(3) : value.toExponential(1)
  const logarithm = value => Math.max(-9, Math.log10(Math.abs(value)))
  ;(window.undergradFigures ||= []).push({
    name: "triad",
    handles: {
      leg: { label: "which legs", from: 0, to: 3, by: 1, start: 0, show: value => LEGS[value] },
      gamma: { label: "gamma", from: 0, to: 1, by: 0.05, start: 0.9,
        show: value => value.toFixed(2) },
      lr: { label: "learning rate", from: 0.02, to: 0.3, by: 0.02, start: 0.1,
        show: value => value.toFixed(2) },
    },
    start: () => ({}),
    buttons: { "Another leg": state => ({ ...state, leg: (state.leg + 1) % LEGS.length }) },
    view: { x: [0, STEPS, "step"], y: [-5, 4, "log10 of |w|"] },
    marks: state => [
      { kind: "line", at: [[0, 0], [STEPS, 0]], tone: "soft" },
      { kind: "line", at: path(state).map((w, n) => [n, logarithm(w)]), tone: "warm" },
    ],
    ask: "All values should become 0. With all three legs, is there a learning rate at which they do?"
      + " And from which gamma on does w grow?",
    say: state => {
      const values = path(state)
      const words = `${LEGS[state.leg]}, after ${STEPS} steps: w = ${shown(values.at(-1))}.`
      const factor = 1 + state.lr * (2 * state.gamma - 1)
      return state.leg ? words : `${words} Each step multiplies w by ${factor.toFixed(3)}.`
    },
  })
}
