/* The graph of y = x * x + c x: the gradient of x is collected from all arrows that leave it. */
"use strict"
{
  const forward = ({ x, c }) => ({ a: x * x, b: c * x, y: x * x + c * x })
  const STEPS = 4 // y, the sum; a and b, its parents; x from a; x from b

  /* What `grad` of each value is after some steps of the backward pass. */
  function gradients({ x, c, back }) {
    return {
      y: back > 0 ? 1 : 0, a: back > 1 ? 1 : 0, b: back > 1 ? 1 : 0,
      x: (back > 2 ? 2 * x : 0) + (back > 3 ? c : 0),
    }
  }

  const PLACES = { x: [0, 0], a: [1.5, 1], b: [1.5, -1], y: [3, 0] }
  const [WIDE, HIGH] = [0.42, 0.26]
  const edge = (from, to, up) => [PLACES[from][0] + WIDE, PLACES[from][1] + up, PLACES[to][0] - WIDE,
    PLACES[to][1]]
  const shown = value => String(Number(value.toFixed(2)))
  const number = (label, start) => ({ label, from: -4, to: 4, by: 0.5, start, show: shown })
  ;(window.undergradFigures ||= []).push({
    name: "fork",
    handles: { x: number("x", 3), c: number("c", 1) },
    start: () => ({ back: 0 }),
    buttons: {
      "One step back": state => ({ ...state, back: Math.min(STEPS, state.back + 1) }),
      "Forward again": state => ({ ...state, back: 0 }),
    },
    view: { x: [-0.6, 3.6, ""], y: [-1.75, 1.75, ""], bare: true },
    marks: state => {
      const values = { x: state.x, ...forward(state) }
      const grads = gradients(state)
      const names = { x: "x", a: "a = x x", b: "b = c x", y: "y = a + b" }
      const boxes = Object.values(PLACES).map(([x, y]) => [x - WIDE, y - HIGH, x + WIDE, y + HIGH])
      return [
        { kind: "arrows", tone: "soft", at: [edge("x", "a", 0.18), edge("x", "a", 0.05), edge("x", "b", -0.1),
          edge("a", "y", 0), edge("b", "y", 0)] },
        { kind: "boxes", at: boxes, tone: "soft" },
        { kind: "words", tone: "ink", at: Object.entries(PLACES).map(([name, [x, y]]) =>
          [x, y, shown(values[name])]) },
        { kind: "words", tone: "soft", at: Object.entries(PLACES).map(([name, [x, y]]) =>
          [x, y + 0.45, names[name]]) },
        { kind: "words", tone: "warm", at: Object.entries(PLACES).map(([name, [x, y]]) =>
          [x, y - 0.47, `grad ${shown(grads[name])}`]) },
      ]
    },
    moves: "A graph from x through a = x x and b = c x to y = a + b, with the value of each in its box and its"
      + " gradient below. Values follow the sliders, and gradients arrive step by step from the right.",
    ask: "x is used three times: twice in a and once in b. With x = 3 and c = 1, what is its gradient after"
      + " the whole backward pass? And which step would be lost if it were set instead of added?",
    answer: "7: twice 3 from the two factors of a, and 1 from b. If the last step set the gradient instead of"
      + " adding to it, only the 1 from b would be left, and what came through a would be lost.",
    say: state => {
      const [{ a, b, y }, grads] = [forward(state), gradients(state)]
      const done = ["nothing yet", "y", "y, a and b", "y, a, b, and x from a", "all"][state.back]
      return `a = ${shown(a)}, b = ${shown(b)}, y = ${shown(y)}. Gradients of ${done}: `
        + `${["y", "a", "b", "x"].map(name => `${name} ${shown(grads[name])}`).join(", ")}.`
    },
  })
}
