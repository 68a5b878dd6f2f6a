/* The distribution of the coin game's return on the atoms of C51, sweep by sweep. */
"use strict"
{
  const [LAST, HEADS] = [10, 5] // the atoms are 0 to LAST; tails earns nothing
  const mean = p => p.reduce((sum, each, atom) => sum + each * atom, 0)

  /* Each atom moves to reward + gamma atom, and its probability goes to the two beside it. */
  function projected(p, reward, gamma) {
    const found = p.map(() => 0)
    p.forEach((each, atom) => {
      const place = Math.min(LAST, reward + gamma * atom)
      const lower = Math.min(LAST - 1, Math.floor(place))
      found[lower] += each * (lower + 1 - place)
      found[lower + 1] += each * (place - lower)
    })
    return found
  }

  function sweep({ p, gamma, heads, ...rest }) {
    const [won, lost] = [HEADS, 0].map(reward => projected(p, reward, gamma))
    return { ...rest, gamma, heads, sweeps: rest.sweeps + 1,
      p: p.map((_, atom) => heads * won[atom] + (1 - heads) * lost[atom]) }
  }
  const times = count => state => Array(count).fill(sweep).reduce((now, each) => each(now), state)
  const start = () => ({ sweeps: 0, p: Array.from({ length: LAST + 1 }, (_, atom) => Number(atom === 0)) })

  const truth = ({ gamma, heads }) => heads * HEADS / (1 - gamma)
  const upright = x => ({ kind: "gaps", at: [[x, 0, 1]] })
  ;(window.undergradFigures ||= []).push({
    name: "sweeps",
    handles: {
      gamma: { label: "gamma", from: 0, to: 0.9, by: 0.05, start: 0.5, show: value => value.toFixed(2) },
      heads: { label: "chance of heads", from: 0, to: 1, by: 0.05, start: 0.5, show: value => value.toFixed(2) },
    },
    start,
    buttons: { "One sweep": sweep, "10 sweeps": times(10), "Forget": state => ({ ...state, ...start() }) },
    view: { x: [-1, 11, "return"], y: [0, 1, "probability"] },
    marks: state => [
      { kind: "bars", at: state.p.map((each, atom) => [atom, each]), tone: "green" },
      { ...upright(mean(state.p)), tone: "green" },
      { ...upright(Math.min(11, truth(state))), tone: "warm" },
    ],
    moves: "A green bar for the probability of each atom from 0 to 10. With each sweep of the coin game, in which"
      + " heads earns 5, the bars spread. A green dashed line marks their mean, an orange one the true mean.",
    ask: "which atoms have a probability after many sweeps with gamma = 0.2? And what becomes of the mean"
      + " with gamma = 0.9?",
    answer: "0 to 2 and 5 to 7. What follows counts so little that it cannot lead from one group to the other, so"
      + " the first toss decides. With 0.9, the true mean is 25, but what lies beyond the last atom counts as 10,"
      + " and nearly everything ends there: atoms must cover the returns that occur.",
    say: state => `After ${state.sweeps} ${state.sweeps === 1 ? "sweep" : "sweeps"}: the mean of the bars is `
      + `${mean(state.p).toFixed(2)}, and that of the true returns ${truth(state).toFixed(2)}.`,
  })
}
