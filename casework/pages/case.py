"""The case page: who, the next step and who has it, the plan, the papers of the loan, and everything that happened."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.db.models import BigIntegerField, Count, Exists, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Office, User
from accounts.roles import Role
from casework import timeline
from casework.actions import referrals
from casework.models import Attempt, BusinessPlan, Case, Pause, Referral, Step, StepKind
from casework.open_items import (
    AHEAD,
    ANSWER,
    BESIDE,
    HEALTH_CHECK,
    INTRODUCTION,
    MEETING,
    MEETING_ANSWER,
    NEXT_CONTACT,
    OFFERED,
    OUTCOME,
    TOLD,
    WITHDRAWN,
    WRITING,
    of_business,
)
from casework.pages.more import more_of
from casework.querysets.cases import CASE_ID
from casework.rules import reads_for_smeda
from casework.states import BusinessPlanState, CaseState, ReferralState
from enterprises.discretion import Silence, silence_after
from enterprises.models import Consent, Enterprise, Help, Sex
from journal.open_items import GIVEN
from journal.open_items import next_step as first_of
from kit import words
from kit.given import Given, Text, kept
from kit.templatetags.kit import own
from kit.text import apart

# What an advisor reads on the sewn card, and the words of its button: (title, button, page that does it).
NEXT = {
    "casework.first_contact": (
        gettext_lazy("Make the first call"),
        gettext_lazy("Log the call"),
        "casework:contact-create",
    ),
    NEXT_CONTACT: (
        gettext_lazy("Call or visit, as agreed"),
        gettext_lazy("Log the contact"),
        "casework:contact-create",
    ),
    "casework.call": (
        gettext_lazy("Call: no text may go to this phone"),
        gettext_lazy("Log the call"),
        "casework:contact-create",
    ),
    "casework.lost_text": (
        gettext_lazy("Call: a message did not arrive"),
        gettext_lazy("Log the call"),
        "casework:contact-create",
    ),
    ANSWER: (
        gettext_lazy("Tell the client the lender's answer, and agree what to do"),
        gettext_lazy("Log the talk"),
        "casework:contact-create",
    ),
    WITHDRAWN: (
        gettext_lazy("The request to the lender was withdrawn: ask the client again, or speak of another way"),
        gettext_lazy("Log the talk"),
        "casework:contact-create",
    ),
    # After the first call and before a plan: whatever day was agreed, the plan is what the client waits for.
    "plan": (gettext_lazy("Agree a plan with the client"), gettext_lazy("Agree a plan"), "casework:plan-create"),
    "casework.step": ("", gettext_lazy("Open this step"), "casework:step-detail"),
    "casework.business_plan": (
        gettext_lazy("A colleague reads the business plan"),
        gettext_lazy("Open the business plan"),
        "casework:business-plan-detail",
    ),
    "casework.business_plan_return": (
        gettext_lazy("Complete the business plan: a colleague sent it back"),
        gettext_lazy("Open the business plan"),
        "casework:business-plan-detail",
    ),
    "casework.to_refer": (
        gettext_lazy("Refer the client to the lender: the business plan is approved"),
        gettext_lazy("Open the business plan"),
        "casework:business-plan-detail",
    ),
    "casework.to_share": (
        gettext_lazy("Ask the client first whether the lender may have these details: the business plan is approved"),
        gettext_lazy("Open the business plan"),
        "casework:business-plan-detail",
    ),
    MEETING_ANSWER: (
        gettext_lazy("The client says whether they come to the appointment"),
        gettext_lazy("Open the appointment"),
        "casework:meeting-detail",
    ),
    MEETING: (gettext_lazy("Keep the appointment"), gettext_lazy("Open the appointment"), "casework:meeting-detail"),
    HEALTH_CHECK: (
        gettext_lazy("Make the business check"),
        gettext_lazy("Open the business check"),
        "casework:health-list",
    ),
    OUTCOME: (
        gettext_lazy("The client says how the business goes"),
        gettext_lazy("Write down what they say"),
        "casework:outcome-answer",
    ),
    TOLD: (
        gettext_lazy("The client says whether their answers were written down right"),
        gettext_lazy("Open the answers"),
        "casework:outcome-answer",
    ),
    INTRODUCTION: (
        gettext_lazy("Ask what came of where the client was sent"),
        gettext_lazy("Open it"),
        "casework:introduction-detail",
    ),
    WRITING: (gettext_lazy("Answer what the client wrote"), gettext_lazy("Open what they wrote"), "casework:thread"),
    OFFERED: (
        gettext_lazy("Say whether something on file is what the client was sent for"),
        gettext_lazy("Open it"),
        "casework:introduction-detail",
    ),
    "casework.referral": (gettext_lazy("The lender answers the referral"), "", ""),
}

# What is done after the end of the hand-holding too.
AFTER_THE_END = frozenset({"casework.call", "casework.lost_text", OUTCOME, TOLD, WRITING})
# Referrals to the lender that the page lists with their outcome, the newest first.
REFERRALS = 10


TONES = {
    CaseState.NEW: "soon",
    CaseState.CLOSED: "idle",
    BusinessPlanState.DRAFT: "soon",
    BusinessPlanState.SUBMITTED: "soon",
    BusinessPlanState.RETURNED: "soon",
}


@dataclass(frozen=True)
class CasePage:
    """Everything that the page prints."""

    silence: Silence | None
    may_call: bool
    tags: list[dict[str, Any]]
    actions: list[dict[str, Any]]
    next_step: dict[str, Any] | None
    facts: list[dict[str, Any]]
    plan: list[dict[str, Any]]
    business_plans: list[dict[str, Any]]
    referrals: list[dict[str, Any]]
    links: dict[str, str]
    more: list[dict[str, Any]]
    entries: list[dict[str, Any]]
    chips: list[dict[str, Any]]
    next_url: str
    previous_url: str


def gather(case: Case, *, user: User, on: date, show: str, after: str) -> CasePage:
    """The page of `case` for `user` on the day, in a number of queries that does not grow with the case."""
    about = {"case_id": case.pk, "person_id": case.person_id}
    steps = kept(steps_of_case).ask(about, case=case)
    agreed = {consent.kind: consent for consent in kept(consents_of_person).ask(about)}
    silence = silence_after(agreed.get(Consent.Kind.CONTACT))
    may_work = user.has_perm("casework.work_case", case) and case.state != CaseState.CLOSED
    items = of_business(case.enterprise_id, on=on)
    item = first_of(items, beside=BESIDE, ahead=AHEAD)
    entries, found = timeline.page_of(case, user=user, show=show, after=after)
    # One business plan is written at a time: what comes before the newest is approved.
    if reads_for_smeda.test(user, case):
        newest, sent = (kept(rows).ask(about, case=case) for rows in (newest_plans, newest_referrals))
    else:
        written = BusinessPlan.objects.visible_to(user).filter(case=case).select_related("read_at")
        newest = list(written.order_by("-number")[:2])
        referred = Referral.objects.visible_to(user).filter(case=case).select_related("to_office")
        sent = list(referred.order_by("-at", "-id")[:REFERRALS])
    plans = plans_shown(newest)
    read_at = plans[0].read_at if plans else None
    clock, paused, is_in_vain = clock_of(case, on=on)
    return CasePage(
        silence=silence,
        may_call=may_work and silence is None and bool(case.person.phone),
        tags=tags_of(case, is_silent=silence is not None, paused=paused, on=on),
        actions=actions_of(case, is_silent=silence is not None) if may_work else [],
        next_step=next_step(
            item,
            case=case,
            steps=steps,
            sent=sent,
            read_at=read_at,
            user=user,
            may_work=may_work,
            is_in_vain=is_in_vain,
            on=on,
        )
        if item
        else None,
        facts=facts_of(case, shares=agreed.get(Consent.Kind.SHARE), is_silent=silence is not None) + clock,
        plan=plan_of(steps, case=case),
        business_plans=[paper_of(plan) for plan in plans],
        referrals=[referral_of(referral, is_newest=referral is sent[0]) for referral in sent],
        links=links_of(case, plans=plans) if may_work else {},
        more=more_of(case, user=user),
        entries=entries,
        chips=chips_of(show),
        next_url=url_of(show, found.next),
        previous_url=url_of(show, found.previous),
    )


# Kept queries. Whoever reads a case for SMEDA sees all that hangs on it.


def steps_of_case() -> QuerySet:
    return Step.objects.of_given_case().for_list()


def consents_of_person() -> QuerySet:
    person = Given("person_id", BigIntegerField())
    return Consent.objects.filter(person_id=person).newest_of_each_kind()


def newest_plans() -> QuerySet:
    return BusinessPlan.objects.of_given_case().select_related("read_at").order_by("-number")[:2]


def newest_referrals() -> QuerySet:
    return Referral.objects.of_given_case().select_related("to_office").order_by("-at", "-id")[:REFERRALS]


@cache
def clock() -> Text:
    tried = Attempt.objects.since_last_talk().filter(case=OuterRef("pk"))
    numbered = tried.order_by().values("case").annotate(number=Count("pk")).values("number")
    pause = Pause.objects.in_force(on=GIVEN.today).filter(case=OuterRef("pk"))
    found = Case.objects.filter(pk=CASE_ID).values_list(
        Subquery(numbered),
        Subquery(pause.values("until_on")),
        Subquery(pause.values("reason")),
        Subquery(pause.values("at")),
        Exists(Attempt.objects.in_vain()),
    )
    return Text.of(found)


def tags_of(case: Case, *, is_silent: bool, paused: str, on: date) -> list[dict[str, Any]]:
    tags = [{"text": state_of(case, is_silent=is_silent), "tone": TONES.get(case.state, "")}]
    if paused:
        tags.append({"text": paused, "tone": "soon", "icon": "clock"})
    if case.enterprise.client_since is None:
        tags.append({"text": _("Lead, in no total yet"), "tone": "idle"})
    if case.state == CaseState.NEW and not is_silent and case.first_contact_due_on < on:
        tags.append({"text": words.due_in(case.first_contact_due_on, on), "tone": "late", "icon": "clock"})
    if case.outcome:
        tags.append({"text": capfirst(case.get_outcome_display()), "tone": "idle"})
    if case.enterprise.sector is not None:
        tags.append({"text": case.enterprise.sector.label, "tone": "idle"})
    else:
        tags.append({"text": _("Ask for the kind of work: it was not said yet"), "tone": "soon", "icon": "pencil"})
    if case.person.parent_name and not case.person.parent_relation:
        tags.append({"text": _("Ask: the father's or the husband's name?"), "tone": "soon", "icon": "pencil"})
    if case.enterprise.stage == Enterprise.Stage.IDEA:
        tags.append({"text": _("Still an idea"), "tone": "idle"})
    if case.person.sex == Sex.WOMAN:
        tags.append({"text": _("Woman owner"), "tone": "idle"})
    return tags


def state_of(case: Case, *, is_silent: bool) -> str:
    """Nobody waits for a call that nobody may make."""
    waits = case.state == CaseState.NEW and is_silent
    return _("Not called: no permission") if waits else capfirst(case.get_state_display())


def actions_of(case: Case, *, is_silent: bool) -> list[dict[str, Any]]:
    label = _("Log the first call") if case.state == CaseState.NEW else _("Log a contact")
    if is_silent:
        label = _("Log that they got in touch")
    return [
        {"label": label, "url": reverse("casework:contact-create", args=[case.pk]), "icon": "pencil"},
        {"label": _("Add a note"), "url": reverse("casework:note-create", args=[case.pk]), "icon": "plus"},
    ]


def next_step(
    item: dict[str, Any],
    *,
    case: Case,
    steps: list[Step],
    sent: list[Referral],
    read_at: Office | None,
    user: User,
    may_work: bool,
    is_in_vain: bool,
    on: date,
) -> dict[str, Any]:
    """The item of the next step, as the sewn card takes it."""
    lacks_plan = item["kind"] == NEXT_CONTACT and case.state == CaseState.CONTACTED
    title, button, page = NEXT["plan" if lacks_plan else item["kind"]]
    step = next((step for step in steps if item["kind"] == "casework.step" and step.pk == item["target_id"]), None)
    shown = {
        "title": step.kind.label if step else title,
        "holder": holder_of(item, case=case, user=user, read_at=read_at),
        "office": office_of(item, case=case, sent=sent, read_at=read_at),
        "since": timezone.localdate(item["since"]),
        "until": item["due_on"],
        "is_late": item["due_on"] < on,
        "bring": step.kind.things_to_bring if step else [],
        "after": "",
        "actions": [],
    }
    if item["kind"] == "casework.first_contact":
        shown["after"] = (
            _("Tried in vain three times: the manager decides whether to visit, wait or close.")
            if is_in_vain
            else after_first_call(case, user=user, is_late=shown["is_late"])
        )
    may_call = item["kind"] in AFTER_THE_END and user.has_perm("casework.work_case", case)
    if page and (may_work or may_call or page == "casework:business-plan-detail"):
        shown["actions"] = [{"label": button, "url": reverse(page, args=[item["target_id"]]), "icon": "go"}]
    return shown


def after_first_call(case: Case, *, user: User, is_late: bool) -> str:
    """What a late first call leads to; a manager who has the case is told nothing of their own list."""
    if case.advisor_id == user.pk and user.has_role(Role.REGIONAL_MANAGER):
        return ""
    if is_late:
        return _("Since then it stands on the manager's list too.")
    return _("After that it stands on the manager's list.")


def holder_of(item: dict[str, Any], *, case: Case, user: User, read_at: Office | None = None) -> str:
    """Who has it now, for a colleague who looks at the case."""
    if item["owner"] == StepKind.Owner.ENTREPRENEUR:
        return case.person.name
    if item["kind"] == "casework.referral":
        return _("The lender's branch")
    if item["kind"] == "casework.business_plan":
        return _("The manager there") if read_at else _("Any colleague who wrote nothing in it")
    return _("You") if item["holder_id"] == user.pk else str(case.advisor)


def office_of(item: dict[str, Any], *, case: Case, sent: list[Referral], read_at: Office | None = None) -> str:
    """Where it lies: a referral at the branch that it went to, a business plan at the office that reads it."""
    if item["kind"] == "casework.business_plan" and read_at:
        return read_at.label
    if item["kind"] == "casework.referral" and sent and sent[0].pk == item["target_id"]:
        return sent[0].to_office.label
    return case.office.label


def facts_of(case: Case, *, shares: Consent | None, is_silent: bool) -> list[dict[str, Any]]:
    enterprise = case.enterprise
    wanted = [str(Help(code).label) for code in enterprise.help_wanted if code in Help.values]
    consent = shares if shares and shares.withdrawn_at is None else None
    facts = [
        {"label": _("Asked for"), "text": wanted},
        {
            "label": _("May we pass details to Akhuwat?"),
            "text": words.day_plain(consent.given_at) if consent else _("No"),
            "small": _("Agreed on this day") if consent else _("Ask before you refer to the lender"),
        },
        {"label": _("Advisor"), "text": str(case.advisor), "small": case.office.label},
        {"label": _("Registered"), "text": words.day_plain(enterprise.registered_at)},
    ]
    if wish := wish_in_words(case):
        facts.insert(3, {"label": _("Would rather talk"), "text": wish})
    if case.next_contact_on and not is_silent:
        facts.insert(0, {"label": _("Call or visit agreed"), "text": words.day_plain(case.next_contact_on)})
    if enterprise.what:
        facts.insert(0, {"label": _("Makes or sells"), "text": own(enterprise.what)})
    return facts


def clock_of(case: Case, *, on: date) -> tuple[list[dict[str, Any]], str, bool]:
    """Why nobody calls just now, how often somebody tried in vain since the last talk, and whether it is enough.

    The second says the pause in a line, for the head of the page.
    """
    ((number, until_on, reason, since, is_in_vain),) = clock().rows({"case_id": case.pk, "today": on})
    facts, paused = [], ""
    if until_on:
        label = capfirst(Pause.Reason(reason).label)
        days = {"since": words.plain(words.day_short(timezone.localdate(since)))}
        days["until"] = words.plain(words.day_short(until_on))
        paused = _("Paused since {since}, until {until}: {why}").format(why=Pause.Reason(reason).label, **days)
        facts.append({"label": _("Calls paused until"), "text": words.day_plain(until_on), "small": label})
    if number:
        facts.append({"label": _("Tried in vain since the last talk"), "text": str(number)})
    return facts, paused, is_in_vain


def wish_in_words(case: Case) -> list[str]:
    woman = [_("with a woman")] if case.wants_woman else []
    return [*woman, *([case.get_wants_language_display()] if case.wants_language else [])]


def plan_of(steps: list[Step], *, case: Case) -> list[dict[str, Any]]:
    """The plan's steps in their order."""
    lines = []
    for step in steps:
        state, note = said_of(step, case=case)
        if step.words:
            note = _("{what}: {which}").format(what=apart(step.words), which=note)
        lines.append({"label": step.kind.label, "note": note, "state": state, "url": step.get_absolute_url()})
    return lines


