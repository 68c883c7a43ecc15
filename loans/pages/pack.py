"""The application whole on paper, in each language of the portal: nothing of it is typed anew."""

from datetime import date
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from enterprises.models import Document
from kit import words
from kit.cnic import display
from loans.conditions import papers_lacking, to_hand_in
from loans.guarantee import guarantors_left
from loans.models import Application
from loans.pages.application import facts_of, plan_of
from loans.pages.guarantors import guarantors_of
from loans.pages.requests import requests_of
from loans.pages.road import road_of
from loans.pages.waits import waits_in_words


def sheets_of(application: Application, *, user: User, on: date) -> list[dict[str, Any]]:
    """A sheet for each language, the applicant's own first."""
    own = application.person.language
    sheets = []
    for code in sorted((code for code, _name in settings.LANGUAGES), key=lambda code: code != own):
        with translation.override(code):
            is_rtl = translation.get_language_bidi()
            parts = [part for part in parts_of(application, user=user, on=on) if part["rows"]]
            sheets.append({"code": code, "dir": "rtl" if is_rtl else "ltr", "parts": parts})
    return sheets


def parts_of(application: Application, *, user: User, on: date) -> list[dict[str, Any]]:
    """Heading and rows of each part, in the order in which a committee reads them."""
    asked = requests_of(application, user=user)
    return [
        {"heading": _("Who applies"), "rows": applicant_of(application)},
        {"heading": _("What is asked for"), "rows": [*facts_of(application), *waits_in_words(application, on=on)]},
        {"heading": _("Business plan, a month"), "rows": plan_of(application)},
        {"heading": _("Guarantors"), "rows": guarantors_of(application, user=user)},
        {"heading": _("Papers"), "rows": papers_of(application, user=user)},
        {
            "heading": _("What the lender asked for"),
            "rows": [
                {
                    "label": row["asked"].what,
                    "text": row["asked"].answer or row["standing"],
                    "small": row["asked"].words,
                }
                for row in asked
            ],
        },
        {"heading": _("The way so far"), "rows": way_of(application)},
    ]


def applicant_of(application: Application) -> list[dict[str, Any]]:
    person, business = application.person, application.enterprise
    rows = [
        {"label": _("Name"), "text": person.name},
        {"label": _("Father's or husband's name"), "text": person.parent_name},
        {"label": _("CNIC"), "text": display(person.cnic) if person.cnic else ""},
        {"label": _("Business"), "text": business.called, "small": business.reference},
        {"label": _("Kind of work"), "text": business.sector.label if business.sector else ""},
        {"label": _("District"), "text": business.district.label},
    ]
    return [row for row in rows if row["text"]]


def papers_of(application: Application, *, user: User) -> list[dict[str, Any]]:
    """What is on file, and what is still to come."""
    seen = Document.objects.visible_to(user).about(application.enterprise).standing().for_list()
    here = [
        {"label": paper.kind.label, "text": _("on file"), "small": words.day_plain(paper.uploaded_at)} for paper in seen
    ]
    lacking = to_hand_in(papers_lacking(application)) if application.is_open else []
    return here + [{"label": label, "text": _("still to come")} for label in lacking]


def way_of(application: Application) -> list[dict[str, Any]]:
    steps = road_of(application, guarantors_left(application))
    return [{"label": step["label"], "text": step["note"]} for step in steps if step["note"]]
