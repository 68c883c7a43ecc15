"""Who borrows what and when, drawn at random: temporary tables, gone with the transaction, of which the rows are made.

The same seed and day draw the same. Amounts and days follow the portal's own rules (`loans.schedule`), worked out once
for each combination that occurs.
"""

import csv
import io
import random
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.db import connection

from enterprises.actions.people import keys_to_find
from enterprises.models import Sector, Sex
from loans.models import Offer
from loans.schedule import ScheduleError, first_due_on, instalment_of
from portal.national.branches import OFFICERS, Branch
from portal.national.people import array
from portal.national.shares import slices
from portal.sample import names

# Latest loans were given in the last so many days; somebody's earlier ones before that.
DAYS_BACK = 900
BETWEEN = 2  # months, at least, from the last instalment's month to the next loan
YEARS_BACK = 12  # far enough for three loans of three years each
SKEW = 2.8  # small sums are lent more often: the mean is near the Rs 47,228 of December 2019
NAMES = 20_000  # different people's names of each sex
MONTHS = (6, 8, 10, 12, 15, 18, 20, 24, 30, 36)
THOUSAND = 1000
MASK = 2**53 - 1  # as many bits as a float8 holds
# So many draws for each number; what is drawn for what.
DRAWS = (
    "branch", "sex", "name", "work", "trade", "place", "cycle", "day", "gap", "product", "terms", "behind", "paid",
)  # fmt: skip


def draw(what: str, number: str) -> str:
    """SQL of a number from 0 up to 1: the same for the same seed, `what` and row."""
    return f"pg_temp.national_draw({DRAWS.index(what)}, {number})"


