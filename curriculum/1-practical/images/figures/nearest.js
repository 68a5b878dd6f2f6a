/* A new image of 3 x 3 pixels, and its distances from a standing and from a lying bar. */
"use strict"
{
  const STANDS = [0, 1, 0, 0, 1, 0, 0, 1, 0]
  const LIES = [0, 0, 0, 1, 1, 1, 0, 0, 0]
  const NEW = [0, 1, 0, 0, 1, 0, 0, 0, 1]
  const distance = (a, b) => a.reduce((sum, each, n) => sum + (each - b[n]) ** 2, 0)
  const place = (n, left) => [left + n % 3, 2 - Math.floor(n / 3)]
  const cells = (pixels, left) => pixels.map((ink, n) => [...place(n, left), ink])

  function flip(state) {
    return { ...state, pixels: state.pixels.map((ink, n) => n === state.pixel - 1 ? 1 - ink : ink) }
  }

  function frame([x, y]) {
    const [left, right, low, high] = [x - 0.42, x + 0.42, y - 0.42, y + 0.42]
    return [[left, low], [right, low], [right, high], [left, high], [left, low]]
  }

  const verdict = (standing, lying) =>
    standing === lying ? "as near to one as to the other" : `nearer to the ${standing < lying ? "standing" : "lying"} bar`
  ;(window.undergradFigures ||= []).push({
    name: "nearest",
    handles: { pixel: { label: "pixel", from: 1, to: 9, by: 1, start: 8, show: n => `${n} of 9` } },
    start: () => ({ pixels: NEW }),
    buttons: { "Flip this pixel": flip },
    view: { x: [-0.9, 10.9, ""], y: [-2.4, 5.5, ""], bare: true },
    marks: ({ pixels, pixel }) => {
      const [standing, lying] = [STANDS, LIES].map(bar => distance(pixels, bar))
      return [
        { kind: "cells", at: [...cells(STANDS, 0), ...cells(LIES, 8)], tone: "soft" },
        { kind: "cells", at: cells(pixels, 4), tone: "green" },
        { kind: "line", at: frame(place(pixel - 1, 4)), tone: "warm" },
        { kind: "words", at: [[1, 3, "stands"], [5, 3, "new"], [9, 3, "lies"]], tone: "soft" },
        { kind: "words", at: [[1, -1.2, `distance ${standing}`], [9, -1.2, `distance ${lying}`]], tone: "ink" },
      ]
    },
    moves: "Three images of 3 by 3 pixels: a standing bar, a new image in green, and a lying bar. Pixels of the"
      + " new image can be flipped, and its distances from both bars follow.",
    ask: "how many pixels of the new image must be flipped before it is nearer to the lying bar?",
    answer: "Two. A pixel in which the two bars differ, such as the one in the middle of the left column, takes"
      + " 1 from one distance and adds 1 to the other, so the first flip makes them equal, 3 and 3. The four"
      + " corners and the centre change both distances alike, so they decide nothing.",
    say: ({ pixels }) => {
      const [standing, lying] = [STANDS, LIES].map(bar => distance(pixels, bar))
      return `Distance ${standing} from the standing bar and ${lying} from the lying one: ${verdict(standing, lying)}.`
    },
  })
}
