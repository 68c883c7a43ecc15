"""Words of Django's own admin that its Urdu lacks or says stiffly: listed here, they stand in our catalogue."""

from django.utils.translation import gettext_noop as _

WORDS = [
    _("Add %s"),
    _("Change %s"),
    _("Change password"),
    _("Close"),
    _("Home"),
    _("Log out"),
    _("My actions"),
    _("None available"),
    _("Recent actions"),
    _("Remove from sorting"),
    _("Select %s to change"),
    _("Select %s to view"),
    _("Skip to main content"),
    _("The {name} “{obj}” was added successfully."),
    _("The {name} “{obj}” was changed successfully."),
    _("Toggle navigation"),
    _("Toggle sorting"),
    _("View"),
    _("View %s"),
    _("View site"),
]
