/* A text of the learner's that is edited on a page and lies in a file of the journey: an exercise,
   or a changed block of a lesson. The file on the disk is the truth: each text is sent with the
   version that it began with, and where another program was faster, both texts are shown and
   nothing is overwritten. Only on the live site. */
"use strict"
{
  const { element, post } = window.undergrad
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

  /* A line that says how things stand; a screen reader speaks it once. */
  function statusLine() {
    const line = element("span", { className: "ug-note" })
    line.setAttribute("role", "status")
    const say = text => {
      const parts = worded(text)
      const isNew = line.textContent !== element("span", {}, ...parts).textContent
      if (isNew) line.replaceChildren(...parts)
    }
    return { line, say }
  }

  let loading = null

  /* The editor is large, so it is loaded when the first one is wanted. */
  function editorLoaded(script) {
    loading ||= new Promise((resolve, reject) =>
      document.head.append(element("script", { src: script, onload: resolve, onerror: reject })))
    return loading
  }

  /* `where` names the file to the server, `name` to the person; `blank` is its text where there
     is none yet. `say` shows a sentence, `shown` is told what was read, `again` sends once more what
     the server did not get, by its path. */
  function learnersFile({ where, name, editor, say, blank = "", shown = () => {}, again = {} }) {
    let version = "" // of the file that the editor's text began with
    let saved = editor.text // that text
    let timer = 0
    let last = Promise.resolve() // what is sent, one after the other
    let waiting = 0
    const conflict = element("div", { className: "ug-conflict", hidden: true })

    function inTurn(job) {
      waiting += 1
      last = last.then(job).finally(() => { waiting -= 1 })
      return last
    }

    /* Show the file as it was found: to begin, to edit, or with the reason why neither is possible. */
    function take(found) {
      version = found.version
      saved = editor.text = version ? found.text : blank
      conflict.hidden = true
      shown(found)
      say(found.trouble)
    }

    const isChanged = () => editor.text !== saved // since it was last written or read

    /* Send the text, and wait for what the server makes of it. */
    async function send(path) {
      clearTimeout(timer)
      const text = editor.text
      try {
        const answer = await post(path, { ...where, base: version, text })
        version = answer.version
        saved = text
        conflict.hidden = true
        return answer
      } catch (error) {
        if (error.status === 409) {
          const now = error.data.exercise
          if (text !== saved) choose(error)
          else { // nothing was typed here, so the file is simply taken
            takeOthers(now)
            if (path !== "/api/save" && now.version && !now.trouble) return send(path)
          }
        } else if (error.status) {
          say(error.message)
        } else { // the server is gone; the text stays here, and is sent when it is back
          say("The site does not answer. What you typed stays here: start `undergrad serve` again.")
          timer = setTimeout(again[path] || save, TRY_AGAIN_AFTER)
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
        element("details", {}, element("summary", { textContent: `What ${name} holds now` }), theirs),
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

    /* Somebody types: save after a moment without a key. */
    function typed() {
      say("Not saved yet.")
      clearTimeout(timer)
      timer = setTimeout(save, SAVE_AFTER)
    }

    /* Look whether another program has changed the file. */
    async function look() {
      if (waiting || !conflict.hidden) return
      const found = await post("/api/exercise", where).catch(() => null)
      if (!found || found.version === version || waiting) return
      if (isChanged()) return save() // which asks what to keep
      takeOthers(found)
    }

    addEventListener("focus", look)
    document.addEventListener("visibilitychange", () => { if (!document.hidden) look() })
    addEventListener("pagehide", () => { if (isChanged()) send("/api/save") })
    addEventListener("beforeunload", event => { if (isChanged()) event.preventDefault() })
    return { take, send, save, typed, look, isChanged, inTurn, conflict }
  }

  Object.assign(window.undergrad, { button, worded, statusLine, editorLoaded, learnersFile })
}
