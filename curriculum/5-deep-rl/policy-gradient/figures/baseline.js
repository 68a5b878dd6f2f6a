/* One softmax policy over three paths, moved by single samples of the policy gradient. */
"use strict"
{
  const RETURNS = [1, 3, 5]

  function softmax(logits) {
    const powers = logits.map(each => Math.exp(each - Math.max(...logits)))
    return powers.map(each => each / powers.reduce((sum, one) => sum + one, 0))
  }

  const score = (logits, action) => softmax(logits).map((p, n) => (n === action) - p)

  function take(action) {
    return state => {
      const weight = RETURNS[action] - state.baseline
      const direction = score(state.logits, action)
      return { ...state, last: `After path ${action + 1} with the weight ${weight.toFixed(1)}`,
        logits: state.logits.map((each, n) => each + state.lr * weight * direction[n]) }
    }
  }

  const fresh = () => ({ logits: [0, 0, 0], last: "Nothing taken yet" })
  const mean = logits => softmax(logits).reduce((sum, p, n) => sum + p * RETURNS[n], 0)
  const bars = logits => softmax(logits).map((p, n) => [n + 1, p])
  ;(window.undergradFigures ||= []).push({
    name: "baseline",
    handles: {
      baseline: { label: "baseline b", from: -2, to: 6, by: 0.5, start: 0, show: value => value.toFixed(1) },
      lr: { label: "learning rate", from: 0.05, to: 0.5, by: 0.05, start: 0.2,
        show: value => value.toFixed(2) },
    },
    start: fresh,
    buttons: { "Take path 1": take(0), "Take path 2": take(1), "Take path 3": take(2),
      "Equal again": state => ({ ...state, ...fresh() }) },
    view: { x: [0.3, 3.7, ""], y: [-0.25, 1.08, ""], bare: true },
    marks: ({ logits }) => [
      { kind: "bars", at: bars(logits), tone: "green" },
      { kind: "line", at: [[0.4, 1 / 3], [3.6, 1 / 3]], tone: "soft" },
      { kind: "words", at: bars(logits).map(([x, p]) => [x, p + 0.06, p.toFixed(3)]), tone: "ink" },
      { kind: "words", at: RETURNS.map((G, n) => [n + 1, -0.08, `path ${n + 1}`]), tone: "ink" },
      { kind: "words", at: RETURNS.map((G, n) => [n + 1, -0.19, `return ${G}`]), tone: "soft" },
    ],
    moves: "The probabilities of three paths as bars, which change with each path that is taken. A grey line"
      + " marks one third.",
    ask: "without a baseline, does taking the worst path make it more or less likely? And with which baseline"
      + " does it become less likely, whereas the best one becomes more likely?",
    answer: "More likely: its return 1 is positive, so its logit rises. Only on average do the better paths"
      + " gain more. With any baseline between 1 and 5 the worst path loses and the best one gains, and with"
      + " 3, the mean return of equal probabilities, the middle path changes nothing.",
    say: ({ logits, last }) => `${last}: probabilities ${softmax(logits).map(p => p.toFixed(3)).join(", ")}, `
      + `expected return ${mean(logits).toFixed(2)}.`,
  })
}
