"""Backup and restore: everything comes back, somewhere else too; what is not whole is refused."""

import hashlib
import io
import json
import resource
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from contacts.models import GroupPaper
from portal import backup, data_version
from portal.backup.tables import MADE_BY_MIGRATIONS
from portal.models import JobRun, OutboxMessage, User
from portal.models.data_version import SCOPES
from tests import at_once, factories, servers
from tests.needs import need
from tests.portal.smtp import database_url
from tests.portal.test_outbox import NOW
from tests.resilience import writers

pytestmark = pytest.mark.django_db(transaction=True)
MANIFEST = "manifest.json"


@pytest.fixture(autouse=True)
def place(settings, tmp_path) -> Callable[[str], None]:
    """Changes the folder for files; at first it is empty."""

    def change(name: str) -> None:
        options = settings.STORAGES["default"]["OPTIONS"] | {"location": tmp_path / name}
        default = settings.STORAGES["default"] | {"OPTIONS": options}
        settings.STORAGES = settings.STORAGES | {"default": default}

    change("files")
    return change


@pytest.fixture
def elsewhere(place) -> Callable[[], None]:
    """Moves to an empty installation."""

    def move() -> None:
        call_command("flush", interactive=False, verbosity=0)
        place("elsewhere")

    return move


def written(**options) -> tuple[bytes, backup.Written]:
    target = io.BytesIO()
    said = backup.write(target, now=NOW, **options)
    return target.getvalue(), said


def restore(content: bytes, **options) -> backup.Restored:
    return backup.restore(io.BytesIO(content), now=NOW, **options)


def seen() -> dict:
    """What is there; how often data has changed is told by other tests."""
    found = writers.stored()
    del found["rows"]["portal.dataversion"]
    return found


def is_empty() -> bool:
    rows = writers.stored()["rows"]
    files = [path for path in Path(default_storage.location).rglob("*") if path.is_file()]
    return not files and not any(rows[label] for label in rows.keys() - MADE_BY_MIGRATIONS)


# Everything comes back ----------------------------------------------------------------------------


def test_everything_comes_back_encrypted_for_whoever_has_the_key(elsewhere, tmp_path):
    people = writers.prepare(1)[0]
    writers.one_case(people, "first")
    lease = {"lease_token": "5b6f0d8e-0000-4000-8000-000000000000", "leased_until": NOW}
    JobRun.objects.create(name="mail", **lease)
    OutboxMessage.objects.create(**lease, **a_mail())
    before, versions = seen(), data_version.read()
    assert writers.problems() == []
    assert before["files"]
    assert sum(cents for _pot, _kind, cents in before["ledgers"])
    key = tmp_path / "backup.key"
    public = backup.new_key(key)

    content, said = written(to=[public])
    assert content.startswith(b"age-encryption.org/v1\n")
    assert said.sha256 == hashlib.sha256(content).hexdigest()
    assert b"example.org" not in content
    elsewhere()
    restored = restore(content, identity=key, sha256=said.sha256)

    assert seen() == before
    assert writers.problems() == []
    assert restored.waiting_mails == 1
    assert not JobRun.objects.exclude(leased_until=None).exists()
    assert not OutboxMessage.objects.exclude(lease_token=None).exists()
    newest = dict(data_version.read().numbers)
    assert all(newest[scope] > versions.of([scope])[0] + 1000 for scope in SCOPES)
    assert factories.user().pk > max(people)  # the next number is free
    writers.one_case(people, "second")
    assert writers.problems() == []


def a_paper() -> str:
    """A file, and a row that names it."""
    name = default_storage.save("papers/aa/bb/x", ContentFile(b"a receipt"))
    GroupPaper.objects.create(
        group=factories.group(factories.agency()),
        title="Protokoll",
        name="protokoll.pdf",
        file=name,
        size_bytes=9,
        pages=1,
        added_at=NOW,
    )
    return name


def a_mail() -> dict:
    return {
        "about": "application:1:receipt",
        "recipient": "amal@example.org",
        "subject": "Ihr Antrag",
        "body": "Danke.",
        "language": "de",
        "message_id": "<1@ansprechbar.test>",
        "created_at": NOW,
        "not_before": NOW,
    }


@pytest.fixture
def both(request, fresh_tables, tmp_path):
    """Environments of an installation on the database of this run, and of one on the other kind."""
    if connection.vendor != "postgresql":
        pytest.skip("the run on PostgreSQL tries both kinds")
    for name in ("first", "second", "third"):
        (tmp_path / name).mkdir()
    file = tmp_path / "second" / "site.sqlite3"
    with (
        servers.empty_database(tmp_path, like=fresh_tables) as first,
        servers.empty_database(tmp_path, like=fresh_tables) as third,
    ):
        urls = {"first": first, "second": f"sqlite:///{file}", "third": third}
        yield [{"DATABASE_URL": url, "VAR_DIR": str(tmp_path / n)} for n, url in urls.items()]


