"""What a night's job does row by row: one bad row stops no other, and what is no row's fault stops the job."""

from types import SimpleNamespace

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError, connection

from kit import faults
from kit.faults import one_by_one

ROWS = [SimpleNamespace(pk=number) for number in (1, 2, 3)]


def acted(fault):
    """Which rows were done where the second fails with this."""
    done = []

    def act(row):
        if row.pk == 2:
            raise fault
        done.append(row.pk)
        return 1

    return one_by_one(ROWS, act, failed="a row failed"), done


def test_one_bad_row_stops_no_other_and_is_logged_without_its_words(caplog):
    assert acted(LookupError("0300 1234567")) == (2, [1, 3])

    (said,) = caplog.records
    assert (said.getMessage(), said.row, said.error) == ("a row failed", 2, "LookupError")
    assert "1234567" not in caplog.text


def test_a_row_that_the_database_refuses_stops_no_other(monkeypatch):
    monkeypatch.setattr(connection, "is_usable", lambda: True)

    assert acted(OperationalError("deadlock detected")) == (2, [1, 3])


def test_the_end_of_the_time_and_a_lost_database_are_no_fault_of_a_row(monkeypatch):
    monkeypatch.setattr(connection, "is_usable", lambda: False)

    for fault in (SoftTimeLimitExceeded(), OperationalError("server closed the connection"), InterfaceError("closed")):
        with pytest.raises(type(fault)):
            acted(fault)


@pytest.mark.xfail(strict=True, raises=pytest.fail.Exception, reason="the control: whoever asks says that it is there")
def test_the_end_of_the_time_and_a_lost_database_are_no_fault_of_a_row_control(monkeypatch):
    monkeypatch.setattr(faults, "DatabaseFault", ())

    test_the_end_of_the_time_and_a_lost_database_are_no_fault_of_a_row(monkeypatch)
