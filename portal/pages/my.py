"""My business: the entrepreneur's page. What is my next step, who has it and until when, what must I bring."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, BooleanField, Exists, ExpressionWrapper, Subquery, When
from django.db.models import Case as Choice
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts import closures
from accounts.models import Office, User
from casework.models import Case, Contact, Note, Referral, Step, StepKind
from casework.open_items import AHEAD, ESCALATED, OUTCOME, TOLD, WRITING
from enterprises import needs
from enterprises.consent_querysets import lets_contact
from enterprises.models import Consent, Enterprise, Ownership, Person, Statement
from enterprises.pages import family
from journal.open_items import MOST, Facts, Owner, next_step
from kit import words
from kit.charts import patch_states
from kit.given import Given, Text
from kit.templatetags.kit import own as own_words
from kit.text import apart
from loans.models import Application, Loan
from loans.pages.referral import no_of
from places.calendar import LENDING, late_cutoff
from portal.open_items import ITEM_FACTS, ITEM_KINDS
from portal.pages import letters, owned
from portal.pages.items import BESIDE
from portal.pages.road import events_awaited, road_of

WAITING, STEP = "training.waiting", "casework.step"
# Open items that are done by handing in papers.
TO_SEND = frozenset({"enterprises.document", owned.PAPERS})
# And those that are done by answering on a page.
TO_ANSWER = frozenset({OUTCOME, TOLD, owned.REQUEST})
# Where clients read more of an item: one page for all of a kind, or one for each target.
PAGES = {
    "training.sitting": "training:my-courses",
    "enterprises.phone_change": "enterprises:my-phone",
    "enterprises.phone_facts": "enterprises:my-phone",
    "enterprises.called_wrong": "enterprises:my-confirm",
}
PAGES_OF_TARGET = {
    owned.APPLICATION: "loans:my-application",
    owned.DISBURSEMENT: "loans:my-application",
    owned.INSTALMENT: "loans:my-loan",
    owned.REQUEST: "loans:my-request",
    OUTCOME: "casework:my-outcome",
    TOLD: "casework:my-outcome",
    WRITING: "casework:my-thread",
}
PERSON_ID: Given = Given("person_id", BigIntegerField())
ENTERPRISE_ID: Given = Given("enterprise_id", BigIntegerField())
MOST_TALKS = 3  # of which the page says what was agreed
MOST_OF_OTHERS = 100  # open items that are looked at, of all other businesses of one person together


@dataclass(frozen=True)
class MyBusiness:
    """Everything that the page prints."""

    person: Person
    enterprise: Enterprise
    others: list[dict[str, Any]]
    next_step: dict[str, Any] | None
    waiting: list[dict[str, Any]]
    also: list[dict[str, Any]]
    road: list[dict[str, Any]]
    plan: list[dict[str, Any]]
    notes: list[Note]
    talks: list[Contact]
    letters: list[dict[str, Any]]
    is_to_confirm: bool
    case: Case | None
    is_client: bool  # of the case: whoever else owns the business does not say who has it
    silence: dict[str, Any] | None
    closed: dict[str, Any] | None
    loan: dict[str, Any] | None
    refusal: dict[str, Any] | None
    is_asked_about_family: bool
    partners: list[str]
    needed: int
    shut: dict[str, Any] | None


def gather(person: Person, *, reference: str, on: date) -> MyBusiness | None:
    """The page of one of the person's enterprises: the one asked for, or the newest. None without any."""
    businesses = list(
        Enterprise.objects.unmerged()
        .filter(ownerships__person=person, ownerships__until_on__isnull=True)
        .for_list()
        .order_by("-registered_at", "-id")
    )
    if not businesses:
        return None
    enterprise = next((one for one in businesses if one.reference == reference), None) or called(reference, businesses)
    case = Case.objects.filter(enterprise=enterprise).select_related("advisor", "office").first()
    beside = [one.pk for one in businesses if one != enterprise]
    limit = MOST_OF_OTHERS if beside else MOST
    items = with_papers(owned.items_of(person, [enterprise.pk], on=on, beside=beside, limit=limit))
    is_client = is_whom_the_case_calls(case, person)
    steps = steps_of(case) if case else []
    ((is_to_confirm, is_asked_about_family, refused_id, declined_id, partners, *contact),) = open_to().rows(
        {"person_id": person.pk, "enterprise_id": enterprise.pk}
    )
    may_call = contact[0] if case is None or case.person_id == person.pk else case.person.lets_contact
    lines = said_plainly(items, on=on, reference=enterprise.reference, is_silent=not may_call)
    first = next_step(lines, beside=BESIDE, ahead=AHEAD)
    rest = [line for line in lines if line is not first]
    return MyBusiness(
        person=person,
        enterprise=enterprise,
        others=next_steps_of(person, [one for one in businesses if one != enterprise], on=on, is_silent=not contact[0]),
        next_step=first,
        waiting=[line for line in rest if line["kind"] == WAITING],
        # Steps of the plan stand in the plan.
        also=[line for line in rest if line["kind"] not in {WAITING, STEP}],
        road=road_ahead(enterprise, case, steps),
        plan=plan_of(steps, clocks={line["target_id"]: line for line in lines if line["kind"] == STEP}),
        notes=list(Note.objects.standing().filter(case=case, is_shared=True).order_by("-at")[:3]) if case else [],
        talks=talks_of(case) if case and is_client else [],
        letters=letters.newest(person),
        is_to_confirm=is_to_confirm,
        case=case,
        is_client=is_client,
        silence=silence_in_words(*contact, case=case) if case and case.person_id == person.pk else None,
        closed=closed_in_words(case) if case and case.closed_at else None,
        loan=loan_of(person, enterprise, on=on),
        refusal=refusal_of(refused_id, declined_id, case=case) if refused_id or declined_id else None,
        is_asked_about_family=is_asked_about_family,
        partners=[own_words(name) for name in partners],
        needed=len(needs.missing(person, enterprise, purposes=purposes_of(items, steps))),
        shut=shut_at(case.office, enterprise, on=on) if case else None,
    )


