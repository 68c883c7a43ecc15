"""7: the programme manager's figures open to their rows; the administrator changes what may be changed."""

import csv
from collections.abc import Sequence
from io import StringIO

from django.utils.translation import override
from playwright.sync_api import Page

from reports.actions.months import parts, rests_on, shown
from reports.indicators import INDICATORS, Figure, Indicator
from tests.browser.parts.company import Journey, sign_in_as_colleague
from tests.browser.walking import fill, path_of

ON_DASHBOARD = [code for code, one in INDICATORS.items() if not one.page]
# Whose rows say how many more, or fewer, each adds.
SUMMED = {"jobs": "more", "jobs_women": "more_women"}


def read_figures(journey: Journey) -> None:
    """Every indicator and one chart with its table."""
    page = sign_in_as_colleague(journey, "programme", "programme@sample.invalid", first_page="/reports/")
    journey.see("programme", "reports")
    addresses = [link.get_attribute("href") for link in page.locator("main .fig a").all()]
    assert len(addresses) == len(ON_DASHBOARD) == 26
    assert page.locator("main svg.chart").count() == 1
    figures: dict[str, Figure] = {}
    for code, address in zip(ON_DASHBOARD, addresses, strict=True):
        assert address.startswith(f"/reports/{code}/rows/")
        figures[code] = open_rows(journey, INDICATORS[code], address, figures)
    journey.see("programme", "report-rows")


def open_rows(journey: Journey, indicator: Indicator, address: str, figures: dict[str, Figure]) -> Figure:
    """The page's figure is what its rows come to, counted or summed anew from the file of all of them.

    Beside one that rests on answers stands out of how many, as the `figures` before it say.
    """
    page = journey.go("programme", address)
    said = (page.locator("main .big").inner_text(), page.locator("main .big + .mute").all_inner_texts())
    figure = figure_of(indicator, rows_of(page, f"{address}&format=csv"))
    with override(journey.walk.language):
        note = parts(indicator, figure) or rests_on(indicator, figures | {indicator.code: figure})
        assert said == (shown(indicator, figure), [note] if note else [])
    return figure


def rows_of(page: Page, address: str) -> list[list[str]]:
    lines = page.request.get(address).text().lstrip("\ufeff")
    return list(csv.reader(StringIO(lines)))[1:]


def figure_of(indicator: Indicator, rows: Sequence[Sequence[str]]) -> Figure:
    """Counted by hand, from what the columns say."""
    columns = [column.path for column in indicator.columns]

    def total(path: str, kept: Sequence[Sequence[str]] = rows) -> int:
        return sum(int(row[columns.index(path)]) for row in kept)

    counted = [row for row in rows if "is_counted" in columns and row[columns.index("is_counted")] in {"Yes", "ہاں"}]
    if indicator.code in SUMMED:
        return Figure(total(SUMMED[indicator.code], counted), len(counted))
    if indicator.code == "hours":
        return Figure(round(total("took") / 60))
    if "unpaid" in columns:
        return Figure(total("unpaid", counted), total("unpaid"))
    for part, whole in (("met", ["fallen"]), ("days_lender", ["days_applicant", "days_smeda", "days_lender"])):
        if part in columns:
            return Figure(total(part), sum(map(total, whole)))
    if "principal" in columns:
        return Figure(total("principal"))
    return Figure(len(counted), len(rows)) if "is_counted" in columns else Figure(len(rows))


def download_month_report(journey: Journey) -> None:
    page = journey.go("programme", "/reports/")
    journey.see("programme", "reports-with-file")
    for kind, begins in (("pdf", b"%PDF-"), ("csv", "\ufeffmonth".encode())):
        link = page.locator(f"main a[href^='/reports/months/'][href$='/{kind}/']").get_attribute("href")
        assert page.request.get(link).body().startswith(begins)


def administer(journey: Journey) -> None:
    """A holiday is changed; a loan's state and money are there to read, with nothing to type and nothing to save."""
    page = sign_in_as_colleague(journey, "administrator", "admin@sample.invalid", first_page="/admin/")
    journey.see("administrator", "admin")
    page.goto("/admin/places/holiday/")
    journey.see("administrator", "admin-holidays")
    with page.expect_navigation():
        page.locator("#result_list tbody th a").first.click()
    fill(page, name="A day of rest")
    journey.see("administrator", "admin-holiday")
    with page.expect_navigation():
        page.locator("input[name=_save]").click()
    assert page.locator("#result_list").get_by_text("A day of rest").count() == 1
    page.goto(f"/admin/loans/loan/{journey.loan_id}/change/")
    journey.see("administrator", "admin-loan")
    form = page.locator("#content form")
    assert form.locator("input:not([type=hidden]), select, textarea").count() == 0
    assert path_of(page) == f"/admin/loans/loan/{journey.loan_id}/change/"
