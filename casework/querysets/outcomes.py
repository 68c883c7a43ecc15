import datetime as dt
from typing import Any, Self

from django.apps import apps
from django.db.models import Case as Choice
from django.db.models import Exists, F, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast

from accounts.models import User
from casework.querysets.cases import OfCaseQuerySet, read_for_smeda
from casework.states import FollowUpState
from kit.days import begin_of

# How a result is known, the weakest first.
GRADES = ("said", "seen", "confirmed", "documented")


def rank() -> Choice:
    # As words, so that a kept text may hold them.
    places = {grade: Cast(Value(str(place)), IntegerField()) for place, grade in enumerate(GRADES)}
    return Choice(*(When(grade=grade, then=place) for grade, place in places.items()))


# So many days before the answer's last day, day 14 and day 25, or within two days of that where the portal stood still.
REMINDED_ON = (16, 15, 14, 5, 4, 3)


class OfClientQuerySet(OfCaseQuerySet):
    def visible_to(self, user: User) -> Self:
        """Between the client whom the case calls and SMEDA: neither a partner nor another owner."""
        rows = super().visible_to(user)
        return rows.filter(Q(case__person__user=user) if user.is_entrepreneur else read_for_smeda(user, case="case__"))


class FollowUpQuerySet(OfClientQuerySet):
    def waiting(self) -> Self:
        return self.filter(state=FollowUpState.ASKED)

    def over(self, *, on: Any) -> Self:
        """Those whose days are over without an answer."""
        return self.waiting().of_the_living_record().filter(due_on__lt=on)

    def to_confirm(self) -> Self:
        """Those of which something stands that the client has not called right or wrong yet."""
        measures = apps.get_model("casework", "Measure").objects.to_confirm()
        here = measures.filter(case=OuterRef("case"), point=OuterRef("point"))
        return self.filter(Exists(here), to_confirm_since__isnull=False)

    def of_the_living_record(self) -> Self:
        """No twins: whose record was joined with another one is asked there alone."""
        return self.filter(case__enterprise__merged_into__isnull=True).exclude(case__outcome="merged")

    def to_remind(self, *, on: dt.date) -> Self:
        """Those that wait on the days of a reminder, or just after; who died, or whose case went on elsewhere, not."""
        days = [on + dt.timedelta(days=left) for left in REMINDED_ON]
        return self.waiting().of_the_living_record().filter(due_on__in=days).exclude(case__outcome="died")

    def for_list(self) -> Self:
        return self.select_related("case__person", "case__enterprise__district", "case__office", "case__advisor")


class MeasureQuerySet(OfClientQuerySet):
    def standing(self) -> Self:
        """Those that nobody took out. Every page and total asks for these alone."""
        return self.filter(removed_at__isnull=True)

    def counted(self) -> Self:
        """Of one point the best known figure alone: totals are made of these."""
        return self.standing().annotate(rank=rank()).filter(~Exists(known_as_well(rank__gt=OuterRef("rank"))))

    def with_own_word(self) -> Self:
        """What the client said of the same, as `own_word`; None where they said nothing."""
        own = apps.get_model("casework", "Measure").objects.standing().filter(
            case=OuterRef("case"), what=OuterRef("what"), point=OuterRef("point"), grade="confirmed"
        )  # fmt: skip
        return self.annotate(own_word=Subquery(own.values("value")[:1]))

    def to_confirm(self) -> Self:
        """What a colleague was told, and what they took from a paper, unless the client says just that."""
        told = Q(grade="said", follow_up__isnull=False)
        from_paper = Q(grade="documented", paper__isnull=False) & ~Q(own_word__isnull=False, own_word=F("value"))
        return self.standing().with_own_word().filter(told | from_paper)

    def says_otherwise(self) -> Self:
        """What is another figure than the client's own."""
        return self.standing().with_own_word().filter(own_word__isnull=False).exclude(own_word=F("value"))

    def removed_by(self, user: User, *, since: dt.datetime) -> Self:
        """What the user took out and may put back: nothing has its place by now."""
        rows = self.visible_to(user).filter(removed_by=user, removed_at__gt=since).annotate(rank=rank())
        return rows.filter(~Exists(known_as_well(rank__gte=OuterRef("rank"))))


def known_as_well(**better: Any) -> Any:
    """What stands of the same point, and is known so well."""
    rows = apps.get_model("casework", "Measure").objects.standing().exclude(point="other").annotate(rank=rank())
    return rows.filter(case=OuterRef("case"), what=OuterRef("what"), point=OuterRef("point"), **better)


def to_ask(rows: Any, *, point: str, began: tuple[dt.date, dt.date]) -> Any:
    """Cases of clients who began within these days, let SMEDA contact them, and were not asked at this point.

    Closed cases too; who died is not asked, and a joined record's case goes on elsewhere.
    """
    asked = apps.get_model("casework", "FollowUp").objects.filter(case=OuterRef("pk"), point=point)
    first, last = began
    return (
        rows.to_contact()
        .filter(
            enterprise__merged_into__isnull=True,
            enterprise__client_since__gte=begin_of(first),
            enterprise__client_since__lt=begin_of(last + dt.timedelta(days=1)),
        )
        .exclude(outcome__in=["died", "merged"])
        .filter(~Exists(asked))
    )
