"""What must be true before money is given: each with its reason and what to do about it, in plain words."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef, TextChoices
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from casework.models import Case
from casework.states import BusinessPlanState
from enterprises.kin import Relation
from enterprises.models import DocumentKind, Kinship, Person
from journal.models import Event
from kit import words
from loans.models import Application, Guarantor
from loans.querysets import PAPERS_OF
from loans.states import BEFORE_COMMITTEE, ApplicationState

CERTIFIED, REVOKED = "training.certified", "training.certificate_revoked"


class Lack(TextChoices):
    """What keeps an approved loan from being paid out, and is the client's or the advisor's to do."""

    CARD = "card", gettext_lazy("identity card")
    PAPERS = "papers", gettext_lazy("papers")


class Condition(NamedTuple):
    """`remedy` says what is missing and what to do, `holder` who does it."""

    label: str
    is_met: bool
    remedy: str
    holder: str


def conditions(application: Application, left: int) -> list[Condition]:
    """Every condition of paying out, met or not, in the order in which people meet them.

    Here and below `left` is what `guarantors_left` said: a page asks it once.
    """
    officer, advisor = _("loan officer %(name)s") % {"name": application.officer}, advisor_of(application)
    sees_card = [officer, advisor] if application.state in BEFORE_COMMITTEE else [advisor]
    lacking = papers_lacking(application)
    found = [
        Condition(
            _("Business plan approved by SMEDA"),
            has_approved_plan(application),
            _("SMEDA has not approved a business plan. Ask the advisor for it."),
            advisor,
        ),
        Condition(
            _("The household agrees"),
            bool(application.household_agrees),
            household_missing(application),
            officer,
        ),
        # Whoever pays out reads how many are missing; whose relative a guarantor is concerns whoever weighs them.
        Condition(_("Guarantors"), not left, guarantors_missing(left, application), officer),
        Condition(
            _("Identity card seen"),
            is_card_seen(application),
            card_missing(application),
            words.listed(sees_card if application.person.cnic else [_("the applicant"), advisor]),
        ),
        Condition(
            _("Papers for the loan"),
            not lacking,
            papers_missing(lacking),
            words.listed([_("the applicant"), advisor]),
        ),
    ]
    if application.product.requires_course:
        found.append(
            Condition(
                _("Course finished"),
                has_finished_course(application.enterprise_id),
                _("The course is not finished yet. The money waits for the certificate."),
                advisor,
            )
        )
    return found


def is_payable(application: Application) -> bool:
    """Whether nothing has to come any more before the money is given."""
    return all(condition.is_met for condition in conditions(application, guarantors_left(application)))


def unmet(application: Application) -> list[str]:
    """Why the money cannot be given: each with what to do about it, and who does it."""
    return [
        _("%(remedy)s Who does it: %(holder)s.") % {"remedy": one.remedy, "holder": words.plain(one.holder)}
        for one in conditions(application, guarantors_left(application))
        if not one.is_met
    ]


def papers_lacking(application: Application) -> list[DocumentKind]:
    """Papers that the loan needs and that do not count as handed in: the one rule, whoever asks."""
    owners = {"person": application.person_id, "enterprise": application.enterprise_id}
    return list(DocumentKind.objects.lacking(PAPERS_OF, on=timezone.localdate(), **owners))


def papers_missing(lacking: Collection[DocumentKind]) -> str:
    """The sentences for papers that do not count yet: which ones are to come, and which are being checked."""
    said = {
        _("Still missing: %(papers)s. The applicant sends them, or brings them to the advisor."): to_hand_in(lacking),
        _("Being checked for viruses: %(papers)s."): [kind.label for kind in lacking if kind.is_in_check],
    }
    return " ".join(
        sentence % {"papers": words.plain(words.listed(labels))} for sentence, labels in said.items() if labels
    )


def to_hand_in(lacking: Collection[DocumentKind]) -> list[str]:
    """Those that somebody still has to bring; of the rest a paper is here and being checked."""
    return [kind.label for kind in lacking if not kind.is_in_check]


def lacks_of(applications: Collection[Application]) -> dict[int, list[Lack]]:
    """What keeps each approved loan from being paid out, as the open items say it. One query, however many."""
    approved = [one for one in applications if one.state == ApplicationState.APPROVED]
    asked = Application.objects.filter(pk__in=[one.pk for one in approved])
    lacking = set(asked.lacking_papers(on=timezone.localdate()).values_list("pk", flat=True)) if approved else set()
    return {
        one.pk: [
            *([] if is_card_seen(one) else [Lack.CARD]),
            *([Lack.PAPERS] if one.pk in lacking else []),
        ]
        for one in approved
    }


def is_card_seen(application: Application) -> bool:
    """Its other face is `ApplicationQuerySet.lacking_card`."""
    return application.person.cnic_standing == Person.Standing.VERIFIED


def card_missing(application: Application) -> str:
    """Why the card does not count yet, and what to do."""
    if not application.person.cnic:
        return _("No identity card is on file. The applicant takes the card to the advisor.")
    if application.state in BEFORE_COMMITTEE:
        return _("No officer has seen the applicant's identity card. See it at a visit, or let the advisor compare it.")
    return _("No officer has seen the applicant's identity card. The advisor compares it with the record.")


def advisor_of(application: Application) -> str:
    """SMEDA's advisor, who approves plans and takes in papers."""
    case = case_of(application)
    return _("SMEDA's advisor") if case is None else _("SMEDA's advisor %(name)s") % {"name": case.advisor}


