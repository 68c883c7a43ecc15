"""Who may record a registration: an advisor who saw the paper."""

import rules

from enterprises.rules import advises_enterprise, sees_enterprise

rules.add_perm("formalisation.view_registration", sees_enterprise)
rules.add_perm("formalisation.record_registration", advises_enterprise)
