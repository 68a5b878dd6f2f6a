/* Figures that move. A lesson's script pushes a description on `undergradFigures`; its place in the
   page is <div class="ug-live" data-figure="name"> around the static picture, which stays where no
   script runs, and on paper.

   { name,                                       what the place is called
     handles: { lr: { label, from, to, by, start, show } },   sliders; show(value) is its text
     start: () => ({ w: 0, b: 0 }),              the rest of the state
     buttons: { "One step": state => ... },      each gives the next state
     view: { x: [from, to, label], y: [from, to, label], bare },   bare: without axes
     marks: state => [{ kind: "line", at: [[x, y], ...], tone }],  kinds: the table MARKS
     moves: "A line tilts with the weight.",     what the picture is, and what moves in it
     ask: "how small does the loss get?",        the prediction to make before moving anything
     answer: "To 0, at w = 1.8.",                folded until it is wanted
     say: state => "loss 16.0" }                 what the picture shows, in words

   A place of the class `ug-both` keeps its static picture above the one that moves.

   A rule is a line of arithmetic, so the page computes it; a test holds it to the engine's numbers. */
"use strict"
{
  const { element, drawn } = window.undergrad
  const [WIDTH, HEIGHT, EDGE] = [380, 260, 40] // of the drawing, and of its margin for the axes

  /* Data to pixels. What is far outside is put just outside, as an infinite line has no pixels. */
  function scales({ x, y, bare }) {
    const across = ([from, to], start, end) => value => {
      const part = (value - from) / (to - from)
      return start + Math.min(2, Math.max(-1, Number.isFinite(part) ? part : 2)) * (end - start)
    }
    const edge = bare ? 8 : EDGE
    return [across(x, edge, WIDTH - 8), across(y, HEIGHT - edge, 8)]
  }

  function axes(view, [sx, sy]) {
    const { x, y } = view
    const label = (place, text, anchor) => drawn("text", { ...place, "text-anchor": anchor }, text)
    const bottom = HEIGHT - EDGE
    return [
      drawn("path", { class: "ug-axis", d: `M${EDGE} 8V${bottom}H${WIDTH - 8}` }),
      label({ x: sx(x[0]), y: bottom + 16 }, x[0], "start"),
      label({ x: sx(x[1]), y: bottom + 16 }, x[1], "end"),
      label({ x: (EDGE + WIDTH) / 2, y: bottom + 34 }, x[2], "middle"),
      label({ x: EDGE - 5, y: sy(y[0]) }, y[0], "end"),
      label({ x: EDGE - 5, y: sy(y[1]) + 9 }, y[1], "end"),
      drawn("text", { x: 12, y: bottom / 2, "text-anchor": "middle",
        transform: `rotate(-90 12 ${bottom / 2})` }, y[2]),
    ]
  }

  /* A shaft and a head; without a length there is no direction, and so no arrow. */
  function arrow(x, y, toX, toY) {
    const length = Math.hypot(toX - x, toY - y)
    const [across, down] = length ? [(toX - x) / length * 7, (toY - y) / length * 7] : [0, 0]
    const [left, right] = [-0.5, 0.5].map(side =>
      `${toX - across + side * down} ${toY - down - side * across}`)
    return drawn("path", { d: `M${x} ${y}L${toX} ${toY}M${left}L${toX} ${toY}L${right}` })
  }

  function rectangle(left, bottom, right, top, more) {
    return drawn("rect", { x: Math.min(left, right), y: Math.min(top, bottom),
      width: Math.abs(right - left), height: Math.abs(bottom - top), ...more })
  }

  /* Each kind of mark: what one entry of its `at` holds, and what is drawn for it. */
  const MARKS = {
    line: (at, sx, sy) => [drawn("polyline", {
      points: at.map(([x, y]) => `${sx(x)},${sy(y)}`).join(" "),
    })],
    dots: (at, sx, sy) => at.map(([x, y]) => drawn("circle", { cx: sx(x), cy: sy(y), r: 4.5 })),
    gaps: (at, sx, sy) => at.map(([x, from, to]) => drawn("line", {
      x1: sx(x), x2: sx(x), y1: sy(from), y2: sy(to),
    })),
    arrows: (at, sx, sy) => at.map(([x, y, toX, toY]) => arrow(sx(x), sy(y), sx(toX), sy(toY))),
    bars: (at, sx, sy) => at.map(([x, y]) => rectangle(sx(x - 0.4), sy(0), sx(x + 0.4), sy(y))),
    cells: (at, sx, sy) => at.map(([x, y, shade]) =>
      rectangle(sx(x - 0.5), sy(y - 0.5), sx(x + 0.5), sy(y + 0.5), { "fill-opacity": shade })),
    boxes: (at, sx, sy) => at.map(([left, bottom, right, top]) =>
      rectangle(sx(left), sy(bottom), sx(right), sy(top))),
    words: (at, sx, sy) => at.map(([x, y, text]) => drawn("text", {
      x: sx(x), y: sy(y), "text-anchor": "middle", "dominant-baseline": "central",
    }, text)),
  }

  function slider(name, handle, change) {
    const { label, from, to, by, show = String } = handle
    const input = element("input", { type: "range", min: from, max: to, step: by })
    const value = element("output")
    input.addEventListener("input", () => change(name, Number(input.value)))
    const update = state => {
      input.value = state[name]
      value.textContent = show(state[name])
      input.setAttribute("aria-valuetext", value.textContent)
    }
    return { box: element("label", {}, element("span", { textContent: label }), input, value), update }
  }

  function figure(place, { handles, start, buttons, view, marks, moves, ask, answer, say }) {
    const initial = () => ({
      ...Object.fromEntries(Object.entries(handles).map(([name, each]) => [name, each.start])),
      ...start(),
    })
    let state = initial()
    const scale = scales(view)
    const picture = drawn("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" })
    const edge = view.bare ? 8 : EDGE
    const inside = { x: edge, y: 8, width: WIDTH - edge - 8, height: HEIGHT - edge - 8 }
    const moving = drawn("svg", { ...inside, viewBox: Object.values(inside).join(" ") })
    picture.append(...view.bare ? [] : axes(view, scale), moving)
    const words = element("p", { className: "ug-live-words" })
    words.setAttribute("role", "status")
    const sliders = Object.entries(handles).map(([name, each]) =>
      slider(name, each, (key, value) => show({ ...state, [key]: value })))

    function show(next) {
      state = next
      moving.replaceChildren(...marks(state).flatMap(({ kind, at, tone }) => {
        const made = MARKS[kind](at, ...scale)
        for (const each of made) each.setAttribute("class", `ug-mark ug-${kind} ug-${tone || "ink"}`)
        return made
      }))
      words.textContent = say(state)
      picture.setAttribute("aria-label", `${moves} ${words.textContent}`)
      for (const each of sliders) each.update(state)
    }

    const row = element("p", { className: "ug-live-buttons" })
    const every = { ...buttons, "Start again": initial }
    for (const [label, next] of Object.entries(every)) {
      row.append(element("button", { type: "button", className: "md-button", textContent: label,
        onclick: () => show(next(state)) }), " ")
    }
    place.append(element("div", { className: "ug-live-shown" },
      element("p", {}, element("strong", { textContent: "Before you move it: " }), ask),
      picture, words,
      element("div", { className: "ug-live-handles" }, ...sliders.map(each => each.box)), row,
      element("details", {}, element("summary", { textContent: "Answer" }),
        element("p", { textContent: answer }))))
    show(state)
    place.classList.add("ug-alive") // from here on the static picture is for paper only
  }

  const known = window.undergradFigures || []
  for (const place of document.querySelectorAll(".ug-live")) {
    const found = known.find(each => each.name === place.dataset.figure)
    if (found) figure(place, found)
  }
}
