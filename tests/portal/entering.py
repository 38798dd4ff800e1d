"""Coming in as people without a password do, for tests of what lies behind the entrance."""

import re

from django.test import Client

from portal.auth import APPLICANT_BACKEND
from portal.models import OutboxMessage, User

LOG_IN = "/de/anmelden/"
CODE = "/de/anmelden/code/"


def newest_mail(email: str) -> OutboxMessage:
    """The last mail to `email` that holds something."""
    return OutboxMessage.objects.filter(recipient=email, body__gt="").order_by("-pk")[0]


def code_in(email: str) -> str:
    """The six digits of the last mail to `email`."""
    return re.search(r"^\d{6}$", newest_mail(email).body, re.MULTILINE)[0]


def ask(client: Client, email: str, **fields: str):
    """Send the form with the address; returns the answer."""
    return client.post(LOG_IN, {"email": email} | fields)


def enter(client: Client, email: str, **fields: str):
    """Log `client` in by address and code, as a person would; returns the last answer."""
    ask(client, email, **fields)
    return client.post(CODE, {"code": code_in(email)})


def entered(email: str) -> Client:
    """A client that is logged in as the applicant `email`, without the way through the pages."""
    user = User.objects.of_address(email) or User.objects.create_user(email)
    client = Client()
    client.force_login(user, backend=APPLICANT_BACKEND)
    return client


def shown(answer) -> str:
    """The page without the places where an address may break."""
    return re.sub(r'<wbr><span class="keep">|</span>', "", answer.text)
