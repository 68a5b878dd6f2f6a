/* The lengths of the texts that a reward model picks as the best of n. */
"use strict"
{
  const LENGTHS = Array.from({ length: 30 }, (_, n) => n + 1)
  const TEXTS = [-1, 0, 1].flatMap(care => LENGTHS.map(length => [length, care]))
  const sum = numbers => numbers.reduce((total, each) => total + each, 0)
  const likely = TEXTS.map(([length, care]) => Math.exp(-(((length - 10) / 3) ** 2 + care ** 2) / 2))
  const usual = likely.map(each => each / sum(likely))
  const truth = TEXTS.map(([length, care]) => care - ((length - 13) / 4) ** 2)

  /* What 300 comparisons taught each reward model: the weights of care, length / 10 and its square. */
  const MODELS = [["line", [0.884975, 2.562557, 0]], ["square", [0.88808, 7.871487, -2.518414]]]
  const scores = MODELS.map(([, [a, b, c]]) =>
    TEXTS.map(([length, care]) => a * care + b * length / 10 + c * (length / 10) ** 2))

  /* The best one is this text if no sample is better, and not all of them are worse. */
  function bestOf(n, score) {
    return usual.map((each, k) => {
      const where = wanted => sum(usual.filter((_, other) => wanted(score[other])))
      const [below, tied] = [where(r => r < score[k]), where(r => r === score[k])]
      return each / tied * ((below + tied) ** n - below ** n)
    })
  }

  function found({ power, model }) {
    const n = 2 ** power
    const p = bestOf(n, scores[model])
    const under = values => sum(p.map((each, k) => each * values[k]))
    return { n, p, lines: under(TEXTS.map(([length]) => length)), reward: under(truth),
      score: under(scores[model]), nats: sum(p.map((each, k) => each && each * Math.log(each / usual[k]))) }
  }
  const byLength = p => LENGTHS.map(length => [length, sum(p.filter((_, k) => TEXTS[k][0] === length))])

  ;(window.undergradFigures ||= []).push({
    name: "best",
    handles: {
      power: { label: "samples n", from: 0, to: 10, by: 1, start: 0, show: power => String(2 ** power) },
      model: { label: "reward model", from: 0, to: 1, by: 1, start: 0, show: model => MODELS[model][0] },
    },
    start: () => ({}),
    buttons: { "Twice as many": state => ({ ...state, power: Math.min(10, state.power + 1) }) },
    view: { x: [0, 31, "length in lines"], y: [0, 1, "probability"] },
    marks: state => [
      { kind: "bars", at: byLength(found(state).p), tone: "green" },
      { kind: "line", at: byLength(usual), tone: "soft" },
      { kind: "gaps", at: [[13, 0, 1]], tone: "warm" },
    ],
    moves: "Green bars for the lengths of the texts that are picked, the reference as a grey curve around 10"
      + " lines, and a dashed line at 13, the best length. With more samples, the bars move to the right.",
    ask: "a line says that longer is better without end, and a square knows a best length. Where do the"
      + " bars end up with each of them, and what happens to the true reward?",
    answer: "With the line they move on for ever: at 1,024 samples, the texts have 18.7 lines on average, and the"
      + " true reward is as low as without a choice, after a peak of 0.40 at 16. The square stops at the best"
      + " length that it has learned, 16 lines. That is 3 too many, so its true reward falls too, from 0.75 to 0.44.",
    say: state => {
      const { n, lines, score, reward, nats } = found(state)
      return `Best of ${n}: ${lines.toFixed(1)} lines on average, score ${score.toFixed(2)}, true reward `
        + `${reward.toFixed(2)}, ${nats.toFixed(2)} nats from the reference.`
    },
  })
}
