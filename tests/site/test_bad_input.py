"""Bad input: whatever is typed, sent or asked for, the answer is a page and never an error of ours.

The random requests are the same in every run; a failure names the request that caused it.
"""

import random
import string
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.site import markup

FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467"
LOOK_UPS = ("/de/zustaendig/", "/en/zustaendig/", "/de/zustaendig/vorschlaege/")


def quoted(text: str) -> str:
    return urllib.parse.quote(text, safe="")


# What nobody means by a place ---------------------------------------------------------------------

UNANSWERABLE = {
    "percent": "%",
    "underscore": "_",
    "NUL": "\0",
    "emoji": FAMILY,
    "script": "<script>alert(1)</script>",
    "10,000 letters": "x" * 10_000,
    "10,000 characters of four bytes": "\U00010348" * 10_000,
    "only marks": "\u0308\u0301",
    "only direction marks": "\u202e\u2066",
    "quotes": "';\"--",
    "template code": "{{ 7*7 }}{% now 'Y' %}",
}


@pytest.mark.parametrize("typed", UNANSWERABLE.values(), ids=UNANSWERABLE)
@pytest.mark.parametrize("path", LOOK_UPS)
def test_what_nobody_can_answer_is_answered_calmly(site, path, typed):
    answer = site.ask(f"{path}?ort={quoted(typed)}")

    assert answer.status in (200, 302)
    if answer.status == 302:  # nothing is left of it: as if the field had been empty
        assert answer.header("Location") in ("/de/", "/en/")


@pytest.mark.parametrize("typed", ["%", "_", "\U0001f600", "<script>alert(1)</script>"])
def test_the_page_shows_what_was_typed_and_does_not_run_it(site, typed):
    tree = markup.parse(site.ask(f"/de/zustaendig/?ort={quoted(typed)}").text)

    assert tree.find(".//input[@name='ort']").get("value") == typed
    assert markup.inline_code(tree) == []


@pytest.mark.parametrize("query", ["", "?ort=", "?ort=%20%20", "?ort=%00", "?thema=education"])
def test_an_empty_field_leads_back_to_the_start_page(site, query):
    answer = site.ask(f"/de/zustaendig/{query}")

    assert (answer.status, answer.header("Location")) == (302, "/de/")


@pytest.mark.parametrize(
    "query",
    [
        "ort=Grimma&thema=nonsense",
        "ort=Grimma&thema=%00",
        "ort=Grimma&ort=Borna",
        "ort[]=Grimma&ort=Grimma",
        "ort=Grimma&thema[]=education",
        "ort=Grimma&page=-1&format=json",
    ],
)
def test_a_wrong_topic_or_a_strange_parameter_does_no_harm(site, query):
    answer = site.ask(f"/de/zustaendig/?{query}")

    assert answer.status == 200
    assert "tel:" in answer.text


# What does not exist ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "orte/nirgendwo/",
        "orte/grimma/nirgendwo/",
        "orte/nirgendwo/beucha/",
        "aushang/nirgendwo/",
        "karte/nirgendwo/",
        "stellen/nirgendwo/",
        "standorte/nirgendwo/",
        "ansprechpersonen/nirgendwo/",
        "ansprechpersonen/nirgendwo.vcf",
        "ansprechpersonen/kik-7-mittelsachsen.vcf",
        "foerderung/nirgendwo/",
        "foerderung/mikroprojekte-landkreis-leipzig/nirgendwo/frist.ics",
        "nirgendwo/",
    ],
)
@pytest.mark.parametrize(("code", "direction"), [("de", "ltr"), ("en", "ltr"), ("ar", "rtl")])
def test_what_does_not_exist_is_not_found_in_the_language_of_the_page(site, path, code, direction):
    answer = site.ask(f"/{code}/{path}")
    html = markup.parse(answer.text)

    assert answer.status == 404
    assert (html.get("lang"), html.get("dir")) == (code, direction)
    assert len(list(html.iter("nav"))) >= 1
    assert html.find(".//footer") is not None
    assert any(a.get("href") == f"/{code}/" for a in html.iter("a"))


@pytest.mark.parametrize("path", ["/xx/", "/nirgendwo", "/admin/", "/de/admin/", "/wp-login.php"])
def test_an_address_without_a_language_is_not_found_either(site, path):
    answer = site.ask(path)
    while answer.status in (301, 302):
        answer = site.ask(answer.header("Location"))

    assert answer.status == 404
    assert markup.headings(markup.parse(answer.text)) == []