def case_of(application: Application) -> Case | None:
    """With whom SMEDA has the applicant's business."""
    return Case.objects.filter(enterprise=application.enterprise_id).select_related("advisor", "office").first()


def has_approved_plan(application: Application) -> bool:
    plan = application.business_plan
    return plan is not None and plan.state == BusinessPlanState.APPROVED


def guarantors_left(application: Application) -> int:
    """How many are still to be found."""
    return guarantors_left_of([application])[application.pk]


def guarantors_left_of(applications: Collection[Application]) -> dict[int, int]:
    """How many each application still has to find: three queries, however many applications."""
    counting = counting_of(applications)
    return {one.pk: max(one.product.guarantors_needed - len(counting[one.pk]), 0) for one in applications}


def counting_guarantors(application: Application) -> set[int]:
    """Who vouches and counts: today, and once the money was given, as it was then."""
    return counting_of([application], at=application.disbursed_at)[application.pk]


def counting_of(applications: Collection[Application], *, at: datetime | None = None) -> dict[int, set[int]]:
    """The people who count as guarantors of each application: today, or by what was said at that moment.

    A close relative does not count, unless the product lets the family guarantee; nor does whoever is on file under
    another name than the officer wrote, until that is put right, nor who died.
    """
    named: dict[int, set[int]] = {application.pk: set() for application in applications}
    vouching = Guarantor.objects.filter(application__in=named, is_named=True) if named else Guarantor.objects.none()
    for application_id, person_id in vouching.values_list("application_id", "person_id"):
        named[application_id].add(person_id)
    asked: dict[int, set[int]] = {}
    for application in applications:
        if not application.product.family_may_guarantee:
            asked.setdefault(application.person_id, set()).update(named[application.pk])
    on = timezone.localdate(at)
    close = Kinship.objects.close_to_each(asked, on=on, at=at)
    dead = Kinship.objects.dead_among(set().union(*named.values()), on=on, at=at)
    return {
        one.pk: named[one.pk] - dead - (set() if one.product.family_may_guarantee else close[one.person_id].keys())
        for one in applications
    }


def close_guarantors(application: Application) -> dict[int, Relation]:
    """Guarantors who do not count because they are close relatives today, as the family said or as follows from it.

    Whoever wrote them down may not have known; what somebody says of the family later counts too.
    """
    return close_among(application, application.guarantors.values_list("person_id", flat=True))


def dead_guarantors(application: Application) -> set[int]:
    """Guarantors who died, as their wife or husband told: nobody vouches any more."""
    people = set(application.guarantors.values_list("person_id", flat=True))
    return Kinship.objects.dead_among(people, on=timezone.localdate())


def close_among(application: Application, people: Iterable[int]) -> dict[int, Relation]:
    if application.product.family_may_guarantee:
        return {}
    return Kinship.objects.close_to(application.person_id, people, on=timezone.localdate())


