"""What is known about a person and a business, with who stated it: the parts of the page and their facts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from enterprises.detail_forms import AboutYouForm, BusinessForm, DetailsForm, SizeForm
from enterprises.forms import OPENINGS
from enterprises.models import Enterprise, Help, Person, SizeClass, Statement
from enterprises.summaries import RELATIVES
from kit import cnic, phones, words
from kit.templatetags.kit import own


@dataclass(frozen=True)
class Part:
    """One page of questions, in the words of its owner and of an advisor."""

    key: str
    title: Promise
    staff_title: Promise
    form: type[DetailsForm]


PARTS = {
    part.key: part
    for part in (
        Part("you", gettext_lazy("About you"), gettext_lazy("The person"), AboutYouForm),
        Part("business", gettext_lazy("Your business"), gettext_lazy("The business"), BusinessForm),
        Part("size", gettext_lazy("How big it is"), gettext_lazy("How big it is"), SizeForm),
    )
}
# What stands on the card, or is changed by a way of its own, is shown and not asked here.
FIXED = {
    "you": ("name", "cnic", "parent_relation", "parent_name", "sex", "phone", "phone_owner"),
    "business": ("reference", "stage", "district", "place"),
}
LABELS = {
    "phone_owner": gettext_lazy("Whose phone it is"),
    "parent_relation": gettext_lazy("Name beside it on the card"),
    "stage": gettext_lazy("Business or idea"),
    "name": gettext_lazy("Name"),
    "language": gettext_lazy("Language"),
    "sales": gettext_lazy("Sales"),
    "workers": gettext_lazy("People who work there"),
    "women": gettext_lazy("Women among them"),
}


def sections(
    person: Person, enterprise: Enterprise, *, viewer: User, on: date, urls: dict[str, str]
) -> list[dict[str, Any]]:
    """The parts with their facts.

    `urls` says where a part is changed, or what stands fixed in it, and leaves out what the viewer may not change.
    """
    stated = {
        "person": Statement.objects.filter(person=person).by_field(),
        "enterprise": Statement.objects.filter(enterprise=enterprise).by_field(),
    }
    owners = [one.person for one in enterprise.ownerships.select_related("person").order_by("pk")]
    found = []
    for part in PARTS.values():
        subject = person if part.form.subject == "person" else enterprise
        names = [*FIXED.get(part.key, ()), *part.form.told()]
        rows = [
            {"label": label_of(subject, name), "text": text_of(subject, name, viewer=viewer)}
            | source_of(stated[part.form.subject].get(name), viewer=viewer, owners=owners)
            for name in names
            if name != "sales_per" and not (name == "phone_owner" and not person.phone)
        ]
        if part.key == "size":
            rows.append(size_of(enterprise, on=on))
        title = part.title if viewer.is_entrepreneur else part.staff_title
        elsewhere = [name for name in FIXED.get(part.key, ()) if name in urls]
        others = [{"label": led_to(subject, name), "url": urls[name]} for name in elsewhere]
        found.append({"key": part.key, "title": title, "rows": rows, "url": urls.get(part.key, ""), "others": others})
    return found


def order_of(subject: str, name: str) -> int:
    """Where a fact of a person or of a business stands among all of theirs; what stands nowhere comes last."""
    parts = [part for part in PARTS.values() if part.form.subject == subject]
    names = [one for part in parts for one in (*FIXED.get(part.key, ()), *part.form.told())]
    return names.index(name) if name in names else len(names)


def led_to(subject: Person | Enterprise, name: str) -> str:
    """What the link to the page that changes a fact is called."""
    is_idea = name == "stage" and subject.stage == Enterprise.Stage.IDEA
    return _("The idea is a business now") if is_idea else label_of(subject, name)


def label_of(subject: Person | Enterprise, name: str) -> str:
    if name == "parent_name" and isinstance(subject, Person) and subject.parent_relation:
        return str(RELATIVES[Person.Relation(subject.parent_relation)])
    return capfirst(LABELS.get(name) or subject._meta.get_field(name).verbose_name)


def field_label(model: type[Person | Enterprise], name: str) -> str:
    """A field without its record; the names of a person and of a business are told apart."""
    own = LABELS.get(name) if model is Person or name != "name" else None
    return capfirst(own or model._meta.get_field(name).verbose_name)


def labels_of(fields: Iterable[str]) -> str:
    """Fields that an event names, as the pages call them, each with whose it is: see `Statement.whose`."""
    return words.listed(label_of_event(field) for field in fields)


def label_of_event(field: str) -> str:
    """An event of long ago names the field alone: a person's, where a business has one of that name too."""
    whose, _dot, name = field.rpartition(".")
    if not whose:
        of_person = {one.name for one in Person._meta.concrete_fields}
        return field_label(Person if name in of_person else Enterprise, name)
    sentence = _("Person: {fact}") if whose == "person" else _("Business: {fact}")
    return sentence.format(fact=field_label(Person if whose == "person" else Enterprise, name))


