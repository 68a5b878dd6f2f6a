/* What the pages do beyond HTML. Without JavaScript every page still reads well: hints, answers and
   clips are native disclosures, and nothing is hidden that only a script could show. */
"use strict"
{
  const meta = document.querySelector('meta[name="undergrad-live"]')
  let token = meta ? meta.content : ""
  const all = (selector, root = document) => [...root.querySelectorAll(selector)]

  function element(name, properties = {}, ...children) {
    const made = Object.assign(document.createElement(name), properties)
    made.append(...children)
    return made
  }

  function drawn(name, attributes, text = "") {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name)
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
    made.textContent = text
    return made
  }

  /* Formulas: the pages carry \( \) and \[ \] between tags of the class arithmatex. */
  function renderMath() {
    for (const place of all(".arithmatex")) {
      const text = place.textContent.trim()
      if (!/^\\[([]/.test(text)) continue // already drawn
      katex.render(text.slice(2, -2), place, {
        displayMode: text.startsWith("\\["), throwOnError: false, strict: "ignore",
      })
      if (place.tagName === "DIV") focusable(place, "Formula")
    }
  }

  /* Whatever scrolls sideways must be reachable by keyboard, and be called something. */
  function focusable(place, label) {
    place.tabIndex = 0
    place.setAttribute("role", "group")
    place.setAttribute("aria-label", label)
  }

  /* A heading's link to itself is for the mouse; a lesson would have one tab stop for each. */
  function skipPermalinks() {
    for (const link of all(".headerlink")) link.tabIndex = -1
  }

  function nameScrollers() {
    // Material takes a block's tab stop away where nothing hovers, as on a phone with a keyboard.
    const kept = new MutationObserver(changes => {
      for (const { target } of changes) if (target.tabIndex < 0) target.tabIndex = 0
    })
    all(".md-typeset pre > code").forEach((code, index) => {
      focusable(code, `Code ${index + 1}`)
      kept.observe(code, { attributeFilter: ["tabindex"] })
    })
    all(".md-typeset__scrollwrap").forEach(wrap => focusable(wrap, "Table"))
    all(".md-code__nav").forEach((nav, index) =>
      nav.setAttribute("aria-label", `Use code ${index + 1}`))
  }

  /* Material's menu and search are checkboxes with labels, which no key reaches. The header has real
     buttons that switch the same checkboxes; while the menu is closed, nothing in it takes focus. */
  function headerButtons() {
    const drawer = document.getElementById("__drawer")
    const button = document.querySelector(".ug-menu")
    const panel = document.querySelector(".md-sidebar--primary")
    const narrow = matchMedia("(max-width: 76.2344em)")
    const update = () => {
      button.setAttribute("aria-expanded", String(drawer.checked))
      panel.inert = narrow.matches && !drawer.checked
    }
    for (const each of all("button[data-toggle]")) {
      each.onclick = () => document.getElementById(each.dataset.toggle).click()
    }
    drawer.addEventListener("change", () => {
      update()
      if (drawer.checked) panel.querySelector(".md-nav__list a[href]").focus()
    })
    document.addEventListener("keydown", event => {
      if (event.key !== "Escape" || !drawer.checked) return
      drawer.click()
      button.focus()
    })
    narrow.addEventListener("change", update)
    update()
  }

  /* Each level of the menu is a landmark; its name must differ from that of every other one. */
  function nameMenus() {
    for (const level of all(".md-nav .md-nav[aria-labelledby]")) {
      const label = document.getElementById(level.getAttribute("aria-labelledby"))
      const name = label ? label.textContent.trim() : "this part"
      level.removeAttribute("aria-labelledby")
      level.setAttribute("aria-label", `Pages of ${name}, level ${level.dataset.mdLevel}`)
    }
  }

  /* On the map, show what a unit builds on and what builds on it. Where it does not fit the screen,
     it begins at the unit that comes next. */
  function prepareMap() {
    const here = document.querySelector(".ug-here")
    if (here) here.closest(".ug-graph").scrollLeft = here.x.baseVal.value - 20
    for (const box of all(".ug-graph a")) {
      const lines = all(`path[data-from="${box.dataset.unit}"], path[data-to="${box.dataset.unit}"]`,
        box.ownerSVGElement)
      const mark = on => () => lines.forEach(line => line.classList.toggle("ug-on", on))
      for (const name of ["mouseenter", "focus"]) box.addEventListener(name, mark(true))
      for (const name of ["mouseleave", "blur"]) box.addEventListener(name, mark(false))
    }
  }

  /* Material's key n goes to the next page of the menu. On a page that says what to do now, it goes
     there: the course has one "next". */
  function nextKey() {
    const step = document.querySelector(".ug-continue")
    const next = document.querySelector("link[rel=next]")
    if (step && next) next.href = step.href
  }

  /* From here on: only on the live site. */
  async function answered(path, body) {
    const send = () => fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Undergrad-Token": token },
      body: JSON.stringify(body),
    })
    let answer = await send()
    if (answer.status === 403 && await renewed()) answer = await send()
    if (answer.ok) return answer
    const data = await answer.json().catch(() => (
      { error: "The server made a mistake: the terminal in which it runs says more." }))
    throw Object.assign(new Error(data.error), { status: answer.status, data })
  }

  async function post(path, body) {
    return (await answered(path, body)).json()
  }

  /* Hand each line of an answer to `heard` as soon as it is there. */
  async function stream(path, body, heard) {
    const reader = (await answered(path, body)).body.pipeThrough(new TextDecoderStream()).getReader()
    let rest = ""
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      const lines = (rest + value).split("\n")
      rest = lines.pop()
      for (const line of lines) heard(JSON.parse(line))
    }
  }

  /* A site that was started again has another key, which every page of it carries. */
  async function renewed() {
    const page = await (await fetch(location.pathname)).text()
    const [, now] = /name="undergrad-live" content="([^"]+)"/.exec(page) || []
    if (!now || now === token) return false
    token = now
    return true
  }

  function say(place, text) {
    let note = place.querySelector(".ug-said")
    if (!note) {
      note = element("span", { className: "ug-said ug-note" })
      note.setAttribute("role", "status")
      place.append(note)
    }
    note.textContent = text
  }

  function attempt(place, done, path, body) {
    return post(path, body).then(() => say(place, done), error => say(place, error.message))
  }

  function readButtons() {
    for (const button of all(".ug-read")) {
      const mark = button.parentElement.querySelector("[data-live]")
      button.hidden = mark.textContent === "Read"
      button.onclick = () => attempt(button.parentElement, "Noted.", "/api/read",
        { resource: button.dataset.resource }).then(() => { button.hidden = true })
    }
  }

  const RATINGS = [["again", "Again"], ["hard", "Hard"], ["good", "Good"], ["easy", "Easy"]]

  function recallButtons() {
    for (const card of all(".ug-recall:not(:has(.ug-ratings))")) {
      const row = element("p", { className: "ug-ratings" }, "How well did you know it? ")
      for (const [rating, textContent] of RATINGS) {
        const rate = () => attempt(row, "Noted.", "/api/recall", { item: card.dataset.item, rating })
        row.append(element("button",
          { type: "button", className: "md-button", textContent, onclick: rate }))
      }
      card.append(row)
    }
  }

  /* Opening a hint or the solution is noted, as it is on the command line. */
  function noteOpened() {
    const unit = document.querySelector('[data-live^="result:"]')?.dataset.live.slice(7)
    for (const box of all(".ug-hint, .ug-solution")) {
      box.ontoggle = event => {
        if (event.target !== box || !box.open) return
        box.ontoggle = null
        const { task, rung } = box.dataset
        post("/api/opened", task ? { unit, task: Number(task), rung: Number(rung) } : { unit })
          .catch(error => say(box, error.message))
      }
    }
  }

  /* The server sends finished HTML by region name; an equal region is left alone, so that a screen
     reader speaks only what is new. */
  const shown = new WeakMap() // what a region was filled with, before buttons were added to it

  function rememberRegions() {
    for (const place of all("[data-live]")) shown.set(place, place.innerHTML)
  }

  function fill(regions) {
    const wanted = document.createElement("template")
    for (const place of all("[data-live]")) {
      const html = regions[place.dataset.live]
      if (html === undefined) continue
      wanted.innerHTML = html
      if (wanted.innerHTML === shown.get(place)) continue
      place.innerHTML = html
      shown.set(place, wanted.innerHTML)
    }
    for (const box of all(".ug-graph a")) {
      const match = /data-state="([a-z-]+)"/.exec(regions[`chip:${box.dataset.unit}`] || "")
      if (match) box.dataset.state = match[1]
    }
    nameScrollers()
    nextKey()
    readButtons()
    recallButtons()
    document.dispatchEvent(new Event("undergrad:filled"))
  }

  /* A browser opens six connections to a server and no more, so all pages share one stream of
     events. Where there is no shared worker, only the page in view keeps a stream. */
  function listen() {
    if (window.SharedWorker) {
      const { port } = new SharedWorker("/javascripts/events.js")
      port.onmessage = event => fill(event.data)
      addEventListener("pagehide", () => port.postMessage("leaving"), { once: true })
      return
    }
    let source = null
    const update = () => {
      if (source) source.close()
      source = document.hidden ? null : new EventSource("/api/events")
      if (source) source.addEventListener("regions", event => fill(JSON.parse(event.data)))
    }
    document.onvisibilitychange = update
    update()
  }

  function everyPage() {
    renderMath()
    skipPermalinks()
    nameScrollers()
    nameMenus()
    prepareMap()
    nextKey()
    if (token) {
      rememberRegions()
      recallButtons()
      readButtons()
      noteOpened()
    }
  }

  /* Material adds copy buttons, and wraps tables, a moment after the page. */
  new MutationObserver(records => {
    const added = records.flatMap(record => [...record.addedNodes])
    const late = ["md-code__nav", "md-typeset__scrollwrap"]
    if (added.some(node => late.includes(node.className))) nameScrollers()
  }).observe(document.body, { childList: true, subtree: true })

  // For the scripts of exercises, blocks and figures, which come after this one.
  window.undergrad = { element, drawn, isLive: Boolean(token), post, stream, fill }
  headerButtons()
  if (window.document$) window.document$.subscribe(everyPage)
  else everyPage()
  if (token) {
    listen()
    addEventListener("pageshow", event => { if (event.persisted) listen() })
  }
}