def test_an_error_page_names_the_request_and_hides_the_cause(site):
    answer = site.ask("/de/fehler/500/")

    assert answer.status == 500
    assert answer.header("X-Request-ID") in answer.text
    assert "Traceback" not in answer.text
    assert "RuntimeError" not in answer.text
    assert "on purpose" not in answer.text


def test_a_foreign_host_name_is_refused(site):
    answer = site.ask("/de/", Host="evil.example")

    assert answer.status == 400
    assert "evil.example" not in answer.text


# A thousand random requests -----------------------------------------------------------------------

ROOTS = (
    *("/de/", "/en/", "/ar/", "/xx/", "/DE/", "/de-CH/", "/de-simple/", "/zz-Arab/", "/", "//"),
    *("/de/zustaendig/", "/de/zustaendig/vorschlaege/", "/de/ansprechpersonen/", "/de/orte/"),
    *("/de/foerderung/", "/de/foerderung/pruefen/"),
    "/de/foerderung/mikroprojekte-landkreis-leipzig/",
    *("/de/karte/", "/de/stellen/", "/de/aushang/", "/de/hinweis/", "/verwaltung/", "/static/"),
)
PIECES = (
    *("Grimma", "04668", "Beucha", "%", "%%", "%0", "%zz", "%00", "%c3", "%c3%28", "%ed%a0%80"),
    *("..%2f", "../", "..%5c", "%2e%2e/", "/etc/passwd", "\\", "//", ";", "?", "&", "=", "+"),
    *("'", '"', "<script>", "{{7*7}}", "${x}", "%0d%0aX-Evil:1", "%e2%80%ae", "%f0%9f%98%80"),
    *("\x00", "\x01", "\x1f", "\x7f", "ä", "ß", "\u202e", "\U0001f600", "١٢٣", "Ⅷ", "ﬁ", "É"),
    *("-1", "0", "999999999999999999999999", "1e309", "NaN", "null", "None", "true", "[]"),
)
PARAMETERS = (
    *("ort", "thema", "stelle", "sprache", "v", "art", "seite", "q", "page", "ort[]", "ort[0]"),
    *("massnahme", "betrag", "beginn", "gefoerdert", "programm", "gebiet", "aufruf"),
    *("", "__proto__", "sprache[]", "ORT", "next", "o", "p", "e", "_popup", "_changelist_filters"),
)


def random_targets(count: int, seed: int = 2026) -> list[bytes]:
    """Addresses as programs with a bug or a grudge would send them."""
    dice = random.Random(seed)  # noqa: S311 (the same ones in every run)

    def noise(longest: int) -> str:
        parts = dice.choices([*PIECES, *string.ascii_letters], k=dice.randint(0, longest))
        return "".join(parts)

    def query() -> str:
        names = dice.choices(PARAMETERS, k=dice.randint(0, 4))
        return "&".join(f"{name}={noise(6)}" for name in names)

    targets = []
    for number in range(count):
        target = dice.choice(ROOTS) + (noise(5) if dice.random() < 0.5 else "")
        if dice.random() < 0.8:
            target += f"?{query()}"
        if number % 50 == 0:
            target += "x" * dice.randint(3_000, 12_000)
        # A space or a line break would end the request line and make a shorter, tamer one.
        clean = target.replace(" ", "%20").replace("\r", "").replace("\n", "")
        targets.append(clean.encode("utf-8" if number % 3 else "latin-1", "replace"))
    return targets


def test_a_thousand_random_requests_cause_no_error_of_ours(site):
    targets = random_targets(1_000)
    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(site.raw, targets))

    broken = [(s, t[:200]) for s, t in zip(statuses, targets, strict=True) if s >= 500]
    assert broken == []
    # They did arrive: many were answered, and not only refused at the door.
    assert sum(status == 200 for status in statuses) > 100
    assert sum(status == 404 for status in statuses) > 100


def test_an_error_of_ours_would_be_seen(site):
    assert site.raw(b"/de/fehler/500/") == 500


@pytest.mark.parametrize(
    "path", ["/de/zustaendig/", "/de/ansprechpersonen/", "/de/", "/de/hinweis/"]
)
def test_a_very_long_address_is_answered(site, path):
    assert site.ask(f"{path}?ort={'x' * 10_000}&thema={'y' * 10_000}").status == 200


@pytest.mark.parametrize("value", ["\0", "x" * 5_000, "\ud7ff\U0010ffff", "wrong", "-1"])
def test_the_form_takes_any_value_without_an_error_of_ours(site, value):
    fields = dict.fromkeys(["kind", "text", "contact", "page", "opened", "remark"], value)

    assert site.send_form("/de/hinweis/", **fields).status == 422