def said_of_dead(number: int) -> str:
    said = ngettext(
        "%(dead)s guarantor is written down as having died, and does not count.",
        "%(dead)s guarantors are written down as having died, and do not count.",
        number,
    )
    return said % {"dead": number}


def said_of_close(number: int) -> str:
    said = ngettext(
        "%(close)s guarantor is a close relative of the applicant, and does not count.",
        "%(close)s guarantors are close relatives of the applicant, and do not count.",
        number,
    )
    return said % {"close": number}


def said_to_others(number: int) -> str:
    """To whoever does not read of the family: how many do not count, whether they died or are relatives."""
    said = ngettext(
        "%(number)s guarantor does not count for this loan. Look at the card, or bring somebody else.",
        "%(number)s guarantors do not count for this loan. Look at the cards, or bring others.",
        number,
    )
    return said % {"number": number}


def why_missing(left: int, application: Application, *, by: User) -> list[str]:
    """The reasons, where some who are written down do not count, and what to do."""
    reads = by.has_perm("enterprises.view_family", application.person)
    dead = dead_guarantors(application)
    close = len(close_guarantors(application).keys() - dead)
    unnamed = application.guarantors.filter(is_named=False).count()
    if reads:
        who = [said_of_dead(len(dead)) if dead else "", said_of_close(close) if close else ""]
    else:
        who = [said_to_others(len(dead) + close) if dead or close else ""]
    reasons = [
        *who,
        ngettext(
            "%(unnamed)s guarantor is on file under another name, and does not count yet.",
            "%(unnamed)s guarantors are on file under other names, and do not count yet.",
            unnamed,
        )
        % {"unnamed": unnamed}
        if unnamed
        else "",
    ]
    return [*filter(None, reasons), guarantors_missing(left, application)]


def standings(applications: Collection[Application]) -> dict[int, str]:
    """Where each stands, in words, with what is still to come. As many queries for any number."""
    left = guarantors_left_of([one for one in applications if one.state == ApplicationState.VISITED])
    lacks = lacks_of(applications)
    return {one.pk: standing(one, left.get(one.pk, 0), lacks.get(one.pk, [])) for one in applications}


def standing(application: Application, left: int, lacks: Collection[Lack]) -> str:
    """Where it stands, in words."""
    if lacks:
        return _("approved, still to come: %(what)s") % {"what": words.listed(lack.label for lack in lacks)}
    if application.state == ApplicationState.VISITED and not left:
        return _("visited, guarantors are there")
    return application.get_state_display()


def is_ready(application: Application, left: int) -> bool:
    """Whether nothing must come any more before it goes to the committee."""
    return bool(application.household_agrees) and not left


def why_not_yet(application: Application, left: int, *, by: User) -> list[str]:
    """What must come before it goes to the committee, each in a sentence, in the order of the way."""
    return [
        *([] if application.household_agrees else [household_missing(application)]),
        *(why_missing(left, application, by=by) if left else []),
    ]


def household_missing(application: Application) -> str:
    """What the visit still has to find out."""
    if not application.visited_at:
        return _("Visit the home: does the household agree?")
    return _("The household does not agree. Visit again, or do not approve.")


def guarantors_missing(left: int, application: Application) -> str:
    """The sentence for too few guarantors: how many, or how many more."""
    if left == application.product.guarantors_needed:
        return ngettext(
            "%(needed)s guarantor outside the family is needed.",
            "%(needed)s guarantors outside the family are needed.",
            left,
        ) % {"needed": left}
    return ngettext(
        "%(needed)s more guarantor outside the family is needed.",
        "%(needed)s more guarantors outside the family are needed.",
        left,
    ) % {"needed": left}


def has_finished_course(enterprise_id: int) -> bool:
    """A certificate was given to the enterprise and not taken back. The journal says so; training is not asked."""
    later = Event.objects.filter(
        name=REVOKED, target_label=OuterRef("target_label"), target_id=OuterRef("target_id"), id__gt=OuterRef("id")
    )
    return Event.objects.filter(~Exists(later), name=CERTIFIED, enterprise_id=enterprise_id).exists()
