/* What follows the character t, at any temperature, and what is drawn from it. */
"use strict"
{
  /* How often each character follows t in the text of the lesson; 15 others never do. One is added to
     each of the 21 counts before they become probabilities. */
  const COUNTS = { y: 643, w: 247, h: 242, gap: 80, end: 77, e: 61 }
  const NAMES = [...Object.keys(COUNTS), "others"]
  const RARE = 15
  const sum = numbers => numbers.reduce((total, each) => total + each, 0)

  function probabilities({ temperature }) {
    const counts = [...Object.values(COUNTS).map(each => each + 1), ...Array(RARE).fill(1)]
    const logs = counts.map(each => Math.log(each / sum(counts)))
    const powers = logs.map(each => Math.exp((each - Math.max(...logs)) / temperature))
    const p = powers.map(each => each / sum(powers))
    return [...p.slice(0, -RARE), sum(p.slice(-RARE))]
  }

  function draw(count) {
    return state => {
      const [p, drawn] = [probabilities(state), [...state.drawn]]
      let { random } = state
      for (let n = 0; n < count; n += 1) {
        random = (1664525 * random + 1013904223) % 2 ** 32
        let [at, left] = [0, random / 2 ** 32]
        while (at < p.length - 1 && left >= p[at]) left -= p[at++]
        drawn[at] += 1
      }
      return { ...state, random, drawn }
    }
  }

  const none = () => ({ random: 1, drawn: NAMES.map(() => 0) })
  const bars = p => p.map((each, n) => [n + 1, each])
  ;(window.undergradFigures ||= []).push({
    name: "temperature",
    handles: {
      temperature: { label: "temperature", from: 0.1, to: 5, by: 0.1, start: 1, show: value => value.toFixed(1) },
    },
    start: none,
    buttons: { "Draw one": draw(1), "Draw 100": draw(100), "Forget the draws": state => ({ ...state, ...none() }) },
    view: { x: [0.3, 7.7, ""], y: [-0.15, 1.08, ""], bare: true },
    marks: state => [
      { kind: "bars", at: bars(probabilities(state)), tone: "green" },
      { kind: "words", at: NAMES.map((name, n) => [n + 1, -0.08, name]), tone: "ink" },
      { kind: "words", at: bars(probabilities(state)).map(([x, p]) => [x, p + 0.05, p.toFixed(2)]), tone: "ink" },
      ...sum(state.drawn) ? [{ kind: "dots", tone: "warm",
        at: bars(state.drawn.map(each => each / sum(state.drawn))) }] : [],
    ],
    moves: "The probabilities of the characters that follow t, as bars, which become more alike as the temperature"
      + " rises. Orange dots show the fractions among the characters drawn so far.",
    ask: "at which end of the slider is y almost certain? And can drawing 100 characters change the bars?",
    answer: "At the low end: dividing the logarithms by a small temperature makes their differences large. At 5"
      + " the 15 rare characters together have almost half of the probability. Drawing changes nothing: the bars"
      + " are the model, and the dots are a sample of it, which comes closer as it grows.",
    say: state => {
      const p = probabilities(state)
      return `Temperature ${state.temperature.toFixed(1)}: y has ${p[0].toFixed(3)}, and the 15 rare characters have `
        + `${p.at(-1).toFixed(3)} together. Drawn so far: ${sum(state.drawn)}, of them y ${state.drawn[0]}.`
    },
  })
}
