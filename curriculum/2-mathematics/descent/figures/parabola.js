/* Gradient descent on f(x) = x squared, from x = 4. */
"use strict"
{
  const height = x => x * x
  const step = ({ lr, path }) => {
    const x = path.at(-1)
    return { lr, path: [...path, x - lr * 2 * x] }
  }
  const curve = Array.from({ length: 61 }, (_, n) => -6 + n / 5).map(x => [x, height(x)])
  const shown = value => Math.abs(value) < 1e4 ? value.toFixed(3) : value.toExponential(1)
  ;(window.undergradFigures ||= []).push({
    name: "parabola",
    handles: {
      lr: { label: "learning rate", from: 0.05, to: 1.15, by: 0.05, start: 0.1,
        show: value => value.toFixed(2) },
    },
    start: () => ({ path: [4] }),
    buttons: { "One step": step, "5 steps": state => [1, 2, 3, 4, 5].reduce(step, state) },
    view: { x: [-6, 6, "x"], y: [0, 36, "f(x)"] },
    marks: ({ path }) => [
      { kind: "line", at: curve, tone: "soft" },
      { kind: "line", at: path.map(x => [x, height(x)]), tone: "warm" },
      { kind: "dots", at: path.map(x => [x, height(x)]), tone: "green" },
    ],
    moves: "A parabola and the points of a descent on it, one more for each step.",
    ask: "which learning rate reaches the minimum in one step, and above which one does the descent"
      + " diverge?",
    answer: "0.5, because each step multiplies x by 1 - 2 lr, which is then 0. Above 1 this factor is"
      + " below -1, so each point lies further out than the one before.",
    say: ({ path, lr }) => {
      const [x, steps] = [path.at(-1), path.length - 1]
      const words = steps === 1 ? "1 step" : `${steps} steps`
      return `${words}: x = ${shown(x)}, f(x) = ${shown(height(x))}. Each step multiplies x by`
        + ` 1 - 2 lr = ${(1 - 2 * lr).toFixed(2)}.`
    },
  })
}
