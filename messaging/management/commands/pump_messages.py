from django.core.management.base import BaseCommand
from django.utils import timezone

from messaging import gateway, outbox
from messaging.pump import Pump


class Command(BaseCommand):
    help = "Plans and delivers messages until it is stopped. Needs PostgreSQL only; any number may run at once."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="plan, deliver what is due, and end")

    def handle(self, *, once, **options):
        if not once:
            Pump().run()
            return
        outbox.plan(timezone.now())
        outcomes = outbox.drain(timezone.now())
        gateway.close()
        self.stdout.write(", ".join(f"{name}: {count}" for name, count in sorted(outcomes.items())) or "nothing due")
