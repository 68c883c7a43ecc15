"""What people wait for, gathered from the apps: its sources, how each kind is said, and what more a client is told."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from casework import facts as casework_facts
from casework import open_items as casework_items
from enterprises import facts as enterprises_facts
from enterprises import open_items as enterprises_items
from journal.open_items import Facts
from loans import facts as loans_facts
from loans import open_items as loans_items
from training import facts as training_facts
from training import open_items as training_items

# Sources of open items: each takes a journal.open_items.Scope and returns rows made by as_items.
OPEN_ITEMS: tuple[Callable, ...] = (
    enterprises_items.open_items,
    casework_items.open_items,
    training_items.open_items,
    loans_items.open_items,
)


@dataclass(frozen=True)
class ItemKind:
    """How a kind of open item is said to colleagues and to the entrepreneur, and the page where it is done.

    `is_clients`: they do it, though a colleague keeps it on the desk, so to them it is said to be their turn.
    `holder`: who has it, to the client, where it is not their advisor.
    """

    label: Promise
    plain: Promise
    url_name: str
    is_clients: bool = False
    holder: Promise | None = None


LOOKS_INTO = _("SMEDA looks into something")
ITEM_KINDS: dict[str, ItemKind] = {
    "enterprises.claim": ItemKind(
        _("See the identity card: registered twice"), _("An advisor will look at your card"), "enterprises:claim-settle"
    ),
    "enterprises.release": ItemKind(
        _("Second look: a card number is to go over"),
        _("An advisor will look at your card"),
        "enterprises:claim-settle",
    ),
    "enterprises.card_lost": ItemKind(
        _("Ask for the identity card: the number was taken off"),
        _("Show your identity card to your advisor"),
        "enterprises:person-card",
        is_clients=True,
    ),
    "enterprises.card_back": ItemKind(
        _("See the identity card: the number was given back"),
        _("Show your identity card to your advisor"),
        "enterprises:person-card",
        is_clients=True,
    ),
    "enterprises.draft": ItemKind(
        _("Stopped halfway through registering: call them"),
        _("An advisor calls you about your registration"),
        "enterprises:draft-call",
    ),
    "enterprises.phone_change": ItemKind(
        _("New phone number to check"), _("Your new phone number is checked"), "enterprises:phone-change-detail"
    ),
    "enterprises.phone_facts": ItemKind(
        _("Ask whose phone it is and who reads on it"),
        _("Your advisor asks you about your phone"),
        "enterprises:person-phone",
    ),
    "enterprises.consent_lapsed": ItemKind(
        _("A permission ran out: ask again"),
        _("Your advisor asks you again for a permission"),
        "enterprises:enterprise-consents",
    ),
    "enterprises.called_wrong": ItemKind(
        _("The client says that something written down for them is wrong"),
        _("Your advisor asks you about what you called wrong"),
        "enterprises:enterprise-wrong",
    ),
    "enterprises.document": ItemKind(_("Paper asked for"), _("Send or bring a paper"), "enterprises:document-request"),
    "casework.first_contact": ItemKind(_("First phone call"), _("Your advisor calls you"), "casework:case-detail"),
    "casework.next_contact": ItemKind(_("Call or visit agreed"), _("Your advisor calls you"), "casework:case-detail"),
    "casework.call": ItemKind(
        _("Call: no text may go to this phone"), _("Your advisor calls you"), "casework:case-detail"
    ),
    "casework.lost_text": ItemKind(
        _("Call them: a message did not arrive"), _("Your advisor calls you"), "casework:case-detail"
    ),
    "casework.step": ItemKind(_("Step of the plan"), _("A step of your plan"), "casework:step-detail"),
    "casework.business_plan": ItemKind(
        _("Business plan waits for approval"),
        _("A second advisor reads your business plan"),
        "casework:business-plan-detail",
        holder=_("A colleague of your advisor"),
    ),
    "casework.business_plan_return": ItemKind(
        _("Business plan sent back: complete it"),
        _("Your advisor completes your business plan"),
        "casework:business-plan-detail",
    ),
    "casework.to_refer": ItemKind(
        _("Business plan approved: refer the client to the lender"),
        _("Your advisor takes your business plan to the lender"),
        "casework:business-plan-detail",
    ),
    "casework.to_share": ItemKind(
        _("Business plan approved: ask the client first whether the lender may have their details"),
        _("Your advisor asks you first whether the lender may see your details"),
        "casework:business-plan-detail",
    ),
    "casework.referral": ItemKind(
        _("Referral waits for the lender"), _("The lender looks at your request"), "loans:referral-detail"
    ),
    "casework.answer": ItemKind(
        _("Tell the client the lender's answer"),
        _("Your advisor talks with you about what comes next"),
        "casework:case-detail",
    ),
    "casework.withdrawn": ItemKind(
        _("Withdrawn from the lender: ask the client again, or speak of another way"),
        _("Your advisor talks with you about what comes next"),
        "casework:case-detail",
    ),
    "casework.grievance": ItemKind(
        _("Complaint to answer"), _("Your complaint is answered"), "casework:grievance-detail"
    ),
    "casework.meeting_answer": ItemKind(
        _("Appointment: the client has not answered yet"),
        _("Say yes or no to the appointment"),
        "casework:meeting-detail",
    ),
    "casework.meeting": ItemKind(
        _("Appointment; log it afterwards"), _("Your appointment with your advisor"), "casework:meeting-detail"
    ),
    "casework.health_check": ItemKind(
        _("Business check"), _("Your advisor goes through your business with you"), "casework:health-list"
    ),
    "casework.outcome": ItemKind(
        _("Ask how the business goes"), _("Say how your business goes: six questions"), "casework:outcome-answer"
    ),
    "casework.outcome_told": ItemKind(
        _("The client looks at what was written down of how the business goes"),
        _("Is this right? Your advisor wrote down how your business goes"),
        "casework:outcome-answer",
    ),
    "casework.introduction": ItemKind(
        _("Ask what came of where the client was sent"),
        _("Your advisor asks you what came of where you were sent"),
        "casework:introduction-detail",
    ),
    "casework.writing": ItemKind(
        _("The client wrote: answer"), _("Your advisor answers what you wrote"), "casework:thread"
    ),
    "casework.offered_answer": ItemKind(
        _("Is this what the client was sent for?"),
        _("Your advisor asks you what came of where you were sent"),
        "casework:introduction-detail",
    ),
    # Colleagues' alone: neither is found by the client, whatever is asked.
    "casework.transfer": ItemKind(
        _("Asked to take a case: say yes or no"), _("Who goes on with your case"), "casework:transfer-detail"
    ),
    "casework.transfer_refused": ItemKind(
        _("Case not taken: read why"), _("Who goes on with your case"), "casework:transfer-detail"
    ),
    "casework.flag": ItemKind(_("Flag to settle"), LOOKS_INTO, "casework:flag-detail"),
    "casework.plan_review": ItemKind(_("Plan drawn by lot: read it"), LOOKS_INTO, "casework:plan-review-detail"),
    "casework.plan_remark": ItemKind(_("Remark on the plan: talk it over"), LOOKS_INTO, "casework:plan-review-detail"),
    "casework.call_back": ItemKind(_("Contact drawn by lot: call the client"), LOOKS_INTO, "casework:call-back-detail"),
    "casework.call_back_no": ItemKind(
        _("The client says that a contact did not take place: decide"), LOOKS_INTO, "casework:call-back-detail"
    ),
    "training.sitting": ItemKind(_("Next class"), _("Your next class"), "training:sitting-detail"),
    "training.waiting": ItemKind(_("On the waiting list"), _("You are on a waiting list"), "training:enrolment-detail"),
    "loans.application": ItemKind(
        _("Loan application"), _("The lender looks at your loan application"), "loans:application-detail"
    ),
    "loans.disbursement": ItemKind(
        _("Approved, not paid out yet"), _("Your loan will be paid out"), "loans:application-detail"
    ),
    "loans.card": ItemKind(
        _("See the identity card: the money of a loan waits for it"),
        _("Show your identity card to your advisor"),
        "portal:paper-list",
    ),
    "loans.papers": ItemKind(
        _("Papers for the loan are still to come"), _("Send or bring papers for your loan"), "loans:application-detail"
    ),
    "loans.request": ItemKind(
        _("The lender waits for something from the client"), _("The lender needs something"), "loans:request-detail"
    ),
    "loans.request_of_smeda": ItemKind(
        _("The lender asks you about a loan application"),
        _("Your advisor answers a question of the lender"),
        "loans:request-detail",
    ),
    "loans.family_visit": ItemKind(
        _("Visit the family: a death or a disability was told of"),
        _("Somebody from the branch comes to see your family"),
        "loans:misfortune-detail",
    ),
    "loans.misfortune": ItemKind(
        _("Say what follows from a death or a disability"),
        _("The branch decides how your loan goes on"),
        "loans:misfortune-detail",
    ),
    "loans.instalment": ItemKind(_("Instalment"), _("Your next instalment"), "loans:loan-detail"),
}

# What more a client is told of an item of this kind: functions from ids of targets to their `Facts`, one query each.
ITEM_FACTS: dict[str, Callable[[Collection[int]], dict[int, Facts]]] = {
    "enterprises.document": enterprises_facts.of_documents,
    "enterprises.card_lost": enterprises_facts.of_cards_lost,
    "casework.first_contact": casework_facts.of_first_contacts,
    "casework.next_contact": casework_facts.of_next_contacts,
    "casework.step": casework_facts.of_steps,
    "casework.introduction": casework_facts.of_introductions,
    "casework.offered_answer": casework_facts.of_introductions,
    "training.sitting": training_facts.of_sittings,
    "training.waiting": training_facts.of_waiting,
    "loans.disbursement": loans_facts.of_payouts,
    "loans.card": loans_facts.of_cards,
    "loans.papers": loans_facts.of_papers,
    "loans.request": loans_facts.of_requests,
    "loans.instalment": loans_facts.of_instalments,
}
