import os
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from messaging.fake_gateway import Server


class Command(BaseCommand):
    help = "Runs the gateway of the sample phones, on the loopback address. No message leaves this machine."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, required=True)
        parser.add_argument(
            "--store",
            type=Path,
            default=os.environ.get("FAKE_GATEWAY_STORE") or Path(settings.MEDIA_ROOT).parent / "sample-phones.sqlite3",
            help="the SQLite file that keeps the messages (FAKE_GATEWAY_STORE)",
        )

    def handle(self, *, port, store, **options):
        try:
            server = Server(port, Path(store))
        except (OSError, OverflowError) as error:
            raise CommandError(f"The sample gateway cannot listen on port {port}: {error}") from error
        self.stdout.write(f"Sample gateway at {server.url}, messages in {store}")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass
        finally:
            server.server_close()