def said_of(step: Step, *, case: Case) -> tuple[str, str]:
    """What became of a step, or who does it and by when."""
    if step.is_dropped:
        day = words.plain(words.day_short(step.closed_at))
        return "dropped", _("Dropped on {day}: {reason}").format(day=day, reason=apart(step.dropped_because))
    if step.is_done:
        said = _("Done by itself on {day}") if step.closing_event_id else _("Done on {day}")
        return "done", said.format(day=words.plain(words.day_short(step.closed_at)))
    is_theirs = step.kind.owner == StepKind.Owner.ENTREPRENEUR
    whose = case.person.name if is_theirs else capfirst(step.kind.get_owner_display())
    return "todo", _("{who}, by {day}").format(who=whose, day=words.plain(words.day_short(step.due_on)))


def plans_shown(newest: list[BusinessPlan]) -> list[BusinessPlan]:
    """The newest, and while somebody writes or reads it the approved one before it: the lender lends to that one."""
    return newest[:1] if newest and newest[0].state == BusinessPlanState.APPROVED else newest


def paper_of(plan: BusinessPlan) -> dict[str, Any]:
    return {
        "url": plan.get_absolute_url(),
        "label": _("Business plan {number}").format(number=plan.number),
        "tag": {"text": capfirst(plan.get_state_display()), "tone": TONES.get(plan.state, "")},
        "loan_wanted": plan.loan_wanted,
    }


