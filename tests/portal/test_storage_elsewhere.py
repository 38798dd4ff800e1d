"""Files in a bucket and counts in Redis, both on real servers: all that the site does with them."""

import datetime as dt
import io
import json
import re
import shutil
import socket
import subprocess
import tarfile
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import boto3
import environ
import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from moto.server import ThreadedMotoServer
from redis import Redis
from redis.exceptions import RedisError

from contacts.models import Document
from contacts.roles import Role
from portal import backup, checks, clock, files, limits, redis_cache, storage
from portal.files import FilesAwayError
from projects import attachments, workflow
from tests import factories
from tests.contacts.county import County, county
from tests.needs import need
from tests.portal.entering import entered
from tests.portal.test_files import scanner
from tests.portal.uploading import large_upload, pdf_bytes, upload
from tests.postgresql import free_port
from tests.projects import cases
from tests.projects import factories as funding

pytestmark = pytest.mark.django_db
AMAL = "amal@example.org"
BUCKET = "ansprechbar-files"
DAY = dt.timedelta(days=1)


def said(**changes: str) -> dict[str, str]:
    """What the environment says of a bucket, as settings understand it."""
    env = environ.FileAwareEnv()
    env.ENVIRON = {
        "FILES_S3_BUCKET": BUCKET,
        "FILES_S3_KEY_ID": "somebody",
        "FILES_S3_SECRET": "a-secret\n",
        **changes,
    }
    return storage.s3(env)


@pytest.fixture(scope="module")
def s3_server() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@pytest.fixture
def bucket(s3_server, settings):
    """An empty bucket that the site keeps its files in."""
    login = {"aws_access_key_id": "somebody", "aws_secret_access_key": "a-secret"}
    made = boto3.resource("s3", endpoint_url=s3_server, region_name="us-east-1", **login)
    bucket = made.create_bucket(Bucket=BUCKET)
    bucket.objects.delete()
    use(settings, FILES_S3_ENDPOINT=s3_server)
    return bucket


def use(settings, **changes: str) -> None:
    settings.FILES_S3 = said(**changes)
    default = storage.files(settings.FILES_S3, settings.FILES_DIR)
    settings.STORAGES = {**settings.STORAGES, "default": default}


def names(bucket) -> list[str]:
    return [found.key for found in bucket.objects.all()]


@pytest.fixture
def place() -> County:
    return county()


@pytest.fixture
def case(place):
    """A draft of Amal's."""
    amal = entered(AMAL)
    case = cases.draft(cases.open_call(place.agency), factories.User.objects.of_address(AMAL))
    return amal, case


def test_a_file_of_a_case_goes_to_the_bucket_and_comes_back_to_whoever_may_see_it(bucket, case):
    amal, draft = case
    page = reverse("projects:attachments", args=[draft.uuid])

    answer = amal.post(page, {"files": [upload("Satzung.pdf", pdf_bytes())]}, follow=True)

    assert "Satzung.pdf" in answer.text
    row = draft.attachments.get()
    assert names(bucket) == [row.file.name]
    stored = bucket.Object(row.file.name)
    assert stored.content_type == "application/octet-stream"
    (grant,) = stored.Acl().grants
    assert grant["Permission"] == "FULL_CONTROL"  # for its owner, and nobody else
    own = reverse("projects:attachment", args=[draft.uuid, row.uuid])
    answer = amal.get(own)
    assert b"".join(answer.streaming_content) == pdf_bytes()
    assert answer["Content-Disposition"] == 'attachment; filename="Satzung.pdf"'
    assert answer["Content-Length"] == str(len(pdf_bytes()))
    assert entered("badr@example.org").get(own).status_code == 404
    with pytest.raises(ValueError, match="no address"):
        row.file.url  # noqa: B018

    remove = reverse("projects:attachment_remove", args=[draft.uuid, row.uuid])
    stored.delete()
    assert amal.get(own).status_code == 404
    assert amal.post(remove).status_code == 302


