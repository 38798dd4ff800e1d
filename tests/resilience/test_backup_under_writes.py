"""A backup while people work: of one instant, and with everything that anybody was told is stored.

As `tests.resilience.writers` says; the database is of the kind that the run uses.
"""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests import at_once, servers
from tests.portal.test_jobs import until
from tests.resilience import writers

WRITERS, BEFORE = 2, 3


def test_what_was_acknowledged_before_a_backup_is_in_it_and_all_of_it_fits_together(
    fresh_tables, migrated_database, tmp_path
):
    here = {"DATABASE_URL": migrated_database, "VAR_DIR": str(tmp_path / "here")}
    said, stop = tmp_path / "acknowledged", tmp_path / "stop"
    said.touch()
    with at_once.processes(**here) as run, ThreadPoolExecutor(1) as beside:
        people = enumerate(run.alone(writers.prepare, WRITERS))
        asked = [[number, each, str(said), str(stop)] for number, each in people]
        at_work = beside.submit(run.together, writers.work_until, asked)
        try:
            until(lambda: at_work.done() or len(references(said)) >= BEFORE, seconds=120)
            before = references(said)
            done = servers.manage("backup", str(tmp_path / "backup.tar"), **here)
            during = len(references(said)) - len(before)
        finally:
            stop.touch()
        at_work.result()
        everything = run.alone(writers.stored)
    assert done.returncode == 0, done.stderr
    assert during > 0, "Nobody has written meanwhile."

    (tmp_path / "elsewhere").mkdir()
    with servers.empty_database(tmp_path / "elsewhere", like=fresh_tables) as url:
        there = {"DATABASE_URL": url, "VAR_DIR": str(tmp_path / "elsewhere")}
        done = servers.manage("restore", str(tmp_path / "backup.tar"), **there)
        assert done.returncode == 0, done.stderr
        with at_once.processes(**there) as run:
            restored, problems = run.alone(writers.stored), run.alone(writers.problems)

    assert problems == []
    assert set(before) <= set(restored["references"]) <= set(everything["references"])
    assert len(restored["references"]) < len(everything["references"])
    assert restored["files"].items() <= everything["files"].items()


def references(said: Path) -> list[str]:
    """The numbers that somebody has seen; a line that is being written is none yet."""
    lines = said.read_text().splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith("\n")]
