/* How well two sinusoidal positions match, plotted against the second one. */
"use strict"
{
  const POSITIONS = Array.from({ length: 50 }, (_, n) => n)

  function encoding(position, D) {
    return Array.from({ length: D / 2 }, (_, i) => position * 10000 ** (-2 * i / D))
      .flatMap(angle => [Math.sin(angle), Math.cos(angle)])
  }

  function match({ t, half }, other) {
    const [first, second] = [t, other].map(each => encoding(each, 2 * half))
    return first.reduce((sum, each, n) => sum + each * second[n], 0) / half
  }

  const second = ({ t, k }) => Math.min(49, t + k)
  ;(window.undergradFigures ||= []).push({
    name: "distance",
    handles: {
      t: { label: "position t", from: 0, to: 41, by: 1, start: 10 },
      k: { label: "distance k", from: 0, to: 20, by: 1, start: 8 },
      half: { label: "size D", from: 1, to: 32, by: 1, start: 16, show: half => String(2 * half) },
    },
    start: () => ({}),
    buttons: { "Ten positions on": state => ({ ...state, t: Math.min(41, state.t + 10) }) },
    view: { x: [0, 49, "other position"], y: [-1.1, 1.1, "dot product / (D / 2)"] },
    marks: state => [
      { kind: "line", at: [[0, 0], [49, 0]], tone: "soft" },
      { kind: "line", at: POSITIONS.map(other => [other, match(state, other)]), tone: "green" },
      { kind: "gaps", at: [[second(state), 0, match(state, second(state))]], tone: "warm" },
      { kind: "dots", at: [[state.t, 1], [second(state), match(state, second(state))]], tone: "warm" },
    ],
    moves: "The match of position t with every other position, as a curve with its peak at t. The curve"
      + " shifts with t, and one dot shows the position at the distance k.",
    ask: "if both positions move on by ten, does their match change? And what is lost if D is only 2?",
    answer: "It stays the same, because it depends on the distance alone: the peak shifts and keeps its"
      + " shape. With D = 2 there is a single hand, which comes round again after 6.3 positions, so"
      + " distant positions match as well as near ones. Slower hands tell them apart.",
    say: state => `D = ${2 * state.half}: positions ${state.t} and ${second(state)} match with `
      + `${match(state, second(state)).toFixed(3)} of the most that is possible.`,
  })
}
