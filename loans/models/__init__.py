"""Who lends and on what terms, applications, loans, and the ledger."""

from loans.models.applications import Application
from loans.models.arrears import GuarantorContact, Promise, Visit
from loans.models.books import ReceiptBook, SpoiltSlip
from loans.models.conflicts import Conflict
from loans.models.guarantors import Guarantor
from loans.models.ledger import LedgerEntry
from loans.models.limits import ApprovalLimit, Level
from loans.models.loans import Loan, Terms
from loans.models.misfortunes import Misfortune
from loans.models.prechecks import PreCheck
from loans.models.products import FinancingPartner, Product, RefusalReason
from loans.models.requests import Request
from loans.models.schemes import FundingScheme, Offer, PurseEntry
from loans.models.votes import Vote

__all__ = [
    "Application",
    "ApprovalLimit",
    "Conflict",
    "FinancingPartner",
    "FundingScheme",
    "Guarantor",
    "GuarantorContact",
    "LedgerEntry",
    "Level",
    "Loan",
    "Misfortune",
    "Offer",
    "PreCheck",
    "Product",
    "Promise",
    "PurseEntry",
    "ReceiptBook",
    "RefusalReason",
    "Request",
    "SpoiltSlip",
    "Terms",
    "Visit",
    "Vote",
]
