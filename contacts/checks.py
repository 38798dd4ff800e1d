"""What `manage.py check --deploy --database default` says about the agencies' legal pages."""

from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import Error

from contacts.models import Agency, LegalDetails


@register(Tags.database, deploy=True)
def legal_details_are_complete(app_configs, databases, **kwargs) -> list[CheckMessage]:
    """One warning for each agency, with the fields that the law asks for and nobody has filled."""
    if "default" not in (databases or ()):
        return []
    try:
        agencies = list(Agency.objects.select_related("legal").order_by("slug"))
    except Error:
        return []  # not migrated yet; `/readyz` says so
    return [
        Warning(
            f"Agency {agency.slug}: legal details are missing: {', '.join(missing)}.",
            hint="Fill them in the administration, under “rechtliche Angaben”.",
            id="contacts.W001",
        )
        for agency in agencies
        if (missing := getattr(agency, "legal", LegalDetails()).missing())
    ]