def test_scanner_copy_and_bundle_read_from_the_bucket(bucket, case, place, settings):
    amal, draft = case
    by = factories.User.objects.of_address(AMAL)
    large = pdf_bytes("x") + b"\n" * 3_000_000 + b"%%EOF"
    with closing(large_upload("a.pdf", large, "application/pdf")) as sent:
        assert attachments.add(draft, [sent], by=by, now=cases.NOW).refused == []
    content = read(draft.attachments.get().file.name)

    with scanner(("127.0.0.1", 0)) as (server, heard):
        settings.CLAMD_SOCKET = f"127.0.0.1:{server.getsockname()[1]}"
        assert attachments.scan_again(cases.NOW) == "1 files scanned, 0 locked away"
    assert heard == [content]

    copy = amal.post(reverse("entrance:data"))
    assert content in unzipped(copy).values()
    workflow.submit(draft, key=uuid.uuid4(), **cases.moment(by))
    staff = Client()
    auditor = funding.staff(place.agency, Role.AUDITOR)
    staff.force_login(auditor, backend="portal.auth.StaffBackend")
    bundle = staff.get(f"/verwaltung/projects/application/{draft.pk}/bundle/")
    assert content in unzipped(bundle).values()


@pytest.mark.django_db(transaction=True)
def test_a_backup_holds_what_lies_in_the_bucket(bucket):
    name = files.store(ContentFile(pdf_bytes()), folder="documents")
    Document.objects.language("de").create(
        slug="konzept", agency=county().agency, kind="concept", issued="2019", title="K", file=name
    )

    target = io.BytesIO()
    assert list(backup.write(target, now=cases.NOW).manifest["files"]) == [name]

    target.seek(0)
    with tarfile.open(fileobj=target) as archive:
        assert archive.extractfile(f"files/{name}").read() == pdf_bytes()


def read(name: str) -> bytes:
    with default_storage.open(name) as file:
        return file.read()


def unzipped(response) -> dict[str, bytes]:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_sweep_takes_from_the_bucket_what_is_old_and_known_to_nobody(bucket):
    kept, _orphan = (files.store(ContentFile(b"x"), folder="own") for _time in range(2))
    others = files.store(ContentFile(b"x"), folder="others")
    bucket.Object("own/README").put(Body=b"not ours")

    def sweep(now: dt.datetime) -> int:
        return files.sweep("own", known={kept}, older_than=DAY, now=now)

    assert sweep(clock.now()) == 0
    assert sweep(clock.now() + 2 * DAY) == 1
    assert sorted(names(bucket)) == sorted([kept, others, "own/README"])
    assert files.sweep("nothing", known=set(), older_than=DAY, now=clock.now()) == 0


def test_no_file_is_ever_written_over(bucket):
    first = default_storage.save("own/a", ContentFile(b"first"))
    second = default_storage.save("own/a", ContentFile(b"second"))

    assert first != second
    assert read(first) == b"first"


def test_while_the_bucket_is_away_pages_say_so_and_nothing_fails(bucket, case, settings, caplog):
    amal, draft = case
    by = factories.User.objects.of_address(AMAL)
    attachments.add(draft, [upload("a.pdf", pdf_bytes())], by=by, now=cases.NOW)
    agency, name = draft.call.programme.agency, draft.attachments.get().file.name
    Document.objects.language("de").create(
        slug="konzept", agency=agency, kind="concept", issued="2019", title="Konzept", file=name
    )
    path = "/de/dokumente/konzept.pdf"
    answer = Client().get(path)
    assert b"".join(answer.streaming_content) == pdf_bytes()
    use(settings, FILES_S3_ENDPOINT=f"http://127.0.0.1:{free_port()}")

    public = Client().get(path)
    form = reverse("projects:attachments", args=[draft.uuid])
    sent = amal.post(form, {"files": [upload("b.pdf", pdf_bytes("b"))]})

    for answer in (public, sent):
        assert answer.status_code == 503
        assert answer["Retry-After"] == "60"
        assert "<h1" in answer.text
    assert draft.attachments.count() == 1
    with pytest.raises(FilesAwayError):
        default_storage.exists("own/a")
    default_storage.delete("own/a")
    assert "it is tried again at night" in caplog.text
    assert "a-secret" not in caplog.text


