"""Amounts as people type them: GRANTS' inputs, each with what it must mean."""

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from projects import money

MEANT = {
    "1.234,56": 123456,
    "1,234.56": 123456,
    "1234,56": 123456,
    "1234.56": 123456,
    "1 234,56 €": 123456,
    "1\u202f234,56\u00a0€": 123456,
    "1.234": 123400,
    "1.234.567": 123456700,
    "1,234,567.8": 123456780,
    "12": 1200,
    "12,": 1200,
    "12,5": 1250,
    ",50": 50,
    "0": 0,
    "0,00": 0,
    "€ 12": 1200,
    "12 EUR": 1200,
    "12 Euro": 1200,
    "1'234.50": 123450,
    "١٢٣٤٫٥٦": 123456,
    "0012,30": 1230,
    "99999999,99": 9999999999,
}
REFUSED = {
    "1,234": "ambiguous",
    "0,125": "ambiguous",
    "-5": "negative",
    "−5": "negative",
    "1e5": "invalid",
    "NaN": "invalid",
    "inf": "invalid",
    "12,345.678,9": "invalid",
    "1.23.456": "invalid",
    "1,2,3": "invalid",
    "12.3456": "decimals",
    "1234,5678": "decimals",
    "0.125": "decimals",
    "": "invalid",
    "€": "invalid",
    "zwölf": "invalid",
    "100000000": "too_high",
    "9" * 5000: "too_high",
    "+5": "invalid",
    "5 $": "invalid",
    "²": "invalid",
}


@pytest.mark.parametrize(("typed", "cents"), MEANT.items())
def test_an_amount_means_what_its_writer_meant(typed, cents):
    assert money.parse(typed) == cents


@pytest.mark.parametrize(("typed", "code"), REFUSED.items(), ids=range(len(REFUSED)))
def test_what_could_mean_something_else_is_refused_in_words(typed, code):
    with pytest.raises(ValidationError) as refused:
        money.parse(typed)

    assert refused.value.code == code
    assert refused.value.message


@pytest.mark.parametrize("cents", [0, 1, 10, 99, 100, 123456, money.MOST_CENTS])
def test_what_is_shown_and_typed_reads_back(cents):
    assert money.parse(money.shown(cents, language="de")) == cents
    assert money.parse(money.typed(cents)) == cents


def test_an_amount_is_shown_in_the_way_of_the_language():
    with override("de"):
        assert money.shown(123456) == "1.234,56\u00a0€"
    with override("en"):
        assert money.shown(123456) == "€1,234.56"
        assert money.shown(-5) == "−€0.05"
