"""Small texts of the templates."""

import pytest
from django.template import Context, Template
from django.utils.translation import override

from portal.texts import Text


def rendered(source: str, **context) -> str:
    return Template(source).render(Context(context))


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("03433 241-3431", "tel:+4934332413431"),
        ("+49 3433 241", "tel:+493433241"),
        ("+49 (0)3433 241", "tel:+493433241"),
        ("0049 3433 241", "tel:+493433241"),
        ("(0341) 35137913", "tel:+4934135137913"),
    ],
)
def test_a_number_can_be_dialled_from_abroad(written, address):
    assert rendered("{{ number|phone }}", number=written) == address


def test_a_text_that_stands_in_for_a_translation_says_its_language():
    text = Text({"de": "Büro & Amt"})

    with override("en"):
        assert rendered("{% text t %}", t=text) == (
            '<span lang="de" dir="ltr">Büro &amp; Amt</span>'
        )
    with override("de"):
        assert rendered("{% text t %}", t=text) == "Büro &amp; Amt"


def test_a_text_in_arabic_brings_its_direction():
    with override("de"):
        assert 'lang="ar" dir="rtl"' in rendered("{% text t %}", t=Text({"ar": "مكتب"}))


def test_an_empty_line_begins_a_new_paragraph():
    html = rendered("{% paragraphs t %}", t="One\nstill one\n\n<b>Two</b>")

    assert html == "<p>One\nstill one</p><p>&lt;b&gt;Two&lt;/b&gt;</p>"


def test_a_mail_address_may_break_after_its_at_sign():
    html = rendered("{{ a|email }}", a="a&b@example.org")

    assert html == '<bdi>a&amp;b@<wbr><span class="keep">example.org</span></bdi>'


def test_a_fact_that_is_not_there_leaves_no_empty_line():
    assert rendered('{% fact "Fax" %} {% endfact %}') == ""
    assert rendered('{% fact "Fax" %}1{% endfact %}') == "<div><dt>Fax</dt><dd>1</dd></div>"