def make_tables() -> None:
    """As they are after all migrations, in a tenth of the time."""
    with connection.schema_editor() as editor:
        for model in apps.get_models():
            if model._meta.managed and not model._meta.proxy:
                editor.create_model(model)
    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    for app, name in MigrationLoader(None).disk_migrations:
        recorder.record_applied(app, name)


def test_what_comes_from_one_kind_of_database_goes_into_the_other_and_back(both, tmp_path):
    first, second, third = both
    with at_once.processes(**first) as run:
        writers_there = run.alone(writers.prepare, 1)
        run.alone(writers.one_case, writers_there[0], "first")
        before = run.alone(writers.stored)
    with at_once.processes(**second) as run:
        run.alone(make_tables)
    there, back = str(tmp_path / "there.tar"), str(tmp_path / "back.tar")
    for command, variables in (
        (["backup", there], first),
        (["restore", there], second),
        (["backup", back], second),
        (["restore", back], third),
        (["verify_events"], third),
    ):
        done = servers.manage(*command, **variables)
        assert done.returncode == 0, (command, done.stderr)

    for variables in (second, third):
        with at_once.processes(**variables) as run:
            assert run.alone(writers.stored) == before
            assert run.alone(writers.problems) == []
            run.alone(writers.one_case, writers_there[0], "second")


# What is refused ----------------------------------------------------------------------------------


def members(content: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar}


