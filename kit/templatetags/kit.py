"""What templates draw: icons, and days, money, numbers and codes in the reader's language.

Every filter escapes what it is given, says nothing for nothing (None and "" print as ""), and never breaks a page: a
value of the wrong kind is printed as it stands, escaped.
"""

import re
from functools import wraps

from django import template
from django.conf import settings
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeData, SafeString
from django.utils.text import normalize_newlines
from django.utils.translation import get_language_info, pgettext

from kit import icons, words
from kit.cnic import masked

register = template.Library()

CNIC_DIGITS = 13
NOT_A_DIGIT = re.compile(r"[^0-9]")
# 0300-0001234, and the same number as +92 300 0001234.
MOBILE = re.compile(r"(?:\+92|0092|0)(3[0-9]{2})([0-9]{7})")


def forgiving(draw):
    """A filter that prints nothing for nothing, and what it cannot read as it stands."""

    @wraps(draw)
    def filtered(value, *arguments):
        if value is None or value == "":
            return ""
        try:
            return draw(value, *arguments)
        except (AttributeError, TypeError, ValueError):
            return conditional_escape(value)

    return filtered


for drawn in (
    words.clock,
    words.day,
    words.day_plain,
    words.day_short,
    words.digits,
    words.moment,
    words.month,
    words.number,
    words.rupees,
    words.rupees_large,
):
    register.filter(drawn.__name__, forgiving(drawn))
register.filter("lasting", forgiving(words.days_between))


@register.filter
@forgiving
def bdi(value):
    """A code or reference: read from the left, never broken."""
    return format_html("<bdi>{}</bdi>", value)


@register.filter
@forgiving
def own(value):
    """What a person typed, a name or a note: it runs in the direction of its own script."""
    return format_html('<span dir="auto">{}</span>', value)


@register.filter
@forgiving
def paragraphs(value):
    """What a person wrote at length: each paragraph, and each line of it, runs in the direction of its own script."""
    parts = re.split("\n{2,}", normalize_newlines(str(value)).strip())
    return format_html_join("", '<p dir="auto">{}</p>', ((lines_of(part),) for part in parts))


def lines_of(part):
    """The first line says how the whole is set: what has a direction of its own does not count for that."""
    first, *more = part.split("\n")
    return format_html("{}{}", first, format_html_join("", "<br>{}", ((own(line),) for line in more)))


@register.filter
@forgiving
def cnic(value):
    """36302-4829105-6."""
    found = NOT_A_DIGIT.sub("", str(value))
    if len(found) != CNIC_DIGITS:
        return bdi(value)
    return format_html("<bdi>{}-{}-{}</bdi>", found[:5], found[5:12], found[12:])


@register.filter
@forgiving
def cnic_masked(value):
    """36302-•••••••-6. What is no CNIC is hidden whole, so that nothing slips through by being misspelt."""
    found = NOT_A_DIGIT.sub("", str(value))
    if len(found) != CNIC_DIGITS:
        return format_html("<bdi>{}</bdi>", "•" * 5)
    return format_html("<bdi>{}</bdi>", masked(found))


@register.filter
@forgiving
def phone(value):
    """0300-0001234; a number from elsewhere as it stands."""
    mobile = MOBILE.fullmatch(re.sub(r"[\s-]", "", str(value)))
    return format_html("<bdi>0{}-{}</bdi>", *mobile.groups()) if mobile else bdi(value)


@register.filter
@forgiving
def tel(value):
    """The number as a telephone wants it, for href="tel:..."."""
    return re.sub(r"[^0-9+]", "", str(value))


@register.filter
@forgiving
def listed(value):
    """Several things on one line, with the comma of the language; a single thing as it is."""
    if not isinstance(value, list | tuple):
        return words.digits(value)
    return format_html_join(
        pgettext("between the items of a list", ", "), "{}", ((words.digits(item),) for item in value)
    )


@register.filter
@forgiving
def said(value):
    """An answer in the direction of its own script; of several each in its own, and their order in the page's."""
    if not isinstance(value, list | tuple):
        return in_its_direction(value)
    return listed([in_its_direction(part) for part in value])


def in_its_direction(part):
    """Marked once: around what `own` marked already a second mark would read no script, and so run like English."""
    is_marked = isinstance(part, SafeData) and part.startswith("<span dir=") and part.count("<span") == 1
    return words.digits(part) if is_marked and part.endswith("</span>") else own(words.digits(part))


@register.filter
def step_states(total, number):
    """The dashes of a form's progress: those behind are done, this one is now, the rest still to come."""
    return ["done"] * (number - 1) + ["now"] + [""] * (total - number)


@register.inclusion_tag("components/tag.html")
def status(due, today):
    """How a due date stands, as a tag: {% status item.due today %} says "3 days late" in madder, "Today" in haldi."""
    if not due:
        return {}
    late = words.local_day(due) < words.local_day(today)
    soon = words.local_day(due) == words.local_day(today)
    return {"text": words.due_in(due, today), "tone": "late" if late else "soon" if soon else "idle"}


@register.inclusion_tag("components/dots.html")
def dots(*parts):
    """Facts on one line: {% dots case.person.name|own case.enterprise.reference|bdi %}. What is empty is left out."""
    return {"parts": parts}


@register.simple_tag
def other_languages(current):
    """The languages this page could be read in instead: code, name in its own script, direction."""
    return [
        {"code": code, "name": name, "dir": "rtl" if get_language_info(code)["bidi"] else "ltr"}
        for code, name in settings.LANGUAGES
        if code != current
    ]


class IconNode(template.Node):
    def __init__(self, name):
        self.name = name

    def render(self, context):
        name = self.name.resolve(context)
        return icons.draw(name) if name else SafeString("")


@register.tag
def icon(parser, token):
    """{% icon "pin" %}. A misspelt name fails when the template is compiled, which a test does for all of them."""
    parts = token.split_contents()
    if len(parts) != 2:  # noqa: PLR2004 (the tag and its one argument)
        raise template.TemplateSyntaxError('icon takes one name: {% icon "pin" %}')
    name = parser.compile_filter(parts[1])
    if isinstance(name.var, str) and name.var not in icons.OUTLINES:
        raise template.TemplateSyntaxError(f"There is no icon {name.var!r}. There are: {', '.join(icons.OUTLINES)}.")
    return IconNode(name)
