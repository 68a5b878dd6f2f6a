/* The size of a signal in fifty layers, for every variance of their weights. */
"use strict"
{
  /* 1000 log10 of the mean square at every second layer of three networks of width 100, whose weights
     have the variance 2/D. Another variance multiplies each layer's mean square by the same factor,
     because ReLU keeps factors: relu(a z) = a relu(z). */
  const MEASURED = {
    relu: [
      [-3, 40, 48, 44, -66, 109, 152, -13, -58, -138, -240, -173, -359, -442, -400, -382, -455,
        -490, -368, -292, 65, -71, -10, -42, -51, -125],
      [-5, -37, -141, -98, 79, 129, -97, -67, -66, -209, -386, -435, -512, -421, -393, -168, -132,
        -326, -239, -377, -411, -462, -617, -575, -326, -331],
      [-1, -11, -198, -80, -76, -65, -68, 16, 40, -150, -225, -253, -256, -7, -10, 93, 104, 103,
        255, 81, 11, -155, -314, -259, -442, -535],
    ],
    linear: [
      [-3, 614, 1219, 1822, 2447, 3086, 3741, 4309, 4905, 5486, 6108, 6597, 7112, 7686, 8315, 8918,
        9528, 10073, 10662, 11239, 11814, 12469, 13105, 13684, 14229, 14882],
      [-5, 598, 1198, 1826, 2365, 2984, 3610, 4226, 4840, 5441, 6116, 6748, 7325, 7891, 8574, 9059,
        9626, 10246, 10811, 11378, 11980, 12512, 13116, 13664, 14364, 14995],
      [-1, 623, 1216, 1795, 2428, 3036, 3642, 4211, 4844, 5463, 6014, 6655, 7299, 7890, 8487, 9169,
        9806, 10358, 10957, 11568, 12198, 12834, 13500, 14154, 14758, 15310],
    ],
  }
  const LAYERS = MEASURED.relu[0].map((_, n) => 2 * n)
  const curves = ({ gain, act }) => MEASURED[act].map(network => network.map((each, n) =>
    [LAYERS[n], each / 1000 + LAYERS[n] * Math.log10(gain / 2)]))
  ;(window.undergradFigures ||= []).push({
    name: "signal",
    handles: {
      gain: { label: "variance × D", from: 0.5, to: 4, by: 0.1, start: 1, show: value => value.toFixed(1) },
    },
    start: () => ({ act: "relu" }),
    buttons: { "ReLU on or off": state => ({ ...state, act: state.act === "relu" ? "linear" : "relu" }) },
    view: { x: [0, 50, "layer"], y: [-16, 16, "log10 of the mean square"] },
    marks: state => [
      { kind: "line", at: [[0, 0], [50, 0]], tone: "soft" },
      ...curves(state).map((at, n) => ({ kind: "line", at, tone: ["green", "warm", "ink"][n] })),
      { kind: "dots", at: curves(state).map(each => each.at(-1)), tone: "ink" },
    ],
    moves: "The mean square of a signal over fifty layers, as one line for each of three networks. All"
      + " three tilt together with the variance of the weights.",
    ask: "for which variance do the lines stay level with ReLU? And without ReLU?",
    answer: "2/D with ReLU, which sets half of the numbers to 0, and 1/D without it. With 1/D and ReLU each"
      + " layer halves the mean square, so about a millionth of a billionth is left after fifty layers.",
    say: state => {
      const last = curves(state).map(each => (10 ** each.at(-1)[1]).toExponential(0))
      return `Variance ${state.gain.toFixed(1)}/D, ${state.act === "relu" ? "with" : "without"} ReLU: the mean`
        + ` square after 50 layers is ${last.join(", ")}.`
    },
  })
}
