/* How many tiles each point of a square shares with a chosen one. */
"use strict"
{
  const [BINS, CELLS] = [3, 24] // tiles along each number; cells of the picture along each side
  const shift = (tiling, n, tilings) => tiling * (2 * n + 1) / tilings % 1
  const tile = (x, tiling, n, tilings) =>
    Math.floor(Math.min(BINS, Math.max(0, x * BINS)) + shift(tiling, n, tilings))
  const active = (point, tilings) => Array.from({ length: tilings }, (_, tiling) =>
    point.map((x, n) => tile(x, tiling, n, tilings)))
  const shared = (a, b) => a.filter(([x, y], n) => x === b[n][0] && y === b[n][1]).length
  const middles = Array.from({ length: CELLS }, (_, n) => (n + 0.5) / CELLS)
  const wide = x => CELLS * x - 0.5 // from the square to the picture

  /* The outlines of the active tiles. */
  function outlines({ x, y, tilings }) {
    return active([x, y], tilings).map((found, tiling) => {
      const [[left, right], [bottom, top]] = found.map((k, n) =>
        [k, k + 1].map(edge => wide((edge - shift(tiling, n, tilings)) / BINS)))
      return [[left, bottom], [right, bottom], [right, top], [left, top], [left, bottom]]
    })
  }

  function shares({ x, y, tilings }) {
    const chosen = active([x, y], tilings)
    return middles.flatMap((v, row) => middles.map((u, column) =>
      [column, row, shared(chosen, active([u, v], tilings)) / tilings]))
  }

  const place = label => ({ label, from: 0, to: 1, by: 0.02, start: 0.5, show: value => value.toFixed(2) })
  ;(window.undergradFigures ||= []).push({
    name: "tilings",
    handles: {
      x: place("first number"), y: place("second number"),
      tilings: { label: "tilings", from: 1, to: 8, by: 1, start: 4 },
    },
    start: () => ({}),
    buttons: { "One tiling more": state => ({ ...state, tilings: Math.min(8, state.tilings + 1) }) },
    view: { x: [-6.4, 29.4, ""], y: [-0.5, 23.5, ""], bare: true },
    marks: state => [
      { kind: "cells", at: shares(state).map(([x, y, part]) => [x, y, 0.8 * part]), tone: "green" },
      ...outlines(state).map(at => ({ kind: "line", at, tone: "soft" })),
      { kind: "dots", at: [[wide(state.x), wide(state.y)]], tone: "warm" },
    ],
    moves: "A square with a point and the outlines of its active tiles, one for each tiling. The more of these"
      + " tiles a place shares with the point, the darker green it is.",
    ask: "if the weights at the point change, which other values change along? And what do more tilings"
      + " add to a single one?",
    answer: "All that share a tile with it, in proportion to the number of tiles they share. With a single"
      + " tiling, a change counts fully within the tile and not at all beyond its edge, however close the"
      + " point is to it. With more of them it fades in steps, on all sides of the point.",
    say: state => {
      const parts = shares(state).map(([, , part]) => part)
      const percent = found => `${Math.round(100 * found.length / parts.length)}%`
      return `${state.tilings} ${state.tilings === 1 ? "tiling" : "tilings"}: ${percent(parts.filter(each =>
        each === 1))} of the square shares all tiles with the point, and ${percent(parts.filter(each =>
        each === 0))} shares none.`
    },
  })
}
