import os
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from enterprises.models import Person
from messaging.fake_gateway import Store
from portal.sample import later, loading, phones


class Command(BaseCommand):
    help = "Load the sample data, once; the same for the same seed and day."

    def add_arguments(self, parser):
        parser.add_argument("--seed", type=int, default=loading.SEED)

    def handle(self, *, seed, **options):
        if not settings.SAMPLE_DATA:
            raise CommandError("Sample data is for SAMPLE_DATA=1 alone. Never load it beside real people.")
        if loading.is_loaded():
            self.remember(later.live_on(seed=seed, now=timezone.now(), say=self.stdout.write))
            self.stdout.write("The sample data is there already.")
            return
        if Person.objects.exists():
            raise CommandError("There are people in this database. Sample data never stands beside real people.")
        self.remember(loading.load(seed=seed, say=self.stdout.write))
        # Until PostgreSQL looks at the new rows, by itself in minutes, lists of what somebody sees take seconds.
        connection.cursor().execute("ANALYZE")
        self.stdout.write("The sample data is loaded.")

    def remember(self, told):
        if store := os.environ.get("FAKE_GATEWAY_STORE"):
            phones.remember(told, Store(Path(store)))
