from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self):
        from journal import events
        from messaging import kinds
        from portal import checks, wiring  # noqa: F401, registers the deployment checks
        from portal.message_kinds import KINDS

        events.install({name: wire.reactions for name, wire in wiring.EVENTS.items()})
        kinds.install(KINDS)
