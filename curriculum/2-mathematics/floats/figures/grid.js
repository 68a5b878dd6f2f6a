/* The floats from 1 to 8 with a few binary digits, and the rounding of a number to one of them. */
"use strict"
{
  const gap = (x, digits) => 2 ** (Math.floor(Math.log2(x)) - digits)

  /* The nearest float; half way, the one whose last binary digit is 0. */
  function rounded({ x, digits }) {
    const steps = x / gap(x, digits)
    const below = Math.floor(steps)
    const up = steps - below > 0.5 || (steps - below === 0.5 && below % 2 === 1)
    return (below + up) * gap(x, digits)
  }

  function floats({ digits }) {
    const found = [1]
    while (found.at(-1) < 8) found.push(found.at(-1) + gap(found.at(-1), digits))
    return found
  }

  const shown = value => String(Number(value.toFixed(5)))
  ;(window.undergradFigures ||= []).push({
    name: "grid",
    handles: {
      x: { label: "number", from: 1, to: 7.99, by: 0.01, start: 1.1, show: value => value.toFixed(2) },
      digits: { label: "binary digits", from: 1, to: 5, by: 1, start: 2 },
    },
    start: () => ({}),
    buttons: { "Twice the number": state => ({ ...state, x: Math.min(7.99, 2 * state.x) }) },
    view: { x: [0.7, 8.3, ""], y: [-1, 1.4, ""], bare: true },
    marks: state => {
      const near = rounded(state)
      return [
        { kind: "line", at: [[1, 0], [8, 0]], tone: "soft" },
        ...floats(state).map(each => ({ kind: "line", at: [[each, -0.2], [each, 0.2]], tone: "ink" })),
        { kind: "words", at: [1, 2, 4, 8].map(each => [each, -0.45, String(each)]), tone: "soft" },
        { kind: "words", at: [[state.x, 0.95, shown(state.x)]], tone: "warm" },
        { kind: "arrows", at: [[state.x, 0.75, near, 0.25]], tone: "warm" },
        { kind: "words", at: [[near, -0.8, shown(near)]], tone: "green" },
        { kind: "dots", at: [[near, 0]], tone: "green" },
      ]
    },
    moves: "A number line from 1 to 8 with a mark at each float, closer together near 1. An arrow leads from"
      + " the chosen number to the float to which it is rounded.",
    ask: "where on the line can rounding be most wrong, and where is it most wrong in relation to the number?",
    answer: "The error itself is largest between 4 and 8, where the gaps are largest. In relation to the"
      + " number, it is equally bad everywhere: the gap doubles whenever the number does, so twice the number"
      + " has exactly twice the error.",
    say: state => {
      const [near, wide] = [rounded(state), gap(state.x, state.digits)]
      const error = Math.abs(near - state.x)
      return `${shown(state.x)} is rounded to ${shown(near)}. The gap there is ${shown(wide)}, the error `
        + `${shown(error)}, and the relative error ${(100 * error / state.x).toFixed(2)}%, at most `
        + `${(50 * 2 ** -state.digits).toFixed(2)}%.`
    },
  })
}
