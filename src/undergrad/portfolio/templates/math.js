/* Draws the formulas; without JavaScript they stay as they were typed. */
"use strict"
addEventListener("DOMContentLoaded", () => {
  for (const place of document.querySelectorAll(".math")) {
    const text = place.textContent.trim()
    if (!/^\\[([]/.test(text)) continue
    katex.render(text.slice(2, -2), place, {
      displayMode: text.startsWith("\\["), throwOnError: false, strict: "ignore",
    })
    place.tabIndex = text.startsWith("\\[") ? 0 : -1 // a long one is scrolled by itself
  }
})
