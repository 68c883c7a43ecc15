from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self):
        from casework import destinations, limits, panels, timeline
        from casework.actions import calls
        from enterprises import cards, promises, relations, shares
        from journal import events, jobs, sentences
        from messaging import kinds
        from portal import checks, wiring  # noqa: F401, checks register themselves
        from portal.jobs import JOBS
        from portal.message_kinds import KINDS

        events.install({name: wire.reactions for name, wire in wiring.EVENTS.items()})
        sentences.install({name: wire.sentence for name, wire in wiring.EVENTS.items()})
        panels.install(wiring.PANELS, referring=wiring.REFERRAL_PANELS)
        timeline.install(wiring.TIMELINE)
        destinations.install(wiring.DESTINATIONS, standings=wiring.HAS_ALREADY)
        limits.install(wiring.MOST_LENT)
        cards.install(wiring.CARDS, lent=wiring.CARDS_LENT_ON, weights=wiring.CARDS_WEIGH)
        promises.install(wiring.CALL_BY)
        shares.install(wiring.SHARED)
        relations.install(wiring.MERGED)
        kinds.install(KINDS, caller=calls)
        jobs.install(JOBS)