def draw_all(loans: int, branches: Sequence[Branch], *, seed: int, today: date) -> int:
    """Make the temporary tables for at least so many loans. Returns the number of borrowers."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '256MB'")
        cursor.execute(
            "CREATE FUNCTION pg_temp.national_draw(what int, number bigint) RETURNS float8 LANGUAGE sql IMMUTABLE AS "
            f"'SELECT (hashint8extended(number, {int(seed)} * 100 + what) & {MASK}) / {MASK + 1}.0::float8'"
        )
        give_branches(cursor, branches)
        many_names = min(loans, NAMES)
        give_names(cursor, many_names, seed=seed)
        give_trades(cursor)
        give_offers(cursor, today)
        borrowers = draw_borrowers(cursor, loans, branches=len(branches), names=many_names)
        draw_loans(cursor, today)
        place_borrowers(cursor)
    return borrowers


def table(cursor, name: str, columns: str, rows: Iterable[Sequence[object]]) -> None:
    """A temporary table, filled by COPY. Empty is NULL, "" is the empty text."""
    cursor.execute(f"CREATE TEMPORARY TABLE {name} ({columns}) ON COMMIT DROP")
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    text.seek(0)
    cursor.cursor.copy_expert(f"COPY {name} FROM STDIN (FORMAT csv)", text)
    cursor.execute(f"ANALYZE {name}")


def chosen(of: str, number: str) -> str:
    """SQL of the share of `of` that is drawn for this number."""
    pieces = slices(of)
    codes = ", ".join(f"'{piece.code}'" for piece in pieces)
    ends = ", ".join(str(piece.low) for piece in pieces[1:])
    return f"(ARRAY[{codes}])[1 + width_bucket({draw(of, number)}, ARRAY[{ends}]::float8[])]"


def give_branches(cursor, branches: Sequence[Branch]) -> None:
    columns = (
        "n int PRIMARY KEY, branch bigint, district bigint, prefix text, card text, cashier bigint, manager bigint, "
        "area bigint, officers bigint[]"
    )
    rows = [
        (
            number, one.office.pk, one.district.pk, one.district.prefix, one.card, one.cashier.pk, one.manager.pk,
            one.area_manager.pk, array([str(officer.pk) for officer in one.officers]),
        )
        for number, one in enumerate(branches)
    ]  # fmt: skip
    table(cursor, "national_branch", columns, rows)


def give_names(cursor, number: int, *, seed: int) -> None:
    """So many women and men, each with the keys by which their record is found."""
    rng = random.Random(f"borrowers {seed}")
    rows = []
    for sex in (Sex.WOMAN, Sex.MAN):
        for each in range(number):
            name = names.of_person(rng, is_woman=sex == Sex.WOMAN)
            parent = names.of_person(rng, is_woman=False)
            born = rng.randrange(1966, 2004)
            keys = keys_to_find(name, parent, born)
            rows.append((sex, each, name, parent, born, array(keys["likeness_keys"]), array(keys["sound_keys"])))
    columns = (
        "sex text, n int, name text, parent text, born int, likeness varchar[], sounds varchar[], PRIMARY KEY (sex, n)"
    )
    table(cursor, "national_name", columns, rows)


def give_trades(cursor) -> None:
    """What people do, by the kind of work and who does it."""
    parents = dict(Sector.objects.filter(parent__isnull=False).values_list("code", "parent__code"))
    ids = dict(Sector.objects.values_list("code", "pk"))
    rows, count = [], {}
    for code, name, what, fits, buys in names.TRADES:
        for sex, letter in ((Sex.WOMAN, "w"), (Sex.MAN, "m")):
            # Where nothing is said of her kind of work, she does what others do there.
            alone = not any(
                parents[other] == parents[code] and f in {letter, "both"} for other, _n, _w, f, _b in names.TRADES
            )
            if fits in {letter, "both"} or alone:
                key = (parents[code], sex)
                rows.append((*key, count.get(key, 0), ids[code], name, what, buys))
                count[key] = count.get(key, 0) + 1
    told = [(*row, count[row[0], row[1]]) for row in rows]
    columns = "work text, sex text, n int, sector bigint, name text, what text, buys text, many int"
    table(cursor, "national_trade", columns, told)


def give_offers(cursor, today: date) -> None:
    """What is lent, with all sums and months whose instalments come out, and the first due day after each day."""
    offers = (
        Offer.objects.in_force(on=today).for_choice().filter(scheme__is_counted=False, product__partner__code="aim")
    )
    by_code = {offer.product.code: offer for offer in offers}
    shares, terms, due = [], [], set()
    for piece in slices("product", among=set(by_code)):
        offer, product = by_code[piece.code], by_code[piece.code].product
        found = list(terms_of(offer))
        terms += [(offer.pk, number, *one) for number, one in enumerate(found)]
        due.add((product.due_day, product.min_days_to_first))
        shares.append((
            offer.pk, piece.low, piece.high, len(found), product.pk, offer.scheme_id, product.partner_id,
            product.step_months, product.multiple, product.rounding, product.due_day, product.min_days_to_first,
        ))  # fmt: skip
    columns = (
        "offer bigint, low float8, high float8, many int, product bigint, scheme bigint, partner bigint, "
        "step int, multiple int, rounding text, due_day int, min_days int"
    )
    table(cursor, "national_offer", columns, shares)
    table(cursor, "national_terms", "offer bigint, n int, amount int, months int, count int, instalment int", terms)
    days = [today - timedelta(days=back) for back in range(YEARS_BACK * 366)]
    firsts = [
        (day, *rule, first_due_on(day, due_day=rule[0], min_days=rule[1])) for day in days for rule in sorted(due)
    ]
    table(cursor, "national_first", '"on" date, due_day int, min_days int, first date', firsts)


def terms_of(offer: Offer) -> Iterable[tuple[int, int, int, int]]:
    """Amount, months, number of instalments and the instalment, from the smallest sum to the largest."""
    product = offer.product
    for amount in range(product.min_amount, offer.most + 1, THOUSAND):
        for months in MONTHS:
            if months > offer.longest or months % product.step_months:
                continue
            count = product.counts(months)
            try:
                yield (
                    amount,
                    months,
                    count,
                    instalment_of(amount, count, multiple=product.multiple, rounding=product.rounding),
                )
            except ScheduleError:
                continue


def draw_borrowers(cursor, loans: int, *, branches: int, names: int) -> int:
    """People, each with the number of loans that they have had; together at least so many loans."""
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE national_borrower ON COMMIT DROP AS
        WITH drawn AS (
            SELECT p, {chosen("cycle", "p")}::int AS loans, {chosen("sex", "p")} AS sex, {chosen("work", "p")} AS work,
                {chosen("place", "p")} AS area,
                floor({draw("branch", "p")} * %(branches)s)::int AS branch_n,
                floor({draw("name", "p")} * %(names)s)::int AS name_n
            FROM generate_series(1, %(loans)s) p
        ), counted AS MATERIALIZED (
            SELECT *, sum(drawn.loans) OVER (ORDER BY p) - drawn.loans AS before FROM drawn
        )
        SELECT c.p, c.loans, c.sex, c.area, b.branch, b.district, b.prefix, b.card, b.cashier, b.manager,
            b.area AS area_manager, b.officers[mod(c.p, {OFFICERS}) + 1] AS officer,
            who.name, who.parent, who.born, who.likeness, who.sounds,
            t.sector, t.name AS called, t.what, t.buys
        FROM counted c
        JOIN national_branch b ON b.n = c.branch_n
        JOIN national_name who ON who.sex = c.sex AND who.n = c.name_n
        JOIN national_trade t ON t.work = c.work AND t.sex = c.sex AND t.n = floor({draw("trade", "c.p")} * t.many)
        WHERE c.before < %(loans)s
        """,  # noqa: S608 - our own names alone
        {"loans": loans, "branches": branches, "names": names},
    )
    return cursor.rowcount


