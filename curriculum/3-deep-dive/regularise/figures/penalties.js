/* The loss of one weight with an L2 or an L1 penalty, and where its minimum lies. */
"use strict"
{
  const weights = Array.from({ length: 121 }, (_, n) => -2 + n / 20)
  const data = ({ a }) => w => (w - a) ** 2 / 2
  const l2 = ({ a, lam }) => w => data({ a })(w) + lam / 2 * w * w
  const l1 = ({ a, lam }) => w => data({ a })(w) + lam * Math.abs(w)
  const lowest = ({ a, lam }) => [a / (1 + lam), Math.sign(a) * Math.max(0, Math.abs(a) - lam)]
  const curve = f => weights.map(w => [w, f(w)])
  const shown = value => String(Number(value.toFixed(3)))
  ;(window.undergradFigures ||= []).push({
    name: "penalties",
    handles: {
      a: { label: "minimum a", from: -2, to: 4, by: 0.1, start: 3, show: value => value.toFixed(1) },
      lam: { label: "strength λ", from: 0, to: 4, by: 0.1, start: 0.5, show: value => value.toFixed(1) },
    },
    start: () => ({}),
    buttons: { "Stronger by 1": state => ({ ...state, lam: Math.min(4, state.lam + 1) }) },
    view: { x: [-2, 4, "weight w"], y: [-1, 10, "loss"] },
    marks: state => [
      { kind: "line", at: curve(data(state)), tone: "soft" },
      { kind: "line", at: curve(l2(state)), tone: "green" },
      { kind: "line", at: curve(l1(state)), tone: "warm" },
      ...[l2, l1].map((f, n) => ({ kind: "dots", at: [[lowest(state)[n], f(state)(lowest(state)[n])]],
        tone: n ? "warm" : "green" })),
    ],
    moves: "The loss of one weight as three curves: grey without a penalty, green with L2 and orange"
      + " with L1. A dot marks the minimum of each penalised curve and moves with the sliders.",
    ask: "green is L2 and orange is L1. Which of the two minima reaches 0 as λ grows, and at which λ?",
    answer: "That of L1, as soon as λ is at least the size of a: the corner of the orange curve at"
      + " w = 0 is then its lowest point. The minimum of L2 is a / (1 + λ), which becomes small but"
      + " never 0.",
    say: state => {
      const [second, first] = lowest(state)
      return `λ = ${state.lam.toFixed(1)}: without a penalty the minimum is at ${shown(state.a)}, with L2 at `
        + `${shown(second)}, with L1 at ${shown(first)}.`
    },
  })
}
