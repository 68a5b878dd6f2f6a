/* Three optimisers on one narrow valley, f = (x^2 + 25 y^2) / 2, from the same start. */
"use strict"
{
  const START = [-4, 1]
  const CURVATURE = [1, 25]
  const RULES = ["plain descent", "momentum 0.9", "Adam"]
  const gradient = point => point.map((each, n) => CURVATURE[n] * each)
  const height = point => point.reduce((sum, each, n) => sum + CURVATURE[n] * each * each / 2, 0)
  const fresh = () => ({ path: [START], m: [0, 0], v: [0, 0] })

  function step(state) {
    const { rule, lr, path } = state
    const g = gradient(path.at(-1))
    let { m, v } = state
    let move = g
    if (RULES[rule] === "momentum 0.9") move = m = m.map((each, n) => 0.9 * each + g[n])
    if (RULES[rule] === "Adam") {
      m = m.map((each, n) => 0.9 * each + 0.1 * g[n])
      v = v.map((each, n) => 0.999 * each + 0.001 * g[n] * g[n])
      const [first, second] = [1 - 0.9 ** path.length, 1 - 0.999 ** path.length]
      move = m.map((each, n) => each / first / (Math.sqrt(v[n] / second) + 1e-8))
    }
    return { ...state, m, v, path: [...path, path.at(-1).map((each, n) => each - 10 ** lr * move[n])] }
  }

  const many = count => state => Array(count).fill(0).reduce(step, state)
  const level = f => Array.from({ length: 73 }, (_, n) => n * Math.PI / 36).map(turn =>
    [Math.sqrt(2 * f) * Math.cos(turn), Math.sqrt(2 * f / 25) * Math.sin(turn)])
  const shown = value => value < 1e4 ? value.toFixed(4) : value.toExponential(1)
  ;(window.undergradFigures ||= []).push({
    name: "valley",
    handles: {
      rule: { label: "optimiser", from: 0, to: 2, by: 1, start: 0, show: value => RULES[value] },
      lr: { label: "learning rate", from: -2.5, to: 0.5, by: 0.05, start: -1.5,
        show: value => (10 ** value).toFixed(3) },
    },
    start: fresh,
    buttons: { "One step": step, "20 steps": many(20), "Back to the start": state => ({ ...state, ...fresh() }) },
    view: { x: [-5, 5, "x, the flat direction"], y: [-1.6, 1.6, "y, the steep direction"] },
    marks: ({ path }) => [
      ...[0.5, 4, 12].map(f => ({ kind: "line", at: level(f), tone: "soft" })),
      { kind: "line", at: path, tone: "warm" },
      { kind: "dots", at: path, tone: "green" },
    ],
    moves: "Three contour lines of a narrow valley with its minimum in the middle, and the path of an"
      + " optimiser, which grows from the left by one dot for each step.",
    ask: "the valley is 25 times as steep across as along it. Above which learning rate does plain descent"
      + " diverge, and at that rate, how fast is it in the flat direction?",
    answer: "Above 2/25 = 0.08 it diverges across the valley. Along it, even that rate removes only 8% of"
      + " the distance in a step. Momentum adds up the small gradients along the valley, and Adam"
      + " divides both directions by their size, so it begins with a step of equal length in both.",
    say: ({ path, rule, lr }) => {
      const [[x, y], steps] = [path.at(-1), path.length - 1]
      return `${RULES[rule]}, learning rate ${(10 ** lr).toFixed(3)}, after ${steps} `
        + `${steps === 1 ? "step" : "steps"}: f = ${shown(height([x, y]))}.`
    },
  })
}
