/* PUCT on a bandit of four actions with fixed values, count by count. */
"use strict"
{
  const Q = [0.83, 0.21, 0.46, 0.87]
  const P = [0.3, 0.45, 0.01, 0.24]
  const ACTIONS = [0, 1, 2, 3]
  const sum = numbers => numbers.reduce((total, each) => total + each, 0)

  /* The prior of action 4 is set, and the others share the rest as before. */
  const priors = ({ prior }) => P.map((each, a) => a === 3 ? prior : each * (1 - prior) / (1 - P[3]))
  const value = state => sum(priors(state).map((each, a) => each * Q[a]))

  function scores(state) {
    const { c, visits } = state
    const [prior, all] = [priors(state), sum(visits)]
    return ACTIONS.map(a => (visits[a] ? Q[a] : value(state)) + c * prior[a] * Math.sqrt(1 + all) / (1 + visits[a]))
  }

  function simulate(state) {
    const found = scores(state)
    const action = found.indexOf(Math.max(...found))
    return { ...state, visits: state.visits.map((each, a) => each + (a === action)) }
  }

  const more = count => state => Array(count).fill(0).reduce(simulate, state)
  const none = () => ({ visits: [0, 0, 0, 0] })
  const parts = ({ visits }) => visits.map((each, a) => [a + 1, each / Math.max(1, sum(visits))])
  ;(window.undergradFigures ||= []).push({
    name: "counts",
    handles: {
      prior: { label: "prior of 4", from: 0, to: 0.9, by: 0.01, start: 0.24, show: x => x.toFixed(2) },
      c: { label: "constant c", from: 0.1, to: 5, by: 0.1, start: 1.5, show: x => x.toFixed(1) },
    },
    start: none,
    buttons: { "One more": simulate, "10 more": more(10), "1000 more": more(1000),
      "No visits": state => ({ ...state, ...none() }) },
    view: { x: [0.3, 4.7, ""], y: [-0.25, 1.05, ""], bare: true },
    marks: state => [
      { kind: "line", at: [[0.4, 0], [4.6, 0]], tone: "soft" },
      { kind: "bars", at: parts(state), tone: "green" },
      { kind: "dots", at: priors(state).map((each, a) => [a + 1, each]), tone: "warm" },
      { kind: "words", at: ACTIONS.map(a => [a + 1, -0.08, `action ${a + 1}`]), tone: "ink" },
      { kind: "words", at: ACTIONS.map(a => [a + 1, -0.19, `value ${Q[a]}`]), tone: "soft" },
    ],
    moves: "Four actions. Green bars are the fractions of visits, which grow simulation by simulation, and"
      + " orange dots are the priors.",
    ask: "action 4 is the best, by 0.04, and action 2 has the largest prior. Which has the most visits after 10"
      + " simulations, and which after 1000? And if the prior of action 4 is 0?",
    answer: "After 10, the visits still follow the priors in part: actions 1 and 4 share most of them. After"
      + " 1000, action 4 has about 70% of them, as its bonus shrinks and the values decide. With a prior of 0 it"
      + " has no bonus at all and is never tried, although it is the best.",
    say: state => {
      const [best] = scores(state).map((each, a) => [each, a + 1]).sort(([a], [b]) => b - a)
      return `${sum(state.visits)} simulations: visits ${state.visits.join(", ")}. Next is action ${best[1]}, with the`
        + ` score ${best[0].toFixed(3)}.`
    },
  })
}
