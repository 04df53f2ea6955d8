"""Everybody and everything a case is about. One file per kind of thing."""

from parties.models.calendar import CalendarDay
from parties.models.clock import SchoolClock
from parties.models.consent import Consent
from parties.models.credential import ApiKey, SignInLink
from parties.models.keys import SchoolKey, SubjectKey
from parties.models.membership import Absence, DutyShift, Membership
from parties.models.organisation import Company, CompanyMember, School, SchoolClass
from parties.models.person import Account, Person, Student
from parties.models.placement import Placement
from parties.models.relation import GuardianLink, Restriction
from parties.models.sensitive import SensitiveFact
from parties.models.throttle import Throttle

__all__ = [
    "Absence",
    "Account",
    "ApiKey",
    "CalendarDay",
    "Company",
    "CompanyMember",
    "Consent",
    "DutyShift",
    "GuardianLink",
    "Membership",
    "Person",
    "Placement",
    "Restriction",
    "School",
    "SchoolClass",
    "SchoolClock",
    "SchoolKey",
    "SensitiveFact",
    "SignInLink",
    "Student",
    "SubjectKey",
    "Throttle",
]
