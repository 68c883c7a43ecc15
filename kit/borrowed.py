"""Sentences of Django's own that our pages may show, named here so that our catalogue has them in our Urdu.

Django's Urdu is partly missing and partly spelt unlike ours; the project's catalogue comes before it.
"""

from django.utils.translation import gettext_noop as _

SENTENCES = (
    _("This field is required."),
    _("Enter a valid email address."),
    _("Enter a valid value."),
    _("Enter a whole number."),
    _("Enter a number."),
    _("Enter a valid date."),
    _("Enter a valid time."),
    _("Enter a valid date/time."),
    _("Select a valid choice. %(value)s is not one of the available choices."),
    _("Select a valid choice. That choice is not one of the available choices."),
    _("Enter a list of values."),
    _("No file was submitted. Check the encoding type on the form."),
    _("No file was submitted."),
    _("The submitted file is empty."),
    _("Null characters are not allowed."),
    _("This field cannot be null."),
    _("This field cannot be blank."),
    _("The two password fields didn’t match."),
    _("%s KB"),
    _("%s MB"),
)

# Of the admin: what its pages say around our own words.
ADMIN = (
    _("%(app)s administration"),
    _("Add %s"),
    _("Add link"),
    _("Change %s"),
    _("Change or view list link"),
    _("Change password"),
    _("Close"),
    _("Empty"),
    _("Hide counts"),
    _("Home"),
    _("last login"),
    _("Log out"),
    _("Model name"),
    _("My actions"),
    _("None available"),
    _("Not empty"),
    _("Recent actions"),
    _("Remove from sorting"),
    _("Select %s to change"),
    _("Select %s to view"),
    _("Show counts"),
    _("Skip to main content"),
    _("Start typing to filter…"),
    _("The {name} “{obj}” was added successfully."),
    _("The {name} “{obj}” was changed successfully."),
    _("Toggle navigation"),
    _("Toggle sorting"),
    _("View"),
    _("View %s"),
    _("View site"),
)
