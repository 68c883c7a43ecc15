"""Who lends and on what terms, applications, loans, and the ledger."""

from loans.models.applications import Application, Guarantor, Vote
from loans.models.ledger import LedgerEntry
from loans.models.loans import Loan, Terms
from loans.models.products import FinancingPartner, Product, RefusalReason

__all__ = [
    "Application",
    "FinancingPartner",
    "Guarantor",
    "LedgerEntry",
    "Loan",
    "Product",
    "RefusalReason",
    "Terms",
    "Vote",
]
