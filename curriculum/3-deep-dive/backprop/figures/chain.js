/* The chain x, z, h, o, L: values from left to right, gradients from right to left. */
"use strict"
{
  const TARGET = 5
  const ORDER = ["L", "o", "v", "h", "z", "w", "b"] // in which the backward pass finds them

  function forward({ x, w, b, v }) {
    const z = w * x + b
    const h = Math.max(z, 0)
    const o = v * h
    return { x, w, b, v, z, h, o, L: (o - TARGET) ** 2 }
  }

  function gradients({ x, v, z, h, o }) {
    const go = 2 * (o - TARGET)
    const gh = go * v
    const gz = z > 0 ? gh : 0
    return { L: 1, o: go, v: go * h, h: gh, z: gz, w: gz * x, b: gz }
  }

  const PLACES = { x: [0, 0], z: [1, 0], h: [2, 0], o: [3, 0], L: [4, 0], w: [0.6, 1.6], b: [1.4, 1.6],
    v: [3, 1.6] }
  const [WIDE, HIGH] = [0.27, 0.28]
  const along = [["x", "z"], ["z", "h"], ["h", "o"], ["o", "L"]].map(([from, to]) =>
    [PLACES[from][0] + WIDE, 0, PLACES[to][0] - WIDE, 0])
  const down = [["w", "z"], ["b", "z"], ["v", "o"]].map(([from, to]) =>
    [PLACES[from][0], PLACES[from][1] - HIGH, PLACES[to][0], HIGH])
  const shown = value => String(Number(value.toFixed(2)))
  const number = (label, start) => ({ label, from: -3, to: 3, by: 0.25, start, show: shown })
  const found = state => ORDER.slice(0, state.back)
  ;(window.undergradFigures ||= []).push({
    name: "chain",
    handles: {
      x: number("input x", 2), w: number("weight w", 1), b: number("bias b", 1),
      v: number("weight v", 2),
    },
    start: () => ({ back: 0 }),
    buttons: {
      "One step back": state => ({ ...state, back: Math.min(ORDER.length, state.back + 1) }),
      "All gradients": state => ({ ...state, back: ORDER.length }),
    },
    view: { x: [-0.45, 4.45, ""], y: [-0.9, 2.3, ""], bare: true },
    marks: state => {
      const [values, gradient] = [forward(state), gradients(forward(state))]
      const places = Object.entries(PLACES)
      const corners = ([x, y]) => [x - WIDE, y - HIGH, x + WIDE, y + HIGH]
      const known = found(state)
      return [
        { kind: "arrows", at: [...along, ...down], tone: "soft" },
        { kind: "boxes", at: places.map(([, place]) => corners(place)), tone: "soft" },
        { kind: "words", tone: "ink", at: places.map(([name, [x, y]]) =>
          [x, y, `${name} ${shown(values[name])}`]) },
        ...known.length ? [{ kind: "words", tone: "warm", at: known.map(name =>
          [PLACES[name][0], PLACES[name][1] + (PLACES[name][1] ? 0.5 : -0.5), shown(gradient[name])]),
        }] : [],
      ]
    },
    moves: "A chain of boxes x, z, h, o and L, with the parameters w, b and v above. The value in each"
      + " box follows the sliders, and the gradients appear beside the boxes, from L backwards.",
    ask: "which gradients become 0 when z is negative, and which of them stay?",
    answer: "Where z is negative, ReLU passes nothing on, so the gradients of z, w and b are 0. The"
      + " gradients of o and h do not pass through it and stay. The gradient of v becomes 0 too, but"
      + " for another reason: it is the gradient of o times h, and h is 0.",
    say: state => {
      const [values, gradient] = [forward(state), gradients(forward(state))]
      const known = found(state).map(name => `${name} ${shown(gradient[name])}`)
      return `Forward: z ${shown(values.z)}, h ${shown(values.h)}, o ${shown(values.o)}, loss `
        + `${shown(values.L)} for the target 5. Gradients: ${known.join(", ") || "none yet"}.`
    },
  })
}
