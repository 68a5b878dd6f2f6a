/* How wrong the measured derivative of e to the x is, for each distance h. */
"use strict"
{
  const x = Array.from({ length: 50 }, (_, n) => 0.5 + n / 49)
  const oneSided = h => value => (Math.exp(value + h) - Math.exp(value)) / h
  const central = h => value => (Math.exp(value + h) - Math.exp(value - h)) / (2 * h)
  const error = measured => Math.max(...x.map(value => Math.abs(measured(value) - Math.exp(value))))
  const distances = Array.from({ length: 45 }, (_, n) => -12 + n / 4)
  const curve = rule => distances.map(k => [k, Math.log10(error(rule(10 ** k)))])
  const [oneSidedCurve, centralCurve] = [curve(oneSided), curve(central)]
  const shown = value => value.toExponential(1)
  ;(window.undergradFigures ||= []).push({
    name: "nudges",
    handles: {
      k: { label: "distance h", from: -12, to: -1, by: 0.25, start: -1,
        show: value => shown(10 ** value) },
    },
    start: () => ({}),
    buttons: { "Halve the distance": state => ({ ...state, k: Math.max(-12, state.k - Math.log10(2)) }) },
    view: { x: [-12, -1, "log10 of the distance h"], y: [-12, 0, "log10 of the error"] },
    marks: ({ k }) => [
      { kind: "line", at: oneSidedCurve, tone: "warm" },
      { kind: "line", at: centralCurve, tone: "green" },
      { kind: "dots", at: [oneSided, central].map(rule => [k, Math.log10(error(rule(10 ** k)))]) },
    ],
    moves: "Two curves of the error, one for each way of measuring, with a dot on each that moves with"
      + " the distance.",
    ask: "green measures on both sides, orange on one. If you halve the distance, by which factor does"
      + " each error fall?",
    answer: "By 2 on one side and by 4 on both. Halving helps only while the curvature makes the error:"
      + " below about 1e-8 and 1e-5, rounding makes it grow again.",
    say: ({ k }) => `h = ${shown(10 ** k)}: the largest error is ${shown(error(oneSided(10 ** k)))}`
      + ` on one side and ${shown(error(central(10 ** k)))} on both sides.`,
  })
}
