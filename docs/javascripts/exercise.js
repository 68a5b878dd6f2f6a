/* The learner's own file on the page of its unit: edited here, saved to the disk, checked. Only on
   the live site. The file on the disk is the truth: each text is sent with the version that it began
   with, and where another program was faster, both texts are shown and nothing is overwritten. */
"use strict"
{
  const { element, isLive, post, fill } = window.undergrad
  const SAVE_AFTER = 1000 // milliseconds without a key
  const TRY_AGAIN_AFTER = 3000 // when the server does not answer

  function button(label, action, main = false) {
    const made = element("button", { type: "button", textContent: label, onclick: action })
    made.className = main ? "md-button md-button--primary" : "md-button"
    return made
  }

  /* A sentence with its code between backticks. */
  function worded(text) {
    return text.split(/`([^`]+)`/).map((part, index) =>
      index % 2 ? element("code", { textContent: part }) : part)
  }

  function loaded(script) {
    return new Promise((resolve, reject) => {
      if (window.undergradEditor) return resolve()
      document.head.append(element("script", { src: script, onload: resolve, onerror: reject }))
    })
  }

  async function exercise(box) {
    const { unit, file, editor: script } = box.dataset
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
    const say = text => {
      const parts = worded(text)
      const isNew = status.textContent !== element("span", {}, ...parts).textContent
      if (isNew) status.replaceChildren(...parts) // so that a screen reader speaks it once
    }
    const place = element("div", { className: "ug-editor", ariaBusy: "true" })
    const check = button("Check", () => run(), true)
    const start = button("Start this exercise", () => begin(), true)
    const told = element("div", { className: "ug-told", hidden: true, tabIndex: 0, role: "group",
      ariaLabel: "What the check says" }) // beside the button, so that it stays in view
    const conflict = element("div", { className: "ug-conflict", hidden: true })
    const help = element("p", { className: "ug-note" },
      "Or write it here: what you type is saved to your file, and Ctrl+Enter checks it. To leave"
      + " the editor with the keyboard, press Escape, then Tab.")
    const name = element("code", { textContent: file })
    const bar = element("div", { className: "ug-exercise-bar" }, name, start, check, status, told)
    box.replaceChildren(help, bar, conflict, place)

    /* Show the file as it was found: to begin, to edit, or with the reason why neither is possible. */
    function take(found) {
      version = found.version
      saved = editor.text = found.text
      start.hidden = Boolean(version)
      place.hidden = check.hidden = !version || Boolean(found.trouble)
      conflict.hidden = true
      say(found.trouble)
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
          if (text !== saved) choose(error)
          else { // nothing was typed here, so the file is simply taken
            takeOthers(error.data.exercise)
            if (path === "/api/check" && !check.hidden) return send(path)
          }
        } else if (error.status) {
          say(error.message)
        } else { // the server is gone; the text stays here, and is sent when it is back
          say("The site does not answer. What you typed stays here: start `undergrad serve` again.")
          timer = setTimeout(path === "/api/save" ? save : run, TRY_AGAIN_AFTER)
        }
        return null
      }
    }

    function takeOthers(found) {
      take(found)
      if (!found.trouble) say("Changed in another program.")
    }

    function choose(error) {
      const now = error.data.exercise
      const theirs = element("pre", { tabIndex: 0 }, element("code", { textContent: now.text }))
      conflict.replaceChildren(
        element("p", {}, ...worded(error.message)),
        element("details", {}, element("summary", { textContent: `What ${file} holds now` }), theirs),
        button("Keep what is here", () => {
          version = now.version
          conflict.hidden = true
          save()
        }),
        " ",
        button("Take the file", () => { take(now); say("Taken from the file.") }))
      conflict.hidden = false
      say("Not saved: two texts.")
    }

    const save = () => inTurn(async () => {
      if (!conflict.hidden || !isChanged()) return // of two texts, a person chooses one
      if (await send("/api/save") && !isChanged()) say("Saved.")
    })

    function run() {
      if (check.disabled) return // one check at a time, however often somebody asks
      check.disabled = true
      inTurn(async () => {
        say("Checking ...")
        const answer = await send("/api/check")
        check.disabled = false
        if (answer) tell(answer)
      })
    }

    function tell(answer) {
      fill(answer.regions)
      const isWrong = answer.verdict !== "pass"
      const [, line] = /\bline (\d+)\b/.exec(answer.message) || []
      const isEarlier = isChanged() // somebody typed on while the text before was checked
      editor.mark(isWrong && !isEarlier ? Number(line) : 0, answer.message.split("\n")[0])
      told.replaceChildren(...worded(answer.message))
      if (answer.printed) {
        told.append("\nYour code printed:", element("pre", { textContent: answer.printed }))
      }
      if (!isWrong) told.append(element("div", { innerHTML: answer.regions.continue }))
      told.dataset.verdict = answer.verdict
      told.hidden = false
      told.scrollTop = 0
      say(isWrong ? "Not yet. All tasks are listed below." : "Passed.")
    }

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
      takeOthers(found)
    }

    async function begin() {
      try {
        take(await post("/api/start", { unit }))
        editor.focus()
      } catch (error) {
        say(error.message)
      }
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
      changed: () => { say("Not saved yet."); editor.mark(0); later() },
      save,
      check: run,
      covered: () => parseFloat(getComputedStyle(bar).top) + bar.offsetHeight, // at the top, in pixels
    })
    take(first)
    place.ariaBusy = "false"
    addEventListener("focus", look)
    document.addEventListener("visibilitychange", () => { if (!document.hidden) look() })
    document.addEventListener("undergrad:filled", look)
    addEventListener("pagehide", () => { if (isChanged()) send("/api/save") })
    addEventListener("beforeunload", event => { if (isChanged()) event.preventDefault() })
  }

  /* The editor is large, so it is loaded only when its place comes near. */
  const box = isLive && document.querySelector(".ug-exercise")
  if (box) {
    const near = new IntersectionObserver(entries => {
      if (!entries.some(each => each.isIntersecting)) return
      near.disconnect()
      exercise(box)
    }, { rootMargin: "800px" })
    near.observe(box)
  }
}
