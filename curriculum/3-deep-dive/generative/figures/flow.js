/* The exact flow from noise to two points at -1 and 1, followed by Euler's steps. */
"use strict"
{
  const [MEANS, VARIANCE] = [[-1, 1], 0.01]
  const STARTS = [-2, -1.5, -1, -0.5, -0.2, 0.2, 0.5, 1, 1.5, 2]

  function score(x, means, variance) {
    const pull = means.map(mean => (mean - x) / variance)
    const logits = pull.map(each => -0.5 * variance * each * each)
    const weights = logits.map(each => Math.exp(each - Math.max(...logits)))
    return weights.reduce((sum, each, n) => sum + each * pull[n], 0) / (weights[0] + weights[1])
  }

  const velocity = (x, t) => t === 0 ? -x : (x + (1 - t)
    * score(x, MEANS.map(mean => t * mean), t * t * VARIANCE + (1 - t) ** 2)) / t

  function path(x, steps) {
    const found = [[0, x]]
    for (let n = 0; n < steps; n += 1) {
      x += velocity(x, n / steps) / steps
      found.push([(n + 1) / steps, x])
    }
    return found
  }

  const near = steps => STARTS.filter(x =>
    Math.min(...MEANS.map(mean => Math.abs(path(x, steps).at(-1)[1] - mean))) < 0.2)
  ;(window.undergradFigures ||= []).push({
    name: "flow",
    handles: {
      x: { label: "noise at t = 0", from: -2.5, to: 2.5, by: 0.05, start: 0.5, show: value => value.toFixed(2) },
      steps: { label: "Euler steps", from: 1, to: 64, by: 1, start: 4 },
    },
    start: () => ({}),
    buttons: { "Twice the steps": state => ({ ...state, steps: Math.min(64, 2 * state.steps) }) },
    view: { x: [0, 1, "time t"], y: [-2.5, 2.5, "x"] },
    marks: ({ x, steps }) => [
      ...STARTS.map(each => ({ kind: "line", at: path(each, steps), tone: "soft" })),
      { kind: "line", at: path(x, steps), tone: "warm" },
      { kind: "dots", at: [...path(x, steps)], tone: "warm" },
      { kind: "dots", at: MEANS.map(mean => [1, mean]), tone: "green" },
    ],
    moves: "Paths from noise on the left to the data on the right, two green points at -1 and 1. One path is"
      + " orange and has a dot for each step. With more steps, the paths bend towards the points.",
    ask: "where does one single step from t = 0 lead, whatever the noise is? And which decides at which of the"
      + " two points a path ends: the number of steps or the noise?",
    answer: "To 0, the mean of the data, because at t = 0 nothing but the mean is known, and the velocity is -x."
      + " The side is decided by the noise: by symmetry, no path crosses 0. More steps let a path correct its"
      + " direction while it learns which point it is heading for.",
    say: ({ x, steps }) => `From ${x.toFixed(2)} in ${steps} ${steps === 1 ? "step" : "steps"}: x = `
      + `${path(x, steps).at(-1)[1].toFixed(3)}. Of the ten grey paths, `
      + `${near(steps).length} end within 0.2 of a point.`,
  })
}
