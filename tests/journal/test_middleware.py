import datetime as dt

from django.http import QueryDict

from casework.models import Contact
from journal.middleware import differences


def shown(typed, item):
    return [(row["label"], row["yours"], str(row["theirs"])) for row in differences(QueryDict(typed), item)]


def test_both_texts_are_shown_in_the_forms_own_words():
    theirs = Contact(channel="phone", agreed="I called.", minutes=5, next_on=dt.date(2026, 12, 1))
    typed = "version=0&csrfmiddlewaretoken=x&request_key=y&channel=visit&agreed=I+went.&next_on=02-12-2026&save=1"

    assert shown(typed, theirs) == [
        ("How", "Visit to the business", "Phone call"),
        ("What was agreed", "I went.", "I called."),
        ("Next contact on", "02-12-2026", "01-12-2026"),
    ]


def test_what_the_record_does_not_have_is_shown_as_it_was_typed():
    assert shown("step_1=ntn&next_on=", Contact()) == [("step_1", "ntn", ""), ("Next contact on", "", "")]
