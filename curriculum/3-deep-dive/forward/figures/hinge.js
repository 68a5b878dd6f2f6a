/* Two hidden units of one input, with and without ReLU, and the output, which is their sum. */
"use strict"
{
  const degrees = Array.from({ length: 61 }, (_, n) => n - 10)
  const activation = ({ relu }, z) => relu ? Math.max(z, 0) : z
  const units = state => [[state.w1, state.b1], [state.w2, state.b2]].map(([w, b]) =>
    c => activation(state, w * c + b))
  const output = state => c => units(state).reduce((sum, unit) => sum + unit(c), 0)
  const curve = f => degrees.map(c => [c, f(c)])
  const weight = label => ({ label, from: -2, to: 2, by: 0.1, show: value => value.toFixed(1) })
  const bias = label => ({ label, from: -40, to: 40, by: 1 })
  ;(window.undergradFigures ||= []).push({
    name: "hinge",
    handles: {
      w1: { ...weight("weight 1"), start: 1 }, b1: { ...bias("bias 1"), start: -20 },
      w2: { ...weight("weight 2"), start: -1 }, b2: { ...bias("bias 2"), start: 20 },
    },
    start: () => ({ relu: true }),
    buttons: { "ReLU on or off": state => ({ ...state, relu: !state.relu }) },
    view: { x: [-10, 50, "degrees Celsius"], y: [-20, 40, "output"] },
    marks: state => [
      { kind: "line", at: [[-10, 0], [50, 0]], tone: "soft" },
      ...units(state).map(unit => ({ kind: "line", at: curve(unit), tone: "warm" })),
      { kind: "line", at: curve(output(state)), tone: "green" },
      { kind: "dots", at: [5, 20, 35].map(c => [c, output(state)(c)]), tone: "green" },
    ],
    moves: "Two orange hidden units as functions of the temperature, and their green sum, the output."
      + " The corners move with the weights and biases.",
    ask: "what does the green output become without ReLU? And with it, how do you move the corner"
      + " of an orange unit?",
    answer: "Without ReLU the output is the sum of two lines, here 0 everywhere, and it stays one line"
      + " whatever you set. With ReLU, a unit has its corner where w c + b is 0, at c = -b / w: the"
      + " bias moves it, and the weight decides how steep the unit is and on which side it is active.",
    say: state => {
      const [cold, mild, warm] = [5, 20, 35].map(c => output(state)(c).toFixed(1))
      return `${state.relu ? "With" : "Without"} ReLU: the output is ${cold} at 5 degrees, ${mild} at 20`
        + ` and ${warm} at 35.`
    },
  })
}
