"""What hangs on people and enterprises, of every app, and where it goes when two records are merged.

The order is that in which rows go over: what is folded comes before what hangs on it. A test walks every relation of
the database and fails on one that is missing here.
"""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from casework.models import CALL_WAITS, Case
from casework.states import OPEN_CASES, OPEN_MEETINGS
from enterprises.relations import BY, ENTERPRISE, NOW, PERSON, Relation, Rule
from enterprises.states import OPEN_PHONE_CHANGES
from loans.states import OPEN_APPLICATIONS
from training.states import LIVE

# Of two cases of one business the one that is further on goes on.
FURTHEST = ("closed", "new", "contacted", "planned")

# Why the second of two equal steps is dropped, for the client to read.
STANDS_TWICE = _("Two records are one now; the step goes on once.")


def progress(case: Case) -> tuple[int, int]:
    """How far a case is; of two alike, the older one."""
    return FURTHEST.index(case.state), -case.pk


RELATIONS: tuple[Relation, ...] = (
    # enterprises: the person
    Relation("enterprises.Person.merged_into", _("Records joined into it before")),
    Relation(
        "enterprises.Ownership.person",
        _("Businesses owned"),
        Rule.KEPT,
        once=("enterprise",),
        among=Q(until_on__isnull=True),
    ),
    Relation(
        "enterprises.Consent.person", _("Permissions"), Rule.KEPT, once=("kind",), among=Q(withdrawn_at__isnull=True)
    ),
    Relation("enterprises.Statement.person", _("Who stated what about the person"), Rule.VALUE, once=("field",)),
    Relation(
        "enterprises.Address.person",
        _("Addresses of the person"),
        Rule.CLOSE,
        once=("kind",),
        among=Q(until_at__isnull=True),
        closes={"until_at": NOW},
    ),
    Relation("enterprises.Document.person", _("Papers of the person")),
    Relation("enterprises.DocumentRequest.person", _("Papers asked of the person")),
    Relation(
        "enterprises.PhoneChange.person",
        _("Changes of the phone number"),
        blocks=Q(state__in=sorted(OPEN_PHONE_CHANGES)),
        refusal=_("A new phone number is being checked for one of them. Approve or refuse it first."),
    ),
    Relation("enterprises.Pin.person", _("PIN"), Rule.KEPT),
    Relation("enterprises.CodeSheet.person", _("Sheets of printed codes; they go on working"), Rule.STAYS),
    Relation("enterprises.OneTimeCode.person", _("Codes from messages; they end within minutes"), Rule.STAYS),
    Relation("enterprises.Draft.person", _("Registrations begun")),
    Relation("enterprises.Claim.person", _("Cards to see")),
    Relation(
        "enterprises.Claim.newcomer",
        "",
        Rule.REFUSE,
        once=("cnic",),
        among=Q(settled_at__isnull=True),
        refusal=_("Both came with the card number of a third person. Settle whose card it is first."),
    ),
    Relation("enterprises.NameCorrection.person", _("Names that were corrected"), Rule.STAYS),
    Relation("enterprises.CardRelease.holder", "", Rule.STAYS),
    Relation("enterprises.CardRelease.taker", "", Rule.STAYS),
    Relation("enterprises.CardRelease.loser", _("Card numbers that were taken off")),
    Relation("enterprises.LookAlike.first", _("Possible duplicates"), Rule.STAYS),
    Relation("enterprises.LookAlike.second", _("Possible duplicates"), Rule.STAYS),
    Relation("enterprises.Merge.kept", _("Joined before"), Rule.STAYS),
    Relation("enterprises.Merge.gone", _("Joined before"), Rule.STAYS),
    Relation(
        "enterprises.Passport.person",
        _("Case passports of the person"),
        Rule.KEPT,
        once=("enterprise",),
        among=Q(revoked_at__isnull=True),
    ),
    Relation(
        "enterprises.FamilyQuestion.person",
        _("Questions about the family"),
        Rule.CLOSE,
        once=("purpose",),
        among=Q(closed_at__isnull=True),
        closes={"closed_at": NOW},
    ),
    # A row says it of the lower number first: moved, it would have to be turned round, and could contradict another.
    Relation("enterprises.Kinship.person", _("What was said of the family"), Rule.STAYS),
    Relation("enterprises.Kinship.relative", _("What relatives said of them"), Rule.STAYS),
    Relation("enterprises.Kinship.asked_of", _("What they told of their family"), Rule.STAYS),
    Relation("enterprises.Residence.person", _("Households lived in"), Rule.STAYS),
    Relation("enterprises.Residence.asked_of", _("What they told of their household"), Rule.STAYS),
    # enterprises: the business
    Relation("enterprises.Enterprise.merged_into", _("Businesses joined into it before")),
    Relation(
        "enterprises.Ownership.enterprise",
        _("Owners of the business"),
        Rule.KEPT,
        once=("person",),
        among=Q(until_on__isnull=True),
        as_moved={"is_contact": False},
    ),
    Relation(
        "enterprises.Grant.enterprise",
        _("Who beyond the district sees the business"),
        Rule.FOLD,
        once=("office", "user", "purpose"),
        among=Q(until_at__isnull=True),
        closes={"until_at": NOW, "ended_by": BY},
        while_twin=True,
    ),
    Relation("enterprises.Statement.enterprise", _("Who stated what about the business"), Rule.VALUE, once=("field",)),
    Relation(
        "enterprises.Address.enterprise",
        _("Places of the business"),
        Rule.CLOSE,
        among=Q(until_at__isnull=True),
        closes={"until_at": NOW},
    ),
    Relation("enterprises.Correction.enterprise", _("What was put right of the business"), Rule.STAYS),
    Relation("enterprises.Document.enterprise", _("Papers of the business")),
    Relation(
        "enterprises.DocumentRequest.enterprise",
        _("Papers asked of the business"),
        Rule.CLOSE,
        once=("kind",),
        among=Q(closed_at__isnull=True),
        closes={"closed_at": NOW},
    ),
    Relation("enterprises.PhoneChange.enterprise", _("Changes of the phone number")),
    Relation("enterprises.CardRelease.enterprise", ""),
    Relation("enterprises.Claim.enterprise", ""),
    Relation("enterprises.Draft.enterprise", _("Registrations of the business")),
    Relation(
        "enterprises.Passport.enterprise",
        _("Case passports of the business; each goes on working"),
        Rule.KEPT,
        once=("person",),
        among=Q(revoked_at__isnull=True),
    ),
    Relation("enterprises.IntakeRow.enterprise", _("Lines of lists that registered the business"), Rule.KEPT),
    # casework
    Relation("casework.Enquiry.enterprise", _("Enquiries from which the business came")),
    Relation("casework.Case.person", _("Cases of the person")),
    Relation(
        "casework.Case.enterprise",
        _("Case of the business"),
        Rule.FOLD,
        ends=Q(state__in=sorted(OPEN_CASES)),
        closes={"state": "closed", "closed_at": NOW, "outcome": Case.Outcome.MERGED.value},
        rank=progress,
    ),
    Relation("casework.Contact.case", _("Calls and visits of the case")),
    Relation(
        "casework.Meeting.case",
        _("Appointments"),
        Rule.REFUSE,
        among=Q(state__in=sorted(OPEN_MEETINGS)),
        refusal=_("Both have an appointment. Call one of the two off first."),
    ),
    Relation(
        "casework.HealthCheck.case",
        _("Business checks"),
        Rule.KEPT,
        among=Q(state="draft"),
        # Nobody can finish what a closed case left: that stays where it is.
        unless=Q(state="draft", case__state__in=sorted(OPEN_CASES)),
        refusal=_("Both have a business check that is begun. Finish one of the two first."),
    ),
    # obstacles
    Relation(
        "casework.BarrierReport.case",
        _("Obstacles that they met"),
        Rule.KEPT,
        once=("barrier",),
        among=Q(removed_at__isnull=True),
    ),
    # results
    Relation("casework.FollowUp.case", _("Questions about results"), Rule.KEPT, once=("point",)),
    Relation(
        "casework.Measure.case",
        _("Results"),
        Rule.KEPT,
        once=("what", "point", "grade"),
        among=Q(removed_at__isnull=True) & ~Q(point="other"),
    ),
    Relation("casework.Note.case", _("Notes of the case")),
    Relation("casework.Attempt.case", _("Attempts to reach them")),
    Relation(
        "casework.Pause.case",
        _("Pauses of the calls"),
        Rule.CLOSE,
        among=Q(ended_at__isnull=True),
        closes={"ended_at": NOW},
    ),
    Relation(
        "casework.Transfer.case",
        _("Who was asked to take the case"),
        Rule.CLOSE,
        among=Q(state="proposed"),
        closes={"state": "withdrawn", "decided_at": NOW, "decided_by": BY},
    ),
    Relation("casework.Introduction.case", _("Where the client was sent besides the lender")),
    Relation("casework.Flag.case", _("Flags of the case")),
    # No other owner reads them. Whatever waits is answered before, as nobody opens a case that leads elsewhere.
    Relation(
        "casework.Writing.case",
        _("What client and advisor wrote to each other"),
        alike="person",
        among=Q(state="waiting"),
        refusal=_(
            "They wrote to the advisor and wait for an answer; in the other record another owner is called. "
            "Answer it first."
        ),
    ),
    Relation("casework.PlanReview.case", _("Second readings of the plan")),
    Relation("casework.CallBack.case", _("Call-backs about contacts")),
    Relation("casework.Closure.case", _("How the case had ended"), Rule.STAYS),
    Relation("casework.Call.case", _("Calls to make"), Rule.KEPT, once=("kind",), among=CALL_WAITS),
    Relation(
        "casework.Step.case",
        _("Steps of the plan"),
        Rule.CLOSE,
        once=("kind",),
        among=Q(closed_at__isnull=True),
        closes={"closed_at": NOW, "closed_by": BY, "dropped_because": STANDS_TWICE},
    ),
    Relation(
        "casework.BusinessPlan.case",
        _("Business plans"),
        Rule.KEPT,
        among=~Q(state="approved"),
        # What a closed case left in the making stays there, unless somebody reads it.
        unless=Q(state="submitted") | (~Q(state="approved") & Q(case__state__in=sorted(OPEN_CASES))),
        refusal=_("Both have a business plan in the making. Have one of them approved first."),
        renumbers="number",
    ),
    Relation(
        "casework.Referral.case",
        _("Referrals"),
        Rule.REFUSE,
        once=("to",),
        among=Q(state__in=["sent", "taken"], to="lender"),
        refusal=_("Both are referred to the lender. Wait for one answer, or take one referral back first."),
    ),
    Relation("casework.Referral.grant", ""),
    # A manager who joins two records does not read there that somebody complained.
    Relation("casework.Grievance.complainant", ""),
    # training
    Relation(
        "training.Enrolment.person",
        _("Places on courses"),
        Rule.REFUSE,
        once=("run",),
        among=Q(state__in=sorted(LIVE)),
        refusal=_("Both have a place on the same course. Cancel one of the two places first."),
    ),
    Relation("training.Enrolment.enterprise", _("Places on courses for the business")),
    Relation("training.Enrolment.grant", ""),
    # loans
    Relation(
        "loans.Application.person",
        _("Loan applications"),
        Rule.REFUSE,
        once=("partner",),
        among=Q(state__in=sorted(OPEN_APPLICATIONS)),
        refusal=_("Both have an open loan application with the same lender. The branch ends one of them first."),
    ),
    Relation("loans.Application.enterprise", _("Loan applications for the business")),
    Relation(
        "loans.Loan.person",
        _("Loans"),
        Rule.REFUSE,
        among=Q(ended_on__isnull=True),
        refusal=_(
            "Both have a loan that is not repaid yet. Tell the branch: it looks into both. They can be joined when "
            "one of the loans has ended."
        ),
    ),
    Relation("loans.Loan.enterprise", _("Loans for the business")),
    Relation(
        "loans.Guarantor.person",
        _("Loans guaranteed for others"),
        Rule.REFUSE,
        once=("application",),
        against="applicant",
        refusal=_(
            "One stands as guarantor for the other, or both for the same loan. Nobody guarantees twice or for "
            "themselves: the branch finds another guarantor first."
        ),
    ),
    Relation("loans.Guarantor.applicant", _("Guarantors of the loans")),
    # formalisation
    Relation("formalisation.Registration.enterprise", _("Registrations with authorities"), Rule.KEPT, once=("kind",)),
    # By number alone
    Relation("journal.Event.person_id", _("History of the person"), Rule.STAYS, of=PERSON),
    Relation("journal.Event.enterprise_id", _("History of the business"), Rule.STAYS, of=ENTERPRISE),
    Relation("messaging.Message.person_id", _("Messages"), Rule.STAYS, of=PERSON),
)

# Numbers that name a row of any kind. They stay, because the row that they name keeps its own number.
NAMES_A_ROW = {
    "journal.Event.target_id",
    "messaging.Message.target_id",
    "messaging.Message.by_id",
    "casework.Step.closing_event_id",
    "casework.Referral.answering_event_id",
    "casework.Measure.event_id",
    "casework.Introduction.answering_event_id",
    "enterprises.MergedRow.row_id",
    "enterprises.MergedRow.twin_id",
}
