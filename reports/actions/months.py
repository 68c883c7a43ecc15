"""Closing a month: its figures are frozen, and its report is written once as PDF and CSV."""

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from journal.jobs import write_file
from journal.models import JobRun
from kit import pdf, words
from kit.exports import write_csv
from reports.indicators import INDICATORS, Figure, Indicator
from reports.models import ClosedFigure, ClosedMonth
from reports.periods import Month

# Late slips of the month's last days reach the book until then.
CLOSES_ON_DAY = 3
CLOSES_AT = time(6)
NOTHING = "–"


def due_period(now: datetime) -> str | None:
    """The month whose report is due by now: last month's from the third day of this one, else the one before."""
    today = timezone.localtime(now)
    last = Month.of(today.date()).after(-1)
    opens = timezone.make_aware(datetime.combine(last.after(1).first + timedelta(days=CLOSES_ON_DAY - 1), CLOSES_AT))
    return str(last if now >= opens else last.after(-1))


def figures_of(month: Month, viewer: User) -> dict[str, Figure]:
    return {code: indicator.figure(month, viewer) for code, indicator in INDICATORS.items()}


@transaction.atomic
def close(*, month: Month, by: User) -> ClosedMonth:
    """Freeze the month's figures; a month that is closed stays as it is, whoever asks again."""
    closed, is_new = ClosedMonth.objects.get_or_create(month=month.first)
    if is_new:
        ClosedFigure.objects.bulk_create(
            ClosedFigure(
                month=closed,
                code=code,
                numerator=figure.numerator,
                denominator=figure.denominator,
                version=figure.version,
            )
            for code, figure in figures_of(month, by).items()
        )
    return closed


def frozen(month: Month) -> dict[str, Figure] | None:
    """The figures as they stood when the month was closed; None while it is open."""
    rows = ClosedFigure.objects.filter(month__month=month.first)
    found = {row.code: Figure(row.numerator, row.denominator, row.version) for row in rows}
    return found or None


def write(run: JobRun) -> Mapping[str, object]:
    """The job `reports.month`: close the period's month and write its report, both languages on one sheet."""
    month = Month.parse(run.period)
    if month is None:
        raise ValueError(run.period)
    close(month=month, by=User.objects.system())
    figures = frozen(month) or {}
    return {kind: write_file(run, f"report-{month}.{kind}", made(month, figures)) for kind, made in WRITTEN.items()}


def as_csv(month: Month, figures: Mapping[str, Figure]) -> bytes:
    head = ("month", "code", "indicator", "numerator", "denominator", "percent", "definition")
    return write_csv([head, *csv_rows(month, figures)])


def csv_rows(month: Month, figures: Mapping[str, Figure]) -> Iterator[tuple[object, ...]]:
    with override("en"):
        for code, figure in figures.items():
            indicator = INDICATORS[code]
            yield (
                str(month),
                code,
                str(indicator.title),
                figure.numerator,
                figure.denominator,
                figure.percent if indicator.unit == "percent" else None,
                defined(indicator, figures),
            )


def as_pdf(month: Month, figures: Mapping[str, Figure]) -> bytes:
    rows = [row_of(INDICATORS[code], figure, figures) for code, figure in figures.items()]
    content: dict[str, object] = {"rows": rows}
    for language in ("en", "ur"):
        with override(language):
            content[language] = {
                "title": _("The programme in %(month)s") % {"month": words.plain(words.month(month.first))},
                "portal": _("Small Business Portal"),
                "closed": _("This month is closed. What was entered after that is not in these figures."),
            }
    return pdf.render("reports/month.typ", content, at=month.ends_at)


# How each file of the report is made.
WRITTEN = {"pdf": as_pdf, "csv": as_csv}


def row_of(indicator: Indicator, figure: Figure, figures: Mapping[str, Figure]) -> dict[str, str]:
    row = {"value": printed(indicator, figure), "parts": parts(indicator, figure)}
    for language in ("en", "ur"):
        with override(language):
            row[f"title_{language}"] = str(indicator.title)
            row[f"definition_{language}"] = defined(indicator, figures)
    return row


def defined(indicator: Indicator, figures: Mapping[str, Figure]) -> str:
    """What is counted, and on how many answers it rests."""
    return " ".join(filter(None, [str(indicator.definition), rests_on(indicator, figures)]))


def shown(indicator: Indicator, figure: Figure) -> str:
    """The figure as people read it: 1,184, Rs 4.84 crore, 97.4%, or a dash where nothing stands below the line."""
    if indicator.unit == "percent":
        return NOTHING if figure.percent is None else f"{figure.percent}%"
    drawn = words.rupees_large if indicator.unit == "rupees" else words.number
    return words.plain(drawn(figure.numerator))


def printed(indicator: Indicator, figure: Figure) -> str:
    """The same in the month's report, whatever language is spoken now."""
    with override("en"):
        return shown(indicator, figure)


def rests_on(indicator: Indicator, figures: Mapping[str, Figure]) -> str:
    """Of how many answers, out of how many asked: beside every figure that rests on answers."""
    if not indicator.among or (base := figures.get(indicator.among)) is None:
        return ""
    own = figures.get(indicator.code)
    if indicator.unit == "count" and own is not None and own.denominator is not None:
        return _("Of the %(known)s whose beginning is known, out of %(answered)s who answered and %(asked)s asked.") % {
            "known": words.plain(words.number(own.denominator)),
            "answered": words.plain(words.number(base.numerator)),
            "asked": words.plain(words.number(base.denominator or 0)),
        }
    return _("Of the %(answered)s who answered out of %(asked)s asked.") % {
        "answered": words.plain(words.number(base.numerator)),
        "asked": words.plain(words.number(base.denominator or 0)),
    }


def parts(indicator: Indicator, figure: Figure) -> str:
    """The two numbers of a share."""
    is_share = indicator.unit == "percent" and figure.denominator is not None
    return f"{figure.numerator:,}/{figure.denominator:,}" if is_share else ""
