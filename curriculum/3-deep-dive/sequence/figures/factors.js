/* What is left of a gradient, step by step back: in a simple RNN of one unit, and along an LSTM's cell. */
"use strict"
{
  const STEPS = Array.from({ length: 41 }, (_, n) => n)
  const rnn = ({ weight, h }) => Math.abs(weight) * (1 - h * h)
  const gate = ({ bias }) => 1 / (1 + Math.exp(-bias))
  const curve = factor => STEPS.map(n => [n, Math.max(-20, n * Math.log10(Math.max(factor, 1e-9)))])
  const shown = value => value >= 0.001 && value < 1000 ? value.toFixed(3) : value.toExponential(0)
  ;(window.undergradFigures ||= []).push({
    name: "factors",
    handles: {
      weight: { label: "weight Wh", from: 0, to: 3, by: 0.05, start: 1, show: value => value.toFixed(2) },
      h: { label: "state h", from: 0, to: 0.95, by: 0.05, start: 0.5, show: value => value.toFixed(2) },
      bias: { label: "gate's bias", from: -3, to: 6, by: 0.25, start: 0, show: value => value.toFixed(2) },
    },
    start: () => ({}),
    buttons: { "Open the gate": state => ({ ...state, bias: Math.min(6, state.bias + 1) }) },
    view: { x: [0, 40, "steps back"], y: [-10, 4, "log10 of what is left"] },
    marks: state => [
      { kind: "line", at: [[0, 0], [40, 0]], tone: "soft" },
      { kind: "line", at: curve(rnn(state)), tone: "warm" },
      { kind: "line", at: curve(gate(state)), tone: "green" },
    ],
    moves: "Two lines of what is left of a gradient after 0 to 40 steps back, on a logarithmic axis: orange"
      + " for a simple RNN, green for the cell of an LSTM. Each tilts with its factor per step.",
    ask: "orange is a simple RNN, green the cell of an LSTM. For which weight does orange stay level at the"
      + " state 0.5, and can green ever rise?",
    answer: "At the weight 1 / (1 - 0.25) = 1.33, and only as long as the state stays 0.5: any other state"
      + " needs another weight. Green never rises, because the factor of the cell is the forget gate,"
      + " which lies between 0 and 1. But it stays close to level as soon as the gate is open, whatever"
      + " the state is.",
    say: state => {
      const [simple, cell] = [rnn(state), gate(state)]
      return `Factor per step: ${simple.toFixed(3)} in the RNN, ${cell.toFixed(3)} along the cell. Left after`
        + ` 30 steps: ${shown(simple ** 30)} and ${shown(cell ** 30)}.`
    },
  })
}
