"""The example county, for programmes and applications too."""

import pytest
from django.utils import translation

from tests.contacts.county import County, county


@pytest.fixture
def place(db) -> County:
    """A small county of its own for the test."""
    return county()


@pytest.fixture
def in_english():
    """For tests of words that nobody asked for in a language of their own."""
    with translation.override("en"):
        yield


@pytest.fixture
def in_german():
    """The same in the site's main language, whatever the last page was in."""
    with translation.override("de"):
        yield
