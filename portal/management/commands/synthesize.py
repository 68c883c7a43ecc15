from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from portal.national import making
from portal.sample import loading


class Command(BaseCommand):
    help = "Fill an empty database, or one with the sample alone, at national size; the same for the same seed and day."

    def add_arguments(self, parser):
        size = parser.add_mutually_exclusive_group(required=True)
        size.add_argument("--cases", type=int, default=0, metavar="N", help="at least so many cases, such as 50000")
        size.add_argument("--loans", type=int, default=0, metavar="N", help="or at least so many loans")
        parser.add_argument("--seed", type=int, default=loading.SEED)

    def handle(self, *, cases, loans, seed, **options):
        try:
            copies = making.make(cases=cases, loans=loans, seed=seed, say=self.stdout.write)
        except making.RefusedError as refusal:
            raise CommandError(str(refusal)) from refusal
        if not copies:
            self.stdout.write("The sample has as many already.")
            return
        # Else the first who asks would clear up after all of it.
        connection.cursor().execute("VACUUM ANALYZE")
        self.stdout.write("The synthetic data is there.")