def steps_of(case: Case) -> list[Step]:
    """Of a closed case what was done: nobody works any more on what was still open."""
    steps = Step.objects.filter(case=case).select_related("kind")
    return [step for step in steps if step.closed_at or not case.closed_at]


def road_ahead(enterprise: Enterprise, case: Case | None, steps: Iterable[Step]) -> list[dict[str, Any]]:
    """The milestones behind and ahead; once the case is closed, those behind alone."""
    road = road_of(enterprise, planned=events_awaited(step for step in steps if step.closed_at is None))
    return [stop for stop in road if stop["state"] == "done"] if case and case.closed_at else road


def is_whom_the_case_calls(case: Case | None, person: Person) -> bool:
    """And no other owner."""
    return case is not None and case.person_id == person.pk


def talks_of(case: Case) -> list[Contact]:
    """The last ones, each with what was agreed."""
    return list(Contact.objects.standing().filter(case=case).order_by("-at", "-pk")[:MOST_TALKS])


def purposes_of(items: Iterable[Mapping[str, Any]], steps: Iterable[Step]) -> set[str]:
    """For what their advisor asks just now: what the plan says, and an application that is open."""
    codes = {step.kind.code for step in steps if step.closed_at is None}
    kinds = {item["kind"] for item in items}
    return {
        purpose
        for purpose, is_open in (
            (needs.BUSINESS_PLAN, "business-plan" in codes),
            (needs.LOAN, "loan-application" in codes or owned.APPLICATION in kinds),
        )
        if is_open
    }


