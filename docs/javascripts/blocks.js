/* Run for the Python blocks of a lesson: the server replays the lesson from its top to the block, in
   a fresh process, so no output depends on what was run before. A block can be changed; what is
   typed lies in the journey, and the page's own text is one button away. Only on the live site. */
"use strict"
{
  const { element, isLive, post, stream, button, worded, statusLine, editorLoaded, learnersFile } =
    window.undergrad
  const page = Array.from(crypto.getRandomValues(new Uint32Array(4)), each => each.toString(16)).join("")

  /* A block has its number, counted from 1, its text as the page has it, and its text as it is now. */
  function block(place, number, all, { unit, editor: script, torch }) {
    const code = place.querySelector("code")
    const original = code.textContent.replace(/\n+$/, "\n")
    const recorded = place.nextElementSibling?.matches(".highlight:not(.language-python)")
      ? place.nextElementSibling : null
    const { line, say } = statusLine()
    const start = button("Run", () => (isRunning ? stop() : run()))
    const change = button("Edit", () => (isOpen() ? close() : open()))
    label(start, "Run")
    label(change, "Edit")
    const editing = element("div", { className: "ug-editor", hidden: true })
    const output = element("div", { className: "ug-block-output", hidden: true, tabIndex: 0,
      role: "group", ariaLabel: `Output of block ${number}` })
    const bar = element("div", { className: "ug-block-bar" }, start, change, line)
    let editor = null
    let file = null
    let isRunning = false
    place.after(editing, bar, output)
    if (torch && original.includes("torch")) {
      start.hidden = change.hidden = true
      say(torch)
    }

    const isOpen = () => !editing.hidden
    const text = () => (isOpen() ? editor.text : original)

    /* Open the editor on what the learner has made of this block, or on the page's text. */
    async function open(given) {
      let found = given
      try {
        found ||= await post("/api/exercise", { unit, block: original })
        await editorLoaded(script)
      } catch (error) {
        say(`The editor could not be loaded (${error.message || "its script is missing"}).`)
        return
      }
      if (!editor) {
        editor = window.undergradEditor(editing, {
          label: `Block ${number}`,
          changed: () => { editor.mark(0); file.typed() },
          save: () => file.save(),
          check: run,
          covered: () => document.querySelector(".md-header").offsetHeight,
        })
        const where = { unit, block: original }
        file = learnersFile({ where, name: `your block ${number}`, editor, say, blank: original })
        bar.after(file.conflict)
        file.take(found)
      }
      editing.hidden = false
      place.hidden = true
      label(change, "As on the page")
      if (!given) editor.focus() // it was asked for
    }

    function close() {
      file.save()
      editing.hidden = true
      place.hidden = false
      label(change, "Edit")
      say("")
    }

    function label(each, words) {
      each.textContent = words
      each.setAttribute("aria-label", `${words}: block ${number}`)
    }

    async function run() {
      if (isRunning) return
      isRunning = true
      label(start, "Stop")
      if (isOpen()) await file.save() // what is typed outlives whatever the run does
      say("Running ...")
      const printed = element("pre", {})
      show(printed)
      const blocks = all.slice(0, number).map(each => each.text())
      try {
        await stream("/api/run", { page, blocks }, piece => {
          if ("ending" in piece) tell(piece)
          else printed.append(piece.printed)
          output.hidden = !printed.textContent && !("ending" in piece)
        })
      } catch (error) {
        say(error.status ? error.message : "The site does not answer: start `undergrad serve` again.")
      }
      isRunning = false
      label(start, "Run")
    }

    const stop = () => post("/api/stop", { page }).catch(error => say(error.message))

    function show(...parts) {
      output.replaceChildren(...parts)
    }

    /* How it ended: what it printed, its pictures, what went wrong, and whose code it used. */
    function tell({ ending, trouble, printed = "", pictures = [], traceback = "", notes = [], seconds }) {
      const isDone = ending === "done"
      show(
        ...(printed ? [element("pre", { textContent: printed })] : []),
        ...pictures.map(each =>
          element("img", { src: `data:image/png;base64,${each.png}`, alt: each.words })),
        ...(trouble ? [element("p", {}, ...worded(trouble))] : []),
        ...(traceback ? [element("pre", { className: "ug-traceback", textContent: traceback })] : []),
        ...notes.map(note => element("p", { className: "ug-note" }, ...worded(note))))
      output.dataset.ending = ending
      const isSame = recorded && isDone && printed.trim() === recorded.textContent.trim()
      if (recorded) recorded.hidden = isSame // it would stand there twice
      const empty = isDone && !printed && !pictures.length ? " It printed nothing." : ""
      const same = isSame ? " The output is that of the page." : ""
      const took = seconds === undefined ? "" : ` in ${seconds} s`
      say(isDone ? `Done${took}.${same}${empty}` : ending === "stopped" ? "Stopped." : "It did not finish.")
    }

    return { original, text, open }
  }

  async function blocks(note) {
    const places = [...document.querySelectorAll(".md-content .highlight.language-python")]
      .filter(each => !each.closest(".ug-solution, .ug-hint"))
    if (!places.length) return
    note.textContent = "Run replays the page from its top to the block, in a fresh process. Edit"
      + " changes a block; Ctrl+Enter runs it, and what you typed stays in your journey."
    const all = []
    places.forEach((place, index) => all.push(block(place, index + 1, all, note.dataset)))
    const { unit } = note.dataset
    const found = await post("/api/blocks", { unit, blocks: all.map(each => each.original) })
      .catch(() => ({ blocks: [] })) // then each is asked for when it is opened
    found.blocks.forEach((each, index) => {
      if (each.version && each.text !== all[index].original) all[index].open(each)
    })
  }

  const note = isLive && document.querySelector(".ug-run-note")
  if (note) blocks(note)
}
