"""Who may read figures, and who may open them to their rows."""

import rules

from accounts.roles import Role
from accounts.rules import holds

reads_nationally = holds(Role.PROGRAMME_MANAGER, Role.COMMITTEE_MEMBER, Role.MINISTRY_VIEWER, Role.AUDITOR)
reads_regionally = holds(Role.REGIONAL_MANAGER)
reads_branches = holds(Role.BRANCH_MANAGER, Role.AREA_MANAGER)
is_ministry_viewer = holds(Role.MINISTRY_VIEWER)

rules.add_perm("reports.read_figures", reads_nationally | reads_regionally)
# The ministry reads aggregates alone.
rules.add_perm("reports.open_rows", (reads_nationally & ~is_ministry_viewer) | reads_regionally)
rules.add_perm("reports.download_report", holds(Role.PROGRAMME_MANAGER, Role.COMMITTEE_MEMBER, Role.AUDITOR))
# The lender's managers read the portfolio of their own branches, and no other figure.
rules.add_perm(
    "reports.read_portfolio_rows", (reads_nationally & ~is_ministry_viewer) | reads_regionally | reads_branches
)
rules.add_perm("reports.read_portfolio", reads_nationally | reads_regionally | reads_branches)
# Officer by officer: for those who lead them, and who audits.
rules.add_perm("reports.read_officers", holds(Role.PROGRAMME_MANAGER, Role.AUDITOR) | reads_branches)
