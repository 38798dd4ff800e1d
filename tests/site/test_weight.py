"""The start page and all that it needs arrive in the first 14 kB (RFC 6928: ten segments)."""

import gzip
import re

import pytest

KILOBYTE = 1000
START = "/de/"


def packed(content: bytes) -> int:
    """The size on the wire, as `gzip -6` makes it."""
    return len(gzip.compress(content, 6))


@pytest.fixture
def sizes(site) -> dict[str, int]:
    """The sizes of the start page and of the files that it names, by kind."""
    page = site.ask(START)
    found = {"html": packed(page.body), "css": 0, "js": 0}
    files = set(re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js))"', page.text))
    for url in files:
        answer = site.ask(url)
        assert answer.status == 200
        assert not re.search(rb"@import|^import ", answer.body, re.MULTILINE)  # nothing hidden
        found[url.rpartition(".")[2]] += packed(answer.body)
    return found


def test_the_start_page_is_light(sizes):
    assert 0 < sizes["html"] <= 4 * KILOBYTE


def test_its_style_is_light(sizes):
    assert 0 < sizes["css"] <= 8 * KILOBYTE


def test_its_script_is_light(sizes):
    assert 0 < sizes["js"] <= 2 * KILOBYTE


def test_all_of_it_fits_into_the_first_window(sizes):
    assert sum(sizes.values()) <= 14 * KILOBYTE


def test_browsers_get_it_packed_and_keep_what_is_named_by_its_content(site):
    url = re.search(r'href="(/static/css/site\.[^"]+)"', site.ask(START).text)[1]

    answer = site.ask(url, Accept_Encoding="gzip")

    assert answer.header("Content-Encoding") == "gzip"
    assert "immutable" in answer.header("Cache-Control")
