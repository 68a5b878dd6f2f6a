/* From which tokens the next one is drawn: temperature, then top-k, top-p and min-p. */
"use strict"
{
  const TOKENS = {
    peaked: [0.5, 0.25, 0.15, 0.07, 0.03],
    flat: Array(10).fill(0.1),
    "long tail": [0.4, ...Array(9).fill(0.6 / 9)],
  }
  const KINDS = Object.keys(TOKENS)
  const total = values => values.reduce((sum, each) => sum + each, 0)

  /* As in the task, each filter takes what the one before has left. */
  function filtered({ kind, temperature, topK, topP, minP }) {
    const logits = TOKENS[kind].map(Math.log)
    let p = logits.map(each => Math.exp((each - Math.max(...logits)) / temperature))
    const kth = [...p].sort((a, b) => b - a)[Math.min(topK, p.length) - 1]
    p = p.map(each => each < kth ? 0 : each)
    if (topP < 1) {
      const order = p.map((each, n) => [each, n]).sort(([a, m], [b, n]) => b - a || m - n)
      const enough = topP * total(p)
      let before = 0
      for (const [each, n] of order) {
        if (before >= enough) p[n] = 0
        before += each
      }
    }
    p = p.map(each => each < minP ? 0 : each)
    return p.map(each => each / total(p))
  }

  const all = { topK: 10, topP: 1, minP: 0 }
  const bars = p => p.map((each, n) => [n + 1, each])
  ;(window.undergradFigures ||= []).push({
    name: "filter",
    handles: {
      temperature: { label: "temperature", from: 0.1, to: 3, by: 0.1, start: 1,
        show: value => value.toFixed(1) },
      topK: { label: "top-k", from: 1, to: 10, by: 1, start: 10 },
      topP: { label: "top-p", from: 0.05, to: 1, by: 0.05, start: 1, show: value => value.toFixed(2) },
      minP: { label: "min-p", from: 0, to: 1, by: 0.05, start: 0, show: value => value.toFixed(2) },
    },
    start: () => ({ kind: KINDS[0] }),
    buttons: {
      "Other tokens": state =>
        ({ ...state, kind: KINDS[(KINDS.indexOf(state.kind) + 1) % KINDS.length] }),
    },
    view: { x: [0, 11, "token, the most probable first"], y: [0, 1, "probability"] },
    marks: state => [
      { kind: "bars", at: bars(filtered(state)), tone: "green" },
      { kind: "line", at: bars(filtered({ ...state, ...all })), tone: "warm" },
      { kind: "dots", at: bars(filtered({ ...state, ...all })), tone: "warm" },
    ],
    moves: "Up to ten tokens. Orange dots show their probabilities at this temperature, and green bars what"
      + " the filters leave of them, which again sums to 1.",
    ask: "ten tokens are equally probable. How many of them does top-p 0.80 keep, and how many min-p 0.20?"
      + " And how do the two differ on a long tail?",
    answer: "Top-p keeps 8 of the ten, although all are equally good; min-p keeps all of them. On the long"
      + " tail, one token of 0.4 and nine of 0.067, top-p 0.80 keeps six of the nine weak tokens. Min-p 0.20"
      + " keeps none of them, because each is less than a fifth as probable as the first.",
    say: state => {
      const p = filtered(state)
      return `${p.filter(each => each > 0).length} of ${p.length} tokens remain (${state.kind}). The most`
        + ` probable one is drawn with probability ${Math.max(...p).toFixed(3)}.`
    },
  })
}
