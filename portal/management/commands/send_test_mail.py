"""`manage.py send_test_mail ADDRESS`: does the configured mail server take our mail?"""

from argparse import ArgumentParser

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from portal import smtp

HINTS = {
    smtp.Problem.UNREACHABLE: "Check EMAIL_HOST and EMAIL_PORT, and that no firewall is between.",
    smtp.Problem.TIMEOUT: "Check EMAIL_PORT and EMAIL_USE_SSL, and that no firewall is between.",
    smtp.Problem.TLS: "Check EMAIL_USE_TLS and EMAIL_USE_SSL; EMAIL_HOST must be a name that the "
    "server's certificate holds, and the certificate one that this machine trusts.",
    smtp.Problem.LOG_IN: "Check EMAIL_USER and EMAIL_PASSWORD.",
    smtp.Problem.SENDER: "The server does not let us send as DEFAULT_FROM_EMAIL.",
    smtp.Problem.RECIPIENT: "The server is reached, and does not take this address.",
    smtp.Problem.CONTENT: "The server is reached, and does not take this text.",
    smtp.Problem.DEFERRED: "The server is reached, and asks to try later. The outbox would.",
}


class Command(BaseCommand):
    help = "Send one mail at once through the configured mail server, past the outbox."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", help="where to")

    def handle(self, *, address: str, **options) -> None:
        if settings.DEMO:
            raise CommandError("The demo never sends mail. Set MODE=production.")
        try:
            validate_email(address)
        except ValidationError:
            raise CommandError("This is no e-mail address.") from None
        if not smtp.is_configured():
            raise CommandError("Set EMAIL_HOST and DEFAULT_FROM_EMAIL.")
        self.stdout.write(f"Server {settings.EMAIL_HOST}:{settings.EMAIL_PORT}, {secured()}")
        self.stdout.write(f"Sender {settings.DEFAULT_FROM_EMAIL}")
        failure = smtp.send(
            EmailMessage("Test", "This is a test of the mail server.", to=[address])
        )
        if failure is not None:
            code = f" ({failure.code})" if failure.code else ""
            hint = HINTS.get(failure.problem, "")
            raise CommandError(f"Not sent: {failure.problem.value}{code}. {hint}".strip())
        self.stdout.write("Accepted by the server. Look whether it arrives.")


def secured() -> str:
    if settings.EMAIL_USE_SSL:
        return "TLS from the first byte"
    return "STARTTLS" if settings.EMAIL_USE_TLS else "without encryption"
