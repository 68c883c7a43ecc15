from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import override

from portal.states_page import page


class Command(BaseCommand):
    help = "Write docs/states.md from the tables of states and moves."

    def handle(self, **options):
        with override("en"):
            Path(settings.BASE_DIR, "docs", "states.md").write_text(page(), encoding="utf-8")
