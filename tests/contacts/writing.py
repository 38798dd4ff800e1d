"""Sending the form of an enquiry as a browser does: opened, and sent half a minute later."""

import datetime as dt

import time_machine
from django.test import Client

from tests.contacts.county import BEFORE_NOON

KINDS = {
    "hilfe-anbieten": {"activities": ["sport", "german"], "place": "Grimma"},
    "hilfe-suchen": {"activities": ["homework"], "place": "Grimma"},
    "mitmachen": {"text": "We play football.", "place": "Grimma"},
    "idee": {"text": "A garden for all.", "place": "Grimma"},
    "sprachmittlung": {
        "wanted_language": "ar",
        "talk": "health",
        "talk_on": "2026-12-01",
        "talk_at": "14:30",
        "place": "Grimma",
    },
    "netzwerk": {"organisation": "Hilfe e. V.", "text": "We help.", "place": "Grimma"},
    "barriere": {"text": "The map cannot be read."},
}
REACH = {"email": "amal@example.org"}
LATER = BEFORE_NOON + dt.timedelta(seconds=30)


def opened(client: Client, kind: str, query: str = "", *, language: str = "en"):
    """The form as the page shows it at `BEFORE_NOON`."""
    with time_machine.travel(BEFORE_NOON, tick=False):
        return client.get(f"/{language}/anfrage/{kind}/{query}").context["form"]


def hidden(form) -> dict:
    return {field.name: field.value() or "" for field in form.hidden_fields()}


def send(client: Client, kind: str, *, at=LATER, form=None, language: str = "en", **values):
    """Open the form of `kind`, fill it in with what it needs and `values`, and send it."""
    form = form or opened(client, kind, language=language)
    data = {**hidden(form), **KINDS[kind], **REACH, **values}
    with time_machine.travel(at, tick=False):
        return client.post(f"/{language}/anfrage/{kind}/", data)
