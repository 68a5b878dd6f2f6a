/* Repeated products with the matrix (2, b; b, 2), each vector drawn with length 1. */
"use strict"
{
  const length = v => Math.hypot(...v)
  const start = ({ angle }) => [Math.cos(angle * Math.PI / 180), Math.sin(angle * Math.PI / 180)]
  const product = (b, [x, y]) => [2 * x + b * y, b * x + 2 * y]

  function path({ angle, b, times }) {
    const found = [start({ angle })]
    for (let n = 0; n < times; n += 1) {
      const next = product(b, found.at(-1))
      found.push(next.map(each => each / length(next)))
    }
    return found
  }

  const more = count => state => ({ ...state, times: state.times + count })
  const shown = value => (Math.round(1000 * value) / 1000 + 0).toFixed(3)
  ;(window.undergradFigures ||= []).push({
    name: "power",
    handles: {
      angle: { label: "start", from: -90, to: 90, by: 5, start: 0, show: value => `${value}°` },
      b: { label: "b, off-diagonal", from: 0.1, to: 1.9, by: 0.1, start: 1, show: value => value.toFixed(1) },
    },
    start: () => ({ times: 0 }),
    buttons: { "Multiply": more(1), "10 times": more(10) },
    view: { x: [-1.8, 1.8, ""], y: [-1.2, 1.2, ""], bare: true },
    marks: state => {
      const [first, ...later] = path(state)
      const lines = [[1, 1], [1, -1]].map(([x, y]) => [[-1.1 * x, -1.1 * y], [1.1 * x, 1.1 * y]])
      return [
        ...lines.map(at => ({ kind: "line", at, tone: "soft" })),
        { kind: "arrows", at: [[0, 0, ...first]], tone: "ink" },
        ...later.length ? [{ kind: "arrows", at: later.map(each => [0, 0, ...each]), tone: "warm" }] : [],
      ]
    },
    moves: "Two grey diagonals, the eigenvectors of a symmetric matrix, and arrows of length 1: the start in"
      + " black and one orange arrow for each product, turning towards the rising diagonal.",
    ask: "the rising diagonal is stretched by 2 + b, the falling one by 2 - b. For which b do the arrows turn"
      + " faster, and from which start do they never arrive?",
    answer: "For a large b, because each product divides the part along the falling diagonal, in relation to"
      + " the other part, by (2 + b) / (2 - b). A start at exactly -45° has no part along the rising diagonal"
      + " to amplify, so it stays; rounding frees it after many products.",
    say: state => {
      const v = path(state).at(-1)
      const image = product(state.b, v)
      return `After ${state.times} ${state.times === 1 ? "product" : "products"}: v = (${v.map(shown).join(", ")}), `
        + `and the estimate of the eigenvalue is ${shown(v[0] * image[0] + v[1] * image[1])}; the largest one is `
        + `${(2 + state.b).toFixed(1)}.`
    },
  })
}
