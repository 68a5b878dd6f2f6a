/* Gram-Schmidt on two columns of the same length, computed with few digits. */
"use strict"
{
  const FIRST = [3, 2]
  const LENGTH = Math.hypot(...FIRST)
  const rounded = (value, digits) => Number(value.toPrecision(digits))
  const dot = ([a, b], [c, d], to) => to(to(a * c) + to(b * d))

  /* The second column turned by `angle` from the first, and what becomes of it; each result is rounded. */
  function process({ angle, digits, passes }) {
    const to = value => rounded(value, digits)
    const turn = Math.atan2(FIRST[1], FIRST[0]) + angle * Math.PI / 180
    const column = [Math.cos(turn), Math.sin(turn)].map(each => to(LENGTH * each))
    const length = to(Math.sqrt(dot(FIRST, FIRST, to)))
    const q1 = FIRST.map(each => to(each / length))
    let left = column
    for (let pass = 0; pass < passes; pass += 1) {
      const along = dot(q1, left, to)
      left = left.map((each, n) => to(each - to(along * q1[n])))
    }
    const rest = to(Math.sqrt(dot(left, left, to)))
    return { column, q1, rest, q2: rest ? left.map(each => to(each / rest)) : null }
  }

  const degrees = ([a, b], [c, d]) => Math.abs(Math.atan2(a * d - b * c, a * c + b * d)) * 180 / Math.PI
  const from = ([x, y], size = 1) => [0, 0, size * x, size * y]
  ;(window.undergradFigures ||= []).push({
    name: "cancel",
    handles: {
      angle: { label: "angle between", from: 0.2, to: 40, by: 0.2, start: 40, show: value => `${value.toFixed(1)}°` },
      digits: { label: "digits", from: 2, to: 6, by: 1, start: 3 },
      passes: { label: "projections", from: 1, to: 2, by: 1, start: 1,
        show: value => value === 1 ? "subtracted once" : "subtracted twice" },
    },
    start: () => ({}),
    buttons: { "Half the angle": state => ({ ...state, angle: Math.max(0.2, state.angle / 2) }) },
    view: { x: [-1.45, 1.45, ""], y: [-0.78, 1.16, ""], bare: true },
    marks: state => {
      const { column, q1, q2 } = process(state)
      return [
        { kind: "line", at: [[2, -3], [-2, 3]].map(end => end.map(each => 1.15 * each / LENGTH)), tone: "soft" },
        { kind: "arrows", at: [from(column, 1 / LENGTH)], tone: "soft" },
        { kind: "arrows", at: [from(q1)], tone: "ink" },
        ...q2 ? [{ kind: "arrows", at: [from(q2)], tone: "warm" }] : [],
        { kind: "words", at: [q1, ...q2 ? [q2] : []].map(([x, y], n) => [1.13 * x, 1.13 * y, `q${n + 1}`]), tone: "ink" },
      ]
    },
    moves: "The finished direction q1 in black, the second column in grey, and the computed q2 in orange. A grey line"
      + " is orthogonal to q1. As the column turns towards q1, q2 leaves this line.",
    ask: "the calculator keeps three digits. How alike may the two columns be before q2 is visibly not orthogonal to"
      + " q1? And what happens if the projection is subtracted a second time?",
    answer: "At 2 degrees q2 stands at 81° to q1, at 0.4 degrees at 56°, and at 0.2 degrees at 30°: what is left consists"
      + " mostly of rounding. With each further digit, the columns may be ten times as alike. A second subtraction"
      + " finds what of q1 is still there, and even at 0.2 degrees q2 then stands at 89.6°.",
    say: state => {
      const { q1, q2, rest } = process(state)
      const end = q2 ? `q2 stands at ${degrees(q1, q2).toFixed(1)}° to q1.` : "there is no q2."
      return `Columns ${state.angle.toFixed(1)}° apart, ${state.digits} digits: of a column of length 3.61, ${rest} is `
        + `left, and ${end}`
    },
  })
}
