"""The look, as far as a machine can judge it: contrast, direction, size, no stray colours."""

import gzip
import re

import pytest
from django.conf import settings

from portal.colours import contrast

CSS = settings.BASE_DIR / "static" / "css"
JS = settings.BASE_DIR / "static" / "js"
SHEETS = re.findall(r'url\("([\w-]+\.css)"\)', (CSS / "site.css").read_text())
TEXT_PAIRS = [
    ("ink", "paper"), ("ink", "surface"), ("ink", "tint"), ("ink", "warm-tint"),
    ("text-soft", "paper"), ("text-soft", "surface"), ("text-soft", "warm-tint"),
    ("text-soft", "tint"), ("brand", "paper"), ("brand", "surface"), ("brand", "warm-tint"),
    ("brand", "tint"), ("on-brand", "brand"), ("on-brand", "brand-strong"), ("good", "surface"),
    ("wrong", "paper"), ("wrong", "wrong-tint"),
    *((("ink", f"map-{number}")) for number in range(1, 9)),
]  # fmt: skip


def css(name: str) -> str:
    return re.sub(r"/\*.*?\*/", "", (CSS / name).read_text(), flags=re.DOTALL)


def tokens(scheme: str) -> dict[str, str]:
    light, dark = css("tokens.css").split("@media (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--color-([\w-]+): (#[0-9a-f]{6});", light))
    if scheme == "dark":
        found |= dict(re.findall(r"--color-([\w-]+): (#[0-9a-f]{6});", dark))
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_stands_out_from_its_ground(scheme, text, ground):
    colours = tokens(scheme)

    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "surface"])
def test_the_edge_of_a_field_can_be_seen(scheme, ground):
    colours = tokens(scheme)

    assert contrast(colours["edge"], colours[ground]) >= 3


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_stylesheet_knows_no_left_and_no_right(sheet):
    side = r"(?:left|right)"
    property_of_a_side = rf"(?<![\w-])(?:(?:margin|padding|border)-)?{side}\s*:"
    value_of_a_side = rf"(?:float|clear|text-align):\s*{side}"

    assert not re.search(f"{property_of_a_side}|{value_of_a_side}", css(sheet))


@pytest.mark.parametrize("sheet", [s for s in SHEETS if s not in ("tokens.css", "print.css")])
def test_colours_are_named_in_the_tokens_only(sheet):
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", css(sheet))
    assert "!important" not in css(sheet)


@pytest.mark.parametrize("sheet", SHEETS)
def test_nothing_moves_for_those_who_do_not_want_it(sheet):
    still = re.sub(
        r"@media \(prefers-reduced-motion: no-preference\) \{(?:[^{}]|\{[^{}]*\})*\}",
        "",
        css(sheet),
    )

    assert not re.search(r"(?:transition|animation)\s*:", still)


@pytest.mark.parametrize("sheet", SHEETS)
def test_old_browsers_know_every_word(sheet):
    assert not re.search(r":has\(|color-mix\(|@container|dvh|svh|&[ .:]", css(sheet))


def test_the_first_view_is_light():
    sheet = "".join(css(name) for name in SHEETS).encode()
    module = (JS / "suggest.js").read_bytes()

    assert len(gzip.compress(sheet, 6)) <= 8 * 1024
    assert len(gzip.compress(module, 6)) <= 2 * 1024


@pytest.mark.django_db
def test_the_start_page_is_light(client):
    assert len(gzip.compress(client.get("/de/").content, 6)) <= 4 * 1024
