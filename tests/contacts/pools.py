"""A pool of interpreters in the example county, its desk, and an enquiry that lies there."""

import datetime as dt
from dataclasses import dataclass

from contacts.models import Enquiry, Interpreter, InterpreterPool, Post
from portal.models import User
from tests import factories
from tests.contacts import desk
from tests.contacts.county import County, county

NOW = desk.NOW  # Monday, 23 November 2026
TALK = dt.date(2026, 12, 1)  # the Tuesday of the week after
AT_THE_TALK = dt.datetime(2026, 12, 1, 16, 0, tzinfo=dt.UTC)


@dataclass
class World:
    """`keeper` holds the desk of the pool; Richter is a coordinator of another post."""

    place: County
    post: Post
    pool: InterpreterPool
    keeper: User
    richter: User
    admin: User
    saba: Interpreter
    yonas: Interpreter


def world() -> World:
    place = county()
    topic = factories.topic("interpreting", "Sprachmittlung")
    post = factories.post(
        place.agency, "Servicestelle Sprachmittlung", slug="sprachmittlung", phone="03433 777"
    )
    factories.holder(post, "Karin Pool")
    factories.rule(post, place.district, topic=topic)
    pool = factories.pool(
        post,
        slug="pool",
        name="Servicestelle",
        run_by="Begegnung e. V.",
        summary="Wir helfen bei Gesprächen.",
        terms="Für Gespräche mit Ämtern\nKostenlos",
    )
    saba = factories.interpreter(
        pool, "Saba Kidane", email="saba@example.org", languages=["ti", "am"]
    )
    yonas = factories.interpreter(pool, "Yonas Tesfay", email="", phone="0170 2", languages=["ti"])
    return World(
        place,
        post,
        pool,
        desk.coordinator(post, "Karin Pool"),
        desk.coordinator(place.richter, "Martina Richter"),
        desk.staff(place, "agency_admin"),
        saba,
        yonas,
    )


def enquiry(of: World, **fields) -> Enquiry:
    fields = {
        "kind": "interpreter",
        "area": of.place.borna,
        "languages": ["ti"],
        "talk": "school",
        "talk_on": TALK,
        "talk_at": dt.time(14, 30),
        "text": "Elterngespräch",
        **fields,
    }
    return desk.enquiry(fields.pop("post", of.post), **fields)
