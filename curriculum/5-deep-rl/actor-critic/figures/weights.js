/* How much the TD errors to come, and the n-step advantages, count in GAE. */
"use strict"
{
  const STEPS = Array.from({ length: 20 }, (_, n) => n)
  const errors = ({ gamma, lambda }) => STEPS.map(k => (gamma * lambda) ** k)
  const means = ({ lambda }) => STEPS.map(n =>
    n === STEPS.length - 1 ? lambda ** n : (1 - lambda) * lambda ** n)
  const points = numbers => numbers.map((each, n) => [n, each])
  const part = label => ({ label, from: 0, to: 1, by: 0.01, show: value => value.toFixed(2) })
  ;(window.undergradFigures ||= []).push({
    name: "weights",
    handles: { lambda: { ...part("lambda"), start: 0.5 }, gamma: { ...part("gamma"), start: 0.99 } },
    start: () => ({}),
    buttons: {
      "One step only": state => ({ ...state, lambda: 0 }),
      "Usual: 0.95": state => ({ ...state, lambda: 0.95 }),
      "Monte Carlo": state => ({ ...state, lambda: 1 }),
    },
    view: { x: [-1, 20, "steps ahead"], y: [0, 1.05, "weight"] },
    marks: state => [
      { kind: "bars", at: points(errors(state)), tone: "green" },
      { kind: "line", at: points(means(state)), tone: "warm" },
      { kind: "dots", at: points(means(state)), tone: "warm" },
    ],
    moves: "Green bars for the weights of the next twenty TD errors in GAE, and orange dots for the weights of"
      + " the advantages after 1 to 20 steps. Both shift to later steps as lambda grows.",
    ask: "twenty steps are left. Where does the orange weight lie for lambda = 0, and where for lambda = 1?",
    answer: "At lambda = 0 all of it lies on the advantage after one step, so only the first TD error counts."
      + " At lambda = 1 all of it lies on the longest sum, which is Monte Carlo, and the TD errors count as"
      + " gamma to the power of their distance. The last orange weight stands for all longer sums, too.",
    say: state => {
      const bars = errors(state)
      const reach = bars.filter(each => each >= 0.1).length
      return `lambda ${state.lambda.toFixed(2)}, gamma ${state.gamma.toFixed(2)}: the TD error five steps ahead`
        + ` has the weight ${bars[5].toFixed(3)}, and ${reach} of 20 have at least 0.1. The one-step advantage has`
        + ` ${means(state)[0].toFixed(2)} of all weight.`
    },
  })
}
