/* Value iteration in the four rooms, sweep by sweep. */
"use strict"
{
  const ROOMS = ["S...#....", "....#....", ".........", "....#....", "#.####.##", "....#....", "....#..H.",
    "........G"]
  const LETTERS = ROOMS.join("")
  const [HEIGHT, WIDTH] = [ROOMS.length, ROOMS[0].length]
  const MOVES = [[-1, 0], [0, 1], [1, 0], [0, -1]] // up, right, down, left
  const PAYS = { G: 1, H: -1 }
  const ends = s => "GH#".includes(LETTERS[s])
  const cell = s => [s % WIDTH, HEIGHT - 1 - Math.floor(s / WIDTH)] // in the picture

  function after(s, [down, right]) {
    const [row, column] = [Math.floor(s / WIDTH) + down, s % WIDTH + right]
    const inside = row >= 0 && row < HEIGHT && column >= 0 && column < WIDTH
    const next = row * WIDTH + column
    return inside && LETTERS[next] !== "#" ? next : s
  }

  function actionValues(v, s, { gamma, slip }) {
    if (ends(s)) return [0, 0, 0, 0]
    return MOVES.map((_, a) => [[0, 1 - slip], [1, slip / 2], [3, slip / 2]].reduce((sum, [turn, chance]) => {
      const next = after(s, MOVES[(a + turn) % 4])
      return sum + chance * ((PAYS[LETTERS[next]] || 0) + gamma * v[next])
    }, 0))
  }

  function values(state) {
    let v = Array(LETTERS.length).fill(0)
    for (let n = 0; n < state.sweeps; n += 1) {
      const old = v
      v = v.map((_, s) => Math.max(...actionValues(old, s, state)))
    }
    return v
  }

  function greedy(v, state) {
    return [...LETTERS].flatMap((_, s) => {
      const q = actionValues(v, s, state)
      if (ends(s) || Math.max(...q) - Math.min(...q) < 1e-9) return []
      const [[down, right], [x, y]] = [MOVES[q.indexOf(Math.max(...q))], cell(s)]
      return [[x - 0.3 * right, y + 0.3 * down, x + 0.3 * right, y - 0.3 * down]]
    })
  }

  const letters = wanted => [...LETTERS].map((letter, s) => [...cell(s), letter])
    .filter(([, , letter]) => wanted.includes(letter))
  const more = count => state => ({ ...state, sweeps: state.sweeps + count })
  ;(window.undergradFigures ||= []).push({
    name: "rooms",
    handles: {
      gamma: { label: "gamma", from: 0.5, to: 0.99, by: 0.01, start: 0.95, show: value => value.toFixed(2) },
      slip: { label: "slip", from: 0, to: 0.5, by: 0.05, start: 0.1, show: value => value.toFixed(2) },
    },
    start: () => ({ sweeps: 0 }),
    buttons: { "One sweep": more(1), "6 sweeps": more(6) },
    view: { x: [-2.2, 10.2, ""], y: [-0.6, 7.6, ""], bare: true },
    marks: state => {
      const v = values(state)
      const shades = sign => v.map((value, s) => [...cell(s), Math.min(1, Math.max(0, 0.8 * sign * value))])
      const arrows = greedy(v, state)
      return [
        { kind: "cells", at: shades(1), tone: "green" },
        { kind: "cells", at: shades(-1), tone: "warm" },
        { kind: "cells", at: letters("#").map(([x, y]) => [x, y, 0.7]), tone: "soft" },
        { kind: "words", at: letters("SGH"), tone: "ink" },
        ...arrows.length ? [{ kind: "arrows", at: arrows, tone: "ink" }] : [],
      ]
    },
    moves: "Four rooms of squares with the start S, the goal G and a hole H. With each sweep, green values"
      + " reach one square further from the goal, and arrows show the greedy actions.",
    ask: "after how many sweeps does the start have a value above 0? And does slipping change the arrow of"
      + " the square on the left of H?",
    answer: "After 15, because the goal is 15 steps away, and each sweep carries the value one step further."
      + " If no step slips, the arrow points down, past H to the goal. With a slip of 0.1 it points left,"
      + " away from both, because a step down would end in H with probability 0.05.",
    say: state => {
      const v = values(state)
      return `After ${state.sweeps} ${state.sweeps === 1 ? "sweep" : "sweeps"}: `
        + `${v.filter((value, s) => !ends(s) && value > 0).length} squares have a value above 0, and the value of`
        + ` the start is ${v[0].toFixed(3)}.`
    },
  })
}
