"""The portal's periodic jobs: one row a period, claimed once, whatever rings."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import User
from accounts.throttles import forget as forget_throttles
from casework.actions import call_backs, enquiries, flags, grievances, hand_overs, outcomes, plan_readers, plan_reviews
from enterprises import intake_rows
from enterprises.actions import (
    access,
    clients,
    codes,
    consents,
    documents,
    drafts,
    intakes,
    look_alikes,
    merges,
    phone_changes,
    phones,
    scans,
    tries,
)
from journal.jobs import Job, forget_request_keys, nightly
from journal.models import JobRun
from portal.sweeps import sweep
from reports.actions import months


def forget_what_is_over(run: JobRun) -> dict[str, int]:
    """Erase what may not be kept: drafts, lists and removed papers after 30 days; spent codes, sessions, counters."""
    now = timezone.now()
    sessions, _by_model = Session.objects.filter(expire_date__lt=now).delete()
    return {
        "drafts": drafts.forget(now=now),
        "lists": intakes.forget(now=now),
        "codes": codes.forget(before=now - timedelta(days=1)),
        "sheets": access.forget(now=now),
        "tries": tries.forget(before=now - timedelta(days=30)),
        "numbers": phone_changes.forget(now=now),
        "papers": documents.erase(now=now),
        "complainants": grievances.forget(now=now),
        "enquirers": enquiries.forget(now=now),
        "files": documents.erase_unclaimed(now=now),
        "throttles": forget_throttles(before=now - timedelta(days=1)),
        "sessions": sessions,
    }


def compare_people(run: JobRun) -> dict[str, int]:
    """Look for people who are registered twice, among those who registered or changed since the last time."""
    return look_alikes.compare(now=timezone.now())


def lapse_consents(run: JobRun) -> dict[str, int]:
    """End the permissions that ran out, so that somebody asks for them again, and what was only presumed of a phone."""
    now = timezone.now()
    return {"presumed": phones.forget_presumed(now=now), "consents": consents.lapse(now=now)}


def promote_left(run: JobRun) -> dict[str, int]:
    """Make clients of the leads that lack nothing, also where what lacked came before anybody looked at once."""
    return {"clients": clients.promote_left(by=User.objects.system())}


def follow_merges(run: JobRun) -> dict[str, int]:
    """Bring after it what was written about a record in the very moment in which it was merged into another."""
    return {"rows": merges.follow(now=timezone.now())}


def follow_complaints(run: JobRun) -> dict[str, int]:
    """Close what was put right and not spoken of since, and give on what nobody has and what is late."""
    now, by = timezone.now(), User.objects.system()
    return {
        "closed": grievances.lapse(now=now, by=by),
        "handed_on": grievances.hand_on(now=now, by=by),
        "passed_up": grievances.pass_up(now=now, by=by),
    }


def hand_over_left(run: JobRun) -> dict[str, int]:
    """Give on the cases of who left."""
    return {"cases": hand_overs.hand_over_left(now=timezone.now())}


def meet_wishes(run: JobRun) -> dict[str, int]:
    """Give on the cases of clients who wait for another advisor, where there is one now."""
    return {"cases": hand_overs.meet_wishes(now=timezone.now())}


def follow_up(run: JobRun) -> dict[str, int]:
    """Ask clients after 6 and 12 months how the business goes, and count whoever did not say in time."""
    now, by = timezone.now(), User.objects.system()
    return {
        "baselines": outcomes.take_baselines(),
        "unanswered": outcomes.run_out(now=now, by=by),
        "asked": outcomes.ask_due(now=now, by=by),
    }


def hand_on_flags(run: JobRun) -> dict[str, int]:
    """Give on the flags of who left."""
    return {"flags": flags.hand_on(now=timezone.now())}


def pass_up_plans(run: JobRun) -> dict[str, int]:
    """Give business plans that nobody reads in time to whoever reads above."""
    return {"plans": plan_readers.pass_up(now=timezone.now(), by=User.objects.system())}


def draw_plans(run: JobRun) -> dict[str, int]:
    """Draw the lots of new plans, and one of last month's of whoever was not drawn."""
    now, by = timezone.now(), User.objects.system()
    return {
        "drawn": plan_reviews.draw_lots(now=now, by=by),
        "promised": plan_reviews.keep_promise(now=now, by=by),
    }


def draw_call_backs(run: JobRun) -> dict[str, int]:
    """End the call-backs of whoever may not be called any more, and draw the lots of new contacts as those of plans."""
    now, by = timezone.now(), User.objects.system()
    return {
        "ended": call_backs.end_unwelcome(by=by),
        "drawn": call_backs.draw_lots(now=now, by=by),
        "promised": call_backs.keep_promise(now=now, by=by),
    }


JOBS = [
    Job("reports.month", period=months.due_period, run=months.write),
    Job("journal.forget_request_keys", period=nightly(at_hour=2), run=forget_request_keys),
    Job("enterprises.scan_papers", period=scans.due_period, run=scans.scan_waiting),
    Job("enterprises.intakes", period=intake_rows.due_period, run=intake_rows.work),
    Job("enterprises.lapse_consents", period=nightly(at_hour=0), run=lapse_consents),
    Job("enterprises.promote_left", period=nightly(at_hour=1), run=promote_left),
    Job("casework.hand_over_left", period=hand_overs.due_period, run=hand_over_left),
    Job("casework.meet_wishes", period=nightly(at_hour=2), run=meet_wishes),
    Job("portal.forget", period=nightly(at_hour=2), run=forget_what_is_over),
    Job("enterprises.compare_people", period=look_alikes.due_period, run=compare_people),
    Job("enterprises.follow_merges", period=merges.due_period, run=follow_merges),
    Job("casework.follow_complaints", period=nightly(at_hour=1), run=follow_complaints),
    Job("casework.follow_up", period=nightly(at_hour=4), run=follow_up),
    Job("casework.hand_on_flags", period=nightly(at_hour=1), run=hand_on_flags),
    Job("casework.pass_up_plans", period=nightly(at_hour=1), run=pass_up_plans),
    Job("casework.draw_plans", period=nightly(at_hour=1), run=draw_plans),
    Job("casework.draw_call_backs", period=nightly(at_hour=1), run=draw_call_backs),
    Job("portal.sweep", period=nightly(at_hour=3), run=sweep),
]
