/* The returns of a game with three points, with and without a reset at each of them. */
"use strict"
{
  const STEPS = 30
  const POINTS = { 9: 1, 17: -1, 26: 1 }

  function returns({ gamma, reset }) {
    const found = []
    for (let t = STEPS - 1, later = 0; t >= 0; t -= 1) {
      const point = POINTS[t] || 0
      later = found[t] = point + (point && reset ? 0 : gamma * later)
    }
    return found
  }

  const named = ({ reset }) => reset ? "with the reset" : "without the reset"
  ;(window.undergradFigures ||= []).push({
    name: "points",
    handles: {
      gamma: { label: "gamma", from: 0.5, to: 1, by: 0.01, start: 0.9, show: value => value.toFixed(2) },
    },
    start: () => ({ reset: true }),
    buttons: { "Switch the reset": state => ({ ...state, reset: !state.reset }) },
    view: { x: [-1, 30, "step"], y: [-1.1, 1.1, "return"] },
    marks: state => {
      const bars = returns(state).map((G, t) => [t, G])
      return [
        { kind: "bars", at: bars.filter(([, G]) => G >= 0), tone: "green" },
        { kind: "bars", at: bars.filter(([, G]) => G < 0), tone: "warm" },
        { kind: "dots", at: Object.entries(POINTS).map(([t, point]) => [Number(t), point]), tone: "ink" },
      ]
    },
    moves: "A bar for the return of each of 30 steps, green above 0 and orange below, and dots at the points:"
      + " won at step 9, lost at 17, won at 26. The bars grow towards each point, and change with gamma.",
    ask: "the second point was lost. What does it take away, without the reset, from the step that won the first"
      + " one? And what do the last three steps have in both cases?",
    answer: "At gamma = 0.9 a quarter: its return is 0.74 in place of 1, although nothing that came later was its"
      + " doing. At gamma = 1 the lost and the won point after it cancel. The last three steps have the return 0,"
      + " because no point follows them in this game.",
    say: state => {
      const G = returns(state)
      return `gamma ${state.gamma.toFixed(2)}, ${named(state)}: step 0 has the return ${G[0].toFixed(2)}, and step`
        + ` 9, which won the first point, ${G[9].toFixed(2)}.`
    },
  })
}
