"""The short form of `tests.resilience.kill`; figures of the long one: docs/reliability.md."""

import pytest
from django.db import connection

from tests.resilience import kill


@pytest.mark.django_db
def test_what_was_acknowledged_is_stored_and_mailed_once_whoever_was_killed_meanwhile(fresh_tables):
    trial = kill.run(
        connection.vendor,
        submissions=40,
        kills=6 if connection.vendor == "postgresql" else 4,
        seed=4,
        is_patient=False,
        tables=fresh_tables,
    )

    assert trial.is_good, trial
    assert sum(trial.answers_missed.values()) > 0, "Nobody was disturbed."
