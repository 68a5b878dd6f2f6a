/* Two loss curves of a small classifier, trained in the page, and what `diagnose` calls them. */
"use strict"
{
  const [FEATURES, TRAIN, ALL] = [12, 20, 80] // the label depends on the first feature alone
  const sum = numbers => numbers.reduce((total, each) => total + each, 0)

  /* Whole numbers below 2^32, one from another; the test has the same. */
  let random = 1
  const next = () => {
    random = (1664525 * random + 1013904223) % 2 ** 32
    return 2 * random / 2 ** 32 - 1
  }
  const X = Array.from({ length: ALL }, () => Array.from({ length: FEATURES }, next))
  const y = X.map(row => Number(row[0] + 0.5 * next() > 0))
  const w0 = Array.from({ length: FEATURES }, next)

  const logit = (w, row) => sum(row.map((each, n) => each * w[n]))
  const softplus = z => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)))
  const loss = (w, from, to) =>
    sum(X.slice(from, to).map((row, n) => softplus(logit(w, row)) - y[from + n] * logit(w, row))) / (to - from)

  function step(w, lr) {
    const e = X.slice(0, TRAIN).map((row, n) => 1 / (1 + Math.exp(-logit(w, row))) - y[n])
    return w.map((each, d) => each - lr * sum(e.map((off, n) => off * X[n][d])) / TRAIN)
  }

  function run({ lr, scale, steps }) {
    let w = w0.map(each => each * scale)
    const [train, val] = [[], []]
    for (let n = 0; n <= steps; n += 1) {
      train.push(loss(w, 0, TRAIN))
      val.push(loss(w, TRAIN, ALL))
      w = step(w, 10 ** lr)
    }
    return { train, val }
  }

  /* The questions of the task, in their order; two classes. */
  function diagnose({ train, val }) {
    const [first, last] = [train[0], train.at(-1)]
    if (!train.every(Number.isFinite)) return "not finite"
    if (last > first) return "step too large"
    if (first > 2 * Math.log(2)) return "bad start"
    if (last > 0.95 * first) return "not learning"
    if (val.at(-1) < 0.5 * last) return "leak"
    if (val.at(-1) > 1.2 * Math.min(...val)) return "overfits"
    return last < 0.9 * train[Math.floor(3 * train.length / 4)] ? "unfinished" : "fine"
  }

  ;(window.undergradFigures ||= []).push({
    name: "verdict",
    handles: {
      lr: { label: "learning rate", from: -3, to: 1.5, by: 0.25, start: -2.5,
        show: lr => String(Number((10 ** lr).toPrecision(2))) },
      scale: { label: "first weights", from: 0, to: 8, by: 0.5, start: 0, show: scale => `± ${scale}` },
      steps: { label: "steps", from: 10, to: 200, by: 10, start: 50 },
    },
    start: () => ({}),
    buttons: { "Ten times the rate": state => ({ ...state, lr: Math.min(1.5, state.lr + 1) }) },
    view: { x: [0, 200, "step"], y: [0, 3, "loss"] },
    marks: state => {
      const { train, val } = run(state)
      return [
        { kind: "line", at: [[0, Math.log(2)], [200, Math.log(2)]], tone: "soft" },
        { kind: "line", at: train.map((each, n) => [n, each]), tone: "green" },
        { kind: "line", at: val.map((each, n) => [n, each]), tone: "warm" },
      ]
    },
    moves: "Two curves of the loss over the steps, green for training and orange for validation. A grey line marks"
      + " the loss of guessing. The curves change with the learning rate, the first weights and the steps.",
    ask: "green is training, orange validation. If you raise the learning rate, which verdicts do you meet, and"
      + " in which order?",
    answer: "Not learning, fine, unfinished, overfits. At 0.056 the verdict is fine, although ten times the rate"
      + " reaches a far lower validation loss in the same time: fine only says that none of the symptoms"
      + " shows. With first weights of 3.5 and more the start is bad, because the loss begins far above that of"
      + " guessing.",
    say: state => {
      const { train, val } = run(state)
      return `Verdict: ${diagnose({ train, val })}. Training loss ${train[0].toFixed(2)} to ${train.at(-1).toFixed(2)},`
        + ` validation loss ${val[0].toFixed(2)} to ${val.at(-1).toFixed(2)}, lowest ${Math.min(...val).toFixed(2)}.`
    },
  })
}
