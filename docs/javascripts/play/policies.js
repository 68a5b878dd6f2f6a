/* The network of an agent, as `undergrad/rl/run/policy.py` writes it, on one observation at a time.
   A test compares its numbers with the engine's. */
"use strict"
{
  /* Whole numbers of `width` bytes, the lowest byte first, times a scale. */
  function numbers({ bytes, width, scale }) {
    const text = atob(bytes)
    return Float32Array.from({ length: text.length / width }, (_, n) => {
      let whole = 0
      for (let byte = 0; byte < width; byte += 1) {
        whole |= text.charCodeAt(width * n + byte) << 8 * (byte + 4 - width)
      }
      return (whole >> 8 * (4 - width)) * scale
    })
  }

  function unpack({ weight, bias, then }) {
    return { weight: numbers(weight), bias: numbers(bias), then }
  }

  const ACTIVATIONS = { relu: x => Math.max(0, x), tanh: Math.tanh, none: x => x }

  /* What the encoder makes of an observation: one row of numbers. */
  const ENCODERS = {
    rows: (_, seen) => seen,
    scale: ({ factor }, seen) => seen.map((value, n) => value * factor[n]),
    pixels: ({ brightest }, seen) => seen.map(value => value / brightest),
    frame_difference({ brightest }, seen) {
      const size = seen.length / 2
      return seen.slice(size).map((value, n) => (value - seen[n]) / brightest)
    },
    normalize: ({ mean, std }, seen) => seen.map((value, n) =>
      Math.min(10, Math.max(-10, (value - mean[n]) / (std[n] + 1e-8)))),
  }

  function linear({ weight, bias, then }, x) {
    const [activation, inputs] = [ACTIVATIONS[then], x.length]
    return Array.from(bias, (start, row) => {
      let sum = start
      for (let n = 0; n < inputs; n += 1) sum += weight[row * inputs + n] * x[n]
      return activation(sum)
    })
  }

  /* From a policy as data to its outputs, one for each action. */
  function network({ encoder, layers }) {
    const unpacked = layers.map(unpack)
    return seen => unpacked.reduce((x, layer) => linear(layer, x),
      ENCODERS[encoder.kind](encoder, seen))
  }

  /* The same layers with random weights, as a network has them before it has learned anything. */
  function untrained({ encoder, layers }, stream = 1n) {
    let now = stream
    const fresh = layers.map(unpack).map(({ weight, bias, then }) => {
      const bound = 1 / Math.sqrt(weight.length / bias.length)
      const drawn = count => {
        const [after, units] = window.undergradPlay.uniform(now, count)
        now = after
        return units.map(unit => bound * (2 * unit - 1))
      }
      return { weight: drawn(weight.length), bias: drawn(bias.length), then }
    })
    return seen => fresh.reduce((x, layer) => linear(layer, x),
      ENCODERS[encoder.kind](encoder, seen))
  }

  /* The position of the largest number; of several, the first. */
  const argmax = row => row.indexOf(Math.max(...row))

  Object.assign(window.undergradPlay, { network, untrained, argmax })
}
