"""The programme's indicators. Each opens to the rows that make it; two honest people count the same.

Every indicator is one function of a month and a viewer. It returns a `Figure` with numerator and denominator, and its
rows: no names, for the committee reads them too. Definitions are those agreed for this release (November 2026);
changing one is a decision with a date, not an edit.
"""

from reports.indicators import casework, helpdesk, lending, outcomes, portfolio, registration
from reports.indicators.base import Column, Figure, Indicator

INDICATORS: dict[str, Indicator] = {
    indicator.code: indicator
    for indicator in (
        *registration.INDICATORS,
        *casework.INDICATORS,
        *lending.INDICATORS,
        *portfolio.INDICATORS,
        *outcomes.INDICATORS,
        *helpdesk.INDICATORS,
    )
}

__all__ = ["INDICATORS", "Column", "Figure", "Indicator"]
