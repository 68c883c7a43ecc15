"""The permission table: who may knock at which URL. A URL that is not listed opens to nobody and fails the build.

This is the door of the house; whether a particular record is in sight is asked again inside (`visible_to`, 404),
and whether a move is allowed is asked where it is made (`journal.moves.move`, 403).
"""

from dataclasses import dataclass, field

from accounts.roles import LENDER_ROLES, REGISTRAR_ROLES, Role

# Where the pages stand that entrepreneurs alone open.
OWN_PAGES = "/my/"


@dataclass(frozen=True)
class Door:
    """`is_public`: anyone; otherwise entrepreneurs, if they may, and colleagues of `roles` with a second factor."""

    is_public: bool = False
    for_entrepreneurs: bool = False
    roles: frozenset[str] = field(default_factory=frozenset)

    def admits(self, user) -> bool:
        if self.is_public:
            return True
        if user.is_entrepreneur:
            return self.for_entrepreneurs
        return user.is_colleague and user.has_role(*self.roles) if self.roles else False

    def entrance(self, came_from: str, *, was_staff: bool) -> str:
        """Where a visitor signs in. What both may open opens to entrepreneurs, unless a colleague was just there.

        That is known from the page they come from, and from who came in last. Their page leads colleagues on to theirs.
        """
        is_own = self.for_entrepreneurs and (not self.roles or not was_staff or came_from.startswith(OWN_PAGES))
        return "enterprises:sign-in" if is_own else "accounts:sign-in"


def staff(*roles, entrepreneurs=False):
    return Door(for_entrepreneurs=entrepreneurs, roles=frozenset(roles))


PUBLIC = Door(is_public=True)
ENTREPRENEURS = Door(for_entrepreneurs=True)
ALL_STAFF = staff(*Role.values)
READERS = (Role.PROGRAMME_MANAGER, Role.AUDITOR)
ADVISORS = staff(Role.ADVISOR, Role.REGIONAL_MANAGER)
CASE_READERS = staff(Role.ADVISOR, Role.REGIONAL_MANAGER, *READERS)
PLAN_APPROVERS = staff(Role.ADVISOR, Role.REGIONAL_MANAGER, Role.PROGRAMME_MANAGER)
PLAN_READERS = staff(Role.ADVISOR, Role.REGIONAL_MANAGER, *READERS, *LENDER_ROLES, entrepreneurs=True)
# A lender reads what is shared with it while the client stands before it; the entrepreneur reads what is theirs.
PAPER_READERS = staff(Role.ADVISOR, Role.REGIONAL_MANAGER, *READERS, *LENDER_ROLES)
PAPER_PAGES = staff(Role.ADVISOR, Role.REGIONAL_MANAGER, *READERS, *LENDER_ROLES, entrepreneurs=True)
REGISTRARS = staff(*REGISTRAR_ROLES)
INTAKE_READERS = staff(*REGISTRAR_ROLES, *READERS)
# A family is read by those who weigh it for a guarantee; who only pays out, teaches or counts does not.
FAMILY_READERS = staff(
    Role.ADVISOR, Role.REGIONAL_MANAGER, Role.LOAN_OFFICER, Role.BRANCH_MANAGER, Role.AREA_MANAGER, Role.AUDITOR
)
FAMILY_WRITERS = staff(Role.ADVISOR, Role.REGIONAL_MANAGER, Role.LOAN_OFFICER)
TRAINERS = staff(Role.TRAINER)
TRAINING_READERS = staff(Role.TRAINER, Role.ADVISOR, Role.REGIONAL_MANAGER, *READERS)
# Those, and the entrepreneur whose own place it is.
TRAINING_PLACES = staff(Role.TRAINER, Role.ADVISOR, Role.REGIONAL_MANAGER, *READERS, entrepreneurs=True)
LENDERS = staff(*LENDER_ROLES)
LOAN_CHASERS = staff(Role.LOAN_OFFICER, Role.BRANCH_MANAGER, Role.AREA_MANAGER)
LOAN_READERS = staff(*LENDER_ROLES, *READERS)
# An advisor of the district reads what came of a referral; the borrower reads what is theirs.
LOAN_PAGES = staff(*LENDER_ROLES, Role.ADVISOR, Role.REGIONAL_MANAGER, *READERS)
LOAN_OWNERS = staff(*LENDER_ROLES, Role.ADVISOR, Role.REGIONAL_MANAGER, *READERS, entrepreneurs=True)
REPORT_READERS = staff(
    Role.PROGRAMME_MANAGER, Role.REGIONAL_MANAGER, Role.COMMITTEE_MEMBER, Role.MINISTRY_VIEWER, Role.AUDITOR
)
# The ministry reads aggregates alone.
ROW_READERS = staff(Role.PROGRAMME_MANAGER, Role.REGIONAL_MANAGER, Role.COMMITTEE_MEMBER, Role.AUDITOR)
ADMINISTRATORS = staff(Role.ADMINISTRATOR)
CLOSURE_KEEPERS = staff(Role.REGIONAL_MANAGER, Role.BRANCH_MANAGER, Role.AREA_MANAGER)
CLOSURE_READERS = staff(Role.ADVISOR, Role.REGIONAL_MANAGER, Role.TRAINER, *LENDER_ROLES, *READERS)
# What is about the head office is the steering committee's to answer.
GRIEVANCE_READERS = staff(Role.REGIONAL_MANAGER, Role.COMMITTEE_MEMBER, *READERS)
GRIEVANCE_OWNERS = staff(Role.REGIONAL_MANAGER, Role.PROGRAMME_MANAGER, Role.COMMITTEE_MEMBER)

