from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self):
        from portal import checks  # noqa: F401, registers the deployment checks

        try:
            from journal import events

            from portal import wiring
            events.install({name: wire.reactions for name, wire in wiring.EVENTS.items()})
            from messaging import kinds
            from portal.message_kinds import KINDS
            kinds.install(KINDS)
        except ImportError as missing:
            print("bootstrapping:", missing)
