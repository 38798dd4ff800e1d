"""Who opens the pages of a group: its members and the keepers of its agency, nobody else."""

from pathlib import Path

import pytest
import time_machine
from django.urls import reverse

from contacts.network import papers
from tests import factories
from tests.contacts.county import county
from tests.contacts.groups import NOW, meeting
from tests.portal.entering import entered
from tests.portal.uploading import pdf_bytes, upload
from tests.site.access import KEEP_THE_NETWORK, OF_MEMBERS, Level, of_class
from tests.site.test_roles import ask, people

pytestmark = pytest.mark.django_db
MEMBER, CONVENOR = "mira@example.org", "vera@example.org"


@time_machine.travel(NOW, tick=False)
def test_each_role_opens_the_groups_of_its_own_agency_and_no_others(settings, tmp_path: Path):
    stored = settings.STORAGES["default"]
    options = {**stored["OPTIONS"], "location": tmp_path}
    settings.STORAGES = {**settings.STORAGES, "default": {**stored, "OPTIONS": options}}
    place = county()
    own, foreign = rows_of(place.agency), rows_of(factories.agency("Fremde Stelle"))
    factories.member(own["row"], CONVENOR, convenes=True)
    factories.member(own["row"], MEMBER)
    asking = [*people(place.agency.pk)]
    asking += [(who, Level.VISITOR, entered(who)) for who in (MEMBER, CONVENOR)]
    wrong = []
    for who, _level, client in asking:
        sees = who in KEEP_THE_NETWORK | {MEMBER, CONVENOR}
        for route in of_class("members"):
            kind, for_convenors = OF_MEMBERS[route.name]
            for rows in (own, foreign):
                is_open = sees and not (for_convenors and who == MEMBER)
                is_open &= rows is own or who == "superuser"
                expected = 200 if is_open or not kind else 404
                expected = 401 if who == "visitor" else expected
                answer = ask(client, reverse(route.name, args=[rows[kind]] if kind else []))
                if answer != expected:
                    wrong.append((who, route.name, "own" if rows is own else "foreign", answer))
    assert wrong == []


def rows_of(agency) -> dict:
    """A group with a meeting and a paper, by what addresses call them."""
    group, keeper = factories.group(agency), factories.user(is_staff=True, is_superuser=True)
    factories.member(group, "ida@example.org")
    arranged, file = meeting(group, by=keeper), upload("x.pdf", pdf_bytes())
    about = {"kind": "minutes", "title": "x", "meeting": arranged, "now": arranged.invited_at}
    added = papers.add(group, file, by=keeper, **about)
    return {"row": group, "group": group.slug, "meeting": arranged.uuid, "paper": added.uuid}