DOORS = {
    # portal
    "portal:home": PUBLIC,
    "portal:fees": PUBLIC,
    "portal:privacy": PUBLIC,
    "portal:track": PUBLIC,
    "portal:components": PUBLIC,
    "portal:my-papers": ENTREPRENEURS,
    "portal:paper-list": PAPER_READERS,
    "portal:passport": PUBLIC,
    "portal:my-passport": ENTREPRENEURS,
    "portal:case-passport": CASE_READERS,
    "portal:passport-file": staff(Role.ADVISOR, Role.REGIONAL_MANAGER, *READERS, entrepreneurs=True),
    "portal:sample-phone": PUBLIC,  # routed with sample data alone
    "portal:my": ENTREPRENEURS,
    "portal:my-messages": ENTREPRENEURS,
    "portal:registered-list": staff(Role.PARTNER_CLERK),
    "portal:desk": staff(Role.ADVISOR, Role.REGIONAL_MANAGER, *READERS),
    "set_language": PUBLIC,
    "livez": PUBLIC,
    "readyz": PUBLIC,
    "statusz": staff(Role.ADMINISTRATOR, Role.PROGRAMME_MANAGER),
    # accounts
    "accounts:sign-in": PUBLIC,
    "accounts:second-factor": PUBLIC,
    "accounts:sign-out": PUBLIC,
    "accounts:start": ALL_STAFF,
    "accounts:office-list": PUBLIC,
    "accounts:office-detail": PUBLIC,
    "accounts:closure-list": CLOSURE_READERS,
    "accounts:closure-create": CLOSURE_KEEPERS,
    "accounts:closure-lift": CLOSURE_KEEPERS,
    "accounts:absence-list": CASE_READERS,
    "accounts:absence-create": ADVISORS,
    "accounts:absence-lift": ADVISORS,
    # casework
    "casework:case-list": CASE_READERS,
    "casework:case-detail": CASE_READERS,
    "casework:case-close": ADVISORS,
    "casework:case-reopen": ADVISORS,
    "casework:filter-create": CASE_READERS,
    "casework:filter-detail": CASE_READERS,
    "casework:filter-delete": CASE_READERS,
    "casework:undo-list": ADVISORS,
    "casework:note-remove": ADVISORS,
    "casework:note-restore": ADVISORS,
    "casework:contact-remove": ADVISORS,
    "casework:contact-restore": ADVISORS,
    "casework:attempt-remove": ADVISORS,
    "casework:attempt-restore": ADVISORS,
    "casework:enquiry-remove": ADVISORS,
    "casework:enquiry-restore": ADVISORS,
    "casework:contact-create": ADVISORS,
    "casework:note-create": ADVISORS,
    "casework:plan-create": ADVISORS,
    "casework:plan-template": ADVISORS,
    "casework:step-detail": CASE_READERS,
    "casework:step-drop": ADVISORS,
    "casework:step-move": ADVISORS,
    "casework:business-plan-create": ADVISORS,
    "casework:business-plan-detail": PLAN_READERS,
    "casework:business-plan-print": PLAN_READERS,
    "casework:business-plan-edit": ADVISORS,
    "casework:business-plan-submit": ADVISORS,
    "casework:business-plan-approve": PLAN_APPROVERS,
    "casework:business-plan-return": PLAN_APPROVERS,
    "casework:business-plan-set-aside": ADVISORS,
    "casework:referral-create": ADVISORS,
    "casework:consent-create": ADVISORS,
    "casework:attempt-create": ADVISORS,
    "casework:pause-create": ADVISORS,
    "casework:pause-end": ADVISORS,
    "casework:case-wishes": ADVISORS,
    "casework:case-hand-over": staff(Role.REGIONAL_MANAGER),
    "casework:my-advisor": ENTREPRENEURS,
    "casework:enquiry-list": CASE_READERS,
    # what client and advisor write to each other
    "casework:thread": CASE_READERS,
    "casework:thread-settle": ADVISORS,
    "casework:my-thread": ENTREPRENEURS,
    "casework:thread-read": staff(Role.ADVISOR, Role.REGIONAL_MANAGER, entrepreneurs=True),
    "casework:writing-take-back": staff(Role.ADVISOR, Role.REGIONAL_MANAGER, entrepreneurs=True),
    # complaints
    "casework:complain": PUBLIC,
    "casework:complain-done": PUBLIC,
    "casework:complain-status": PUBLIC,
    "casework:complain-answer": PUBLIC,
    "casework:my-complaints": ENTREPRENEURS,
    "casework:my-complaint": ENTREPRENEURS,
    "casework:grievance-list": GRIEVANCE_READERS,
    "casework:grievance-figures": GRIEVANCE_READERS,
    "casework:grievance-create": staff(Role.ADVISOR, Role.REGIONAL_MANAGER, Role.PROGRAMME_MANAGER),
    "casework:grievance-detail": GRIEVANCE_READERS,
    "casework:grievance-answer": GRIEVANCE_OWNERS,
    "casework:grievance-note": GRIEVANCE_OWNERS,
    "casework:grievance-direct": staff(Role.REGIONAL_MANAGER, Role.PROGRAMME_MANAGER),
    "casework:enquiry-event-list": CASE_READERS,
    "casework:enquiry-lead": ADVISORS,
    "casework:visit-list": ADVISORS,
    "casework:visit-form": ADVISORS,
    "casework:visit-form-of-case": ADVISORS,
    # appointments
    "casework:meeting-create": ADVISORS,
    "casework:meeting-detail": CASE_READERS,
    "casework:meeting-confirm": ADVISORS,
    "casework:meeting-decline": ADVISORS,
    "casework:meeting-cancel": ADVISORS,
    "casework:meeting-miss": ADVISORS,
    "casework:my-meeting": ENTREPRENEURS,
    # business checks
    "casework:health-list": CASE_READERS,
    "casework:health-detail": CASE_READERS,
    "casework:health-area": ADVISORS,
    "casework:my-health": ENTREPRENEURS,
    # obstacles
    "casework:barrier-report": ADVISORS,
    "casework:barrier-report-remove": ADVISORS,
    "casework:barrier-report-restore": ADVISORS,
    "casework:barrier-list": CASE_READERS,
    "casework:barrier-detail": CASE_READERS,
    "casework:barrier-join": staff(Role.PROGRAMME_MANAGER),
    "casework:barrier-part": staff(Role.PROGRAMME_MANAGER),
    # results
    "casework:outcome-list": CASE_READERS,
    "casework:outcome-create": ADVISORS,
    "casework:outcome-answer": CASE_READERS,
    "casework:measure-remove": ADVISORS,
    "casework:measure-restore": ADVISORS,
    "casework:my-outcome": ENTREPRENEURS,
    "casework:introduction-create": ADVISORS,
    "casework:introduction-detail": CASE_READERS,
    "casework:introduction-offer": ADVISORS,
    "portal:team": staff(Role.REGIONAL_MANAGER, *READERS),
    # transfers and flags
    "casework:transfer-create": ADVISORS,
    "casework:transfer-detail": CASE_READERS,
    "casework:transfer-accept": ADVISORS,
    "casework:transfer-refuse": ADVISORS,
    "casework:transfer-see": ADVISORS,
    "casework:transfer-withdraw": ADVISORS,
    "casework:transfer-undo": ADVISORS,
    "casework:flag-create": ADVISORS,
    "casework:flag-detail": CASE_READERS,
    "casework:flag-restore": CASE_READERS,
    # second readings of plans
    "casework:plan-review-list": staff(Role.REGIONAL_MANAGER, *READERS),
    "casework:plan-review-detail": CASE_READERS,
    "casework:plan-review-talk": ADVISORS,
    # call-backs
    "casework:call-back-list": staff(Role.REGIONAL_MANAGER, *READERS),
    "casework:call-back-detail": staff(Role.REGIONAL_MANAGER, *READERS),
    "casework:call-back-settle": staff(Role.PROGRAMME_MANAGER),
    # enterprises
    "enterprises:register": PUBLIC,
    "enterprises:register-step": PUBLIC,
    "enterprises:register-check": PUBLIC,
    "enterprises:register-code": PUBLIC,
    "enterprises:register-code-again": PUBLIC,
    "enterprises:register-further": PUBLIC,
    "enterprises:register-later": PUBLIC,
    "enterprises:register-done": PUBLIC,
    "enterprises:register-resume": PUBLIC,
    "enterprises:register-resume-code": PUBLIC,
    "enterprises:register-resume-code-again": PUBLIC,
    "enterprises:register-resume-choose": PUBLIC,
    "enterprises:sign-in": PUBLIC,
    "enterprises:sign-in-code": PUBLIC,
    "enterprises:sign-in-code-again": PUBLIC,
    "enterprises:my-consents": ENTREPRENEURS,
    "enterprises:my-confirm": ENTREPRENEURS,
    "enterprises:my-details": ENTREPRENEURS,
    "enterprises:my-details-change": ENTREPRENEURS,
    "enterprises:my-begun": ENTREPRENEURS,
    "enterprises:enterprise-detail": CASE_READERS,
    "enterprises:enterprise-stage": ADVISORS,
    "enterprises:enterprise-district": ADVISORS,
    "enterprises:enterprise-wrong": ADVISORS,
    "enterprises:enterprise-change": ADVISORS,
    "enterprises:enterprise-consents": CASE_READERS,
    "enterprises:enterprise-owners": CASE_READERS,
    "enterprises:owner-add": ADVISORS,
    "enterprises:owner-end": ADVISORS,
    "enterprises:assisted-register": REGISTRARS,
    "enterprises:intake-list": INTAKE_READERS,
    "enterprises:intake-template": REGISTRARS,
    "enterprises:intake-detail": INTAKE_READERS,
    "enterprises:intake-confirm": REGISTRARS,
    "enterprises:intake-erase": REGISTRARS,
    "enterprises:intake-mend": REGISTRARS,
    "enterprises:my-addresses": ENTREPRENEURS,
    "enterprises:my-address-edit": ENTREPRENEURS,
    "enterprises:business-address-edit": staff(Role.ADVISOR, Role.REGIONAL_MANAGER, entrepreneurs=True),
    "enterprises:person-addresses": staff(Role.ADVISOR, Role.REGIONAL_MANAGER, *READERS, *LENDER_ROLES),
    "enterprises:person-address-edit": ADVISORS,
    "enterprises:my-family": ENTREPRENEURS,
    "enterprises:my-kin-create": ENTREPRENEURS,
    "enterprises:my-kin-change": ENTREPRENEURS,
    "enterprises:my-household": ENTREPRENEURS,
    "enterprises:person-family": FAMILY_READERS,
    "enterprises:person-kin-create": FAMILY_WRITERS,
    "enterprises:person-kin-change": FAMILY_WRITERS,
    "enterprises:person-household": FAMILY_WRITERS,
    "enterprises:draft-list": CASE_READERS,
    "enterprises:draft-call": CASE_READERS,
    "enterprises:claim-list": CASE_READERS,
    "enterprises:claim-settle": CASE_READERS,
    "enterprises:claim-give-back": staff(Role.REGIONAL_MANAGER),
    "enterprises:my-phone": ENTREPRENEURS,
    "enterprises:my-number": ENTREPRENEURS,
    "enterprises:my-number-code": ENTREPRENEURS,
    "enterprises:person-access": CASE_READERS,
    "enterprises:person-phone": ADVISORS,
    "enterprises:person-card": ADVISORS,
    "enterprises:person-name": ADVISORS,
    "enterprises:phone-change-create": ADVISORS,
    "enterprises:sheet-create": ADVISORS,
    "enterprises:pin-create": ADVISORS,
    "enterprises:access-end": ADVISORS,
    "enterprises:sheet-detail": ADVISORS,
    "enterprises:sheet-pdf": ADVISORS,
    "enterprises:sheet-hand-over": ADVISORS,
    "enterprises:phone-change-detail": CASE_READERS,
    "enterprises:phone-change-send": ADVISORS,
    "enterprises:phone-change-prove": ADVISORS,
    "enterprises:phone-change-attest": ADVISORS,
    "enterprises:phone-change-approve": ADVISORS,
    "enterprises:phone-change-refuse": ADVISORS,
    "enterprises:person-find": CASE_READERS,
    "enterprises:look-alike-list": CASE_READERS,
    "enterprises:look-alike-tell-apart": ADVISORS,
    "enterprises:look-alike-doubt": ADVISORS,
    "enterprises:merge-choose": CASE_READERS,
    "enterprises:merge-preview": CASE_READERS,
    "enterprises:merge-list": CASE_READERS,
    "enterprises:merge-detail": CASE_READERS,
    "enterprises:merge-undo": staff(Role.REGIONAL_MANAGER),
    "enterprises:document-ask": ADVISORS,
    "enterprises:document-request": CASE_READERS,
    "enterprises:document-detail": PAPER_PAGES,
    "enterprises:document-picture": PAPER_PAGES,
    "enterprises:document-file": PAPER_PAGES,
    "enterprises:document-remove": staff(Role.ADVISOR, Role.REGIONAL_MANAGER, entrepreneurs=True),
    # formalisation
    "formalisation:registration-create": ADVISORS,
    # training
    "training:course-list": PUBLIC,
    "training:run-public": PUBLIC,
    "training:verify-start": PUBLIC,
    "training:verify": PUBLIC,
    "training:run-join": ENTREPRENEURS,
    "training:my-courses": ENTREPRENEURS,
    "training:run-list": TRAINING_READERS,
    "training:run-detail": TRAINING_READERS,
    "training:run-sheet": TRAINING_READERS,
    "training:sitting-detail": TRAINING_PLACES,
    "training:enrolment-create": ADVISORS,
    "training:enrolment-detail": TRAINING_PLACES,
    "training:enrolment-cancel": staff(Role.TRAINER, Role.ADVISOR, Role.REGIONAL_MANAGER, entrepreneurs=True),
    "training:certificate-pdf": TRAINING_PLACES,
    "training:certificate-revoke": staff(Role.REGIONAL_MANAGER),
    # loans
    "loans:desk": LOAN_READERS,
    "loans:loan-list": LOAN_READERS,
    "loans:book-list": LOAN_READERS,
    "loans:book-create": staff(Role.BRANCH_MANAGER, Role.AREA_MANAGER),
    "loans:book-return": staff(Role.BRANCH_MANAGER, Role.AREA_MANAGER),
    "loans:slip-explain": staff(Role.BRANCH_MANAGER, Role.AREA_MANAGER),
    "loans:counter": staff(Role.CASHIER),
    "loans:fund-list": LOAN_READERS,
    "loans:refusal-list": LOAN_READERS,
    "loans:fund-detail": LOAN_READERS,
    "loans:money-create": staff(Role.AREA_MANAGER),
    "loans:money-agree": staff(Role.AREA_MANAGER, Role.PROGRAMME_MANAGER),
    "loans:referral-detail": LOAN_PAGES,
    "loans:referral-decline": staff(Role.LOAN_OFFICER, Role.BRANCH_MANAGER),
    "loans:application-detail": LOAN_OWNERS,
    "loans:application-print": staff(*LENDER_ROLES, Role.ADVISOR, Role.REGIONAL_MANAGER),
    "loans:application-visit": staff(Role.LOAN_OFFICER),
    "loans:application-guarantors": staff(Role.LOAN_OFFICER),
    "loans:application-verify": staff(Role.LOAN_OFFICER),
    "loans:guarantor-consent": staff(Role.LOAN_OFFICER),
    "loans:guarantor-send": staff(Role.LOAN_OFFICER),
    "loans:application-vote": staff(Role.BRANCH_MANAGER, Role.AREA_MANAGER),
    "loans:application-conflict": staff(Role.BRANCH_MANAGER, Role.AREA_MANAGER),
    "loans:application-refuse": staff(Role.BRANCH_MANAGER, Role.AREA_MANAGER),
    "loans:application-withdraw": staff(Role.LOAN_OFFICER, entrepreneurs=True),
    "loans:application-disburse": staff(Role.CASHIER),
    "loans:request-create": staff(Role.LOAN_OFFICER, Role.BRANCH_MANAGER, Role.AREA_MANAGER),
    "loans:request-detail": LOAN_PAGES,
    "loans:loan-detail": LOAN_OWNERS,
    "loans:late-visit": LOAN_CHASERS,
    "loans:day-agree": LOAN_CHASERS,
    "loans:guarantor-speak": LOAN_CHASERS,
    "loans:loan-give-back": staff(Role.BRANCH_MANAGER, Role.AREA_MANAGER),
    "loans:loan-write-off": staff(Role.AREA_MANAGER),
    "loans:misfortune-create": staff(*LENDER_ROLES, Role.ADVISOR, Role.REGIONAL_MANAGER),
    "loans:misfortune-detail": LOAN_PAGES,
    "loans:misfortune-visit": staff(Role.LOAN_OFFICER, Role.BRANCH_MANAGER, Role.AREA_MANAGER),
    "loans:misfortune-propose": staff(Role.LOAN_OFFICER, Role.BRANCH_MANAGER, Role.AREA_MANAGER),
    "loans:misfortune-waive": staff(Role.BRANCH_MANAGER, Role.AREA_MANAGER),
    "loans:misfortune-end": staff(Role.BRANCH_MANAGER, Role.AREA_MANAGER),
    "loans:receipt-create": staff(Role.CASHIER),
    "loans:receipt-detail": LOAN_OWNERS,
    "loans:receipt-reverse": staff(Role.BRANCH_MANAGER, Role.AREA_MANAGER),
    "loans:my-check": ENTREPRENEURS,
    "loans:my-loan": ENTREPRENEURS,
    "loans:my-application": ENTREPRENEURS,
    "loans:my-request": ENTREPRENEURS,
    # reports
    "reports:dashboard": REPORT_READERS,
    "reports:indicator-rows": staff(*ROW_READERS.roles, Role.BRANCH_MANAGER, Role.AREA_MANAGER),
    "reports:portfolio": staff(*REPORT_READERS.roles, Role.BRANCH_MANAGER, Role.AREA_MANAGER),
    "reports:barriers": REPORT_READERS,
    "reports:complaints": REPORT_READERS,
    "reports:report-file": staff(Role.PROGRAMME_MANAGER, Role.COMMITTEE_MEMBER, Role.AUDITOR),
}

# Django admin asks for the administrator's role and the second factor itself, page by page.
ADMIN_NAMESPACE = "admin"


def door_of(match):
    """The door of a resolved URL, or None where none is listed."""
    if match.namespaces[:1] == [ADMIN_NAMESPACE]:
        return PUBLIC if match.url_name in {"login", "logout", "jsi18n"} else ADMINISTRATORS
    return DOORS.get(match.view_name)
