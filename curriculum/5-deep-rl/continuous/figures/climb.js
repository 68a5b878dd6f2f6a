/* An actor that climbs the first of two critics, and what each of them says there. */
"use strict"
{
  const RATE = 0.4 // of a step of ascent
  const value = (error, a) => error * a - a * a / 2
  const actions = Array.from({ length: 121 }, (_, n) => n / 25 - 2.4)
  const curve = error => actions.map(a => [a, value(error, a)])
  const off = ({ one, two, a }) => [one * a, two * a] // how far each critic is above the truth

  const step = state => ({ ...state, a: state.a + RATE * (state.one - state.a) })
  const error = (label, start) => ({ label, from: -2, to: 2, by: 0.1, start, show: e => e.toFixed(1) })
  const side = distance => `${Math.abs(distance).toFixed(2)} ${distance < 0 ? "below" : "above"} the truth`
  ;(window.undergradFigures ||= []).push({
    name: "climb",
    handles: { one: error("error of critic 1", 1), two: error("error of critic 2", -0.5) },
    start: () => ({ a: -0.5 }),
    buttons: { "Step of ascent": step, "To the top": state => ({ ...state, a: state.one }) },
    view: { x: [-2.4, 2.4, "action"], y: [-3, 2.2, "value"] },
    marks: state => {
      const { one, two, a } = state
      const lower = value(0, a) + Math.min(...off(state))
      return [
        { kind: "line", at: curve(0), tone: "soft" },
        { kind: "line", at: curve(one), tone: "green" },
        { kind: "line", at: curve(two), tone: "warm" },
        { kind: "gaps", at: [[a, value(0, a), lower]], tone: "ink" },
        { kind: "dots", at: [[a, value(one, a)]], tone: "green" },
        { kind: "dots", at: [[a, lower]], tone: "ink" },
      ]
    },
    moves: "The true value as a grey curve over the action, critic 1 in green and critic 2 in orange. A green dot"
      + " climbs critic 1, a black dot shows the lower critic there, and a dashed line its distance from the truth.",
    ask: "the actor climbs critic 1 to its top. For which errors of critic 2 is the lower of the two still above"
      + " the truth there?",
    answer: "For all with the sign of the first error. Critic 1 is too high at its own top whatever its error is,"
      + " but an error of the other sign makes critic 2 too low there, and then the lower one is below the truth."
      + " With equal signs the smaller of the two errors counts.",
    say: state => {
      const [first, second] = off(state)
      return `Action ${state.a.toFixed(2)}: critic 1 is ${side(first)}, critic 2 ${side(second)}. The target`
        + ` contains critic ${first <= second ? 1 : 2}.`
    },
  })
}
