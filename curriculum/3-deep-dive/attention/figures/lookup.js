/* A query, two keys with the values 10 and 20, and the mean that attention reads from them. */
"use strict"
{
  const keys = [[1, 0], [0, 1]]
  const values = [10, 20]
  const query = ({ size, angle }) => {
    const radians = angle * Math.PI / 180
    return [size * Math.cos(radians), size * Math.sin(radians)]
  }

  function weights(state) {
    const q = query(state)
    const scores = keys.map(key => (key[0] * q[0] + key[1] * q[1]) / Math.SQRT2)
    const powers = scores.map(each => Math.exp(each - Math.max(...scores)))
    const sum = powers.reduce((total, each) => total + each, 0)
    return powers.map(each => each / sum)
  }

  const mean = state => weights(state).reduce((sum, each, n) => sum + each * values[n], 0)
  ;(window.undergradFigures ||= []).push({
    name: "lookup",
    handles: {
      angle: { label: "direction", from: -90, to: 180, by: 5, start: 0, show: value => `${value}°` },
      size: { label: "length", from: 0, to: 6, by: 0.1, start: 2, show: value => value.toFixed(1) },
    },
    start: () => ({}),
    buttons: {
      "Turn by 15°": state => ({ ...state, angle: Math.min(180, state.angle + 15) }),
      "Twice as long": state => ({ ...state, size: Math.min(6, 2 * state.size) }),
    },
    view: { x: [-3.2, 3.2, "first number"], y: [-2.2, 2.2, "second number"] },
    marks: state => [
      ...keys.map(key => ({ kind: "line", at: [[0, 0], key], tone: "ink" })),
      { kind: "dots", at: keys, tone: "ink" },
      { kind: "line", at: [[0, 0], query(state)], tone: "warm" },
      { kind: "dots", at: [query(state)], tone: "warm" },
    ],
    moves: "Two keys, to the right and up, and a query that turns and changes its length.",
    ask: "the query is orange. In which direction are both weights equal, and does a longer query change"
      + " the order of the weights or how different they are?",
    answer: "At 45°, where the query is equally close to both keys. A longer query makes the larger"
      + " weight larger still, but never changes which one it is; at 45° it changes nothing.",
    say: state => {
      const [right, up] = weights(state)
      return `Weights: ${right.toFixed(3)} at the value 10, ${up.toFixed(3)} at the value 20. `
        + `Output: ${mean(state).toFixed(3)}.`
    },
  })
}
