"""Everything that happened on one page: events of every service, contacts and notes, newest first.

A contact stands for its own event, and says more: the event is left out. What writes no event, such as a receipt, a
service on a higher floor hands in as a source of its own, through `portal/wiring.py`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.db.models import F, IntegerField, QuerySet, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.roles import Role
from casework.models import Attempt, CallBack, Case, Contact, Enquiry, Introduction, Measure, Note, Present, StepKind
from casework.rules import reads_for_smeda
from casework.states import BACK_FOR
from enterprises.details import labels_of
from journal.events import ADVISORS, MANAGERS
from journal.models import Event
from journal.open_items import IDS
from journal.sentences import sentence
from kit import words
from kit.given import Given, kept
from kit.paging import Page, union_page
from kit.text import apart

ORDER = ("-at", "-source", "-row_id")
SIZE = 20
EVENT, CONTACT, NOTE, ATTEMPT, ENQUIRY = 1, 2, 3, 4, 5
STEP_MOVED = "casework.step_moved"
NOBODY: Mapping[int, str] = {}
CLOSED, ASSIGNED = "casework.closed", "casework.assigned"
OF_STEPS = ("casework.step_closed", "casework.step_dropped", STEP_MOVED)
OF_MEASURES = ("casework.measured", "casework.measure_removed", "casework.measure_restored")
OF_INTRODUCTIONS = (
    "casework.introduced",
    "casework.introduction_answered",
    "casework.introduction_not_answered",
    "casework.introduction_ended",
)
CALLED_WRONG = ("enterprises.statement_disputed", "enterprises.statement_upheld")
CONSENTS = {
    "contact": gettext_lazy("to keep the details and to call"),
    "share": gettext_lazy("to pass the details to Akhuwat"),
}
# What nobody does but the client; before they can sign in, the portal writes it down in their place.
OF_CLIENT = (
    "enterprises.registered",
    "enterprises.consent_given",
    "enterprises.consent_withdrawn",
    "enterprises.consent_refused",
)
TOLD_BY_CONTACT = ("casework.first_contact", "casework.contacted")
TOLD_BY_ATTEMPT = ("casework.attempted",)
# What was taken out of whom, by the name that the event's data give it.
TAKEN_OUT: dict[str, tuple[str, Any]] = {
    "casework.contact_removed": ("contact", Contact),
    "casework.attempt_removed": ("attempt", Attempt),
}
# The text of a colleague's that answered is an entry of its own.
# What was written stands on a page of its own.
OF_WRITINGS = frozenset({"casework.client_wrote", "casework.advisor_wrote"})
TOLD_BY_ANSWER = ("casework.writing_answered",)
# What may be shown alone: (value in the URL, words, the events' first word or the source).
SHOWS = (
    ("contacts", gettext_lazy("Contacts"), CONTACT),
    ("notes", gettext_lazy("Notes"), NOTE),
    ("course", gettext_lazy("Course"), "training."),
    ("loan", gettext_lazy("Loan"), "loans."),
)
AREAS = {
    "enterprises": gettext_lazy("Registration"),
    "casework": gettext_lazy("Advice"),
    "training": gettext_lazy("Course"),
    "loans": gettext_lazy("Loan"),
    "formalisation": gettext_lazy("Papers"),
}


@dataclass(frozen=True)
class Source:
    """Rows of a service that stand on the timeline beside the events.

    `number` is above those of casework's own, and orders what happened at one moment. `rows` has a column `at`, is in
    the user's sight and takes one query; `drawn` fetches those with these keys, in a number of queries that does not
    grow, as entries for `components/timeline.html` without their moment.
    """

    number: int
    area: str
    rows: Callable[[Case, User], QuerySet]
    drawn: Callable[[Collection[int], Case], dict[int, dict[str, Any]]]


_further: list[Source] = []


def install(sources: Iterable[Source]) -> None:
    """Take over what the services have to show beside their events."""
    _further[:] = sources


def page_of(case: Case, *, user: User, show: str, after: str) -> tuple[list[dict[str, Any]], Page]:
    """One page of the case's timeline as the user may read it: its entries ready to print, and where it goes on."""
    wanted = {value: chosen for value, _words, chosen in SHOWS}.get(show)
    found = union_page(
        [branch.values("at", "source", "row_id") for branch in branches(case, user=user, wanted=wanted)],
        order=ORDER,
        size=SIZE,
        after=after,
    )
    return entries(found.rows, case=case, user=user), found


