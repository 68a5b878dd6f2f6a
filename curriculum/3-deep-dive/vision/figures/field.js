/* What one output position depends on: stacked kernels of 3, drawn in one dimension. */
"use strict"
{
  const SIZE = 64 // pixels of the input
  const WAYS = [
    { name: "stride 1", stride: 1, dilation: () => 1 },
    { name: "doubling dilation", stride: 1, dilation: layer => 2 ** layer },
    { name: "stride 2", stride: 2, dilation: () => 1 },
  ]

  /* From the output down to the pixels: the positions that are used in each row, in pixels from the middle. */
  function rows({ way, depth }) {
    const { stride, dilation } = WAYS[way]
    const found = [[0]]
    for (let layer = depth - 1; layer >= 0; layer -= 1) {
      const apart = dilation(layer) * stride ** layer
      found.push([...new Set(found.at(-1).flatMap(x => [x - apart, x, x + apart]))].sort((a, b) => a - b))
    }
    return found
  }

  function links(state) {
    const { stride, dilation } = WAYS[state.way]
    const high = state.depth
    return rows(state).slice(0, -1).flatMap((row, n) => {
      const layer = state.depth - 1 - n
      const apart = dilation(layer) * stride ** layer
      return row.flatMap(x => [-apart, 0, apart].map(move => [[x, high - n], [x + move, high - n - 1]]))
    })
  }

  const field = state => rows(state).at(-1).at(-1) - rows(state).at(-1)[0] + 1

  /* Positions of the output, with the padding that keeps the size at stride 1. */
  function outputs({ way, depth }) {
    let size = SIZE
    for (let layer = 0; layer < depth; layer += 1) size = Math.floor((size - 1) / WAYS[way].stride) + 1
    return size
  }

  const ROW = 3 // heights of a cell from one row to the next
  ;(window.undergradFigures ||= []).push({
    name: "field",
    handles: {
      depth: { label: "layers", from: 1, to: 5, by: 1, start: 1 },
      way: { label: "kernels of 3", from: 0, to: WAYS.length - 1, by: 1, start: 0, show: n => WAYS[n].name },
    },
    start: () => ({}),
    buttons: { "One more layer": state => ({ ...state, depth: Math.min(5, state.depth + 1) }) },
    view: { x: [-32.5, 32.5, ""], y: [-1, 5 * ROW + 1, ""], bare: true },
    marks: state => {
      const all = rows(state)
      const cells = all.slice(0, -1).flatMap((row, n) => row.map(x => [x, (state.depth - n) * ROW, 0.85]))
      const pixels = Array.from({ length: 63 }, (_, n) => [n - 31, 0, 0])
      return [
        ...links(state).map(at => ({ kind: "line", at: at.map(([x, row]) => [x, row * ROW]), tone: "soft" })),
        { kind: "cells", at: pixels, tone: "soft" },
        { kind: "cells", at: all.at(-1).map(x => [x, 0, 0.85]), tone: "warm" },
        { kind: "cells", at: cells, tone: "green" },
      ]
    },
    moves: "One output position at the top, the positions of each layer that it depends on, joined by lines, and the"
      + " row of pixels at the bottom, orange where they belong to the receptive field. The cone widens with the"
      + " layers and with the stride or the dilation.",
    ask: "three layers with stride 1 see 7 pixels. How many do three layers with stride 2 see, and how many with"
      + " dilations 1, 2 and 4?",
    answer: "15 in both cases, 1 + 2 + 4 + 8: the weights of the second layer lie two pixels apart, those of the third"
      + " four. They differ in what comes out. With stride 2, 8 positions are left of 64 pixels, whereas with dilation"
      + " there are still 64, so the last layer costs eight times as much.",
    say: state => {
      const { depth, way } = state
      return `${depth} ${depth === 1 ? "layer" : "layers"} with ${WAYS[way].name}: the receptive field has `
        + `${field(state)} pixels, and of ${SIZE} pixels ${outputs(state)} positions come out.`
    },
  })
}
