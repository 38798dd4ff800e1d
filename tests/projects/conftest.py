"""The example county, for programmes and applications too."""

import pytest

from tests.contacts.county import County, county


@pytest.fixture
def place(db) -> County:
    """A small county of its own for the test."""
    return county()