@cache
def open_to() -> Text:
    """Whether there is something that others wrote for the person to confirm, and a page of the family.

    Then their newest application for a loan, if it was refused, and their newest referral, if it was sent back: their
    own, not a partner's in the business. Last, who owns it with them, by name, and whether they let SMEDA contact them,
    or when that ended, or ran out.
    """
    asked = Application.objects.filter(person=PERSON_ID, enterprise=ENTERPRISE_ID).order_by("-received_at", "-pk")
    sent = Referral.objects.filter(case__person=PERSON_ID, case__enterprise=ENTERPRISE_ID, to=Referral.To.LENDER)
    owners = Ownership.objects.current().filter(enterprise=ENTERPRISE_ID).exclude(person=PERSON_ID)
    told = Consent.objects.filter(person=PERSON_ID, kind=Consent.Kind.CONTACT, withdrawn_at__isnull=False)
    back = sent.order_by("-at", "-pk").values(back=Choice(When(state="declined", then="pk")))
    return Text.of(
        Person.objects.filter(pk=PERSON_ID)
        .annotate(
            is_to_confirm=Exists(Statement.objects.about(PERSON_ID, ENTERPRISE_ID).to_confirm()),
            refused=Subquery(asked.values(refused=Choice(When(state="refused", then="pk")))[:1]),
            declined=Subquery(back[:1]),
            is_asked=ExpressionWrapper(family.is_there_for(PERSON_ID), output_field=BooleanField()),
            partners=ArraySubquery(owners.order_by("from_on", "pk").values("person__name")),
            lets=lets_contact(person="pk"),
            ended=Subquery(told.order_by("-withdrawn_at").values("withdrawn_at")[:1]),
        )
        .values_list("is_to_confirm", "is_asked", "refused", "declined", "partners", "lets", "ended")
    )


def next_steps_of(person: Person, others: list[Enterprise], *, on: date, is_silent: bool) -> list[dict[str, Any]]:
    """The person's other businesses, each with its own next step: none is hidden behind the newest."""
    if not others:
        return []
    items = with_papers(owned.items_of(person, [one.pk for one in others], on=on, limit=MOST_OF_OTHERS))
    lines = defaultdict(list)
    for line in said_plainly(items, on=on, reference="", is_silent=is_silent):
        lines[line["enterprise_id"]].append(line)
    return [{"enterprise": one, "next_step": next_step(lines[one.pk], beside=BESIDE, ahead=AHEAD)} for one in others]


def called(reference: str, businesses: list[Enterprise]) -> Enterprise:
    """The one into which a business of that reference was merged, or else the newest."""
    asked = Enterprise.objects.by_reference(reference).first() if reference else None
    return next((one for one in businesses if one == asked), businesses[0])


