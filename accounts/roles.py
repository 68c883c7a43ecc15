"""What people of the programme are appointed as. Lowest layer: rules, querysets and models all speak of roles."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    ADVISOR = "advisor", _("SMEDA advisor")
    REGIONAL_MANAGER = "regional_manager", _("SMEDA regional manager")
    TRAINER = "trainer", _("Trainer")
    LOAN_OFFICER = "loan_officer", _("Loan officer")
    CASHIER = "cashier", _("Cashier")
    BRANCH_MANAGER = "branch_manager", _("Branch manager")
    AREA_MANAGER = "area_manager", _("Area manager")
    PARTNER_CLERK = "partner_clerk", _("Partner's clerk")
    COMMITTEE_MEMBER = "committee_member", _("Steering committee member")
    PROGRAMME_MANAGER = "programme_manager", _("Programme manager")
    MINISTRY_VIEWER = "ministry_viewer", _("Ministry viewer")
    ADMINISTRATOR = "administrator", _("Administrator")
    AUDITOR = "auditor", _("Auditor")


# Roles whose sight follows the districts that their office covers.
DISTRICT_ROLES = frozenset({Role.ADVISOR, Role.REGIONAL_MANAGER})
# Roles that may have a case: at the head office, where nobody else is, the programme's manager.
HOLDER_ROLES = DISTRICT_ROLES | {Role.PROGRAMME_MANAGER}
# Who manages at SMEDA, an office or the programme.
MANAGER_ROLES = frozenset({Role.REGIONAL_MANAGER, Role.PROGRAMME_MANAGER})
# Roles that read every case: the programme's own, and the dated reader.
NATIONAL_ROLES = frozenset({Role.PROGRAMME_MANAGER, Role.AUDITOR})
LENDER_ROLES = frozenset({Role.LOAN_OFFICER, Role.CASHIER, Role.BRANCH_MANAGER, Role.AREA_MANAGER})
# Roles that work with clients: only these hold what is granted to an office. The others see figures, or keep accounts.
CLIENT_ROLES = DISTRICT_ROLES | LENDER_ROLES | {Role.TRAINER}
# Roles that write down people whom they meet. A partner's clerk does that and nothing else.
REGISTRAR_ROLES = DISTRICT_ROLES | {Role.PARTNER_CLERK}
