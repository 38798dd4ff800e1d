import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

from tests.servers import ROOT, environment, manage

WRITERS, WRITES = 4, 60
READ_MODIFY_WRITE = f"""
import django; django.setup()
from django.db import transaction
from portal.models import DataVersion
for _ in range({WRITES}):
    with transaction.atomic():
        row = DataVersion.objects.select_for_update().get(scope="places")
        row.number += 1
        row.save()
"""


def count(expression: str, database: str) -> str:
    code = f"from portal.models import DataVersion; print({expression})"
    return manage("shell", "-v", "0", "-c", code, DATABASE_URL=database).stdout.strip()


def test_parallel_writers_lose_nothing(migrated_database):
    count("DataVersion.objects.create(scope='places', number=0)", migrated_database)
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", READ_MODIFY_WRITE],
            cwd=ROOT,
            env=environment(DATABASE_URL=migrated_database),
        )
        for _ in range(WRITERS)
    ]
    assert [process.wait(timeout=120) for process in processes] == [0] * WRITERS
    assert count("DataVersion.objects.get().number", migrated_database) == str(WRITERS * WRITES)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite copies only its own databases")
def test_a_copy_made_by_sqlite_while_others_write_is_a_whole_database(
    migrated_database: str, tmp_path: Path
):
    database, copy = migrated_database.removeprefix("sqlite:///"), tmp_path / "copy.sqlite3"
    writer = sqlite3.connect(database)
    writer.execute("INSERT INTO portal_dataversion (scope, number) VALUES ('places', 7)")
    writer.commit()
    writer.execute("UPDATE portal_dataversion SET number = 8")  # not committed
    with closing(sqlite3.connect(database)) as reader, closing(sqlite3.connect(copy)) as target:
        reader.backup(target)
    writer.close()
    restored = f"sqlite:///{copy}"
    assert count("DataVersion.objects.get().number", restored) == "7"
    assert manage("migrate", "--check", DATABASE_URL=restored).returncode == 0
