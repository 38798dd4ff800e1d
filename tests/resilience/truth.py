"""What the processes of `tests.resilience.kill` do at the database of a trial."""

import datetime as dt

from django.db import connection
from django.db.models import Count

from contacts.models import Enquiry
from portal import clock, sending
from portal.models import OutboxMessage
from tests.contacts.county import county


def prepare() -> None:
    county()


def waiting() -> int:
    return OutboxMessage.objects.filter(state="waiting").count()


def send_the_rest() -> int:
    """Send what still waits, as the jobs would when all leases are over; how many."""
    count = 0
    while sent := sending.send_due(tell_time=lambda: clock.now() + dt.timedelta(hours=2)).sent:
        count += sent
    return count


def stored() -> dict:
    """Who has written, with which number, how many events that made; every mail; what is broken."""
    broken = []
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            said = cursor.execute("PRAGMA integrity_check").fetchone()[0]
            broken = [] if said == "ok" else [said]
    connection.check_constraints()
    enquiries = Enquiry.objects.annotate(Count("events")).order_by("pk")
    return {
        "enquiries": list(enquiries.values_list("email", "reference", "events__count")),
        "mails": list(OutboxMessage.objects.values_list("recipient", "message_id", "state")),
        "broken": broken,
    }