def packed(parts: dict[str, bytes | tarfile.TarInfo]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w|") as tar:
        for name, content in parts.items():
            if isinstance(content, tarfile.TarInfo):
                tar.addfile(content)
                continue
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return target.getvalue()


def with_manifest(parts: dict[str, bytes], **changes) -> bytes:
    manifest = json.loads(parts[MANIFEST])
    return packed(parts | {MANIFEST: json.dumps(manifest | changes).encode()})


def with_table(parts: dict[str, bytes], label: str, rows: bytes) -> bytes:
    """As somebody would do who knows of the checksums."""
    manifest = json.loads(parts[MANIFEST])
    said = {"sha256": hashlib.sha256(rows).hexdigest(), "rows": rows.count(b"\n")}
    manifest["tables"][label] |= said
    return packed(parts | {f"tables/{label}.jsonl": rows, MANIFEST: json.dumps(manifest).encode()})


def link(name: str) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return made


def test_what_is_not_whole_or_not_ours_is_refused_and_leaves_nothing(elsewhere, tmp_path):
    factories.user("amal@example.org")
    paper = a_paper()
    key, other = tmp_path / "key", tmp_path / "other"
    public = backup.new_key(key)
    backup.new_key(other)
    content, said = written()
    sealed, _said = written(to=[public])
    parts = members(content)
    users, files = "tables/portal.user.jsonl", f"files/{paper}"
    name = json.dumps("amal@example.org").encode()
    assert name in parts[users]
    renamed = parts[users].replace(name, b'"eve@example.org"')
    again = parts[users] + parts[users]
    no_users = {n: c for n, c in parts.items() if n != users}
    elsewhere()

    part_of = [content[: len(content) * tenths // 10] for tenths in range(9)]
    wrong: list[tuple[bytes, dict, str]] = [
        *[(cut, {}, "damaged or cut off") for cut in part_of],
        (b"PK\3\4 no tar at all" * 100, {}, "damaged or cut off"),
        (content.replace(name, b'"eve1@example.org"'), {}, f"Altered.*{users}"),
        (content.replace(b"a receipt", b"a Receipt"), {}, f"Altered.*{files}"),
        (packed(no_users), {}, f"differ: {users}"),
        (packed(parts | {"files/more": b"x"}), {}, "differ: files/more"),
        (with_table(parts, "portal.user", renamed), {"sha256": said.sha256}, "another backup"),
        (with_table(parts, "portal.user", again), {}, "The database refuses the rows"),
        (with_table(parts, "portal.user", b"[1]\n"), {}, "The database refuses the rows"),
        (with_table(parts, "portal.user", b"[" * 100_000), {}, "The database refuses the rows"),
        (with_manifest(parts, format=99), {}, "does not know"),
        (with_manifest(parts, tables=[]), {}, "does not say what one would say"),
        (with_manifest(parts, files={files.removeprefix("files/"): 1}), {}, "does not say what"),
        (with_manifest(parts, gone=None), {}, "does not say what one would say"),
        (with_manifest(parts, migrations=["portal.0001"], release="7.1"), {}, "release 7.1"),
        (packed({"../../evil": b"x"} | parts), {}, "none would hold"),
        (packed({"/etc/evil": b"x"} | parts), {}, "none would hold"),
        (packed({"files/../../evil": b"x"} | parts), {}, "none would hold"),
        (packed({"files/link": link("files/link")} | parts), {}, "none would hold"),
        (sealed, {}, "encrypted: name"),
        (sealed, {"identity": other}, "another key"),
        (sealed[:-100], {"identity": key}, "damaged or cut off"),
        (sealed[:2000] + b"x" + sealed[2001:], {"identity": key}, "damaged or cut off"),
        (sealed, {"identity": tmp_path / "none"}, "cannot be read"),
    ]
    for broken, options, reason in wrong:
        with pytest.raises(backup.BackupError, match=f"(?s){reason}"):
            restore(broken, **options)
        assert is_empty(), reason

    restore(sealed, identity=key)
    assert User.objects.get().email == "amal@example.org"
    with pytest.raises(backup.BackupError, match="database is not empty"):
        restore(content)


def test_a_disk_that_is_full_is_not_taken_for_a_damaged_backup(elsewhere, monkeypatch):
    content, _said = written()
    elsewhere()

    with tempfile.TemporaryDirectory() as folder, a_limit_of(4096):
        monkeypatch.setattr(tempfile, "tempdir", folder)
        with pytest.raises(backup.BackupError, match=f"no room to unpack it in {folder}"):
            restore(content)
    assert is_empty()


@contextmanager
def a_limit_of(size: int) -> Iterator[None]:
    """No file may grow beyond it, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_place_with_files_is_refused(elsewhere):
    content, _said = written()
    elsewhere()
    default_storage.save("papers/aa/bb/x", ContentFile(b"somebody else's"))

    with pytest.raises(backup.BackupError, match="not empty: papers/aa/bb/x"):
        restore(content)


# Commands -----------------------------------------------------------------------------------------


def test_the_commands_say_what_they_did_and_what_to_do(elsewhere, settings, tmp_path, capsys):
    paper = a_paper()
    file, key = tmp_path / "backup.age", tmp_path / "backup.key"
    asked = [str(file), "--identity", str(key)]
    call_command("backup", "--new-key", str(key))
    public = capsys.readouterr().out.strip().rpartition("=")[2]
    assert (key.stat().st_mode & 0o777) == 0o600
    settings.BACKUP_RECIPIENT = public
    call_command("backup", str(file))
    printed = capsys.readouterr().out
    assert f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file}" in printed
    assert (file.stat().st_mode & 0o777) == 0o600
    with pytest.raises(CommandError, match="exists already"):
        call_command("backup", str(file))
    settings.BACKUP_RECIPIENT = "age1nonsense"
    with pytest.raises(CommandError, match="A key is not right"):
        call_command("backup", str(tmp_path / "wrong.age"))
    settings.BACKUP_RECIPIENT = ""
    default_storage.delete(paper)
    with pytest.raises(SystemExit) as ended:
        call_command("backup", str(tmp_path / "holed.tar"))
    assert ended.value.code == 2
    assert paper in capsys.readouterr().err
    assert sorted(p.name for p in tmp_path.glob("*.[at]*")) == ["backup.age", "holed.tar"]

    elsewhere()
    settings.DEMO, settings.EMAIL_HOST = False, "mail.example"
    settings.DEFAULT_FROM_EMAIL = "portal@ansprechbar.test"
    with pytest.raises(CommandError, match=r"(?s)Nothing was restored.*EMAIL_HOST empty"):
        call_command("restore", *asked)
    with pytest.raises(CommandError, match="another backup"):
        call_command("restore", *asked, "--send-mail", "--sha256", "0" * 64)
    call_command("restore", *asked, "--send-mail")
    assert "1 files. Nobody is logged in any more." in capsys.readouterr().out
    with default_storage.open(paper) as file:
        assert file.read() == b"a receipt"


def test_the_command_age_opens_what_goes_through_a_pipe(tmp_path):
    need(shutil.which("age"), "command age")
    factories.user("amal@example.org")
    key = tmp_path / "backup.key"
    variables = {"DATABASE_URL": database_url(), "BACKUP_RECIPIENT": backup.new_key(key)}
    command = [sys.executable, "manage.py", "backup", "-"]
    sealed = subprocess.run(
        command, cwd=servers.ROOT, env=servers.environment(**variables), capture_output=True
    )
    assert sealed.returncode == 0, sealed.stderr
    opened = subprocess.run(["age", "-d", "-i", key], input=sealed.stdout, capture_output=True)

    assert b"amal@example.org" in members(opened.stdout)["tables/portal.user.jsonl"]