def referral_of(referral: Referral, *, is_newest: bool) -> dict[str, Any]:
    return {
        "office": referral.to_office.label,
        "tag": {"text": capfirst(referral.get_state_display()), "tone": "" if referral.state == "answered" else "idle"},
        "at": referral.at,
        # Once it is taken up, the application is what people wait for.
        "due_on": referral.due_on if referral.state == ReferralState.SENT else None,
        "is_newest": is_newest,
        "is_taken": referral.state == ReferralState.TAKEN,
        # Why the branch sent the newest back stands beside, in the reader's language and with what to do.
        "reason": "" if is_newest and referral.state == ReferralState.DECLINED else referral.reason,
    }


def links_of(case: Case, *, plans: list[BusinessPlan]) -> dict[str, str]:
    """Where the parts of the hand-holding go on, each only while it can be done."""
    if case.state == CaseState.NEW:
        return {}
    links = {"plan": reverse("casework:plan-create", args=[case.pk])}
    if not plans or plans[0].state == BusinessPlanState.APPROVED:
        links["write"] = reverse("casework:business-plan-create", args=[case.pk])
    else:
        links["begun"] = plans[0].get_absolute_url()
    # Where only a permission lacks, the page for it says so and takes it down.
    if referrals.obstacle(case) in referrals.SETTLED_THERE:
        links["refer"] = reverse("casework:referral-create", args=[case.pk])
    return links


def chips_of(show: str) -> list[dict[str, Any]]:
    every = [("", _("All")), *((value, label) for value, label, _wanted in timeline.SHOWS)]
    return [
        {"label": label, "url": f"?show={value}#timeline" if value else "?#timeline", "is_current": value == show}
        for value, label in every
    ]


def url_of(show: str, cursor: str | None) -> str:
    if cursor is None:
        return ""
    return f"?show={show}&after={cursor}#timeline" if show else f"?after={cursor}#timeline"
