/* The editor of an exercise: CodeMirror with Python, in a shadow root, where its styles are allowed
   by the site's policy. Bundled into codemirror.js by `npm ci && npm run build`.

   const editor = undergradEditor(place, { label, changed, save, check, covered })
   editor.text, editor.text = "...", editor.mark(line, message), editor.goTo(line),
   editor.focus() */
import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete"
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands"
import { python } from "@codemirror/lang-python"
import {
  bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting,
} from "@codemirror/language"
import { lintGutter, setDiagnostics } from "@codemirror/lint"
import { EditorState, Transaction } from "@codemirror/state"
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view"
import { tags } from "@lezer/highlight"

/* The colours are those of the code blocks of the page: custom properties enter a shadow root. */
const colours = syntaxHighlighting(HighlightStyle.define([
  { tag: tags.comment, color: "var(--md-code-hl-comment-color)" },
  { tag: [tags.keyword, tags.bool, tags.null], color: "var(--md-code-hl-keyword-color)" },
  { tag: [tags.function(tags.variableName), tags.function(tags.definition(tags.variableName)),
    tags.definition(tags.className)], color: "var(--md-code-hl-function-color)" },
  { tag: tags.string, color: "var(--md-code-hl-string-color)" },
  { tag: tags.number, color: "var(--md-code-hl-number-color)" },
  { tag: tags.operator, color: "var(--md-code-hl-operator-color)" },
  { tag: tags.punctuation, color: "var(--md-code-hl-punctuation-color)" },
]))
const look = EditorView.theme({
  "&": { backgroundColor: "var(--md-code-bg-color)", color: "var(--md-code-fg-color)" },
  "&.cm-focused": { outline: "2px solid var(--ug-green)", outlineOffset: "1px" },
  ".cm-content": { fontFamily: "var(--md-code-font), monospace", caretColor: "currentColor" },
  ".cm-cursor": { borderLeftColor: "var(--md-code-fg-color)", borderLeftWidth: "2px" },
  ".cm-gutters": {
    backgroundColor: "transparent", color: "var(--ug-soft)", border: "none",
    fontFamily: "var(--md-code-font), monospace",
  },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--ug-green) 6%, transparent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--ug-green) 25%, transparent)",
  },
  ".cm-diagnostic": { fontFamily: "var(--md-text-font), sans-serif" },
  ".cm-tooltip": {
    backgroundColor: "var(--ug-raised)", color: "var(--ug-ink)", border: "1px solid var(--ug-line)",
  },
})

class Editor {
  #view

  constructor(place, { label, changed, save, check, covered }) {
    const root = place.attachShadow({ mode: "open" })
    const ours = keymap.of([
      { key: "Mod-s", preventDefault: true, run: () => (save(), true) },
      { key: "Mod-Enter", preventDefault: true, run: () => (check(), true) },
    ])
    this.#view = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        extensions: [
          ours, lineNumbers(), history(), drawSelection(), indentOnInput(), bracketMatching(),
          closeBrackets(), highlightActiveLine(), lintGutter(), python(),
          EditorView.lineWrapping, indentUnit.of("    "),
          colours, look, EditorView.scrollMargins.of(() => ({ top: covered() })),
          keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab]),
          EditorView.contentAttributes.of({ "aria-label": label, "aria-multiline": "true" }),
          EditorView.updateListener.of(update => {
            const typed = update.transactions.some(each => each.annotation(Transaction.userEvent))
            if (update.docChanged && typed) changed()
          }),
        ],
      }),
    })
  }

  get text() { return this.#view.state.doc.toString() }

  /* Only what differs is replaced, so that the caret stays. Undo takes back what was typed here, and
     never the file. */
  set text(wanted) {
    const now = this.text
    let from = 0
    while (from < Math.min(now.length, wanted.length) && now[from] === wanted[from]) from += 1
    let same = 0
    const most = Math.min(now.length, wanted.length) - from
    while (same < most && now.at(-1 - same) === wanted.at(-1 - same)) same += 1
    if (now.length === wanted.length && from === now.length) return
    const insert = wanted.slice(from, wanted.length - same)
    this.#view.dispatch({
      changes: { from, to: now.length - same, insert },
      annotations: Transaction.addToHistory.of(false),
    })
  }

  /* Mark a line, counted from 1, as wrong; without one, take the marks away. */
  mark(line, message) {
    const { doc } = this.#view.state
    const found = line >= 1 && line <= doc.lines ? doc.line(line) : null
    const marks = found ? [{ from: found.from, to: found.to, severity: "error", message }] : []
    this.#view.dispatch(setDiagnostics(this.#view.state, marks))
  }

  focus() { this.#view.focus() }

  /* Put the caret on a line, counted from 1, near the top of the window, and the focus there. */
  goTo(line) {
    const { doc } = this.#view.state
    const { from } = doc.line(Math.min(Math.max(line, 1), doc.lines))
    const effects = EditorView.scrollIntoView(from, { y: "start", yMargin: 60 })
    this.#view.dispatch({ selection: { anchor: from }, effects })
    this.#view.focus()
  }
}

window.undergradEditor = (place, options) => new Editor(place, options)
