"""How a matcher does on pairs whose answer is known: what it finds, and what it takes for twins wrongly."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from enterprises.likeness import Facts, keys_of, score, slips_of
from kit import phones
from tests.enterprises.pairs import NEAR_MISSES, TWINS, Pair, Written

Matcher = Callable[[Facts, Facts], bool]


@dataclass
class Verdict:
    asked: Counter = field(default_factory=Counter)
    flagged: Counter = field(default_factory=Counter)

    def share(self, kinds: Iterable[str]) -> float:
        return sum(self.flagged[kind] for kind in kinds) / sum(self.asked[kind] for kind in kinds)

    @property
    def found(self) -> float:
        """Recall: the share of twins that are shown."""
        return self.share(TWINS)

    @property
    def false(self) -> float:
        """The share of near misses that are shown."""
        return self.share(NEAR_MISSES)

    @property
    def precision(self) -> float:
        """The share of what is shown that is one person; 200 twins among 500 near misses."""
        shown = self.flagged.total()
        return sum(self.flagged[kind] for kind in TWINS) / shown if shown else 0.0


def facts_of(written: Written) -> Facts:
    """What the forms would hand on: the phone and the card are read, the name stays as it was typed."""
    return Facts(
        name=written.name,
        sex=written.sex,
        parent_name=written.parent_name,
        parent_relation=written.parent_relation,
        birth_year=written.birth_year,
        phone=phones.parse(written.phone) if written.phone else "",
        cnic=written.cnic,
        districts=frozenset({written.district}),
    )


def is_within_reach(first: Facts, second: Facts) -> bool:
    """Whether the one on file is among those whom `PersonQuerySet.resembling` brings up for the other."""
    is_slip = bool(first.cnic and second.cnic) and first.cnic in slips_of(second.cnic)
    shared = set(keys_of(first)) & set(keys_of(second, years_around=1))
    return is_slip or bool(shared) or first.phone == second.phone != ""


def by_likeness(first: Facts, second: Facts) -> bool:
    return is_within_reach(first, second) and score(first, second).is_enough


def by_equality(first: Facts, second: Facts) -> bool:
    """What most registers do: the same name, and the same father or telephone, letter by letter."""
    same_parent = bool(first.parent_name) and first.parent_name == second.parent_name
    return first.name == second.name and (same_parent or first.phone == second.phone != "")


def judge(pairs: Iterable[Pair], matcher: Matcher = by_likeness) -> Verdict:
    verdict = Verdict()
    for pair in pairs:
        verdict.asked[pair.kind] += 1
        verdict.flagged[pair.kind] += matcher(facts_of(pair.first), facts_of(pair.second))
    return verdict