def draw_loans(cursor, today: date) -> None:
    """Each borrower's loans, an earlier one repaid before the next was given; how much of each has been paid."""
    number = "(b.p * 4 + cycle)"
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE national_loan ON COMMIT DROP AS
        WITH drawn AS (
            SELECT b.p, cycle, cycle = b.loans AS is_last, o.*, t.amount, t.months, t.count, t.instalment,
                CASE WHEN cycle < b.loans THEN t.months + {BETWEEN} + floor({draw("gap", number)} * 3)::int ELSE 0 END
                    AS apart,
                {chosen("behind", number)}::int AS behind
            FROM national_borrower b CROSS JOIN LATERAL generate_series(1, b.loans) cycle
            JOIN national_offer o ON {draw("product", number)} >= o.low AND {draw("product", number)} < o.high
            JOIN national_terms t ON t.offer = o.offer AND t.n = floor(power({draw("terms", number)}, {SKEW}) * o.many)
        ), given AS (
            SELECT d.*, (
                %(today)s::date - 1 - floor({draw("day", "d.p")} * {DAYS_BACK})::int
                - make_interval(months => sum(d.apart) OVER (PARTITION BY d.p ORDER BY d.cycle DESC)::int)
            )::date AS disbursed_on
            FROM drawn d
        ), due AS (
            SELECT g.*, f.first AS first_due_on, CASE WHEN f.first > %(today)s::date THEN 0
                ELSE 1 + (extract(year FROM since) * 12 + extract(month FROM since))::int / g.step END AS fallen_due
            FROM given g
            JOIN national_first f ON f."on" = g.disbursed_on AND f.due_day = g.due_day AND f.min_days = g.min_days
            CROSS JOIN LATERAL age(%(today)s::date, f.first) since
        )
        SELECT row_number() OVER (ORDER BY disbursed_on, p) AS l, due.*, %(today)s::date AS today,
            CASE WHEN is_last THEN least(count, greatest(0, fallen_due - behind)) ELSE count END AS paid_count
        FROM due
        """,  # noqa: S608 - our own names alone
        {"today": today},
    )
    cursor.execute("ANALYZE national_borrower, national_loan")


def place_borrowers(cursor) -> None:
    """Since when each is known, and their place among those of the branch: whoever comes next lives next door."""
    cursor.execute(
        """
        CREATE TEMPORARY TABLE national_placed ON COMMIT DROP AS
        SELECT b.*, first.since, row_number() OVER (PARTITION BY b.branch ORDER BY b.p) - 1 AS place,
            count(*) OVER (PARTITION BY b.branch) AS neighbours
        FROM national_borrower b
        JOIN (SELECT p, min(disbursed_on) AS since FROM national_loan GROUP BY p) first USING (p)
        """
    )
    cursor.execute("DROP TABLE national_borrower")
    cursor.execute("ALTER TABLE national_placed RENAME TO national_borrower")
    cursor.execute("ALTER TABLE national_borrower ADD PRIMARY KEY (p)")
    cursor.execute("CREATE INDEX ON national_borrower (branch, place)")
    cursor.execute("ANALYZE national_borrower")