def loan_of(person: Person, enterprise: Enterprise, *, on: date) -> dict[str, Any] | None:
    """The person's newest loan for it as patches: what is paid, what is late, what comes. Not another owner's."""
    loan = Loan.objects.filter(enterprise=enterprise, person=person).order_by("-disbursed_on", "-id").first()
    if loan is None:
        return None
    lines = loan.instalments()
    done = len(lines) if not loan.owed else min((loan.paid_total - loan.paid_before) // loan.instalment, loan.count - 1)
    cutoff = late_cutoff(on, calendar=LENDING)
    late = sum(line.due_on <= cutoff for line in lines[done:]) if loan.is_live else 0
    return {
        "principal": loan.principal,
        "paid": loan.paid_total,
        "left": loan.owed,
        "done": done,
        "count": len(lines),
        "states": patch_states(paid=done, total=len(lines), late=late),
        "url": reverse("loans:my-loan", args=[loan.pk]),
    }


def refusal_of(refused_id: int | None, declined_id: int | None, *, case: Case | None) -> dict[str, Any]:
    """Why the lender said no, what to do, from when to ask again, and who helps. What was sent back last is newer."""
    if declined_id:
        said = {"application": no_of(Referral.objects.get(pk=declined_id)), "heading": _("The branch said no for now")}
    else:
        refused = Application.objects.select_related("refusal").get(pk=refused_id)
        heading, url = _("Your loan was not approved"), reverse("loans:my-application", args=[refused_id])
        said = {"application": refused, "heading": heading, "url": url}
    return said | {
        "helper": holder_in_words(Owner.ADVISOR, case.advisor) if case else "",
        **office_to_call(case.office if case else None),
    }


def silence_in_words(lets: bool, ended: datetime | None, *, case: Case) -> dict[str, Any] | None:
    """That nobody calls, since when, and how to reach the office; nothing while the reader may be called."""
    if lets:
        return None
    return {"since": ended} | office_to_call(case.office)


def shut_at(office: Office, enterprise: Enterprise, *, on: date) -> dict[str, Any] | None:
    """That their office or their district is shut today, and whom to call."""
    lines = closures.shut_for({office.pk: [enterprise.district_id]}, on=on)[office.pk]
    return {"lines": lines, "phone": office.phone} if lines else None


def closed_in_words(case: Case) -> dict[str, Any]:
    """Since when, and whom to call to take it up again: the office, or the helpline where it has no number."""
    at = office_to_call(case.office)
    return {"since": case.closed_at, "office": at["office"], "phone": at["phone"] or settings.HELPLINE}


def facts_of(items) -> dict[tuple[str, int], Facts]:
    """What the apps say of these items, each asked once for all of its kind."""
    ids: dict[str, set[int]] = {}
    for item in items:
        ids.setdefault(item["kind"], set()).add(item["target_id"])
    return {
        (kind, pk): facts for kind, tell in ITEM_FACTS.items() if kind in ids for pk, facts in tell(ids[kind]).items()
    }


def with_papers(items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Before the reader's applications that the lender looks at, the papers that they wait for: their turn."""
    found = []
    for item in items:
        if item["kind"] == owned.APPLICATION:
            found.append(
                item | {"kind": owned.PAPERS, "owner": Owner.ENTREPRENEUR, "holder_id": None, "is_early": True}
            )
        found.append(item)
    return found


def said_plainly(items, *, on: date, reference: str, is_silent: bool) -> list[dict[str, Any]]:
    """Each open item of the reader's as the four facts of a status, what more its app says of it, and what to bring.

    `is_silent`: nobody may be called, so that no manager is told of a delay.
    """
    holders = User.objects.in_bulk({item["holder_id"] for item in items if item["holder_id"]})
    offices = Office.objects.in_bulk({item["office_id"] for item in items if item["office_id"]})
    told = facts_of(items)
    lines = []
    for item in items:
        facts = told.get((item["kind"], item["target_id"]), Facts())
        if item.get("is_early") and not facts.bring:
            continue
        office = offices.get(item["office_id"])
        kind = ITEM_KINDS[item["kind"]]
        is_mine = item["owner"] == Owner.ENTREPRENEUR or kind.is_clients
        in_office = kind.holder and str(kind.holder)
        holder = _("You") if is_mine else in_office or holder_in_words(item["owner"], holders.get(item["holder_id"]))
        until = facts.until or item["due_on"]
        title = facts.title or kind.plain
        is_to_send = item["kind"] in TO_SEND and facts.bring
        actions = send_it(item, reference=reference) if is_to_send else answer_it(item)
        lines.append(
            {
                "kind": item["kind"],
                "target_id": item["target_id"],
                "enterprise_id": item["enterprise_id"],
                "title": title,
                # Where no list of what to bring stands below.
                "in_full": f"{title}: {words.listed(facts.bring)}" if is_to_send else title,
                "url": actions[0]["url"] if actions else page_of(item),
                "holder": "" if facts.goes_by_itself else holder,
                **office_to_call(office),
                "since": None if facts.is_new else localtime(item["since"]).date(),
                "until": until,
                "last_day": None if facts.is_dated else until,
                "after": told_of_delay(item, is_silent=is_silent),
                "why": facts.why,
                "about": [{"icon": icon, "label": label, "text": text} for icon, label, text in lines_of(facts)],
                "bring": list(facts.bring),
                "actions": actions,
                "is_late": until < on,
            }
        )
    return lines


def told_of_delay(item: Mapping[str, Any], *, is_silent: bool) -> str:
    """What happens once the day has passed: of what a manager is told of then, and of nothing else.

    A text on a closed case is with its managers from the beginning, and with nobody above them.

    Nothing where it is the reader's turn, or nobody may call them: on their page they are answered all the same.
    """
    is_text = item["kind"] == WRITING
    goes_up = item["holder_id"] is not None if is_text else not is_silent
    is_promised = item["kind"] in ESCALATED and item["owner"] == Owner.ADVISOR and goes_up
    return _("After that the manager of the office is told.") if is_promised else ""


def lines_of(facts: Facts) -> list[tuple[str, str, str]]:
    return [*([("eye", _("Why"), facts.why)] if facts.why else []), *facts.lines]


def page_of(item: dict[str, Any]) -> str:
    """Where the reader finds more of it; nothing where no page of theirs has more."""
    if name := PAGES_OF_TARGET.get(item["kind"]):
        return reverse(name, args=[item["target_id"]])
    return reverse(name) if (name := PAGES.get(item["kind"])) else ""


def office_to_call(office: Office | None) -> dict[str, str]:
    """Its name, and the number to call."""
    return {"office": office.label if office else "", "phone": office.phone if office else ""}


def send_it(item: dict[str, Any], *, reference: str) -> list[dict[str, Any]]:
    """Where the papers are handed in: the one that was asked for, or all that a loan waits for."""
    is_one = item["kind"] == "enterprises.document"
    asked, part = ({"asked": item["target_id"]}, "hand-in") if is_one else ({"ref": reference}, "missing")
    url = reverse("portal:my-papers", query=asked, fragment=part)
    label = _("Send a photo of it") if is_one else _("Send them now")
    return [{"label": label, "url": url, "icon": "go"}]


def answer_it(item: dict[str, Any]) -> list[dict[str, Any]]:
    """Where the reader answers what is asked of them."""
    return [{"label": _("Answer now"), "url": page_of(item), "icon": "go"}] if item["kind"] in TO_ANSWER else []


def holder_in_words(owner: str, holder: User | None) -> str:
    """Role always; the name only if the officer agrees that clients see it."""
    role = {
        Owner.ADVISOR: _("Your advisor"),
        Owner.TRAINER: _("Your trainer"),
        Owner.LENDER: _("The lender's officer"),
    }[owner]
    return holder.introduced(role) if holder else role


def plan_of(steps: Iterable[Step], *, clocks: Mapping[int, dict[str, Any]]) -> list[dict[str, Any]]:
    """The plan's steps by date, done ones after what is to be done.

    `clocks` are the open ones' lines by step, with who sees to them.
    Whoever has a step is named once, and each number to call once.
    """
    lines = []
    numbers: set[str] = set()
    for step in sorted(steps, key=lambda step: (step.is_dropped, step.closed_at is not None, step.due_on)):
        if step.is_dropped:
            state, day, sentence = (
                "dropped",
                localtime(step.closed_at).date(),
                _("Not needed since %(day)s: %(reason)s"),
            )
        elif step.is_done:
            state, day, sentence = "done", localtime(step.closed_at).date(), _("%(owner)s, done %(day)s")
        elif step.was_due_on:
            state, day = "todo", step.due_on
            sentence = _("%(owner)s, by %(day)s in place of %(was)s")
        else:
            state, day, sentence = "todo", step.due_on, _("%(owner)s, by %(day)s")
        clock = clocks.get(step.pk) if state == "todo" else None
        if clock and step.kind.owner == StepKind.Owner.ADVISOR:
            sentence = _("By %(day)s in place of %(was)s") if step.was_due_on else _("By %(day)s")
        owner = _("You") if step.kind.owner == Owner.ENTREPRENEUR else capfirst(step.kind.get_owner_display())
        said = {"owner": owner, "day": words.plain(words.day_plain(day))}
        said["reason"] = apart(step.dropped_because or step.why_moved)
        said["was"] = words.plain(words.day_plain(step.was_due_on)) if step.was_due_on else ""
        line = {"label": step.kind.label, "note": sentence % said, "state": state, "words": step.words}
        line["why"] = step.why_moved if state == "todo" else ""
        if clock:
            line |= {"bring": clock["bring"], "clock": clock | whom_to_ask(step, clock, told=clock["phone"] in numbers)}
            numbers.add(clock["phone"])
        lines.append(line)
    return lines


def whom_to_ask(step: Step, clock: Mapping[str, Any], *, told: bool) -> dict[str, Any]:
    """Of the client's own step the office that helps; the number is `told` already, or not."""
    phone = {"phone": ""} if told else {}
    if step.kind.owner != StepKind.Owner.ENTREPRENEUR:
        return phone
    asked = _("Ask {office}").format(office=clock["office"]) if clock["office"] and not told else ""
    return phone | {"holder": asked, "office": ""}
