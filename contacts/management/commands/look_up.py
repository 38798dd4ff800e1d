"""`manage.py look_up [--on DATE] [--topic SLUG] [--json] [TEXT …]`: the look-up on a terminal."""

import datetime as dt
import json
import sys

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from contacts.places import Place
from contacts.published import TopicView
from contacts.reasons import why
from contacts.resolver import Contact, LookUp, look_up
from contacts.snapshot import Snapshot, latest
from portal import clock


class Command(BaseCommand):
    help = (
        "Say who is responsible for a place. With --json and no text, read one text a line from "
        "standard input and write one JSON object a line."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("text", nargs="*", help="a town, a part of a town or a postal code")
        parser.add_argument(
            "--on", type=dt.date.fromisoformat, help="the day, YYYY-MM-DD; today if left out"
        )
        parser.add_argument("--topic", default="", help="the slug or the name of a topic")
        parser.add_argument("--json", action="store_true", help="one JSON object a line")
        parser.add_argument("--language", default="de", help="language of the reason")

    def handle(self, *, text, on, topic, json: bool, language, **options) -> None:
        snapshot = latest()
        found = topic_named(topic, snapshot) if topic else None
        if topic and found is None:
            known = ", ".join(view.slug for view in snapshot.topics) or "none is loaded"
            raise CommandError(f"There is no topic “{topic}” ({known}).")
        if text:
            typed = [" ".join(text)]
        elif json:
            typed = (line.rstrip("\r\n") for line in sys.stdin)
        else:
            raise CommandError("Give a place, or use --json and write one place a line.")
        with translation.override(language):
            for entry in typed:
                result = look_up(entry, found, on=on or clock.today(), snapshot=snapshot)
                lines = [as_json(entry, result)] if json else as_text(entry, result)
                for line in lines:
                    self.stdout.write(line)


def topic_named(wanted: str, snapshot: Snapshot) -> TopicView | None:
    """The topic with this slug, or with this name in any language."""
    folded = wanted.casefold()
    for topic in snapshot.topics:
        if folded in (topic.slug, *(name.casefold() for name in topic.name.versions.values())):
            return topic
    return None


def as_json(typed: str, result: LookUp) -> str:
    answer = result.answer
    shared = answer.shared_contact if answer else None
    return json.dumps(
        {
            "typed": typed,
            "outcome": result.outcome.value,
            "places": [_place(place) for place in result.places],
            "posts": [_post(contact) for contact in answer.contacts] if answer else [],
            "contact": shared
            and {"agency": str(shared.name), "phone": shared.phone, "email": shared.email},
            "reason": why(result),
        },
        ensure_ascii=False,
    )


def _place(place: Place) -> dict:
    town = place.municipality
    return {
        "name": place.name,
        "kind": place.kind,
        "municipality": town.name if town else "",
        "ags": town.key if town else "",
        "district": place.district.name,
        "postal_codes": list(place.known_codes),
    }


def _post(contact: Contact) -> dict:
    post, replaced = contact.post, contact.standing_in_for
    office = post.office
    return {
        "title": str(post.title),
        "holder": contact.holder_names,
        "phone": contact.phone,
        "email": contact.email,
        "office": f"{office.street}, {office.postal_code} {office.city}" if office else "",
        "agency": str(post.agency.name),
        "standing_in_for": str(replaced.title) if replaced else "",
    }


def as_text(typed: str, result: LookUp) -> list[str]:
    found = ", ".join(str(place) for place in result.places)
    lines = [f"{result.outcome.value}: {found or typed}"]
    lines += [f"  {p.key}: {p.unambiguous_name}, {p.district.name}" for p in result.places]
    if result.answer:
        for contact in result.answer.contacts:
            name = contact.holder_names or str(contact.post.title)
            lines.append(f"  {name} · {contact.phone} · {contact.email}")
        shared = result.answer.shared_contact
        if shared:
            lines.append(f"  {shared.name} · {shared.phone} · {shared.email}")
    if reason := why(result):
        lines.append(f"  {reason}")
    return lines