def branches(case: Case, *, user: User, wanted: int | str | None) -> list[QuerySet]:
    notes, contacts, attempts = (model.objects.standing().filter(case=case) for model in (Note, Contact, Attempt))
    is_of_smeda = reads_for_smeda.test(user, case)
    if not is_of_smeda:
        notes, contacts, attempts = (rows.visible_to(user) for rows in (notes, contacts, attempts))
    records = case.enterprise.record_ids()
    events = events_of(case, user=user, records=records)
    asked = Enquiry.objects.of_records(records) if is_of_smeda else Enquiry.objects.none()
    if wanted == NOTE:
        chosen = [(NOTE, notes)]
    elif wanted == CONTACT:
        chosen = [(CONTACT, contacts)]
    elif wanted:
        chosen = [(EVENT, rows.filter(name__startswith=wanted)) for rows in events]
    else:
        chosen = [
            (NOTE, notes),
            (CONTACT, contacts),
            (ATTEMPT, attempts),
            (ENQUIRY, asked),
            *((EVENT, rows) for rows in events),
        ]
    if not isinstance(wanted, int):
        chosen += [
            (source.number, source.rows(case, user)) for source in _further if not wanted or wanted == f"{source.area}."
        ]
    return [
        rows.annotate(source=Value(source, output_field=IntegerField()), row_id=F("pk")).order_by()
        for source, rows in chosen
    ]


def events_of(case: Case, *, user: User, records: Collection[int]) -> list[QuerySet[Event]]:
    """Events of the enterprise, of those merged into it, and of the person where no enterprise is meant.

    No manager reads that their own contact is asked about, or what came of it: see `CallBackQuerySet.visible_to`.
    """
    is_manager = user.has_role(Role.REGIONAL_MANAGER, Role.PROGRAMME_MANAGER)
    told = Event.objects.for_audience(*([ADVISORS, MANAGERS] if is_manager else [ADVISORS]))
    told = told.exclude(name__in=TOLD_BY_CONTACT + TOLD_BY_ATTEMPT + TOLD_BY_ANSWER)
    if is_manager:
        told = told.exclude(target_label=CallBack._meta.label_lower, target_id__in=of_own_contacts(user))
    return [
        told.about(records),
        told.filter(person_id__in=case.person.record_ids(), enterprise_id__isnull=True),
    ]


def of_own_contacts(user: User) -> QuerySet:
    return CallBack.objects.filter(author=user).values("pk")


def entries(rows: list[dict[str, Any]], *, case: Case, user: User) -> list[dict[str, Any]]:
    """The rows as `components/timeline.html` takes them, each source fetched once."""
    models = {EVENT: Event, CONTACT: Contact, NOTE: Note, ATTEMPT: Attempt, ENQUIRY: Enquiry}
    ids = {source: [row["row_id"] for row in rows if row["source"] == source] for source in models}
    found = {source: in_bulk(model, ids[source]) for source, model in models.items()}
    closed = {event.data["kind"] for event in found[EVENT].values() if event.name in OF_STEPS}
    steps = {kind.code: kind.label for kind in StepKind.objects.filter(code__in=closed)} if closed else {}
    sent = {event.target_id for event in found[EVENT].values() if event.name in OF_INTRODUCTIONS}
    places = {one.pk: one.place for one in Introduction.objects.filter(pk__in=sent)} if sent else {}
    reasons = reasons_of(found[EVENT].values())
    draw = {
        EVENT: partial(
            of_event, steps=steps, places=places, reasons=reasons, advisors=advisors_of(found[EVENT].values())
        ),
        CONTACT: partial(of_contact, user=user),
        NOTE: of_note,
        ATTEMPT: partial(of_attempt, user=user),
        ENQUIRY: of_enquiry,
    }
    drawn = {source: {pk: draw[source](row, case) for pk, row in found[source].items()} for source in models}
    for source in _further:
        chosen = [row["row_id"] for row in rows if row["source"] == source.number]
        drawn[source.number] = source.drawn(chosen, case) if chosen else {}
    return [
        {"at": row["at"]} | drawn[row["source"]][row["row_id"]] for row in rows if row["row_id"] in drawn[row["source"]]
    ]


def in_bulk(model: Any, ids: list[int]) -> dict[int, Any]:
    """As Django's, with who it was, by a query that is kept."""
    rows = kept(RECORDS[model]).ask({"ids": ids}) if ids else []
    return {row.pk: row for row in rows}


def by_ids(model: Any) -> QuerySet:
    beside = ("by", "topic") if model is Enquiry else ("by",)
    return model.objects.select_related(*beside).filter(pk__among=Given("ids", IDS)).order_by()


RECORDS = {model: partial(by_ids, model) for model in (Event, Contact, Note, Attempt, Enquiry)}


def reasons_of(events: Iterable[Event]) -> dict[int, str]:
    """Why what these events say was taken out; nothing of what was put back since."""
    found: dict[int, str] = {}
    for name, (key, model) in TAKEN_OUT.items():
        out = {event.pk: event.data[key] for event in events if event.name == name}
        said = dict(model.objects.filter(pk__in=out.values()).values_list("pk", "removed_because")) if out else {}
        found |= {event: said[pk] for event, pk in out.items() if said.get(pk)}
    return found


