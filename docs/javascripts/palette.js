/* Puts the chosen colours on the body before anything is painted. "As the system", which is also
   the choice of somebody who never chose, follows the system. */
"use strict"
{
  const system = "(prefers-color-scheme)"
  const stored = window.__md_get("__palette")
  let color = (stored && stored.color) || { media: system }
  if (color.media === system) {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches
    color = { media: system, scheme: dark ? "slate" : "default" }
  }
  for (const key of ["scheme", "primary", "accent"]) {
    if (color[key]) document.body.setAttribute("data-md-color-" + key, color[key])
  }
}
