"""Who walks the way together, and how colleagues sign in."""

import re
from dataclasses import dataclass, field
from datetime import date

from playwright.sync_api import Page

from enterprises.models import Person
from portal.sample.organisation import PASSWORD
from tests.browser.walking import Walk, fill, path_of, press
from tests.browser.world import World

CODE = re.compile(r"\b\d{6}\b")
NASREEN = {"name": "نسرین بی بی", "cnic": "36302-4827105-2", "phone": "0301-2345678", "stored": "+923012345678"}


@dataclass
class Journey:
    """The pages that people have open, and the numbers that they learn on the way."""

    walk: Walk
    pages: dict[str, Page] = field(default_factory=dict)
    reference: str = ""
    enterprise_id: int = 0
    case_id: int = 0
    client: Person | None = None
    asked_id: int = 0
    advisor: str = ""
    colleague: str = ""
    run_id: int = 0
    certificate: str = ""
    application_id: int = 0
    loan_id: int = 0
    slip: str = ""
    first_due_on: date | None = None

    @property
    def world(self) -> World:
        return self.walk.world

    def see(self, who: str, name: str) -> None:
        self.walk.see(self.pages[who], name)

    def go(self, who: str, where: str) -> Page:
        """Somebody goes to an address, at their own device."""
        page = self.pages[who]
        page.goto(where)
        return page


def sign_in_as_colleague(journey: Journey, who: str, email: str, *, first_page: str) -> Page:
    """E-mail and password, then the code of the authenticator app; the portal opens where their day begins."""
    page = journey.pages[who] = journey.walk.somebody()
    page.goto("/staff/sign-in/")
    is_first = "staff-sign-in" not in journey.walk.seen
    if is_first:
        journey.see(who, "staff-sign-in")
    fill(page, email=email, password=PASSWORD)
    press(page, "enter")
    if is_first:
        journey.see(who, "staff-second-factor")
    fill(page, code=journey.world.code_of(email))
    press(page, "enter")
    assert path_of(page) == first_page
    return page


def sign_in_as_client(journey: Journey, who: str, *, cnic: str, phone: str) -> Page:
    """CNIC and one-time code, on a phone of their own; the portal opens on their page."""
    page = journey.pages[who] = journey.walk.somebody()
    page.goto("/sign-in/")
    fill(page, cnic=cnic)
    press(page, "send")
    fill(page, code=newest_code(journey, phone))
    press(page, "enter")
    assert path_of(page) == "/my/"
    return page


def newest_code(journey: Journey, phone: str) -> str:
    """Of the codes on somebody's phone the last; other messages may have come after it."""
    journey.world.deliver()
    return next(filter(None, map(CODE.search, reversed(journey.world.received(phone))))).group()


def of_multan(handle: str) -> str:
    return f"{handle}.multan@sample.invalid"
