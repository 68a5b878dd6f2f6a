/* A user and three films as points; the dot product of two of them is what taste adds to the stars. */
"use strict"
{
  const FILMS = { western: [1.6, 0.2], romance: [-0.9, 1.2], space: [-0.6, -1.4] }
  const MEAN = 3.5
  const user = ({ angle, length }) => {
    const turn = angle * Math.PI / 180
    return [length * Math.cos(turn), length * Math.sin(turn)]
  }
  const stars = (state, [x, y]) => MEAN + x * user(state)[0] + y * user(state)[1]
  const best = state => Object.keys(FILMS).reduce((a, b) =>
    stars(state, FILMS[b]) > stars(state, FILMS[a]) ? b : a)
  ;(window.undergradFigures ||= []).push({
    name: "taste",
    handles: {
      angle: { label: "direction", from: -180, to: 180, by: 5, start: 0, show: value => `${value}°` },
      length: { label: "length", from: 0, to: 1.5, by: 0.05, start: 0.8, show: value => value.toFixed(2) },
    },
    start: () => ({}),
    buttons: {
      "Twice as strong": state => ({ ...state, length: Math.min(1.5, 2 * state.length) }),
      "Turn around": state => ({ ...state, angle: state.angle > 0 ? state.angle - 180 : state.angle + 180 }),
    },
    view: { x: [-2.8, 2.8, "first number of a row"], y: [-1.79, 1.79, "second number"] },
    marks: state => [
      { kind: "dots", at: Object.values(FILMS), tone: "green" },
      { kind: "words", tone: "ink", at: Object.entries(FILMS).map(([name, [x, y]]) =>
        [x, y + 0.25, `${name} ${stars(state, [x, y]).toFixed(1)}`]) },
      { kind: "arrows", at: [[0, 0, ...user(state)]], tone: "warm" },
    ],
    moves: "Three films as green points and a user as an orange arrow from the origin. The stars beside each film"
      + " follow as the arrow turns and grows.",
    ask: "what does a longer arrow change: which film is best, or how sure the prediction is? And what does a"
      + " user of length 0 get?",
    answer: "The order stays the same, and the stars move further away from the mean of 3.5. A user of length 0"
      + " gets the mean for every film: this row says nothing about taste. Such a row is what a new user"
      + " begins with, nearly.",
    say: state => `${Object.entries(FILMS).map(([name, film]) =>
      `${name} ${stars(state, film).toFixed(2)}`).join(", ")} stars. `
      + (state.length ? `Recommended: ${best(state)}.` : "No film is better than another."),
  })
}
