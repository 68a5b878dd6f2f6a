/* The clipped objective of PPO, plotted against the probability ratio. */
"use strict"
{
  const limited = (ratio, eps) => Math.min(1 + eps, Math.max(1 - eps, ratio))
  const free = ({ A }) => ratio => ratio * A
  const objective = ({ A, eps }) => ratio => Math.min(ratio * A, limited(ratio, eps) * A)
  const gradient = ({ A, eps, ratio }) => ratio * A <= limited(ratio, eps) * A ? A : 0
  const ratios = Array.from({ length: 101 }, (_, n) => n / 40)
  const curve = f => ratios.map(ratio => [ratio, f(ratio)])

  function step(state) {
    return { ...state, ratio: Math.min(2.5, Math.max(0, state.ratio + 0.1 * gradient(state))) }
  }

  ;(window.undergradFigures ||= []).push({
    name: "clip",
    handles: {
      ratio: { label: "ratio", from: 0, to: 2.5, by: 0.01, start: 1, show: value => value.toFixed(2) },
      A: { label: "advantage A", from: -1, to: 1, by: 0.1, start: 1, show: value => value.toFixed(1) },
      eps: { label: "clip range", from: 0.05, to: 0.5, by: 0.05, start: 0.2,
        show: value => value.toFixed(2) },
    },
    start: () => ({}),
    buttons: {
      "Step of ascent": step,
      "Turn A around": state => ({ ...state, A: 0 - state.A }),
    },
    view: { x: [0, 2.5, "probability ratio"], y: [-2.5, 2.5, "objective"] },
    marks: state => [
      ...[1 - state.eps, 1 + state.eps].map(x => ({ kind: "gaps", at: [[x, -2.5, 2.5]], tone: "soft" })),
      { kind: "line", at: curve(free(state)), tone: "soft" },
      { kind: "line", at: curve(objective(state)), tone: "green" },
      { kind: "dots", at: [[state.ratio, objective(state)(state.ratio)]], tone: "warm" },
    ],
    moves: "The objective as a green line over the ratio, with the free product behind it in grey, the edges of"
      + " the clip range dashed, and a dot at the present ratio.",
    ask: "a good action, A = 1, is already 1.5 times as likely as before. Does a step of ascent move its ratio?"
      + " And that of a bad action, A = -1?",
    answer: "The good action stays where it is: beyond 1.2 the objective is flat and the gradient 0. The ratio of"
      + " the bad action falls. The clip removes the gradient only where the ratio has moved far enough in"
      + " the right direction, never where it has moved in the wrong one.",
    say: state => `Ratio ${state.ratio.toFixed(2)}, A = ${state.A.toFixed(1)}: the objective is `
      + `${objective(state)(state.ratio).toFixed(3)}, and its derivative is ${gradient(state).toFixed(1)}.`,
  })
}
