/* The gradients of a real step, by their exponents, and what of them a type of 16 bits can hold. */
"use strict"
{
  /* How many gradients lie from 2^e to 2^(e + 1), for e from LOW on: `exponents` in `figures.py`. */
  const LOW = -60
  const COUNTS = [1, 1, 0, 0, 0, 0, 0, 2, 1, 2, 0, 2, 2, 3, 1, 1, 2, 7, 7, 8, 2, 3, 4, 9, 15, 8, 20, 30, 20, 29,
    29, 27, 38, 39, 71, 75, 112, 121, 170, 203, 271, 345, 504, 752, 1123, 1532, 2414, 3535, 5002, 5466, 3217, 984,
    434, 212, 13]
  const ALL = COUNTS.reduce((sum, each) => sum + each, 0)

  /* Binary digits in all, the smallest exponent that has all of them, and the largest exponent. */
  const TYPES = [
    { name: "float16", digits: 11, smallest: -14, largest: 15 },
    { name: "bfloat16", digits: 8, smallest: -126, largest: 127 },
  ]

  /* Digits that are kept at an exponent: 0 where a number becomes 0, and none where it is infinite. */
  function kept({ digits, smallest, largest }, exponent) {
    if (exponent > largest) return Infinity
    // Just below the smallest number that can be written, rounding still leads up to it.
    return exponent < smallest - digits ? 0 : Math.max(1, Math.min(digits, digits - smallest + exponent))
  }

  const bars = ({ type, scale }) => COUNTS.map((count, n) =>
    ({ exponent: LOW + n + scale, count, digits: kept(TYPES[type], LOW + n + scale) }))
  const count = found => found.reduce((sum, each) => sum + each.count, 0)

  function sorts(state) {
    const found = bars(state).filter(each => each.count)
    return {
      lost: found.filter(each => each.digits === 0),
      infinite: found.filter(each => each.digits === Infinity),
      fewer: found.filter(each => each.digits > 0 && each.digits < TYPES[state.type].digits),
      whole: found.filter(each => each.digits === TYPES[state.type].digits),
    }
  }

  const HIGHEST = 4 // of the axis, as a power of 10
  const percent = part => `${(100 * part / ALL).toFixed(1)}%`
  ;(window.undergradFigures ||= []).push({
    name: "scaling",
    handles: {
      scale: { label: "loss scale", from: 0, to: 40, by: 1, start: 0, show: power => `2^${power}` },
      type: { label: "type", from: 0, to: TYPES.length - 1, by: 1, start: 0, show: n => TYPES[n].name },
    },
    start: () => ({}),
    buttons: { "Double the scale": state => ({ ...state, scale: Math.min(40, state.scale + 1) }) },
    view: { x: [-40, 24, "exponent of the scaled gradient"], y: [0, HIGHEST, "log10 of their number"] },
    marks: state => {
      const { lost, infinite, fewer, whole } = sorts(state)
      const mark = (found, tone) => found.length
        ? [{ kind: "bars", at: found.map(each => [each.exponent + 0.5, Math.log10(1 + each.count)]), tone }] : []
      const { digits, smallest, largest } = TYPES[state.type]
      const ends = [smallest - digits + 1, smallest, largest + 1].filter(each => each > -40 && each < 24)
      return [
        { kind: "gaps", at: ends.length ? ends.map(x => [x, 0, HIGHEST]) : [[-40, 0, HIGHEST]], tone: "soft" },
        ...mark([...lost, ...infinite], "warm"), ...mark(fewer, "soft"), ...mark(whole, "green"),
      ]
    },
    moves: "Bars count the gradients of one step by their exponents, on a logarithmic scale, and move to the right with"
      + " the loss scale. They are orange where the type makes them 0 or infinite, grey where it has too few digits for"
      + " them, and green where it keeps all of its digits. Dashed lines mark where these ranges end.",
    ask: "without a scale, 489 of these 26,896 gradients become 0 in float16. Which scale saves the most of them, without"
      + " a skipped step?",
    answer: "2^21, where 7 of them still become 0. At 2^22 the largest 30 are infinite, so the step would be skipped. The"
      + " choice is not critical: with 2^16, which leaves room for larger gradients, only 18 are lost. bfloat16 needs no"
      + " scale, although it keeps 8 binary digits of each gradient where float16 keeps 11.",
    say: state => {
      const found = sorts(state)
      const [lost, infinite, fewer] = [found.lost, found.infinite, found.fewer].map(count)
      const end = infinite ? `${infinite} ${infinite === 1 ? "is" : "are"} infinite, so the step is skipped`
        : "the step is made"
      return `${TYPES[state.type].name}, scale 2^${state.scale}: ${lost} of the gradients become 0, `
        + `${percent(fewer)} lose digits; ${end}.`
    },
  })
}
