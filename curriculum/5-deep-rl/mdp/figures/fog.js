/* The return of a courier in fog, who goes right with probability p wherever it is. */
"use strict"
{
  /* The Bellman equations of the three squares, solved: in the middle one the signs are swapped. */
  function expected({ p, gamma }) {
    const [go, stay] = [gamma * p, gamma * (1 - p)]
    const middle = (-1 - go / (1 - stay) - stay) / (1 - go * go / (1 - stay) - stay * stay)
    return (-1 + go * middle) / (1 - stay)
  }

  const chances = Array.from({ length: 101 }, (_, n) => n / 100)
  const best = gamma => chances.reduce((found, p) =>
    expected({ p, gamma }) > expected({ p: found, gamma }) ? p : found)
  const counting = gamma => -(1 + gamma + gamma * gamma)
  ;(window.undergradFigures ||= []).push({
    name: "fog",
    handles: {
      p: { label: "right with p", from: 0, to: 1, by: 0.01, start: 1, show: value => value.toFixed(2) },
      gamma: { label: "gamma", from: 0.1, to: 0.95, by: 0.05, start: 0.9, show: value => value.toFixed(2) },
    },
    start: () => ({}),
    buttons: { "Best p": state => ({ ...state, p: best(state.gamma) }) },
    view: { x: [0, 1, "probability of going right"], y: [-20, 0, "return"] },
    marks: state => [
      { kind: "line", at: [[0, counting(state.gamma)], [1, counting(state.gamma)]], tone: "soft" },
      { kind: "line", at: chances.map(p => [p, expected({ ...state, p })]), tone: "green" },
      { kind: "gaps", at: [[state.p, -20, expected(state)]], tone: "warm" },
      { kind: "dots", at: [[state.p, expected(state)]], tone: "warm" },
    ],
    moves: "The return as a curve over the probability of going right, with a dot that moves along it. The"
      + " curve rises as gamma falls. A grey line shows a courier who counts steps.",
    ask: "is it best to go right always, half of the time, or something between? And does that change with"
      + " gamma?",
    answer: "Something between: 0.60 at gamma = 0.9, because going right always never gets past the middle."
      + " With a smaller gamma it rises towards 2/3. Then little counts but the chance to be out after three"
      + " steps, right, left and right, which is p (1 - p) p and largest at 2/3.",
    say: state => `Right with probability ${state.p.toFixed(2)}, gamma ${state.gamma.toFixed(2)}: the return is `
      + `${expected(state).toFixed(2)}. The best p is ${best(state.gamma).toFixed(2)}; counting steps earns `
      + `${counting(state.gamma).toFixed(2)}.`,
  })
}
