from loans.querysets.applications import PAPERS_OF, ApplicationQuerySet, OfApplicationQuerySet
from loans.querysets.arrears import AboutLatenessQuerySet
from loans.querysets.books import BookQuerySet, SpoiltSlipQuerySet
from loans.querysets.guarantors import WILLING, GuarantorQuerySet
from loans.querysets.ledger import LedgerQuerySet
from loans.querysets.limits import ApprovalLimitQuerySet
from loans.querysets.loans import LoanQuerySet, OfLoanQuerySet, TermsQuerySet
from loans.querysets.misfortunes import MisfortuneQuerySet
from loans.querysets.prechecks import PreCheckQuerySet
from loans.querysets.products import RefusalReasonQuerySet
from loans.querysets.requests import RequestQuerySet
from loans.querysets.schemes import OfferQuerySet, PurseEntryQuerySet, SchemeQuerySet

__all__ = [
    "PAPERS_OF",
    "WILLING",
    "AboutLatenessQuerySet",
    "ApplicationQuerySet",
    "ApprovalLimitQuerySet",
    "BookQuerySet",
    "GuarantorQuerySet",
    "LedgerQuerySet",
    "LoanQuerySet",
    "MisfortuneQuerySet",
    "OfApplicationQuerySet",
    "OfLoanQuerySet",
    "OfferQuerySet",
    "PreCheckQuerySet",
    "PurseEntryQuerySet",
    "RefusalReasonQuerySet",
    "RequestQuerySet",
    "SchemeQuerySet",
    "SpoiltSlipQuerySet",
    "TermsQuerySet",
]
