/* The three helpers that Material's bundle expects: values kept in this browser, by site. */
"use strict"
{
  const base = document.currentScript.dataset.base
  window.__md_scope = new URL(base, location)
  window.__md_hash = text => [...text].reduce((sum, c) => (sum << 5) - sum + c.charCodeAt(0), 0)
  window.__md_get = (key, storage = localStorage, scope = __md_scope) => {
    try {
      return JSON.parse(storage.getItem(scope.pathname + "." + key))
    } catch {
      return null // storage is switched off, or holds something else
    }
  }
  window.__md_set = (key, value, storage = localStorage, scope = __md_scope) => {
    try {
      storage.setItem(scope.pathname + "." + key, JSON.stringify(value))
    } catch {
      /* Storage is full or switched off: the choice then lasts for this page. */
    }
  }
}
