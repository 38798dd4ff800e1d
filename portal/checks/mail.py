"""Whether mail can leave."""

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register

from portal import smtp
from portal.checks.hosts import is_here


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
    found: list[CheckMessage] = []
    is_encrypted = settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL
    if not is_encrypted and not is_here(settings.EMAIL_HOST):
        found.append(
            Warning(
                "Mail travels to EMAIL_HOST without encryption.",
                hint="Leave EMAIL_USE_TLS on, or set EMAIL_USE_SSL for a server on port 465.",
                id="portal.W004",
            )
        )
    if bool(settings.EMAIL_HOST_USER) != bool(settings.EMAIL_HOST_PASSWORD):
        found.append(
            Warning(
                "Of EMAIL_USER and EMAIL_PASSWORD only one is set, so there is no log-in.",
                hint="Set both, or neither for a server that asks for no log-in.",
                id="portal.W005",
            )
        )
    return found
