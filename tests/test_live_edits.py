"""An edit shows on the next public request: two gunicorn workers, a real database, real HTTP."""

import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import servers

RESULT = "/de/zustaendig/?ort=Grimma"
ENOUGH_FOR_BOTH_WORKERS = 12
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def demo(tmp_path_factory, fresh_demo, django_db_blocker) -> Iterator[dict[str, str]]:
    """The environment of a prepared demo with a database of its own."""
    folder: Path = tmp_path_factory.mktemp("demo")
    with django_db_blocker.unblock(), fresh_demo.copy(folder) as variables:
        yield variables


@pytest.fixture(scope="module")
def site(demo) -> Iterator[str]:
    with servers.gunicorn(workers=2, **demo) as base:
        yield base


def get(url: str, **headers: str) -> str:
    """The page's text; each request opens its own connection, so that any worker may answer."""
    request = urllib.request.Request(url, headers={"Connection": "close", **headers})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.read().decode()


def every_worker(url: str) -> list[str]:
    return [get(url) for _number in range(ENOUGH_FOR_BOTH_WORKERS)]


def run(demo: dict[str, str], code: str) -> None:
    """Write to the site's database from a third process."""
    lines = "import datetime as dt\nfrom contacts.models import *\n" + code
    done = servers.manage("shell", "-v", "0", "-c", lines, **demo)
    assert done.returncode == 0, done.stderr


def test_a_bulk_update_shows_on_the_next_request_in_every_worker(demo, site):
    assert all("03433 241-3431" in page for page in every_worker(site + RESULT))

    run(demo, "Post.objects.filter(slug='koi-landkreis-leipzig').update(phone='03433 241-9999')")

    pages = every_worker(site + RESULT)
    assert all("03433 241-9999" in page for page in pages)
    assert not any("03433 241-3431" in page for page in pages)


@pytest.mark.browser
def test_an_editors_change_shows_on_the_next_request_in_every_worker(demo, site, page):
    page.goto(f"{site}/verwaltung/")
    page.fill("[name=login]", "editor@demo.example")
    page.fill("[name=password]", "ansprechbar-demo")
    page.click("[type=submit]")
    page.goto(f"{site}/verwaltung/contacts/post/")
    page.get_by_role("link", name="Koordinatorin Integration Asyl").first.click()
    page.fill("[name=phone]", "03433 241-5555")
    page.click("[name=_save]")
    page.wait_for_url("**/contacts/post/")

    assert all("03433 241-5555" in page for page in every_worker(f"{site}/de/orte/colditz/"))


def test_a_new_holder_shows_on_the_next_request(demo, site):
    assert all("Jana Loth" in page for page in every_worker(f"{site}/de/orte/borna/"))

    run(
        demo,
        "post = Post.objects.get(slug='kik-3-landkreis-leipzig')\n"
        "post.tenures.update(valid_until=dt.date(2020, 1, 1))\n"
        "person = Person.objects.create(agency=post.agency, name='Nadja Neu')\n"
        "Tenure.objects.create(post=post, person=person, valid_from=dt.date(2020, 1, 2))",
    )

    pages = every_worker(f"{site}/de/orte/borna/")
    assert all("Nadja Neu" in page and "Jana Loth" not in page for page in pages)


def test_a_town_that_moved_shows_on_the_next_request(demo, site):
    url = f"{site}/de/zustaendig/?ort=Wurzen"
    assert all("Martina Richter" in page for page in every_worker(url))

    run(
        demo,
        "rule = Responsibility.objects.get(area__key='14729410')\n"
        "rule.post = Post.objects.get(slug='kik-1-landkreis-leipzig')\n"
        "rule.save()",
    )

    assert all("Manuela Eichardt" in page for page in every_worker(url))


def test_an_import_shows_on_the_next_request(demo, site, tmp_path):
    folder = tmp_path / "wittenberg"
    folder.mkdir()
    source = servers.ROOT / "data" / "offices" / "wittenberg"
    for path in source.iterdir():
        text = path.read_text(encoding="utf-8").replace("03491 479-6014", "03491 479-7777")
        (folder / path.name).write_text(text, encoding="utf-8")
    url = f"{site}/de/zustaendig/?ort=Kemberg"
    assert all("03491 479-6014" in page for page in every_worker(url))

    loaded = servers.manage("load_office", str(folder), **demo)

    assert loaded.returncode == 0, loaded.stderr
    assert all("03491 479-7777" in page for page in every_worker(url))


def test_an_unchanged_page_is_not_sent_twice_and_a_changed_one_is(demo, site):
    url = f"{site}/de/zustaendig/?ort=Colditz"
    with urllib.request.urlopen(url) as answer:
        etag = answer.headers["ETag"]
    with pytest.raises(urllib.error.HTTPError) as unchanged:
        get(url, **{"If-None-Match": etag})
    with unchanged.value as answer:
        assert answer.status == 304

    run(demo, "Office.objects.filter(slug='grimma-suedstrasse').update(city='Grimma-Mitte')")

    assert "Grimma-Mitte" in get(url, **{"If-None-Match": etag})


def test_a_rule_ends_at_midnight_in_berlin_without_any_edit(demo):
    run(
        demo,
        "rule = Responsibility.objects.get(area__key='14729380')\n"
        "Responsibility.objects.filter(pk=rule.pk).update(valid_until=dt.date(2031, 12, 31))\n"
        "Responsibility.objects.create(area=rule.area, valid_from=dt.date(2032, 1, 1),\n"
        "    post=Post.objects.get(slug='kik-2-landkreis-leipzig'))",
    )
    late = {**demo, "STARTS_AT": "2031-12-31T22:59:54Z"}  # 23:59:54 in Berlin
    with servers.gunicorn(application="tests.late_evening_wsgi:application", **late) as base:
        url = f"{base}/de/zustaendig/?ort=Thallwitz"
        before = holder(get(url))
        after = set()
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and after != {"Christin Götschenberg"}:
            after = {holder(page) for page in every_worker(url)}

    assert before == "Martina Richter"
    assert after == {"Christin Götschenberg"}


def holder(page: str) -> str:
    return re.search(r"Martina Richter|Christin Götschenberg", page)[0]
