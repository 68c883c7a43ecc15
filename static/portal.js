// Only makes quicker what works without it: a print button, "/" to go to the search box, j and k to walk down and up
// the names of a list.
for (const button of document.querySelectorAll("[data-print][hidden]")) {
  button.hidden = false
  button.nextElementSibling.hidden = true // how to print without it
  button.addEventListener("click", () => print())
  // What was saved a moment ago prints by itself; what is opened again later does not.
  const after = button.dataset.print
  if (after && document.referrer.includes(after) && performance.getEntriesByType("navigation")[0].type === "navigate") print()
}
// What the keys do is said where there is a keyboard: a telephone has none to press.
if (matchMedia("(hover: hover)").matches) for (const line of document.querySelectorAll("[data-keys]")) line.hidden = false
addEventListener("keydown", event => {
  if (event.target.closest("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return
  const step = { KeyJ: 1, KeyK: -1 }[event.code] // the keys' places: an Urdu keyboard writes other letters there
  if (step) {
    const names = [...document.querySelectorAll(".rows .who a")]
    names[names.indexOf(document.activeElement) + step]?.focus()
  }
  if (event.key !== "/") return
  const box = document.querySelector("[type=search]")
  if (!box) return
  event.preventDefault()
  const folded = box.closest("details")
  if (folded) folded.open = true
  box.focus()
})
