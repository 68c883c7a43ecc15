from loans.querysets.applications import PAPERS_OF, ApplicationQuerySet, OfApplicationQuerySet
from loans.querysets.ledger import LedgerQuerySet
from loans.querysets.loans import LoanQuerySet, OfLoanQuerySet, TermsQuerySet
from loans.querysets.products import ProductQuerySet, RefusalReasonQuerySet

__all__ = [
    "PAPERS_OF",
    "ApplicationQuerySet",
    "LedgerQuerySet",
    "LoanQuerySet",
    "OfApplicationQuerySet",
    "OfLoanQuerySet",
    "ProductQuerySet",
    "RefusalReasonQuerySet",
    "TermsQuerySet",
]
