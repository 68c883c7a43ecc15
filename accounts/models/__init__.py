from accounts.models.absences import Absence
from accounts.models.closures import LocalClosure
from accounts.models.offices import Office, OfficeDistrict
from accounts.models.people import Appointment, Language, Sex, User, opaque_username
from accounts.models.throttles import Throttle

__all__ = [
    "Absence",
    "Appointment",
    "Language",
    "LocalClosure",
    "Office",
    "OfficeDistrict",
    "Sex",
    "Throttle",
    "User",
    "opaque_username",
]
