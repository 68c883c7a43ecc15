// Only makes quicker what works without it: a print button, and "/" to go to the search box.
for (const button of document.querySelectorAll("[data-print][hidden]")) {
  button.hidden = false
  button.nextElementSibling.hidden = true // how to print without it
  button.addEventListener("click", () => print())
}
addEventListener("keydown", event => {
  if (event.key !== "/" || event.target.closest("input, textarea, select")) return
  const box = document.querySelector("[type=search]")
  if (!box) return
  event.preventDefault()
  const folded = box.closest("details")
  if (folded) folded.open = true
  box.focus()
})
