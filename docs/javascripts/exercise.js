/* The learner's own file on the page of its unit: edited here, saved to the disk, checked. Only on
   the live site. The file on the disk is the truth: each text is sent with the version that it began
   with, and where another program was faster, both texts are shown and nothing is overwritten. */
"use strict"
{
  const SAVE_AFTER = 1000 // milliseconds without a key
  const TRY_AGAIN_AFTER = 3000 // when the server does not answer

  function element(name, properties = {}, ...children) {
    const made = Object.assign(document.createElement(name), properties)
    made.append(...children)
    return made
  }

  function button(label, action, main = false) {
    const made = element("button", { type: "button", textContent: label, onclick: action })
    made.className = main ? "md-button md-button--primary" : "md-button"
    return made
  }

  function loaded(script) {
    return new Promise((resolve, reject) => {
      if (window.undergradEditor) return resolve()
      document.head.append(element("script", { src: script, onload: resolve, onerror: reject }))
    })
  }

  async function exercise(box) {
    const { unit, file, editor: script } = box.dataset
    const { post, fill } = window.undergrad
    let version = "" // of the file that the editor's text began with
    let saved = "" // that text
    let timer = 0
    let last = Promise.resolve() // what is sent, one after the other
    let waiting = 0

    function inTurn(job) {
      waiting += 1
      last = last.then(job).finally(() => { waiting -= 1 })
      return last
    }

    const status = element("span", { className: "ug-note" })
    status.setAttribute("role", "status")
    const say = text => { if (status.textContent !== text) status.textContent = text }
    const place = element("div", { className: "ug-editor", ariaBusy: "true" })
    const check = button("Check", () => run(), true)
    const told = element("div", { className: "ug-told", hidden: true })
    const conflict = element("div", { className: "ug-conflict", hidden: true })
    const help = element("p", { className: "ug-note" },
      "Ctrl+Enter checks. What you type is saved to your file. To leave the editor with the"
      + " keyboard, press Escape, then Tab.")
    const name = element("code", { textContent: file })
    box.replaceChildren(
      element("div", { className: "ug-exercise-bar" }, name, check, status), told, conflict, place,
      help)
    box.hidden = false

    function take(found) {
      version = found.version
      saved = found.text
      editor.text = found.text
      editor.readOnly = Boolean(found.trouble)
      check.disabled = Boolean(found.trouble)
      conflict.hidden = true
      if (found.trouble) say(found.trouble)
    }

    const isChanged = () => editor.text !== saved // since it was last written or read

    /* Send the text, and wait for what the server makes of it. */
    async function send(path) {
      clearTimeout(timer)
      const text = editor.text
      try {
        const answer = await post(path, { unit, base: version, text })
        version = answer.version
        saved = text
        conflict.hidden = true
        return answer
      } catch (error) {
        if (error.status === 409) {
          if (text === saved) { // nothing was typed here, so the file is simply taken
            take(error.data.exercise)
            say("Changed in another program.")
            return path === "/api/save" ? null : send(path)
          }
          choose(error)
        } else if (error.status) {
          say(error.message)
        } else { // the server is gone; the text stays here, and is sent as soon as it is back
          say("The site does not answer. What you typed stays here: start `undergrad serve` again.")
          timer = setTimeout(save, TRY_AGAIN_AFTER)
        }
        return null
      }
    }

    function choose(error) {
      const now = error.data.exercise
      const theirs = element("pre", { tabIndex: 0 }, element("code", { textContent: now.text }))
      conflict.replaceChildren(
        element("p", { textContent: error.message }),
        element("details", {}, element("summary", { textContent: `What ${file} holds now` }), theirs),
        button("Keep what is here", () => { version = now.version; save() }),
        " ",
        button("Take the file", () => { take(now); say("Taken from the file.") }))
      conflict.hidden = false
      say("Not saved: two texts.")
    }

    const save = () => inTurn(async () => {
      if (isChanged() && await send("/api/save") && !isChanged()) say("Saved.")
    })

    const run = () => check.disabled || inTurn(async () => {
      check.disabled = true
      say("Checking ...")
      const answer = await send("/api/check")
      check.disabled = false
      if (!answer) return
      fill(answer.regions)
      const isWrong = answer.verdict !== "pass"
      const [, line] = /\bline (\d+)\b/.exec(answer.message) || []
      editor.mark(isWrong ? Number(line) : 0, answer.message.split("\n")[0])
      told.replaceChildren(...answer.message.split(/`([^`]+)`/).map((part, index) =>
        index % 2 ? element("code", { textContent: part }) : part))
      told.dataset.verdict = answer.verdict
      if (!isWrong) told.append(element("span", { innerHTML: answer.regions.continue }))
      told.hidden = false
      say(isWrong ? "Not yet. All tasks are listed below." : "Passed.")
    })

    function later() {
      clearTimeout(timer)
      timer = setTimeout(save, SAVE_AFTER)
    }

    /* Look whether another program has changed the file. */
    async function look() {
      if (waiting || !conflict.hidden) return
      const found = await post("/api/exercise", { unit }).catch(() => null)
      if (!found || found.version === version || waiting) return
      if (isChanged()) return save() // which asks what to keep
      if (!found.version) return begin()
      take(found)
      say("Changed in another program.")
    }

    /* Without a file there is nothing to edit yet. */
    function begin() {
      place.hidden = check.hidden = help.hidden = true
      const start = button("Start this exercise", async () => {
        try {
          const found = await post("/api/start", { unit })
          place.hidden = check.hidden = help.hidden = false
          start.remove()
          take(found)
          say("")
          editor.focus()
        } catch (error) {
          say(error.message)
        }
      }, true)
      name.after(start)
    }

    let first
    try {
      [first] = await Promise.all([post("/api/exercise", { unit }), loaded(script)])
    } catch (error) { // your own editor and the terminal do the same
      box.replaceChildren(element("p", { className: "ug-note", textContent:
        `The editor could not be loaded (${error.message || "its script is missing"}).` }))
      return
    }
    const editor = window.undergradEditor(place, {
      label: `Your file ${file}`,
      changed: () => { say("Not saved yet."); editor.mark(0); told.hidden = true; later() },
      save,
      check: run,
    })
    if (first.version) take(first)
    else begin()
    place.ariaBusy = "false"
    addEventListener("focus", look)
    document.addEventListener("visibilitychange", () => { if (!document.hidden) look() })
    document.addEventListener("undergrad:filled", look)
    addEventListener("pagehide", save)
    addEventListener("beforeunload", event => { if (isChanged()) event.preventDefault() })
  }

  /* The editor is large, so it is loaded only when its place comes near. */
  const box = window.undergrad && document.querySelector(".ug-exercise")
  if (box) {
    const near = new IntersectionObserver(entries => {
      if (!entries.some(each => each.isIntersecting)) return
      near.disconnect()
      exercise(box)
    }, { rootMargin: "800px" })
    box.hidden = false // what is hidden is never near
    near.observe(box)
  }
}
