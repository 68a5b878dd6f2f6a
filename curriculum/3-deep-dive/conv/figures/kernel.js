/* A 3 x 3 kernel on an image of 8 x 8 pixels, one position after the other. */
"use strict"
{
  const SHAPE = [[1, 1], [1, 2], [1, 3], [1, 4], [2, 4], [3, 3], [4, 2], [4, 3], [5, 2], [6, 2]] // a 7
  const KERNELS = {
    "left to right": [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]],
    "top to bottom": [[-1, -1, -1], [0, 0, 0], [1, 1, 1]],
    "mean": [[1, 1, 1], [1, 1, 1], [1, 1, 1]].map(row => row.map(each => each / 9)),
    "single dots": [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]],
  }
  const NAMES = Object.keys(KERNELS)
  const three = [0, 1, 2]

  function image({ shift }) {
    const pixels = Array.from({ length: 8 }, () => Array(8).fill(0))
    for (const [row, column] of SHAPE) pixels[row][column + shift] = 1
    return pixels
  }

  function output(state) {
    const [pixels, kernel] = [image(state), KERNELS[NAMES[state.which]]]
    const at = (row, column) => three.reduce((sum, i) => sum + three.reduce((part, j) =>
      part + kernel[i][j] * pixels[row + i][column + j], 0), 0)
    return Array.from({ length: 6 }, (_, row) => Array.from({ length: 6 }, (_, column) => at(row, column)))
  }

  const largest = map => Math.max(1e-9, ...map.flat().map(Math.abs))
  const ROW = 8 // the height of the first row of pixels in the picture
  const cells = (map, left, top, scale) => map.flatMap((row, i) => row.map((value, j) =>
    [left + j, top - i, value / scale]))
  const plus = value => value.toFixed(2).replace(/\.?0+$/, "")
  const where = ({ position }) => [Math.floor(position / 6), position % 6]
  ;(window.undergradFigures ||= []).push({
    name: "kernel",
    handles: {
      which: { label: "kernel", from: 0, to: NAMES.length - 1, by: 1, start: 0, show: n => NAMES[n] },
      position: { label: "position", from: 0, to: 35, by: 1, start: 0, show: n => `${n + 1} of 36` },
    },
    start: () => ({ shift: 0 }),
    buttons: {
      "Next position": state => ({ ...state, position: (state.position + 1) % 36 }),
      "Move the image right": state => ({ ...state, shift: (state.shift + 1) % 4 }),
    },
    view: { x: [-0.7, 15.3, ""], y: [-0.6, 10.2, ""], bare: true },
    marks: state => {
      const [row, column] = where(state)
      const [pixels, map] = [image(state), output(state)]
      const shades = cells(map, 9.2, ROW - 1, largest(map))
      const signed = sign => shades.map(([x, y, shade]) => [x, y, Math.max(0, sign * shade)])
      const frame = (x, y, wide) => {
        const [left, right, top, bottom] = [x - 0.5, x + wide - 0.5, y + 0.5, y - wide + 0.5]
        return [[left, top], [right, top], [right, bottom], [left, bottom], [left, top]]
      }
      return [
        { kind: "words", at: [[3.5, 9.4, "image"], [11.7, 9.4, "output"]], tone: "soft" },
        { kind: "cells", at: cells(pixels, 0, ROW, 1), tone: "ink" },
        { kind: "cells", at: signed(1), tone: "green" },
        { kind: "cells", at: signed(-1), tone: "warm" },
        { kind: "line", at: frame(column, ROW - row, 3), tone: "warm" },
        { kind: "line", at: frame(9.2 + column, ROW - 1 - row, 1), tone: "ink" },
      ]
    },
    moves: "An image of a seven on the left and the output of the kernel on the right, green where it is"
      + " positive and orange where it is negative. A frame of 3 by 3 pixels moves over the image.",
    ask: 'where on the seven is the output of the kernel "left to right" positive, and what becomes of the'
      + " output if the image moves one pixel to the right?",
    answer: "It is positive where paper on the left meets ink on the right, so on the left of each stroke,"
      + " and negative on the right of it. If the image moves, the output moves along and is otherwise"
      + " the same: the convolution is translation equivariant.",
    say: state => {
      const [row, column] = where(state)
      const kernel = KERNELS[NAMES[state.which]]
      const pixels = image(state)
      const inked = three.flatMap(i => three.map(j => [kernel[i][j], pixels[row + i][column + j]]))
        .filter(([, pixel]) => pixel).map(([weight]) => plus(weight))
      return `Kernel ${NAMES[state.which]}, row ${row + 1}, column ${column + 1}: the weights over ink are `
        + `${inked.join(", ") || "none"}, and their sum is ${plus(output(state)[row][column])}.`
    },
  })
}
