"""What the sample people's phones were told while they lived: the outbox emptied as the pump would have done it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from messaging import outbox
from messaging.actions.delivery import NotWanted, must_wait, write
from messaging.fake_gateway import Store
from messaging.models import Message
from messaging.texts import parts

# Older words are only marked as said: writing them all out would take as long as the lives themselves.
REMEMBERED = timedelta(days=30)
PLANNED_AT = 8  # o'clock, when the quiet hours end


@dataclass(frozen=True)
class Told:
    """One message as the phone got it."""

    key: str
    phone: str
    text: str
    at: datetime


class Phones:
    """`plans`: reminders were planned every morning, because the portal ran all the time."""

    def __init__(self, *, until: datetime, plans: bool = True) -> None:
        self.remembers_from = until - REMEMBERED
        # Today's reminders are left to the pump: whoever starts the portal sees them come.
        self.today = self.planned_on = timezone.localdate(until)
        self.plans = plans
        self.is_remembering = not plans
        self.told: list[Told] = []

    def ring(self, now: datetime) -> None:
        """Deliver what is due by `now`; the clock stands at `now` already. Reminders are planned once a morning."""
        if now < self.remembers_from:
            return
        if not self.is_remembering:
            self.is_remembering = True
            Message.objects.open().update(state="sent", sent_at=F("due_at"), attempts=1)
        local = timezone.localtime(now)
        if self.plans and local.hour >= PLANNED_AT and local.date() not in {self.planned_on, self.today}:
            self.planned_on = local.date()
            outbox.plan(now)
        for message in Message.objects.due(now=now).order_by("due_at", "id"):
            if not must_wait(message, now):
                self.deliver(message, now)

    def deliver(self, message: Message, now: datetime) -> None:
        """Write it as it would have read at that moment, or drop what is no longer wanted."""
        row = Message.objects.filter(pk=message.pk)
        try:
            letter = write(message, now=now)
        except NotWanted as unwanted:
            row.update(state="dropped", attempts=1, last_error=unwanted.code)
            return
        row.update(
            state="sent",
            sent_at=now,
            attempts=1,
            language=letter.language,
            person_id=letter.person_id,
            parts=parts(letter.text),
        )
        self.told.append(Told(message.dedup_key, letter.phone, letter.text, now))


def remember(told: list[Told], store: Store) -> None:
    """Lay the messages down on the sample phones, dated when they came."""
    for one in told:
        store.put(key=one.key, phone=one.phone, text=one.text, at=one.at)
