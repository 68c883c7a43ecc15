import json
import logging
import sys

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from kit.logs import JsonLines
from tests.factories.enterprises import PersonFactory

CNIC = "3630248291056"


def logged(error):
    about = {"msg": "it broke", "levelname": "ERROR", "levelno": logging.ERROR, "name": "portal", "case_id": 7}
    record = logging.makeLogRecord(about)
    record.exc_info = (type(error), error, error.__traceback__)
    return json.loads(JsonLines().format(record))


@pytest.fixture
def broken(db):
    """What PostgreSQL says of a second person with one card: it quotes the number."""
    PersonFactory(cnic=CNIC)
    try:
        with transaction.atomic():
            PersonFactory(cnic=CNIC)
    except IntegrityError as error:
        return error


def test_a_line_is_json_with_what_extra_carries():
    record = logging.makeLogRecord({"msg": "sent %s", "args": (3,), "levelname": "INFO", "name": "x", "case_id": 7})

    line = json.loads(JsonLines().format(record))

    assert line | {"at": ""} == {"at": "", "level": "info", "logger": "x", "message": "sent 3", "case_id": 7}


def test_the_log_says_where_it_broke_and_never_whose_card_it_was(broken):
    line = logged(broken)

    assert CNIC not in json.dumps(line)
    assert line["traceback"].splitlines()[-1] == "django.db.utils.IntegrityError"
    assert "psycopg2.errors.UniqueViolation" in line["traceback"].splitlines()


@pytest.mark.xfail(strict=True, reason="the control: Python's own traceback quotes it", raises=AssertionError)
def test_the_log_says_where_it_broke_and_never_whose_card_it_was_control(broken, monkeypatch):
    monkeypatch.setattr(
        "kit.logs.trace", lambda error: logging.Formatter().formatException((type(error), error, error.__traceback__))
    )

    line = logged(broken)

    assert CNIC not in json.dumps(line)


@pytest.mark.parametrize(("level", "has_traceback"), [(logging.WARNING, False), (logging.ERROR, True)])
def test_a_page_that_was_refused_leaves_one_line_and_no_traceback(level, has_traceback):
    """Django logs a 403 as a warning that carries its exception; the error beside it is the failing control."""
    error = PermissionDenied()
    record = logging.makeLogRecord({"msg": "Forbidden: /desk/", "levelno": level})
    record.exc_info = (type(error), error, None)

    assert ("traceback" in json.loads(JsonLines().format(record))) is has_traceback


def test_a_line_without_an_exception_has_no_traceback():
    record = logging.makeLogRecord({"msg": "calm", "exc_info": sys.exc_info()})

    assert "traceback" not in json.loads(JsonLines().format(record))
