"""What the demo adds to a pool of interpreters, so that its desk can be tried.

The interpreters and whoever asks are invented, and their names say so; addresses end in
demo.example. What the public reads of the pool stays as it was loaded.
"""

import datetime as dt

from contacts.enquiries.receiving import receive
from contacts.models import Enquiry, Interpreter, InterpreterPool
from contacts.models.enquiry import EnquiryKind, Talk
from contacts.snapshot import latest
from portal import clock

POOL = "sprachmittlung-mittelsachsen"
TOWN = "14522080"  # Döbeln
NONCE = "demo-interpreting"
# Name, languages, notes, whether at work.
INTERPRETERS = (
    ("Saba Beispiel", ["ti", "am", "en"], "Dienstag und Donnerstag, auch abends", True),
    ("Yonas Muster", ["ti", "ar"], "Nur Döbeln und Umgebung", True),
    ("Farida Erfunden", ["fa", "ps", "en"], "Vormittags, gern beim Arzt", True),
    ("Olena Ausgedacht", ["uk", "ru"], "Zurzeit in Elternzeit", False),
)


def create_interpreters(*, now: dt.datetime) -> None:
    """Create interpreters and one enquiry that waits for one of them, unless they are there.

    The talk is on the Tuesday of next week. Raises `InterpreterPool.DoesNotExist` before the
    offices are loaded.
    """
    pool = InterpreterPool.objects.get(slug=POOL)
    if not pool.members.exists():
        for number, (name, languages, notes, is_active) in enumerate(INTERPRETERS, start=1):
            Interpreter.objects.create(
                pool=pool,
                name=name,
                email=f"interpreter-{number}@demo.example",
                languages=languages,
                notes=notes,
                is_active=is_active,
            )
    if not Enquiry.objects.filter(nonce=NONCE).exists():
        _ask(now=now)


def _ask(*, now: dt.datetime) -> None:
    """As a resident would with the form."""
    today = clock.today(now)
    snapshot = latest()
    place = next(place for place in snapshot.gazetteer.by_id.values() if place.key == TOWN)
    values = {
        "kind": EnquiryKind.INTERPRETER,
        "name": "Familie Beispiel",
        "email": "family@demo.example",
        "typed_place": place.name,
        "languages": ["ti"],
        "talk": Talk.SCHOOL,
        "talk_on": today + dt.timedelta(days=8 - today.weekday()),
        "talk_at": dt.time(14, 30),
        "text": "Gespräch mit der Klassenlehrerin (Beispiel)",
    }
    receive(values, place=place, nonce=NONCE, snapshot=snapshot, now=now)
