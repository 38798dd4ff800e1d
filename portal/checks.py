"""System checks of `manage.py check --deploy`: what the settings cannot refuse by themselves."""

import os

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured

from portal import smtp
from portal.auth import refuse_demo_accounts

LOOPBACK = ("localhost", "127.0.0.1", "::1")


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


@register(Tags.security, deploy=True)
def mail_can_leave_and_is_encrypted(app_configs, **kwargs) -> list[CheckMessage]:
    """Without a server, mail waits in the outbox; in the clear it goes to this machine only."""
    if settings.DEMO:
        return []
    if not smtp.is_configured() or not smtp.sender_is_an_address():
        return [
            Warning(
                "EMAIL_HOST or DEFAULT_FROM_EMAIL is not set, so no mail leaves the outbox.",
                hint="Name the mail server, and a sender such as Portal <portal@example.de>; then "
                "try `manage.py send_test_mail`.",
                id="portal.W003",
            )
        ]
    if settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL or settings.EMAIL_HOST in LOOPBACK:
        return []
    return [
        Warning(
            "Mail travels to EMAIL_HOST without encryption.",
            hint="Leave EMAIL_USE_TLS on, or set EMAIL_USE_SSL for a server on port 465.",
            id="portal.W004",
        )
    ]


@register(Tags.files, deploy=True)
def files_can_be_stored(app_configs, **kwargs) -> list[CheckMessage]:
    """A folder that is not there yet is made with the first file, if what it lies in is ours."""
    folder = settings.FILES_DIR
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK):
        return []
    return [
        Error(
            f"Uploaded files cannot be stored: {folder} is not writable.",
            hint="Give it to the user that runs the site, or set FILES_DIR to another folder.",
            id="portal.E002",
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
