/* The value of a state from the visits of more and more episodes, with two standard errors. */
"use strict"
{
  const [TRUTH, ENDS] = [10, 0.1] // a step earns 1, and each step is the last with this probability
  const MOST = 400

  /* Whole numbers below 2^32, one from another; the test has the same. */
  const next = seed => (1664525 * seed + 1013904223) % 2 ** 32
  const sum = numbers => numbers.reduce((total, each) => total + each, 0)

  function more(count) {
    return state => {
      const lengths = [...state.lengths]
      let { random } = state
      while (lengths.length < Math.min(MOST, state.lengths.length + count)) {
        random = next(random)
        lengths.push(1 + Math.floor(Math.log(1 - random / 2 ** 32) / Math.log(1 - ENDS)))
      }
      return { ...state, random, lengths }
    }
  }

  /* An episode of T steps has the returns T, T - 1, ..., 1. */
  function estimate(lengths) {
    const total = sum(lengths)
    const value = sum(lengths.map(T => T * (T + 1) / 2)) / total
    const apart = sum(lengths.map(T => (T * (T + 1) / 2 - value * T) ** 2))
    const N = lengths.length
    const squares = sum(lengths.map(T => T * (T + 1) * (2 * T + 1) / 6)) / total
    return { value, se: Math.sqrt(N / (N - 1) * apart) / total,
      naive: Math.sqrt((squares - value * value) / total) }
  }

  const counts = ({ lengths }) => lengths.map((_, n) => n + 1).filter(n =>
    n >= 5 && (n % 5 === 0 || n === lengths.length))
  const band = (state, width) => [-2, 2].map(side => counts(state).map(n => {
    const found = estimate(state.lengths.slice(0, n))
    return [n, found.value + side * found[width]]
  }))
  ;(window.undergradFigures ||= []).push({
    name: "certainty",
    handles: {},
    start: () => more(50)({ random: 1, lengths: [] }),
    buttons: {
      "10 more": more(10), "100 more": more(100),
      "Other episodes": state => more(state.lengths.length)({ random: next(state.random), lengths: [] }),
    },
    view: { x: [0, 400, "episodes"], y: [4, 18, "value"] },
    marks: state => [
      { kind: "line", at: [[0, TRUTH], [400, TRUTH]], tone: "soft" },
      ...band(state, "naive").map(at => ({ kind: "line", at, tone: "warm" })),
      ...band(state, "se").map(at => ({ kind: "line", at, tone: "green" })),
      { kind: "dots", at: [[state.lengths.length, estimate(state.lengths).value]], tone: "ink" },
    ],
    moves: "Two bands around the estimate of a value, over the number of episodes: green by episodes, orange"
      + " as if all visits were independent. Both become narrower, and a grey line marks the true value 10.",
    ask: "which of the two bands contains the true value 10 most of the time? And how many episodes"
      + " make it half as wide?",
    answer: "The green one, which takes the episode as the unit. The visits of an episode share everything"
      + " that follows, so the orange band is too narrow and often misses 10. With few episodes even green is"
      + " too narrow, because long episodes are rare. Four times as many episodes halve the width.",
    say: ({ lengths }) => {
      const { value, se, naive } = estimate(lengths)
      return `${lengths.length} episodes: the value is ${value.toFixed(2)}. Standard error by episodes `
        + `${se.toFixed(2)}, as if visits were independent ${naive.toFixed(2)}.`
    },
  })
}
