/* The projection of a vector v on the line along u, and what is left of v. */
"use strict"
{
  const dot = (a, b) => a[0] * b[0] + a[1] * b[1]
  const size = a => Math.hypot(...a)
  const along = ({ angle, length }) => {
    const turn = angle * Math.PI / 180
    return [length * Math.cos(turn), length * Math.sin(turn)]
  }
  const coefficient = state => dot(along(state), [state.x, state.y]) / dot(along(state), along(state))
  const projection = state => along(state).map(each => coefficient(state) * each)
  const shown = value => (Math.round(100 * value) / 100 + 0).toFixed(2)
  const number = (label, from, to, start) => ({ label, from, to, by: 0.1, start,
    show: value => value.toFixed(1) })
  ;(window.undergradFigures ||= []).push({
    name: "projection",
    handles: {
      x: number("x of v", -2, 4, 2), y: number("y of v", -1, 4, 3),
      angle: { label: "angle of u", from: 0, to: 180, by: 5, start: 25, show: value => `${value}°` },
      length: number("length of u", 0.5, 5, 4.5),
    },
    start: () => ({}),
    buttons: { "Halve u": state => ({ ...state, length: Math.max(0.5, state.length / 2) }) },
    view: { x: [-2.8, 5, "first number"], y: [-1, 4, "second number"] },
    marks: state => {
      const [u, p, v] = [along(state), projection(state), [state.x, state.y]]
      const far = u.map(each => 9 * each / size(u))
      return [
        { kind: "line", at: [far.map(each => -each), far], tone: "soft" },
        { kind: "arrows", at: [[0, 0, ...u]], tone: "ink" },
        { kind: "arrows", at: [[0, 0, ...v]], tone: "green" },
        { kind: "line", at: [p, v], tone: "warm" },
        { kind: "dots", at: [p], tone: "warm" },
      ]
    },
    moves: "A green vector v, a black vector u on a grey line, and an orange dot on that line, the projection"
      + " of v. An orange line joins the dot with the tip of v. All of them follow the sliders.",
    ask: "what happens to the orange projection if u is only half as long? And where does it lie if u is"
      + " at a right angle to v?",
    answer: "It stays where it is: half of u needs twice the coefficient a. Only the direction of u matters."
      + " If u is orthogonal to v, the coefficient is 0, and the projection lies at the origin.",
    say: state => {
      const [u, p, v] = [along(state), projection(state), [state.x, state.y]]
      const cosine = size(v) ? dot(u, v) / size(u) / size(v) : NaN
      return `u · v = ${shown(dot(u, v))}, a = ${shown(coefficient(state))}, projection `
        + `(${p.map(shown).join(", ")}), length of the rest ${shown(size(v.map((each, n) => each - p[n])))}`
        + `${Number.isNaN(cosine) ? "" : `, cosine ${shown(cosine)}`}.`
    },
  })
}
