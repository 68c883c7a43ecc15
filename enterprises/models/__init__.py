from enterprises.models.access import CodeSheet, PhoneChange, Pin, SheetCode, SignInLock
from enterprises.models.addresses import Address
from enterprises.models.corrections import Correction
from enterprises.models.documents import Document, DocumentKind, DocumentRequest
from enterprises.models.enterprises import Enterprise, Grant, Help, Ownership, Sector
from enterprises.models.family import FamilyQuestion, Household, Kinship, Residence
from enterprises.models.intakes import Intake, IntakeRow
from enterprises.models.look_alikes import LookAlike
from enterprises.models.merges import Merge, MergedRow
from enterprises.models.names import NameCorrection
from enterprises.models.passports import Passport
from enterprises.models.people import OF_STRANGERS, PHONE_OWNERS, Consent, ConsentTerm, Person, Sex
from enterprises.models.registrations import Claim, Draft, DraftCall, OneTimeCode
from enterprises.models.releases import CardRelease
from enterprises.models.statements import SizeClass, Statement

__all__ = [
    "OF_STRANGERS",
    "PHONE_OWNERS",
    "Address",
    "CardRelease",
    "Claim",
    "CodeSheet",
    "Consent",
    "ConsentTerm",
    "Correction",
    "Document",
    "DocumentKind",
    "DocumentRequest",
    "Draft",
    "DraftCall",
    "Enterprise",
    "FamilyQuestion",
    "Grant",
    "Help",
    "Household",
    "Intake",
    "IntakeRow",
    "Kinship",
    "LookAlike",
    "Merge",
    "MergedRow",
    "NameCorrection",
    "OneTimeCode",
    "Ownership",
    "Passport",
    "Person",
    "PhoneChange",
    "Pin",
    "Residence",
    "Sector",
    "Sex",
    "SheetCode",
    "SignInLock",
    "SizeClass",
    "Statement",
]
