"""What must be true before money is given: each with its reason and what to do about it, in plain words.

Whether a condition is met the rule of the pre-check says (`loans.precheck`); here stands who does what about it now.
"""

from collections.abc import Collection
from typing import NamedTuple

from django.db.models import Exists, OuterRef, TextChoices
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from casework.models import Case
from enterprises.models import DocumentKind
from journal.models import Event
from kit import words
from loans import precheck
from loans.guarantee import guarantors_left, guarantors_left_of, guarantors_missing, why_missing
from loans.models import Application, Misfortune
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
    plan = precheck.plan(application.business_plan)
    found = [
        Condition(_("Business plan approved by SMEDA"), plan.is_met, plan.text, advisor),
        Condition(
            _("The household agrees"),
            precheck.agreement(application.household_agrees).is_met,
            household_missing(application),
            officer,
        ),
        # Whoever pays out reads how many are missing; whose relative a guarantor is concerns whoever weighs them.
        Condition(
            _("Guarantors"),
            precheck.guarantors(application.product, left=left).is_met,
            guarantors_missing(left, application),
            officer,
        ),
        Condition(
            _("Identity card seen"),
            is_card_seen(application),
            card_missing(application),
            words.listed(sees_card if application.person.cnic else [_("the applicant"), advisor]),
        ),
        Condition(
            _("Papers for the loan"),
            precheck.papers([kind.label for kind in lacking]).is_met,
            papers_missing(lacking),
            words.listed([_("the applicant"), advisor]),
        ),
    ]
    if application.product.requires_course:
        course = precheck.course(True, has_finished_course(application.enterprise_id))
        found.append(Condition(_("Course finished"), course.is_met, course.text, advisor))
    return found


def is_payable(application: Application) -> bool:
    """Whether nothing has to come any more before the money is given."""
    return all(condition.is_met for condition in conditions(application, guarantors_left(application)))


def unmet(application: Application) -> list[str]:
    """Why the money cannot be given: each with what to do about it, and who does it."""
    told = Misfortune.objects.against_lending().filter(loan__person=application.person_id).order_by("pk").first()
    if told is not None:
        said = _("Written down about an earlier loan: %(what)s. No money is paid out.")
        return [said % {"what": told.get_kind_display()}]
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
    return precheck.card(application.person).is_met


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


def has_finished_course(enterprise_id: int) -> bool:
    """A certificate was given to the enterprise and not taken back. The journal says so; training is not asked."""
    later = Event.objects.filter(
        name=REVOKED, target_label=OuterRef("target_label"), target_id=OuterRef("target_id"), id__gt=OuterRef("id")
    )
    return Event.objects.filter(~Exists(later), name=CERTIFIED, enterprise_id=enterprise_id).exists()