def advisors_of(events: Iterable[Event]) -> dict[int, str]:
    """Whom these events named."""
    named = {event.data.get("advisor") for event in events if event.name == ASSIGNED} - {None}
    return {user.pk: str(user) for user in User.objects.filter(pk__in=named)} if named else {}


def of_event(
    event: Event,
    case: Case,
    *,
    steps: Mapping[str, str],
    places: Mapping[int, str],
    reasons: Mapping[int, str],
    advisors: Mapping[int, str] = NOBODY,
) -> dict[str, Any]:
    """The event's own words; with which step is done, where to, what a permission is for, what was called wrong.

    Who was named, how it ended: colleagues read both.
    """
    area, text, kind = event.name.partition(".")[0], sentence(event), event.data.get("kind", "")
    which = steps.get(kind) if event.name in OF_STEPS else CONSENTS.get(kind) if event.name in OF_CLIENT else None
    if event.name in OF_INTRODUCTIONS:
        which = apart(places.get(event.target_id, "–"))
    if event.name == CLOSED:
        which = Case.Outcome(event.data["outcome"]).label if event.data.get("outcome") else None
    if event.name == ASSIGNED:
        which = advisors.get(event.data.get("advisor"))
    if event.name in OF_MEASURES:
        which = Measure.What(kind).label
    if event.pk in reasons:
        which = apart(reasons[event.pk])
    if event.name in CALLED_WRONG:
        which = labels_of(event.data["fields"])
    if event.name == STEP_MOVED:
        was, now = (words.plain(words.day_short(date.fromisoformat(event.data[day]))) for day in ("was", "now"))
        which = _("{step}, {now} in place of {was}").format(step=which, now=now, was=was)
    if which:
        text = _("{what}: {which}").format(what=text, which=which)
    by = _("by the client") if event.by.is_system and event.name in OF_CLIENT else who(event.by, case)
    shown = {"kind": AREAS.get(area, area), "who": by, "text": text}
    if event.name in OF_WRITINGS:
        shown |= {"url": reverse("casework:thread", args=[case.pk]), "label": _("All that was written")}
    return shown


def of_contact(contact: Contact, case: Case, *, user: User) -> dict[str, Any]:
    how = contact.get_channel_display()
    if contact.is_unasked:
        how = _("{how}, by themselves").format(how=how)
    if contact.on != timezone.localdate(contact.at):
        how = _("{how}, on {day}").format(how=how, day=words.plain(words.day_short(contact.on)))
    company = [str(Present(code).label) for code in contact.present]
    shown = {"kind": " · ".join([how, *minutes_of(contact)]), "who": who(contact.by, case), "said": contact.agreed}
    shown |= way_out(contact, user=user, page="casework:contact-remove")
    return shown | {"text": _("There: {who}").format(who=words.listed(company))} if company else shown


def minutes_of(contact: Contact) -> list[str]:
    """How long it took, and that it counts."""
    said = [_("{count} minutes").format(count=contact.minutes)]
    if contact.prep_minutes:
        said.append(_("{count} to prepare").format(count=contact.prep_minutes))
    if contact.travel_minutes:
        said.append(_("{count} on the way").format(count=contact.travel_minutes))
    return [*said, _("counts in reports")] if contact.is_reportable else said


def of_attempt(attempt: Attempt, case: Case, *, user: User) -> dict[str, Any]:
    text = _("{what}: {which}").format(what=_("Not reached"), which=attempt.get_result_display())
    shown = {"kind": attempt.get_channel_display(), "who": who(attempt.by, case), "text": text}
    return shown | way_out(attempt, user=user, page="casework:attempt-remove")


def way_out(written: Contact | Attempt, *, user: User, page: str) -> dict[str, Any]:
    """Where whoever typed it lately takes it out."""
    if written.by_id != user.pk or written.at < timezone.now() - BACK_FOR:
        return {}
    return {"aside": {"url": reverse(page, args=[written.pk]), "label": _("Typed by mistake?")}}


def of_enquiry(enquiry: Enquiry, case: Case) -> dict[str, Any]:
    """What they asked at the helpdesk, and what they were told."""
    text = _("{what}: {which}").format(what=_("Asked about"), which=enquiry.topic.label)
    return {
        "kind": _("{how}, enquiry").format(how=enquiry.get_channel_display()),
        "who": who(enquiry.by, case),
        "text": text,
        "said": enquiry.answer,
    }


def of_note(note: Note, case: Case) -> dict[str, Any]:
    said = {"text": note.text, "name": case.person.name, "is_staff_only": not note.is_shared}
    return {"kind": _("Note"), "who": who(note.by, case), "note": said}


def who(user: User, case: Case) -> str:
    """Who did it, in words: colleagues by name, the entrepreneur as the case names them."""
    if user.is_system:
        return _("by itself")
    if user.pk == case.person.user_id:
        return case.person.name
    if user.is_entrepreneur:
        return user.person.name
    return str(user)
