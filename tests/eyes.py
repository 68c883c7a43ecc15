"""What an eye sees on an opened page: barriers (axe-core), small targets, sideways scrolling, focus that hides."""

from axe_playwright_python.sync_playwright import Axe

AXE = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
}
WITHOUT_CONTRAST = AXE | {"rules": {"color-contrast": {"enabled": False}}}
# By rule, the beginning of each place; the rest of what axe-core tells is long, and nobody reads it.
VIOLATIONS = """async (options) => (await axe.run(options)).violations
.map(rule => [rule.id, rule.nodes.map(node => node.html.slice(0, 160))])"""
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


def measured_in(language):
    """Contrast takes four tenths of the time. It is measured in English, at all sizes: Urdu pages have the same
    colours, and of text that is only Urdu axe-core says nothing."""
    return AXE if language == "en" else WITHOUT_CONTRAST


def barriers(page, options=AXE):
    """What axe-core finds, by rule. A page that only got another content has it already."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(Axe().axe_script)
    return dict(page.evaluate(VIOLATIONS, options))


def small_targets(page, least=LEAST_TARGET):
    return page.evaluate(SMALL, least)


def sideways(page):
    """By how many pixels the page is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def unseen_focus(page):
    page.keyboard.press("Tab")  # the browser rings what scripts focus only for those who use the keyboard
    return page.evaluate(UNSEEN_FOCUS)
