/* The likelihood of a chance of rain q, for days of which two thirds were wet. */
"use strict"
{
  const logLikelihood = (q, days) => 2 * days / 3 * Math.log(q) + days / 3 * Math.log(1 - q)
  const best = days => logLikelihood(2 / 3, days)
  const relative = (q, days) => Math.exp(logLikelihood(q, days) - best(days))
  const chances = Array.from({ length: 199 }, (_, n) => (n + 1) / 200)
  const within = days => chances.filter(q => relative(q, days) >= 0.1)
  ;(window.undergradFigures ||= []).push({
    name: "explains",
    handles: {
      q: { label: "chance of rain q", from: 0.01, to: 0.99, by: 0.01, start: 0.9,
        show: value => value.toFixed(2) },
      days: { label: "days", from: 3, to: 60, by: 3, start: 3 },
    },
    start: () => ({}),
    buttons: { "Ten times as many days": state => ({ ...state, days: Math.min(60, state.days * 10) }) },
    view: { x: [0, 1, "chance of rain"], y: [0, 1.05, "likelihood / maximum"] },
    marks: ({ q, days }) => [
      { kind: "line", at: chances.map(each => [each, relative(each, days)]), tone: "green" },
      { kind: "gaps", at: [[q, 0, relative(q, days)]], tone: "warm" },
      { kind: "dots", at: [[q, relative(q, days)]], tone: "warm" },
    ],
    moves: "The likelihood as a curve over the chance of rain, with a dot that moves along it. The curve"
      + " becomes narrower with more days.",
    ask: "which chance explains the days best, and does it move when there are ten times as many?",
    answer: "Two thirds, the fraction of wet days, and it stays there. What changes is how many other"
      + " chances remain plausible: from 0.14 to 0.98 after 3 days, from 0.47 to 0.82 after 30.",
    say: ({ q, days }) => {
      const left = within(days)
      return `${2 * days / 3} of ${days} days were wet. -log likelihood / days at q = ${q.toFixed(2)}: `
        + `${(-logLikelihood(q, days) / days).toFixed(3)}; at the maximum `
        + `${(-best(days) / days).toFixed(3)}. At least a tenth of the maximum: q from `
        + `${left[0].toFixed(2)} to ${left.at(-1).toFixed(2)}.`
    },
  })
}
