"""How the cases of sample people end."""

from django.utils import timezone

from casework.actions import cases, endings, flags, notes
from casework.models import Case

ASKED_AROUND = "The number is off. I asked the neighbours and in the bazaar: nobody knows where they went."
STANDS = "Their shop does well and they ask for nothing more. Agreed with their advisor."
OVER = "کیس ختم ہو رہا ہے، اب کسی کو کچھ نہیں دیکھنا۔"


def end(case: Case, outcome: str):
    """By who has the case; that somebody stands on their own although something lacks, by a manager above."""
    case.refresh_from_db(fields=["version", "state"])
    by, note = case.advisor, ""
    for flag in case.flags.standing().select_related("owner"):
        flags.clear(flag=flag, by=flag.owner, version=flag.version, clearing=OVER)
    if outcome == Case.Outcome.UNTRACEABLE:
        notes.write(case=case, by=by, text=ASKED_AROUND, is_shared=False)
    if outcome == Case.Outcome.GRADUATED and endings.lacking_alone(case):
        above = flags.next_owners(case, on=timezone.localdate())
        by, note = next(user for user in above if user.has_perm("casework.close_lacking", case)), STANDS
    cases.close(case=case, by=by, version=case.version, outcome=outcome, note=note)
