"""What `check --deploy` refuses: sample data and default doors in production."""

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.db import DatabaseError

SAMPLE_DOMAIN = "sample.invalid"


@register(Tags.security, deploy=True)
def no_sample_data(app_configs, **kwargs):
    if settings.SAMPLE_DATA:
        return [
            Error(
                "SAMPLE_DATA=1: sample accounts have published passwords.",
                hint="Remove SAMPLE_DATA from the environment.",
                id="portal.E001",
            )
        ]
    return []


@register(Tags.security, Tags.database, deploy=True)
def no_sample_accounts(app_configs, databases=None, **kwargs):
    """Sample accounts have addresses under a domain that cannot exist; none may stand beside real people."""
    if not databases:
        return []
    from accounts.models import User

    try:
        found = User.objects.filter(email__endswith=f"@{SAMPLE_DOMAIN}").count()
    except DatabaseError:
        return []  # not migrated yet: nobody can sign in either
    if found:
        return [
            Error(
                f"{found} sample accounts stand in this database.",
                hint="Start production on an empty database; never on a copy of the sample.",
                id="portal.E002",
            )
        ]
    return []
