/* The positive tests among 10,000 people, by the prior and the two rates of the test. */
"use strict"
{
  const PEOPLE = 10_000
  const counts = ({ ill, found, alarm }) => {
    const sick = PEOPLE * ill
    return { sick: sick * found, healthy: (PEOPLE - sick) * alarm }
  }
  const posterior = state => {
    const { sick, healthy } = counts(state)
    return sick + healthy ? sick / (sick + healthy) : 0
  }
  const chances = Array.from({ length: 101 }, (_, n) => n / 500)
  const percent = digits => value => `${(100 * value).toFixed(digits)}%`
  ;(window.undergradFigures ||= []).push({
    name: "positives",
    handles: {
      ill: { label: "ill", from: 0, to: 0.2, by: 0.001, start: 0.001, show: percent(1) },
      found: { label: "found if ill", from: 0.5, to: 1, by: 0.01, start: 0.99, show: percent(0) },
      alarm: { label: "false alarms", from: 0, to: 0.2, by: 0.005, start: 0.01, show: percent(1) },
    },
    start: () => ({}),
    buttons: { "Halve the false alarms": state => ({ ...state, alarm: state.alarm / 2 }) },
    view: { x: [0, 0.2, "prior: ill"], y: [0, 1, "posterior: ill if positive"] },
    marks: state => [
      { kind: "line", at: chances.map(ill => [ill, posterior({ ...state, ill })]), tone: "green" },
      { kind: "gaps", at: [[state.ill, 0, posterior(state)]], tone: "warm" },
      { kind: "dots", at: [[state.ill, posterior(state)]], tone: "warm" },
    ],
    moves: "The posterior as a curve over the prior, with a dot at the present prior. The curve rises as"
      + " the test gets better.",
    ask: "which helps more: finding every ill person, or halving the false alarms?",
    answer: "Halving the false alarms: the posterior rises from 9.0% to 16.5%, and only to 9.1% if every"
      + " ill person is found. With the test as it is, one person in a hundred must be ill before a"
      + " positive test is right half of the time.",
    say: state => {
      const { sick, healthy } = counts(state)
      return `Of ${PEOPLE.toLocaleString("en")} people, ${sick.toFixed(1)} are ill and positive, and `
        + `${healthy.toFixed(1)} healthy and positive. Ill among the positive: `
        + `${percent(1)(posterior(state))}.`
    },
  })
}
