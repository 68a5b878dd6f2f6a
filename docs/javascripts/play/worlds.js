/* The worlds that a page can play: the rules of `undergrad/rl/envs` once more, for one game. A test
   plays both through 10,000 steps.

   { actions: { "Left": "ArrowLeft" },   what one can do, in the order of the agent's outputs, with keys
     idle: 1,                            what happens while no key is down; null: the last action
     limit: 500,                         steps after which the time is up
     alwaysPays: true,                   each step earns the same, so a reward is no news
     pace: 4,                            steps a second that suit a person
     size: [width, height],              of the picture
     start: stream => state,             chance comes from a stream: a BigInt
     step: (state, action) => [state, reward, terminated],
     observe: (state, options) => [...], what the agent sees, as one row of numbers
     marks: state => [{ square: [x, y, width, height], tone }, { disc: [x, y, radius], tone },
       { line: [x, y, toX, toY, width], tone }],
     tell: state => "words" }            the same for who does not see it

   A new game draws its start from the stream; in Python it comes from a NumPy generator instead. */
"use strict"
{
  /* Chance: SplitMix64, as in `envs/draws.py`. */
  const STRIDE = 0x9E3779B97F4A7C15n
  const bits64 = number => BigInt.asUintN(64, number)

  function scramble(count) {
    const first = bits64((count ^ (count >> 30n)) * 0xBF58476D1CE4E5B9n)
    const second = bits64((first ^ (first >> 27n)) * 0x94D049BB133111EBn)
    return second ^ (second >> 31n)
  }

  /* The stream afterwards, and `count` numbers from [0, 1). */
  function uniform(stream, count) {
    const numbers = []
    let now = stream
    for (let n = 0; n < count; n += 1) {
      now = bits64(now + STRIDE)
      numbers.push(Number(scramble(now) >> 11n) * 2 ** -53)
    }
    return [now, numbers]
  }

  const below = (unit, limit) => Math.floor(unit * limit)
  const clip = (value, least, most) => Math.min(most, Math.max(least, value))
  const zeros = count => new Array(count).fill(0)
  const square = (row, column, tone) => ({ square: [column, row, 1, 1], tone })
  const disc = (row, column, tone) => ({ disc: [column + 0.5, row + 0.5, 0.36], tone })
  const place = ([row, column]) => `row ${row + 1}, column ${column + 1}`

  const catching = {
    actions: { Left: "ArrowLeft", Stay: "ArrowDown", Right: "ArrowRight" },
    idle: 1,
    limit: Infinity,
    pace: 3,
    size: [5, 10],
    start(stream) {
      const [, [unit]] = uniform(stream, 1)
      return { row: 0, column: below(unit, 5), paddle: 2 }
    },
    step({ row, column, paddle }, action) {
      const after = { row: Math.min(row + 1, 9), column, paddle: clip(paddle + action - 1, 0, 4) }
      const landed = after.row === 9
      return [after, landed ? (after.paddle === column ? 1 : -1) : 0, landed]
    },
    observe({ row, column, paddle }) {
      const seen = zeros(100)
      seen[5 * row + column] = 1
      seen[50 + 45 + paddle] = 1
      return seen
    },
    marks: ({ row, column, paddle }) => [
      ...[1, 3].map(stripe => ({ square: [stripe, 0, 1, 10], tone: "sunk" })),
      square(9, paddle, "green"), disc(row, column, "warm"),
    ],
    tell: ({ row, column, paddle }) => row === 9
      ? `The ball landed in column ${column + 1}; the paddle is in column ${paddle + 1}.`
      : `The ball is in column ${column + 1}, ${9 - row} above the paddle's row; ` +
        `the paddle is in column ${paddle + 1}.`,
  }

  /* Euler's method, each line in the order of `cartpole.py`: so hardly a bit differs. */
  const [MASS, TOTAL, HALF, FORCE, SECONDS] = [0.1, 0.1 + 1.0, 0.5, 10.0, 0.02]
  const MOMENT = MASS * HALF
  const [MOST_PLACE, MOST_ANGLE] = [2.4, 12 * 2 * Math.PI / 360]
  const pole = {
    actions: { "Push left": "ArrowLeft", "Push right": "ArrowRight" },
    idle: null,
    limit: 500,
    alwaysPays: true,
    pace: 12,
    size: [6, 3.4],
    start(stream) {
      const [, units] = uniform(stream, 4)
      return { motion: units.map(unit => 0.1 * unit - 0.05) }
    },
    step({ motion }, action) {
      const [, speed, angle, turning] = motion
      const [cosine, sine] = [Math.cos(angle), Math.sin(angle)]
      const push = ((action === 1 ? FORCE : -FORCE) + MOMENT * (turning * turning) * sine) / TOTAL
      const angular = (9.8 * sine - cosine * push) /
        (HALF * (4.0 / 3.0 - MASS * (cosine * cosine) / TOTAL))
      const drive = push - MOMENT * angular * cosine / TOTAL
      const change = [speed, drive, turning, angular]
      const after = motion.map((value, n) => value + SECONDS * change[n])
      const fallen = Math.abs(after[0]) > MOST_PLACE || Math.abs(after[2]) > MOST_ANGLE
      return [{ motion: after }, 1, fallen]
    },
    observe: ({ motion }) => motion.map(Math.fround),
    marks({ motion: [x, , angle] }) {
      const [middle, top] = [3 + x, 2.75]
      const tip = [middle + 2 * Math.sin(angle), top - 2 * Math.cos(angle)]
      return [
        { line: [0, 3.1, 6, 3.1, 0.03], tone: "soft" },
        { line: [3 - MOST_PLACE, 2.95, 3 - MOST_PLACE, 3.25, 0.03], tone: "soft" },
        { line: [3 + MOST_PLACE, 2.95, 3 + MOST_PLACE, 3.25, 0.03], tone: "soft" },
        { square: [middle - 0.35, top, 0.7, 0.35], tone: "ink" },
        { line: [middle, top, ...tip, 0.12], tone: "warm" },
        { disc: [middle, top, 0.09], tone: "green" },
      ]
    },
    tell({ motion: [x, , angle, turning] }) {
      const degrees = Math.abs(angle * 180 / Math.PI).toFixed(1)
      return `The pole leans ${degrees} degrees to the ${angle < 0 ? "left" : "right"} and turns ` +
        `to the ${turning < 0 ? "left" : "right"}; the cart is ${Math.abs(x).toFixed(1)} m ` +
        `${x < 0 ? "left" : "right"} of the middle.`
    },
  }

  const REACH = [-1, 0, 1]
  const onTheBoard = row => clip(row, 1, 14)
  const serve = (state, [first, second], towards) => ({
    ...state, row: 2 + below(first, 12), column: 8, rowSpeed: below(second, 3) - 1,
    columnSpeed: towards,
  })
  const pong = {
    actions: { Stay: "ArrowRight", Up: "ArrowUp", Down: "ArrowDown" },
    idle: 0,
    limit: 1000,
    pace: 7,
    size: [16, 17],
    start(stream) {
      const [now, units] = uniform(stream, 3)
      const fresh = { theirs: 8, ours: 8, theirsBefore: 8, oursBefore: 8, theirPoints: 0,
        ourPoints: 0, stream: now }
      const served = serve(fresh, units, units[2] < 0.5 ? -1 : 1)
      return { ...served, rowBefore: served.row, columnBefore: served.column }
    },
    step(state, action) {
      const [stream, units] = uniform(state.stream, 3)
      const follows = state.columnSpeed < 0 && units[0] >= 0.2
      const theirs = onTheBoard(state.theirs + (follows ? Math.sign(state.row - state.theirs) : 0))
      const ours = onTheBoard(state.ours + [0, -1, 1][action])
      const beyond = state.row + state.rowSpeed
      const rowSpeed = beyond < 0 || beyond > 15 ? -state.rowSpeed : state.rowSpeed
      const row = state.row + rowSpeed
      const [column, columnSpeed] = [state.column + state.columnSpeed, state.columnSpeed]
      const offset = row - (columnSpeed > 0 ? ours : theirs)
      const arrived = column === 0 || column === 15
      const hit = arrived && Math.abs(offset) <= 1
      const reward = arrived && !hit ? -columnSpeed : 0
      const moved = {
        row, column, rowBefore: state.row, columnBefore: state.column,
        theirsBefore: state.theirs, oursBefore: state.ours,
        rowSpeed: hit ? offset : rowSpeed, columnSpeed: hit ? -columnSpeed : columnSpeed,
        theirs, ours, theirPoints: state.theirPoints + (reward < 0),
        ourPoints: state.ourPoints + (reward > 0), stream,
      }
      const over = moved.theirPoints >= 5 || moved.ourPoints >= 5
      const after = reward && !over ? serve(moved, units.slice(1), -moved.columnSpeed) : moved
      return [after, reward, over]
    },
    observe(state, { obs_type = "planes" }) {
      const paddles = (seen, at, tone, theirs, ours) => {
        for (const reach of REACH) {
          seen[at + 16 * (theirs + reach)] = tone
          seen[at + 16 * (ours + reach) + 15] = tone
        }
      }
      if (obs_type === "pixels") {
        const seen = zeros(512)
        seen[16 * state.rowBefore + state.columnBefore] = 255
        seen[256 + 16 * state.row + state.column] = 255
        paddles(seen, 0, 255, state.theirsBefore, state.oursBefore)
        paddles(seen, 256, 255, state.theirs, state.ours)
        return seen
      }
      const served = Math.abs(state.column - state.columnBefore) > 1
      const before = served ? [state.row, state.column] : [state.rowBefore, state.columnBefore]
      const seen = zeros(1024)
      for (const reach of REACH) {
        seen[16 * (state.ours + reach) + 15] = 1
        seen[256 + 16 * (state.theirs + reach)] = 1
      }
      seen[512 + 16 * state.row + state.column] = 1
      seen[768 + 16 * before[0] + before[1]] = 1
      return seen
    },
    marks: state => [
      { line: [0, 1, 16, 1, 0.06], tone: "line" },
      ...Array.from({ length: state.theirPoints }, (_, n) => disc(0, n, "warm")),
      ...Array.from({ length: state.ourPoints }, (_, n) => disc(0, 15 - n, "green")),
      { square: [0, state.theirs, 1, 3], tone: "warm" },
      { square: [15, state.ours, 1, 3], tone: "green" },
      ...Math.abs(state.column - state.columnBefore) > 1 ? []
        : [disc(state.rowBefore + 1, state.columnBefore, "line")],
      disc(state.row + 1, state.column, "ink"),
    ],
    tell(state) {
      const [offset, flies] = [state.row - state.ours, state.columnSpeed > 0]
      const where = offset ? `${Math.abs(offset)} ${offset < 0 ? "above" : "below"}` : "level with"
      return `The ball is ${where} the middle of your paddle, ${15 - state.column} columns away, ` +
        `and flies ${flies ? "towards you" : "away"}` +
        `${state.rowSpeed ? state.rowSpeed < 0 ? ", upwards" : ", downwards" : ""}. ` +
        `${state.ourPoints} to ${state.theirPoints}.`
    },
  }

  const MOVES = [[0, 0], [-1, 0], [0, 1], [1, 0], [0, -1]]
  const WALK = { Stay: "Space", Up: "ArrowUp", Right: "ArrowRight", Down: "ArrowDown",
    Left: "ArrowLeft" }
  const walked = ([row, column], action) =>
    [clip(row + MOVES[action][0], 0, 9), clip(column + MOVES[action][1], 0, 9)]
  const at = ([row, column]) => 10 * row + column

  const [LANES, EVERY, DOWN] = [[2, 3, 5, 6, 7], [1, 2, 1, 2, 1], [1, -1, -1, 1, -1]]
  /* The squares of all carts after `time` steps. */
  const carts = (offset, time) => LANES.flatMap((lane, n) => {
    const row = offset[n] + Math.floor(time / EVERY[n]) * DOWN[n]
    return [[(row % 10 + 10) % 10, lane], [((row + 5) % 10 + 10) % 10, lane]]
  })
  const courier = {
    actions: WALK,
    idle: 0,
    limit: 500,
    pace: 4,
    size: [10, 10],
    start(stream) {
      const [now, units] = uniform(stream, 6)
      const [row, ...offset] = units.map(unit => below(unit, 10))
      return { courier: [5, 0], house: [row, 9], offset, time: 0, stream: now }
    },
    step(state, action) {
      const [stream, [unit]] = uniform(state.stream, 1)
      const [walker, time] = [walked(state.courier, action), state.time + 1]
      const hit = carts(state.offset, time).some(cart => at(cart) === at(walker))
      const arrived = at(walker) === at(state.house)
      const house = arrived ? [below(unit, 10), 9 - state.house[1]] : state.house
      return [{ ...state, courier: walker, house, time, stream }, Number(arrived), hit]
    },
    observe(state) {
      const seen = zeros(400)
      seen[at(state.courier)] = 1
      seen[100 + at(state.house)] = 1
      for (const cart of carts(state.offset, state.time)) seen[200 + at(cart)] = 1
      for (const cart of carts(state.offset, state.time - 1)) seen[300 + at(cart)] = 1
      return seen
    },
    marks: state => [
      ...LANES.map(lane => ({ square: [lane, 0, 1, 10], tone: "sunk" })),
      ...carts(state.offset, state.time - 1).map(([row, column]) => square(row, column, "line")),
      square(...state.house, "green"),
      ...carts(state.offset, state.time).map(([row, column]) => square(row, column, "ink")),
      disc(...state.courier, "warm"),
    ],
    tell(state) {
      const [, column] = state.courier
      const near = carts(state.offset, state.time)
        .filter(([, lane]) => Math.abs(lane - column) <= 1)
        .map(([row, lane]) => `${lane < column ? "left" : lane > column ? "right" : "here"} ` +
          `in row ${row + 1}`)
      return `You are in ${place(state.courier)}; the house is in ${place(state.house)}. ` +
        `Carts in lanes beside you: ${near.join(", ") || "none"}.`
    },
  }

  const [RUNNER, WIND] = [0.02, 0.05]
  /* Where runners of the weeds arrive. Below RUNNER a number says which way one goes. */
  function runners(weeds, units) {
    const grown = new Set()
    for (const weed of weeds) {
      const [way, row, column] = [Math.floor(units[weed] * (4 / RUNNER)), Math.floor(weed / 10),
        weed % 10]
      if (way === 0 && row > 0) grown.add(weed - 10)
      if (way === 1 && column < 9) grown.add(weed + 1)
      if (way === 2 && row < 9) grown.add(weed + 10)
      if (way === 3 && column > 0) grown.add(weed - 1)
    }
    return grown
  }
  const garden = {
    actions: WALK,
    idle: 0,
    limit: 500,
    pace: 4,
    size: [10, 10],
    /* Ten squares drawn without repetition, by Fisher and Yates. */
    start(stream) {
      const [now, units] = uniform(stream, 10)
      const squares = Array.from({ length: 100 }, (_, n) => n)
      units.forEach((unit, n) => {
        const other = n + below(unit, 100 - n);
        [squares[n], squares[other]] = [squares[other], squares[n]]
      })
      return { gardener: [Math.floor(squares[9] / 10), squares[9] % 10],
        flowers: squares.slice(0, 6), weeds: squares.slice(6, 9), stream: now }
    },
    step(state, action) {
      const [stream, units] = uniform(state.stream, 102)
      const gardener = walked(state.gardener, action)
      const here = at(gardener)
      const left = state.weeds.filter(weed => weed !== here)
      const wind = units[100] < WIND ? [below(units[101], 100)] : []
      const weeds = [...new Set([...left, ...runners(left, units), ...wind])]
        .filter(weed => weed !== here)
      const flowers = state.flowers.filter(flower => !weeds.includes(flower))
      const choked = state.flowers.length - flowers.length
      const reward = (state.weeds.includes(here) ? 1 : 0) - 2 * choked
      return [{ gardener, flowers, weeds, stream }, reward, flowers.length === 0]
    },
    observe({ gardener, flowers, weeds }) {
      const seen = zeros(300)
      seen[at(gardener)] = 1
      for (const flower of flowers) seen[100 + flower] = 1
      for (const weed of weeds) seen[200 + weed] = 1
      return seen
    },
    marks: ({ gardener, flowers, weeds }) => [
      ...weeds.map(weed => square(Math.floor(weed / 10), weed % 10, "green")),
      ...flowers.flatMap(flower => [
        { disc: [flower % 10 + 0.5, Math.floor(flower / 10) + 0.5, 0.42], tone: "warm" },
        { disc: [flower % 10 + 0.5, Math.floor(flower / 10) + 0.5, 0.18], tone: "paper" },
      ]),
      disc(...gardener, "ink"),
    ],
    tell({ gardener, flowers, weeds }) {
      const away = weed => Math.abs(Math.floor(weed / 10) - gardener[0]) +
        Math.abs(weed % 10 - gardener[1])
      const nearest = [...weeds].sort((one, other) => away(one) - away(other)).slice(0, 3)
        .map(weed => place([Math.floor(weed / 10), weed % 10]))
      return `You are in ${place(gardener)}. ${flowers.length} flowers, ${weeds.length} weeds` +
        `${nearest.length ? `, the nearest in ${nearest.join("; ")}` : ""}.`
    },
  }

  window.undergradPlay = {
    uniform,
    worlds: { catch: catching, cartpole: pole, pong, courier, garden },
  }
}
