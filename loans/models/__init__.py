"""Who lends and on what terms, applications, loans, and the ledger."""

from loans.models.applications import Application
from loans.models.guarantors import Guarantor
from loans.models.ledger import LedgerEntry
from loans.models.limits import ApprovalLimit, Level
from loans.models.loans import Loan, Terms
from loans.models.products import FinancingPartner, Product, RefusalReason
from loans.models.schemes import FundingScheme, Offer, PurseEntry
from loans.models.votes import Vote

__all__ = [
    "Application",
    "ApprovalLimit",
    "FinancingPartner",
    "FundingScheme",
    "Guarantor",
    "LedgerEntry",
    "Level",
    "Loan",
    "Offer",
    "Product",
    "PurseEntry",
    "RefusalReason",
    "Terms",
    "Vote",
]
