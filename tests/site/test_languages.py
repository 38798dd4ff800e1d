"""The German catalogue is complete, and the pseudo right-to-left language is what it claims."""

import re

from babel.messages.catalog import Catalog

from tests.site import markup
from tests.site.pages import CLOSELY
from tests.site.pseudo import catalogues, pseudo_catalogue, to_pseudo

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w+\}")


def gaps(catalogue: Catalog) -> list[str]:
    """Messages that a reader would meet in English, or with a placeholder missing."""
    found = []
    for message in catalogue:
        if not message.id:
            continue
        ids = message.id if message.pluralizable else (message.id,)
        strings = message.string if message.pluralizable else (message.string,)
        if message.fuzzy:
            found.append(f"fuzzy: {ids[0]}")
        if not all(strings):
            found.append(f"not translated: {ids[0]}")
            continue
        wanted = set(PLACEHOLDER.findall(ids[-1]))
        # A plural form may leave the number out: "one place".
        if set(PLACEHOLDER.findall(strings[-1])) != wanted:
            found.append(f"other placeholders: {ids[-1]}")
    return found


def test_every_text_is_translated_into_german():
    assert gaps(catalogues()["de"]) == []


def test_gaps_in_a_catalogue_are_found():
    bad = Catalog(locale="de")
    bad.add("Town", "")
    bad.add("Agency", "Stelle", flags=["fuzzy"])
    bad.add("%(number)s towns", "%(nummer)s Orte")
    bad.add(("one town", "%d towns"), ("ein Ort", ""))

    assert len(gaps(bad)) == 4


def test_the_pseudo_language_keeps_what_programs_read():
    text = to_pseudo('Map of <a href="%(url)s">%(district)s</a>: 3 towns&nbsp;…\n')

    assert '<a href="%(url)s">%(district)s</a>' in text
    assert "3" in text
    assert "&nbsp;" in text
    assert text.endswith("\n")
    assert not re.search(r"[a-z]", re.sub(r"<[^>]*>|%\(\w+\)s|&\w+;", "", text))


def test_the_pseudo_language_has_the_six_plural_forms_of_arabic():
    source = Catalog(locale="de")
    source.add(("%d place", "%d places"), ("%d Ort", "%d Orte"), flags=["python-format"])

    message = pseudo_catalogue(source)["%d place"]

    assert len(message.string) == 6
    assert all("%d" in form for form in message.string)


def test_a_page_in_the_pseudo_language_speaks_it(site):
    for page in CLOSELY:
        for part in ("body/header", "body/footer"):
            text = markup.text_of(site.tree(page, "ar").find(part))
            assert re.search("[\u0600-\u06ff]", text), (page, part)


def test_numbers_and_addresses_are_kept_from_turning_round(site):
    links = [
        (str(page), link)
        for page in CLOSELY
        for link in site.tree(page, "ar").iter("a")
        if link.get("href", "").startswith(("tel:", "mailto:"))
    ]

    turned = [(page, a.get("href")) for page, a in links if re.search("[0-9@]", alone(a))]

    assert links
    assert turned == []


def alone(link) -> str:
    """The text of a link that stands in no `bdi` and in no hidden word."""
    inside = [markup.text_of(part) for part in link.iter("bdi")]
    text = markup.text_of(link)
    for part in inside:
        text = text.replace(part, "")
    return text
