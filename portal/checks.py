"""System checks of `manage.py check --deploy`: what the settings cannot refuse by themselves."""

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured

from portal.auth import refuse_demo_accounts


@register(Tags.urls, deploy=True)
def public_address_is_known(app_configs, **kwargs) -> list[CheckMessage]:
    """Printed notices, the sitemap and mails need an address that no request can tell."""
    if settings.DEMO or settings.SITE_URL.startswith("https://"):
        return []
    return [
        Warning(
            "SITE_URL is not set to an https address.",
            hint="Set it to where the public reaches the site: https://integration.example.de",
            id="portal.W001",
        )
    ]


@register(Tags.security, deploy=True)
def somebody_hears_of_holes(app_configs, **kwargs) -> list[CheckMessage]:
    """Without an address there is no `/.well-known/security.txt`."""
    if settings.DEMO or settings.SECURITY_CONTACT:
        return []
    return [
        Warning(
            "SECURITY_CONTACT is not set, so nobody learns whom to tell of a security hole.",
            hint="Set it to an address that is read: mailto:security@example.de",
            id="portal.W002",
        )
    ]


@register(Tags.database, deploy=True)
def demo_accounts_are_gone(app_configs, databases, **kwargs) -> list[CheckMessage]:
    """Runs with `--database default` only, as all checks that ask the database."""
    if settings.DEMO or "default" not in (databases or ()):
        return []
    try:
        refuse_demo_accounts()
    except ImproperlyConfigured as refusal:
        return [Error(str(refusal), id="portal.E001")]
    return []
