"""What `manage.py check --deploy --database default` says about agencies that lack something."""

from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import Error

from contacts.models import Agency, LegalDetails


@register(Tags.database, deploy=True)
def legal_details_are_complete(app_configs, databases, **kwargs) -> list[CheckMessage]:
    """One warning for each agency, with the fields that the law asks for and nobody has filled."""
    return [
        Warning(
            f"Agency {agency.slug}: legal details are missing: {', '.join(missing)}.",
            hint="Fill them in the administration, under “rechtliche Angaben”.",
            id="contacts.W001",
        )
        for agency in _agencies(databases)
        if (missing := getattr(agency, "legal", LegalDetails()).missing())
    ]


@register(Tags.database, deploy=True)
def answers_reach_somebody(app_configs, databases, **kwargs) -> list[CheckMessage]:
    """Most mails say that one can answer them."""
    return [
        Warning(
            f"Agency {agency.slug} has no e-mail address: answers to its mails go to "
            "DEFAULT_FROM_EMAIL, unless a post has one.",
            hint="Give it one that somebody reads, or read the mailbox of the sender.",
            id="contacts.W002",
        )
        for agency in _agencies(databases)
        if not agency.email
    ]


def _agencies(databases) -> list[Agency]:
    """All of them, where the check may ask the database."""
    if "default" not in (databases or ()):
        return []
    try:
        return list(Agency.objects.select_related("legal").order_by("slug"))
    except Error:
        return []  # not migrated yet; `/readyz` says so
