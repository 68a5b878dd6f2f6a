/* The line, the seven readings, and steps of gradient descent on both parameters. */
"use strict"
{
  const c = [-20, -10, 0, 10, 20, 30, 40]
  const f = c.map(each => 1.8 * each + 32)
  const predict = ({ w, b }) => c.map(each => w * each + b)
  const mean = values => values.reduce((sum, each) => sum + each, 0) / values.length
  const errors = state => predict(state).map((each, n) => each - f[n])
  const loss = state => mean(errors(state).map(each => each * each))

  function step(state) {
    const e = errors(state)
    const { w, b, lr, steps } = state
    const dw = 2 * mean(e.map((each, n) => each * c[n]))
    return { ...state, w: w - lr * dw, b: b - lr * 2 * mean(e), steps: steps + 1 }
  }

  function many(count) {
    return state => {
      for (let n = 0; n < count; n += 1) state = step(state)
      return state
    }
  }

  const shown = value => Math.abs(value) < 1e6 ? value.toFixed(2) : value.toExponential(1)
  ;(window.undergradFigures ||= []).push({
    name: "line",
    handles: {
      w: { label: "weight w", from: -1, to: 4, by: 0.05, start: 0, show: shown },
      b: { label: "bias b", from: -20, to: 80, by: 0.5, start: 0, show: shown },
      lr: { label: "learning rate", from: 0.0001, to: 0.0022, by: 0.0001, start: 0.001,
        show: value => value.toFixed(4) },
    },
    start: () => ({ steps: 0 }),
    buttons: { "One step": step, "20 steps": many(20), "1000 steps": many(1000) },
    view: { x: [-25, 45, "Celsius"], y: [-40, 120, "Fahrenheit"] },
    marks: state => [
      { kind: "gaps", at: predict(state).map((each, n) => [c[n], f[n], each]), tone: "warm" },
      { kind: "line", at: [-25, 45].map(x => [x, state.w * x + state.b]), tone: "green" },
      { kind: "dots", at: c.map((each, n) => [each, f[n]]), tone: "ink" },
    ],
    moves: "Seven readings and a line, which tilts with the weight and rises with the bias.",
    ask: "how small can you make the loss by hand, and can gradient descent do better?",
    answer: "With w = 1.8 and b = 32 the line meets every reading and the loss is 0, so nothing can be"
      + " better. Gradient descent comes within 0.01 of both after 5000 steps. Above a learning rate"
      + " of about 0.002 each step goes too far, and the loss grows.",
    say: state => {
      const { steps, w, b } = state
      const words = steps === 1 ? "1 step" : `${steps} steps`
      return `${words}: w = ${shown(w)}, b = ${shown(b)}, loss ${shown(loss(state))}.`
    },
  })
}