# How a field is said that is neither a choice nor a plain text.
SAID = {
    "cnic": cnic.display,
    "phone": phones.display,
    "name": own,
    "parent_name": own,
    "what": own,
    "place": own,
    "stage": lambda stage: dict(OPENINGS)[stage],
    "language": lambda code: dict(settings.LANGUAGES)[code],
    "started_on": words.since,
    "sector": lambda sector: sector.label,
    "district": lambda district: district.label,
    "help_wanted": lambda kinds: words.listed(Help(kind).label for kind in kinds),
}


def text_of(subject: Person | Enterprise, name: str, *, viewer: User) -> Any:
    """A field as its reader sees it; "" where nothing was said. Colleagues see so much of a CNIC as tells it apart."""
    value = getattr(subject, name)
    if value in (None, "", []):
        return ""
    if name == "sales":
        return [words.rupees(value), subject.get_sales_per_display()]
    if name == "cnic" and not viewer.is_entrepreneur:
        return cnic.masked(value)
    if name in SAID:
        return SAID[name](value)
    return getattr(subject, f"get_{name}_display", lambda: str(value))()


def source_of(statement: Statement | None, *, viewer: User, owners: Sequence[Person] = ()) -> dict[str, Any]:
    """Who stated it, and when: in the words of the field's source. `owners`: of the business, the first one first."""
    if statement is None:
        return {}
    source = statement.get_source_display()
    if statement.source == Statement.Source.ASSISTED:
        said = _("you") if statement.by_id == viewer.pk else str(statement.by)
        source = _("written down by %(name)s") % {"name": said}
    elif statement.source == Statement.Source.RELEASED and not viewer.is_entrepreneur:
        source = _("taken off by %(name)s after a look at the card") % {"name": statement.by}
    elif statement.source == Statement.Source.SELF and viewer.is_entrepreneur:
        teller = teller_of(statement, owners)
        is_viewer = teller is None or teller.user_id == viewer.pk
        source = _("said by you") if is_viewer else _("said by %(name)s") % {"name": teller.name}
    day = words.plain(words.day_plain(localdate(statement.at)))
    said = _("%(source)s, %(day)s") % {"source": capfirst(source), "day": day}
    if statement.disputed_at is None:
        return {"small": said}
    wrong = _("The client says that it is wrong.")
    if viewer.is_entrepreneur:
        is_shared = statement.enterprise_id is not None and len(owners) > 1
        wrong = _("An owner said that it is wrong.") if is_shared else _("You said that it is wrong.")
    return {"small": f"{said}. {wrong}"}


def teller_of(statement: Statement, owners: Sequence[Person]) -> Person | None:
    """Which of the owners said it; who registered without signing in was the first of them. None where it is theirs."""
    if statement.enterprise_id is None:
        return None
    return next((owner for owner in owners if owner.user_id == statement.by_id), owners[0] if owners else None)


def size_of(enterprise: Enterprise, *, on: date) -> dict[str, Any]:
    """The size class, worked out from yearly sales and never typed, with the rule that makes it."""
    sales = enterprise.sales_a_year
    if sales is None:
        return {"label": _("Size"), "text": "", "small": _("Worked out from the sales.")}
    size = SizeClass.objects.of(sales, on=on)
    if size is None:
        return {"label": _("Size"), "text": _("Larger than a medium enterprise")}
    small = _("About %(sales)s a year. Up to %(most)s counts as this, since %(day)s.") % {
        "sales": words.plain(words.rupees_large(sales)),
        "most": words.plain(words.rupees_large(size.up_to)),
        "day": words.plain(words.day_plain(size.from_on)),
    }
    return {"label": _("Size"), "text": size.label, "small": small}
