/* Playing a world in the page: you, an untrained agent and a trained one, each in a game of their own
   that begins alike. A place is <div class="ug-play" data-world data-policy>, around a picture that
   stays where no script runs, and on paper.

   A game runs only while its page is in view. Turn by turn, it waits for each of your moves; who asks
   for less motion begins so. */
"use strict"
{
  const { element, drawn } = window.undergrad
  const { worlds, network, untrained, argmax } = window.undergradPlay
  const HIGH = 17 // rem: a game is at most so high, and as wide as that makes it
  const running = new Set() // what to stop when the page is hidden, or another game begins

  function mark({ square, disc, line, tone }) {
    const look = { class: `ug-tone-${tone}` }
    if (square) {
      const [x, y, width, height] = square
      return drawn("rect", { x, y, width, height, ...look })
    }
    if (disc) {
      const [cx, cy, r] = disc
      return drawn("circle", { cx, cy, r, ...look })
    }
    const [x1, y1, x2, y2, width] = line
    return drawn("line", { x1, y1, x2, y2, "stroke-width": width, ...look })
  }

  const button = (textContent, onclick) =>
    element("button", { type: "button", className: "md-button", textContent, onclick })
  const random = () => crypto.getRandomValues(new BigUint64Array(1))[0]
  const points = value => String(Math.round(100 * value) / 100).replace("-", "−")
  const row = (...inside) => element("p", { className: "ug-play-row" }, ...inside)

  function picture([width, height], label) {
    const svg = drawn("svg", { viewBox: `0 0 ${width} ${height}` })
    if (label) {
      svg.setAttribute("role", "img")
      svg.setAttribute("aria-label", label)
    } else svg.setAttribute("aria-hidden", "true")
    return svg
  }

  /* One player: what they decide by, their game, and where it is shown. */
  function player(name, world, decide, board, ...below) {
    const score = element("output", { textContent: "0" })
    const svg = picture(world.size, board ? "" : `The game of the ${name.toLowerCase()} agent.`)
    if (board) board.append(svg)
    const shown = board || svg // the frame of the focus is around the board
    shown.style.maxWidth = `${HIGH * world.size[0] / world.size[1]}rem`
    const box = element("figure", { className: board ? "ug-mine" : "" },
      element("figcaption", {}, element("strong", { textContent: name }), " ", score),
      shown, ...below)
    const ground = { square: [0, 0, ...world.size], tone: "paper" }
    const self = { name, box, total: 0, rounds: 0 }
    self.begin = stream => Object.assign(self, { state: world.start(stream), earned: 0, steps: 0,
      over: false })
    /* One step. What it earned. */
    self.step = () => {
      const [state, reward, terminated] = world.step(self.state, decide(self.state))
      const steps = self.steps + 1
      Object.assign(self, { state, steps, earned: self.earned + reward,
        over: terminated || steps >= world.limit, late: !terminated && steps >= world.limit })
      if (self.over) Object.assign(self, { total: self.total + self.earned, rounds: self.rounds + 1 })
      return reward
    }
    self.show = () => {
      svg.replaceChildren(...[ground, ...world.marks(self.state)].map(mark))
      score.textContent = points(self.earned) +
        (self.over ? self.late ? " · time is up" : " · over" : "")
    }
    return self
  }

  function arcade(place, policy) {
    const world = worlds[policy.world]
    const greedily = outputs => state => argmax(outputs(world.observe(state, policy.options)))
    const names = Object.keys(world.actions)
    const keys = Object.values(world.actions)

    /* What you do: the key that is down, else one that was tapped since the last step. */
    let [held, tapped, last] = [null, null, 0]
    function mine() {
      last = tapped ?? held ?? world.idle ?? last
      tapped = null
      return last
    }

    const words = element("p", { className: "ug-live-words" })
    words.setAttribute("role", "status")
    const board = element("div", { className: "ug-board", tabIndex: 0 })
    board.setAttribute("role", "application")
    board.setAttribute("aria-label", `${place.dataset.title}, your game. Keys: ` +
      names.map((name, n) => `${name}, ${spoken(keys[n])}`).join("; ") + "; Enter begins and pauses.")
    const touch = element("div")
    const players = [
      player("You", world, mine, board, touch),
      player("Untrained", world, greedily(untrained(policy))),
      player(place.dataset.trained, world, greedily(network(policy))),
    ]
    const [you] = players
    let timer = null

    const turns = element("input", { type: "checkbox",
      checked: matchMedia("(prefers-reduced-motion: reduce)").matches })
    const pace = element("input", { type: "range", min: 1, max: 30, value: world.pace })
    const paceWords = element("output")
    const go = button("Begin", () => toggle())

    function show() {
      for (const each of players) each.show()
      go.textContent = you.over ? "Next round" : timer ? "Pause" : you.steps ? "Continue" : "Begin"
      paceWords.textContent = `${pace.value} a second`
      pace.setAttribute("aria-valuetext", `${pace.value} steps a second`)
    }
    function begin() {
      stop()
      const stream = random();
      [held, tapped, last] = [null, null, 0]
      for (const each of players) each.begin(stream)
      words.textContent = ""
      show()
    }
    function stop() {
      clearInterval(timer)
      timer = null
      running.delete(pause)
    }
    function pause() {
      stop()
      show()
    }
    function run() {
      for (const other of running) other()
      running.add(pause)
      timer = setInterval(advance, 1000 / Number(pace.value))
      show()
    }
    function toggle() {
      if (timer && !you.over) return pause()
      if (you.over) begin()
      if (turns.checked) words.textContent = world.tell(you.state)
      else run()
      board.focus()
    }

    function advance() {
      const before = players.filter(each => !each.over)
      const earned = you.over ? 0 : you.step()
      for (const each of players.slice(1)) {
        do if (!each.over) each.step()
        while (turns.checked && you.over && !each.over) // nobody watches: to the end at once
      }
      const rest = players.filter(each => !each.over)
      if (!rest.length) stop()
      show()
      if (before.includes(you) ? you.over : !rest.length) words.textContent = ending()
      else if (turns.checked) words.textContent = world.tell(you.state)
      else if (earned && !world.alwaysPays) words.textContent = `${points(you.earned)} points.`
    }
    function ending() {
      const now = players.map(each =>
        `${each.name.toLowerCase()} ${points(each.earned)}${each.over ? "" : " so far"}`)
      const means = players.map(each => points(each.total / Math.max(each.rounds, 1)))
      return `Your game is over: ${now.join(", ")}.` + (you.rounds > 1
        ? ` On average over your ${you.rounds} rounds: ${means.join(", ")}.` : "")
    }

    /* Do an action, from a key or a button. */
    function act(action, hold) {
      if (you.over) return
      [tapped, held] = [action, hold && !turns.checked ? action : null]
      if (turns.checked) advance()
      else if (!timer) run()
    }
    const release = () => { held = null }
    board.addEventListener("keydown", event => {
      const action = keys.indexOf(event.code)
      if (event.code === "Enter") toggle()
      else if (action < 0) return
      else if (!event.repeat || turns.checked) act(action, true)
      event.preventDefault()
      event.stopPropagation()
    })
    board.addEventListener("keyup", event => { if (keys.indexOf(event.code) === held) release() })
    board.addEventListener("blur", release)
    /* A finger acts when it comes down, and holds until it leaves; the click that follows is the
       same touch. A click without one is a keyboard's. */
    touch.append(row(...names.map((name, action) => {
      let touched = false
      const made = button(name, () => {
        if (!touched) act(action, false)
        touched = false
      })
      made.addEventListener("pointerdown", () => {
        touched = true
        act(action, true)
      })
      for (const end of ["pointerup", "pointerleave", "pointercancel"]) {
        made.addEventListener(end, release)
      }
      return made
    })))
    turns.addEventListener("change", pause)
    pace.addEventListener("input", () => { if (timer) { stop(); run() } else show() })

    place.append(element("div", { className: "ug-play-shown" },
      element("div", { className: "ug-games" }, ...players.map(each => each.box)),
      row(go, button("Start again", begin)), words,
      element("div", { className: "ug-play-settings" },
        element("label", {}, turns, " Turn by turn"),
        element("label", {}, "Pace ", pace, " ", paceWords))))
    begin()
  }

  const spoken = key => key.replace("Arrow", "arrow ").toLowerCase()

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) for (const pause of running) pause()
  })
  for (const place of document.querySelectorAll(".ug-play")) {
    const policy = JSON.parse(place.dataset.policy)
    const play = policy.game ? window.undergradPlay.board : arcade
    play(place, policy)
    place.classList.add("ug-playable")
  }
}