def test_a_bucket_that_does_not_let_us_in_is_found_before_the_start(bucket, settings):
    settings.DEMO = False
    (in_the_clear,) = checks.files_can_be_stored(None, databases=["default"])
    assert in_the_clear.id == "portal.W017"

    use(settings, FILES_S3_ENDPOINT=settings.FILES_S3["endpoint"], FILES_S3_BUCKET="nobodys")
    found = checks.files_can_be_stored(None, databases=["default"])
    assert [message.id for message in found] == ["portal.W017", "portal.W018"]
    assert len(checks.files_can_be_stored(None)) == 1  # nothing is asked without --database


# Counts of limits ---------------------------------------------------------------------------------


@contextmanager
def redis_server(folder: Path, port: int) -> Iterator[None]:
    program = need(shutil.which("redis-server") or shutil.which("valkey-server"), "Redis or Valkey")
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    options += ["--unixsocket", str(folder / "redis.sock")]
    process = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)
    with Redis(port=port) as client:
        while process.poll() is None:
            with suppress(RedisError):
                client.ping()
                break
    try:
        yield
    finally:
        process.kill()
        process.wait()


def share(settings, url: str) -> None:
    """Count limits where CACHE_URL says; every process has forgotten what it knew."""
    redis_cache._Outage.until = 0.0
    env = environ.FileAwareEnv()
    env.ENVIRON = {"CACHE_URL": url}
    settings.CACHES = {"default": storage.cache(env)}


def test_limits_are_counted_in_redis_and_by_each_process_while_it_is_away(
    rf, settings, tmp_path, caplog
):
    port = free_port()
    folder = Path("/tmp") / f"redis-{port}"  # noqa: S108  (addresses of sockets are short)
    folder.mkdir()

    def is_within(action: str) -> bool:
        return limits.is_within(rf.post("/"), action, amount=1, now=clock.now())

    try:
        share(settings, f"redis://127.0.0.1:{port}/1")
        with redis_server(folder, port):
            assert [is_within("note"), is_within("note")] == [True, False]
            with Redis(port=port, db=1) as other:
                (key,) = other.keys()
                assert re.fullmatch(rb"[0-9a-f]{64}", key)  # no address in it
                assert 3500 < other.ttl(key) <= 3600
                assert json.loads(other.get(key))[0] == 2  # nothing that could run when it is read
            share(settings, f"unix://{folder}/redis.sock?db=1")
            assert not is_within("note")
            assert checks.limits_are_shared(None, databases=["default"]) == []
            share(settings, f"redis://127.0.0.1:{port}/1")
        # Gone, in the middle of a connection that was good: nobody waits, nobody is refused.
        assert [is_within("note"), is_within("note")] == [True, False]
        assert caplog.text.count("Redis is away") == 1  # it is asked again some seconds later
        assert Client().get("/de/").status_code == 200
        redis_cache._Outage.until, settings.DEMO = 0.0, False
        (found,) = checks.limits_are_shared(None, databases=["default"])
        assert found.id == "portal.W016"
        with redis_server(folder, port):
            redis_cache._Outage.until = 0.0
            assert cache.add("again", "x", timeout=60)
            with Redis(port=port, db=1) as other:
                assert len(other.keys()) == 1
    finally:
        shutil.rmtree(folder)


def test_a_server_of_redis_that_hangs_keeps_nobody_waiting(rf, settings):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        share(settings, f"valkey://127.0.0.1:{silent.getsockname()[1]}")
        assert limits.is_within(rf.post("/"), "hangs", amount=1, now=clock.now())
    redis_cache._Outage.until = 0.0
