/* The six steps of the training loop as buttons, on the line and the two readings of the lesson. */
"use strict"
{
  const READINGS = [[1, 2], [2, 4]]
  const reading = ({ batch }) => READINGS[batch % READINGS.length]

  /* Each step as the models of the lesson do it: `seen` is what forward keeps for backward. */
  const STEPS = {
    "Forward": state => {
      const [x] = reading(state)
      return { ...state, seen: x, pred: state.w * x + state.b }
    },
    "Loss": state => {
      const error = state.pred - reading(state)[1]
      return { ...state, loss: error * error, g: 2 * error }
    },
    "Zero": state => ({ ...state, gradW: 0, gradB: 0 }),
    "Backward": state =>
      ({ ...state, gradW: state.gradW + state.g * state.seen, gradB: state.gradB + state.g }),
    "Step": state =>
      ({ ...state, w: state.w - state.lr * state.gradW, b: state.b - state.lr * state.gradB }),
    "Next batch": state => ({ ...state, batch: state.batch + 1 }),
  }
  const noted = name => state => ({ ...STEPS[name](state), last: name, steps: state.steps + 1 })
  const buttons = Object.fromEntries(Object.keys(STEPS).map(name => [name, noted(name)]))
  const round = state => Object.values(buttons).reduce((now, step) => step(now), state)

  const shown = value => Math.abs(value) < 1000 ? String(Number(value.toFixed(2)) + 0) : value.toExponential(0)
  const PLACES = { "Next batch": [0, 1], Forward: [1, 1], Loss: [2, 1], Zero: [2, 0], Backward: [1, 0], Step: [0, 0] }
  const [WIDE, HIGH] = [0.4, 0.29]
  const around = ([x, y]) =>
    [[x - WIDE, y - HIGH], [x + WIDE, y - HIGH], [x + WIDE, y + HIGH], [x - WIDE, y + HIGH], [x - WIDE, y - HIGH]]
  const box = ([x, y]) => [x - WIDE, y - HIGH, x + WIDE, y + HIGH]
  const ARROWS = [[WIDE, 1, 1 - WIDE, 1], [1 + WIDE, 1, 2 - WIDE, 1], [2, 1 - HIGH, 2, HIGH],
    [2 - WIDE, 0, 1 + WIDE, 0], [1 - WIDE, 0, WIDE, 0], [0, HIGH, 0, 1 - HIGH]]

  function values(state) {
    const [x, y] = reading(state)
    return {
      "Next batch": `x ${x}, y ${y}`, Forward: `pred ${shown(state.pred)}`, Loss: shown(state.loss), Zero: "",
      Backward: `${shown(state.gradW)}, ${shown(state.gradB)}`, Step: `${shown(state.w)}, ${shown(state.b)}`,
    }
  }

  const words = (of, up) => Object.entries(PLACES).map(([name, [x, y]]) => [x, y + up, of[name]])
  ;(window.undergradFigures ||= []).push({
    name: "order",
    handles: {
      lr: { label: "learning rate", from: 0.02, to: 0.2, by: 0.02, start: 0.1, show: value => value.toFixed(2) },
    },
    start: () => ({ batch: 0, w: 0, b: 0, seen: 0, pred: 0, loss: 0, g: 0, gradW: 0, gradB: 0, last: "", steps: 0 }),
    buttons: { ...buttons, "A whole round": round },
    view: { x: [-0.5, 2.5, ""], y: [-0.5, 1.5, ""], bare: true },
    marks: state => [
      { kind: "arrows", at: ARROWS, tone: "soft" },
      { kind: "boxes", at: Object.values(PLACES).map(box), tone: "soft" },
      ...state.last ? [{ kind: "line", at: around(PLACES[state.last]), tone: "warm" }] : [],
      { kind: "words", at: words({ "Next batch": "batch", Forward: "forward", Loss: "loss", Zero: "zero",
        Backward: "backward", Step: "step" }, 0.12), tone: "soft" },
      { kind: "words", at: words(values(state), -0.12), tone: "ink" },
    ],
    moves: "The six steps of the loop in a circle, each with what it computed last: backward with both gradients,"
      + " and step with w and b. A frame marks the step that was made last.",
    ask: "the right order gives w = 1.52 and b = 0.96 after two batches. What comes out if you leave out zero,"
      + " and what if you call it between backward and step?",
    answer: "Without zero the second step uses the gradients of both batches, and the result is 1.92 and 1.36. Between"
      + " backward and step, zero deletes what was just computed: w and b stay at 0 for ever. Between loss and"
      + " backward or before forward, it makes no difference. No wrong order stops with an error.",
    say: state => {
      const done = state.last ? `${state.steps} ${state.steps === 1 ? "step" : "steps"}, the last one: `
        + `${state.last.toLowerCase()}` : "Nothing has been done yet"
      return `${done}. w = ${shown(state.w)}, b = ${shown(state.b)}; gradients ${shown(state.gradW)} and `
        + `${shown(state.gradB)}; loss ${shown(state.loss)} of the prediction ${shown(state.pred)}.`
    },
  })
}
