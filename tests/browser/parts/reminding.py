"""6: Celery's own tasks plan what is due and write the month's report, each once however often they ring."""

import hashlib
from collections import Counter
from datetime import datetime, time, timedelta

from django.utils import timezone

from casework.sweeps import overdue_first_contacts
from journal import tasks as journal_tasks
from journal.models import JobRun
from messaging import tasks as messaging_tasks
from messaging.models import Message
from tests.browser.parts.company import NASREEN, Journey

TWICE = range(2)


def remind(journey: Journey, enrolment_id: int) -> None:
    """Three days before the instalment, the day before the class, and the morning after a call is overdue."""
    three_days_before = noon(journey.first_due_on - timedelta(days=3))
    today = noon(timezone.localdate())
    with journey.world.inside():  # the sample's history: somebody may have been reminded of a call before
        kind = {"kind": "casework.first_contact_overdue", "state": "sent"}
        before = Counter(Message.objects.filter(**kind).values_list("target_id", flat=True))
    with journey.world.inside(today):
        case = overdue_first_contacts(today).exclude(advisor__phone="").first()
        advisor, reference = case.advisor.phone, case.enterprise.reference
    call = planned(journey, "casework.first_contact_overdue", at=today, target_id=case.pk)
    # The last ones, for their days lie ahead: there the call would be overdue, and asked for, once more.
    sitting = planned(journey, "training.sitting_tomorrow", at=today + timedelta(days=1), target_id=enrolment_id)
    instalment = planned(journey, "loans.instalment_due", at=three_days_before, target_id=journey.loan_id)
    calls = (call[0] - before[case.pk], call[1][:2])
    assert (instalment, sitting, calls) == ((1, journey.walk.language), (1, journey.walk.language), (1, "en"))
    assert any(reference in text for text in journey.world.received(advisor))
    assert len(journey.world.received(NASREEN["stored"])) == len(set(journey.world.received(NASREEN["stored"])))


def planned(journey: Journey, kind: str, *, at: datetime, target_id: int) -> tuple[int, str]:
    """Ring twice for planning and sending at that moment; how many such messages were sent, and in which language."""
    for _ring in TWICE:
        with journey.world.inside(at):
            messaging_tasks.plan.apply(throw=True)
            messaging_tasks.deliver.apply(throw=True)
    with journey.world.inside():
        sent = Message.objects.filter(kind=kind, target_id=target_id, state="sent")
        return sent.count(), "".join(sent.values_list("language", flat=True))


def write_month_report(journey: Journey) -> None:
    """Two beats ring: one row, one whole PDF and one whole CSV."""
    for _ring in TWICE:
        with journey.world.inside():
            journal_tasks.run_jobs.apply(throw=True)
    with journey.world.inside():
        (run,) = JobRun.objects.filter(job="reports.month")
    assert (run.state, run.attempts) == (JobRun.State.DONE, 1)
    for kind, begins in (("pdf", b"%PDF-"), ("csv", "\ufeffmonth".encode())):
        written = (journey.world.media / run.outcome[kind]["path"]).read_bytes()
        assert written.startswith(begins)
        assert hashlib.sha256(written).hexdigest() == run.outcome[kind]["sha256"]


def noon(day) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))
