/* The learner's own file on the page of its unit: edited here, saved to the disk, checked. Only on
   the live site. */
"use strict"
{
  const { element, isLive, post, fill, button, worded, statusLine, editorLoaded, learnersFile } =
    window.undergrad

  async function exercise(box) {
    const { unit, file: name, editor: script } = box.dataset
    const names = JSON.parse(box.dataset.names) // of functions and classes, with their tasks
    const { line, say } = statusLine()
    const place = element("div", { className: "ug-editor", ariaBusy: "true" })
    const check = button("Check", () => run(), true)
    const start = button("Start this exercise", () => begin(), true)
    const told = element("div", { className: "ug-told", hidden: true, tabIndex: 0, role: "group",
      ariaLabel: "What the check says" }) // beside the button, so that it stays in view
    const help = element("p", { className: "ug-note" },
      "Or write it here: what you type is saved to your file, and Ctrl+Enter checks it. To leave"
      + " the editor with the keyboard, press Escape, then Tab.")
    const bar = element("div", { className: "ug-exercise-bar" },
      element("code", { textContent: name }), start, check, line, told)

    function run() {
      if (check.disabled) return // one check at a time, however often somebody asks
      check.disabled = true
      file.inTurn(async () => {
        say("Checking ...")
        const answer = await file.send("/api/check")
        check.disabled = false
        if (answer) tell(answer)
      })
    }

    function tell(answer) {
      fill(answer.regions)
      const isWrong = answer.verdict !== "pass"
      const [, number] = /\bline (\d+)\b/.exec(answer.message) || []
      const isEarlier = file.isChanged() // somebody typed on while the text before was checked
      editor.mark(isWrong && !isEarlier ? Number(number) : 0, answer.message.split("\n")[0])
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

    async function begin() {
      try {
        file.take(await post("/api/start", { unit }))
        editor.focus()
      } catch (error) {
        say(error.message)
      }
    }

    /* Go to the place of a task: where it says TODO, or else to its function. */
    function goTo(task) {
      if (place.hidden) {
        box.scrollIntoView()
        return start.focus() // which there is, unless the file cannot be shown
      }
      const lines = editor.text.split("\n")
      const found = Object.keys(names).filter(each => names[each].includes(task))
      const begins = line => found.some(each => new RegExp(`^(def|class) ${each}\\b`).test(line))
      const todo = lines.findIndex(line => line.includes(`TODO ${task}:`))
      editor.goTo((todo < 0 ? lines.findIndex(begins) : todo) + 1)
    }

    let first
    try {
      [first] = await Promise.all([post("/api/exercise", { unit }), editorLoaded(script)])
    } catch (error) { // your own editor and the terminal do the same
      box.replaceChildren(element("p", { className: "ug-note", textContent:
        `The editor could not be loaded (${error.message || "its script is missing"}).` }))
      return
    }
    const editor = window.undergradEditor(place, {
      label: `Your file ${name}`,
      changed: () => { editor.mark(0); file.typed() },
      save: () => file.save(),
      check: run,
      covered: () => parseFloat(getComputedStyle(bar).top) + bar.offsetHeight, // at the top, in pixels
    })
    const file = learnersFile({
      where: { unit }, name, editor, say, again: { "/api/check": run },
      shown: found => {
        start.hidden = Boolean(found.version)
        place.hidden = check.hidden = !found.version || Boolean(found.trouble)
      },
    })
    box.replaceChildren(help, bar, file.conflict, place)
    file.take(first)
    place.ariaBusy = "false"
    document.addEventListener("undergrad:filled", file.look)
    return { goTo }
  }

  /* The editor is large, so it is loaded only when its place comes near. */
  const box = isLive && document.querySelector(".ug-exercise")
  if (box) {
    const near = new IntersectionObserver(entries => {
      if (!entries.some(each => each.isIntersecting)) return
      open()
    }, { rootMargin: "800px" })
    near.observe(box)
    let opened = null
    const open = () => {
      near.disconnect()
      return opened ||= exercise(box)
    }
    for (const link of document.querySelectorAll(".ug-task")) {
      link.addEventListener("click", async event => {
        event.preventDefault()
        history.replaceState(null, "", "#check")
        const found = await open()
        found?.goTo(Number(link.dataset.task))
      })
    }
  }
}
