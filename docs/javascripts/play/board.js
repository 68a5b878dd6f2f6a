/* A board game in the page: you against the agent of a policy, or two agents against each other.
   See play.js for the places, and connect.js for the rules and the search. */
"use strict"
{
  const { element, drawn } = window.undergrad
  const { connect, network, untrained } = window.undergradPlay
  const SIDES = { 1: ["you", "green"], "-1": ["it", "warm"] }
  const WAIT = 700 // milliseconds between two moves of agents

  /* Who can be played against: what they are called, and what they find in a position. */
  function opponents({ game, search, ...policy }, trained) {
    const looking = (outputs, simulations) => {
      const evaluate = connect.evaluator(outputs)
      return position => connect.search(game, position, evaluate, { ...search, simulations })
    }
    const [learned, random] = [network(policy), untrained(policy)]
    return {
      [`${trained}, searching ${search.simulations} times`]: looking(learned, search.simulations),
      [`${trained}, without a search`]: looking(learned, 1),
      [`Untrained, searching ${search.simulations} times`]: looking(random, search.simulations),
    }
  }

  function stone(value, row, isLast) {
    const [, tone] = SIDES[value] || [null, "sunk"]
    const parts = [drawn("circle", { cx: 0.5, cy: row + 0.5, r: 0.42, class: `ug-tone-${tone}` })]
    if (value < 0) parts.push(drawn("circle", { cx: 0.5, cy: row + 0.5, r: 0.2,
      class: "ug-tone-paper" }))
    if (isLast) parts.push(drawn("circle", { cx: 0.5, cy: row + 0.5, r: 0.08, class: "ug-tone-ink" }))
    return parts
  }

  window.undergradPlay.board = function board(place, policy) {
    const { game } = policy
    const all = opponents(policy, place.dataset.trained)
    const choice = element("select", {}, ...Object.keys(all).map(textContent =>
      element("option", { textContent })))
    let [position, me, watching, timer] = [null, 1, false, null]
    const words = element("p", { className: "ug-live-words" })
    words.setAttribute("role", "status")

    const columns = Array.from({ length: game.columns }, (_, column) => {
      const svg = drawn("svg", { viewBox: `0 0 1 ${game.rows}`, "aria-hidden": "true" })
      const made = element("button", { type: "button", className: "ug-column",
        onclick: () => mine(column) }, svg)
      return { made, svg }
    })
    const visits = columns.map(() => element("span"))
    const board = element("div", { className: "ug-columns" }, ...columns.map(({ made }) => made))
    board.setAttribute("role", "group")
    board.setAttribute("aria-label", `${place.dataset.title}. The keys 1 to ${game.columns} drop a ` +
      "stone, the arrow keys go from column to column.")
    const counts = element("div", { className: "ug-visits" }, ...visits)
    counts.setAttribute("aria-hidden", "true") // the words say the same

    /* Whose stone it is, as the person sees it. */
    const seen = cell => cell * me
    function show() {
      columns.forEach(({ made, svg }, column) => {
        const cells = Array.from({ length: game.rows }, (_, row) => game.columns * row + column)
        svg.replaceChildren(...cells.flatMap((cell, row) =>
          stone(seen(position.cells[cell]), row, cell === position.last)))
        const stones = cells.reverse().map(cell => seen(position.cells[cell])).filter(Boolean)
        made.setAttribute("aria-label", `Column ${column + 1}: ` +
          (stones.map(each => SIDES[each][0]).join(", ") || "empty"))
      })
    }
    const free = () => connect.legal(game, position)
    /* How it ended, or an empty text. */
    function ending() {
      if (connect.won(game, position)) {
        return `${game.n} in a line: ` + (watching
          ? `${position.turn === 1 ? "the second" : "the first"} player wins.`
          : position.turn === me ? "it wins." : "you win.")
      }
      return free().includes(true) ? "" : "The board is full: a draw."
    }
    function put(column) {
      position = connect.play(game, position, column)
      show()
    }

    function mine(column) {
      if (timer || watching || !free()[column]) return
      put(column)
      words.textContent = ending() || "It searches."
      if (!ending()) theirs(all[choice.value])
    }
    /* The move of an agent, a moment later, and what its search found. */
    function theirs(find, then = () => {}) {
      timer = setTimeout(() => {
        timer = null
        const { best, value, visits: found } = find(position)
        put(best)
        visits.forEach((each, column) => { each.textContent = found[column] || "·" })
        const looked = found.map((count, column) => count && `${count} in ${column + 1}`)
        const expected = value.toFixed(2).replace("-", "−")
        words.textContent = `Column ${best + 1}. It looked: ${looked.filter(Boolean).join(", ")}. ` +
          `It expects ${expected}, where 1 is a win and −1 a loss. ${ending()}`
        then()
      }, WAIT)
    }

    function begin(first) {
      clearTimeout(timer);
      [position, me, watching, timer] = [connect.start(game), first, false, null]
      for (const each of visits) each.textContent = ""
      words.textContent = first === 1 ? "Your move." : "It begins."
      show()
      if (first !== 1) theirs(all[choice.value])
    }
    /* The first opponent, trained and searching, against the last one, untrained. */
    function watch() {
      begin(1)
      watching = true
      const names = Object.keys(all)
      const turn = () => {
        if (!watching || ending() || document.hidden) return
        theirs(all[position.turn === 1 ? names[0] : names.at(-1)], turn)
      }
      words.textContent = "The trained agent begins, against the untrained one."
      turn()
    }

    board.addEventListener("keydown", event => {
      const column = Number(event.key) - 1
      const at = columns.findIndex(({ made }) => made === document.activeElement)
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
      if (column in columns) mine(column)
      else if (step && columns[at + step]) columns[at + step].made.focus()
      else return
      event.preventDefault()
      event.stopPropagation()
    })
    const row = (...inside) => element("p", { className: "ug-play-row" }, ...inside)
    const button = (textContent, onclick) =>
      element("button", { type: "button", className: "md-button", textContent, onclick })
    place.append(element("div", { className: "ug-play-shown" },
      board, counts, words,
      row(button("New game", () => begin(1)), button("Let it begin", () => begin(-1)),
        button("Watch trained against untrained", watch)),
      element("div", { className: "ug-play-settings" },
        element("label", {}, "Play against ", choice))))
    begin(1)
  }
}
