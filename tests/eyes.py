"""What an eye sees on an opened page: barriers (axe-core), small targets, sideways scrolling, focus that hides."""

from axe_playwright_python.sync_playwright import Axe

AXE = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
}
LEAST_TARGET = 24
SMALL = """(least) => [...document.querySelectorAll('a, button, input, select, textarea, summary')].filter(e => {
  const box = (e.closest('label.opt') || e).getBoundingClientRect()
  const inSentence = e.matches('a') && getComputedStyle(e).display === 'inline'
  return box.width && !inSentence && !e.closest('.vh, .skip') && (box.height < least || box.width < least)
}).map(e => e.outerHTML.slice(0, 90))"""
# Everything that the keyboard reaches, focused in turn: a ring must show on it or on the label around it.
UNSEEN_FOCUS = """() => [...document.querySelectorAll('a[href], button, input, select, summary, textarea')]
.filter(e => {
  if (!e.offsetWidth || e.type === 'hidden' || e.disabled) return false
  e.focus({preventScroll: true})
  const style = e => getComputedStyle(e)
  const rings = e => style(e).outlineStyle !== 'none' && parseFloat(style(e).outlineWidth) > 0
  return document.activeElement === e && !rings(e) && !(e.closest('label') && rings(e.closest('label')))
}).map(e => e.outerHTML.slice(0, 90))"""


def barriers(page, options=AXE):
    """What axe-core finds, by rule."""
    found = Axe().run(page, options=options).response["violations"]
    return {each["id"]: [node["html"][:160] for node in each["nodes"]] for each in found}


def small_targets(page, least=LEAST_TARGET):
    return page.evaluate(SMALL, least)


def sideways(page):
    """By how many pixels the page is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def unseen_focus(page):
    page.keyboard.press("Tab")  # the browser rings what scripts focus only for those who use the keyboard
    return page.evaluate(UNSEEN_FOCUS)
