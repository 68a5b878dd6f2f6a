/* A true box of 2 x 2, a predicted one, and their intersection over union. */
"use strict"
{
  const TRUE = [0, 0, 2, 2] // left, bottom, right, top
  const [LEFT, BOTTOM, RIGHT, TOP] = [0, 1, 2, 3]

  function predicted({ right, up, size }) {
    const [x, y] = [1 + right, 1 + up]
    return [x - size / 2, y - size / 2, x + size / 2, y + size / 2]
  }

  const area = ([left, bottom, right, top]) => Math.max(0, right - left) * Math.max(0, top - bottom)
  const shared = box => [Math.max(box[LEFT], TRUE[LEFT]), Math.max(box[BOTTOM], TRUE[BOTTOM]),
    Math.min(box[RIGHT], TRUE[RIGHT]), Math.min(box[TOP], TRUE[TOP])]

  function areas(state) {
    const box = predicted(state)
    const both = shared(box)
    const common = both[RIGHT] > both[LEFT] && both[TOP] > both[BOTTOM] ? area(both) : 0
    return { common, together: area(TRUE) + area(box) - common }
  }

  const iou = state => areas(state).common / areas(state).together
  const outline = ([left, bottom, right, top]) =>
    [[left, bottom], [right, bottom], [right, top], [left, top], [left, bottom]]
  const move = label => ({ label, from: -2, to: 2, by: 0.05, start: 0, show: value => value.toFixed(2) })
  ;(window.undergradFigures ||= []).push({
    name: "overlap",
    handles: {
      right: move("to the right"), up: move("upwards"),
      size: { label: "side", from: 0.5, to: 3.5, by: 0.05, start: 2, show: value => value.toFixed(2) },
    },
    start: () => ({}),
    buttons: { "A tenth to the right": state => ({ ...state, right: Math.min(2, state.right + 0.2) }) },
    view: { x: [-3.2, 5.2, ""], y: [-1.82, 3.82, ""], bare: true },
    marks: state => {
      const both = shared(predicted(state))
      return [
        ...areas(state).common ? [{ kind: "boxes", at: [both], tone: "soft" }] : [],
        { kind: "line", at: outline(TRUE), tone: "green" },
        { kind: "line", at: outline(predicted(state)), tone: "warm" },
        ...areas(state).common ? [{ kind: "words", tone: "ink",
          at: [[(both[LEFT] + both[RIGHT]) / 2, (both[BOTTOM] + both[TOP]) / 2, iou(state).toFixed(2)]] }] : [],
      ]
    },
    moves: "A green true box and an orange predicted one, which can be shifted and scaled. The number in their"
      + " intersection is the IoU.",
    ask: "a predicted box has the right size but lies too far to the right. By what part of its side may it be"
      + " shifted before the IoU falls below 0.5?",
    answer: "A third, 0.67 of 2. The intersection is then two thirds of a box, and the union four thirds. Shifted"
      + " in both directions, it may be off by less than a fifth in each. With the right centre, its side may"
      + " be between 0.71 and 1.41 times the true one.",
    say: state => {
      const { common, together } = areas(state)
      return `Intersection ${common.toFixed(2)}, union ${together.toFixed(2)}, IoU ${iou(state).toFixed(3)}: `
        + `${iou(state) >= 0.5 ? "a hit" : "a miss"} at the threshold 0.5.`
    },
  })
}
