"""Whether database, files, counts and backups lie where they are safe, and can be reached."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.files.storage import default_storage
from django.db import Error as DatabaseError
from django.db import connection

from portal import storage
from portal.backup.errors import BackupError
from portal.backup.sealing import recipients
from portal.checks.hosts import is_beside, is_here
from portal.files import FilesAwayError

OWN_TO_ONE_PROCESS = ("locmem.LocMemCache", "dummy.DummyCache")
PARTS = {
    "bucket": "FILES_S3_BUCKET",
    "endpoint": "FILES_S3_ENDPOINT",
    "key_id": "FILES_S3_KEY_ID",
    "secret": "FILES_S3_SECRET",
}


def asks(databases) -> bool:
    """Whether the check may ask what is elsewhere: with `--database default`."""
    return "default" in (databases or ())


@register(Tags.database, deploy=True)
def database_suits_its_use(app_configs, **kwargs) -> list[CheckMessage]:
    """SQLite is for one machine; a way to another one is encrypted, and its end is known."""
    if settings.DEMO:
        return []
    said = settings.DATABASES["default"]
    if said["ENGINE"] == storage.SQLITE:
        return [
            Warning(
                "SQLite keeps everything on this one machine and its disk.",
                hint="That is sound for one machine with backups. For more machines, or for a "
                "database that somebody else looks after, set DATABASE_URL to a PostgreSQL.",
                id="portal.W011",
            )
        ]
    mode = said.get("OPTIONS", {}).get("sslmode", "")
    hosts = str(said.get("OPTIONS", {}).get("host") or said["HOST"]).split(",")
    others = [host for host in hosts if not is_here(host)]
    is_said_to_be_beside = mode == "disable" and all(map(is_beside, others))
    if not others or mode == "verify-full" or is_said_to_be_beside:
        return []
    return [
        Warning(
            f"What goes to the database on {', '.join(others)} may be read or answered by others.",
            hint="Add ?sslmode=verify-full&sslrootcert=/path/to/ca.pem to DATABASE_URL; for a "
            "container on the same machine, ?sslmode=disable.",
            id="portal.W012",
        )
    ]


@register(Tags.security, deploy=True)
def database_file_is_private(app_configs, **kwargs) -> list[CheckMessage]:
    """What people wrote, and links that let somebody in, stand in the file of SQLite."""
    said = settings.DATABASES["default"]
    if settings.DEMO or said["ENGINE"] != storage.SQLITE:
        return []
    file = Path(said.get("NAME") or "")
    if not _is_open_to_all(file):
        return []
    return [
        Warning(
            f"Every user of this machine can read {file}.",
            hint=f"chmod 700 {file.parent}",
            id="portal.W022",
        )
    ]


def _is_open_to_all(file: Path) -> bool:
    try:
        may_read, may_enter = file.stat().st_mode & 0o004, file.parent.stat().st_mode & 0o001
        return file.is_file() and bool(may_read and may_enter)
    except OSError:  # not there yet, or not even for us
        return False


@register(Tags.database, deploy=True)
def database_user_may_do_no_more_than_needed(app_configs, databases, **kw) -> list[CheckMessage]:
    """Whoever takes over the site should not get the whole server with it."""
    if settings.DEMO or not asks(databases) or connection.vendor != "postgresql":
        return []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            (is_superuser,) = cursor.fetchone()
    except DatabaseError:
        return []  # `/readyz` says so
    if not is_superuser:
        return []
    return [
        Warning(
            "The site logs in to PostgreSQL as a superuser.",
            hint="Give it a role of its own; deploy/database/roles.sh makes two, one for the site "
            "and one for `migrate`.",
            id="portal.W013",
        )
    ]


@register(Tags.caches, deploy=True)
def limits_are_shared(app_configs, databases=None, **kwargs) -> list[CheckMessage]:
    """A limit that each process counts for itself is no limit."""
    if settings.DEMO:
        return []
    said = settings.CACHES["default"]
    if said["BACKEND"].endswith(OWN_TO_ONE_PROCESS):
        return [
            Warning(
                "CACHE_URL names a cache that each process has for itself, so limits do not hold.",
                hint="Leave CACHE_URL out (a table of the database), or set it to "
                "redis://host:6379/1.",
                id="portal.W014",
            )
        ]
    if said["BACKEND"] != storage.FORGIVING_REDIS:
        return []
    found: list[CheckMessage] = []
    place = urlsplit(str(said["LOCATION"]))
    host = place.hostname or ""
    if place.scheme == "redis" and not is_here(host) and not is_beside(host):
        found.append(
            Warning(
                f"Password and counts travel to Redis on {host} without encryption.",
                hint="Use rediss:// in CACHE_URL.",
                id="portal.W015",
            )
        )
    if asks(databases) and not cache.ping():
        found.append(
            Warning(
                "Redis does not answer, or does not let us in: each process counts for itself.",
                hint="Look at CACHE_URL, and at the log of Redis.",
                id="portal.W016",
            )
        )
    return found


@register(Tags.files, deploy=True)
def files_can_be_stored(app_configs, databases=None, **kwargs) -> list[CheckMessage]:
    """In a bucket of which all is told, or in a folder that no web server serves."""
    said = settings.FILES_S3
    missing = [name for key, name in PARTS.items() if not said[key]]
    if 0 < len(missing) < len(PARTS):
        return [
            Error(
                f"Files cannot be kept in a bucket: {', '.join(missing)} is not set.",
                hint="Set all of them (and FILES_S3_REGION where there are several), or none.",
                id="portal.E005",
            )
        ]
    if not missing:
        return _bucket(said, is_asked=asks(databases))
    return _folder(settings.FILES_DIR)


def _bucket(said: dict[str, str], *, is_asked: bool) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if not settings.DEMO and not said["endpoint"].startswith("https://"):
        found.append(
            Warning(
                "Files travel to FILES_S3_ENDPOINT without encryption.",
                hint="Use its https address.",
                id="portal.W017",
            )
        )
    try:
        if is_asked:
            next(default_storage.below("attachments"), None)
    except (FilesAwayError, FileNotFoundError) as error:
        found.append(
            Warning(
                f"The bucket for files cannot be read ({error}).",
                hint="The key needs to list the bucket, and to get, put and delete its objects.",
                id="portal.W018",
            )
        )
    return found


def _folder(chosen: Path) -> list[CheckMessage]:
    """A folder that is not there yet is made with the first file, if what it lies in is ours."""
    served = [Path(settings.STATIC_ROOT), *map(Path, settings.STATICFILES_DIRS)]
    if any(_is_within(chosen, each) or _is_within(each, chosen) for each in served):
        return [
            Error(
                f"FILES_DIR is {chosen}, and static files are served from there: everybody could "
                "read the files of cases.",
                hint="Set it to a folder of its own, such as /var/lib/ansprechbar/files.",
                id="portal.E006",
            )
        ]
    if _is_writable(chosen):
        return []
    return [
        Error(
            f"Uploaded files cannot be stored: {_first_there(chosen)} is not writable.",
            hint="Give it to the user that runs the site, or set FILES_DIR to another folder.",
            id="portal.E002",
        )
    ]


def _is_within(inner: Path, outer: Path) -> bool:
    return inner.resolve().is_relative_to(outer.resolve())


def _first_there(folder: Path) -> Path:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder


def _is_writable(folder: Path) -> bool:
    folder = _first_there(folder)
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


@register(Tags.files, deploy=True)
def folders_are_there(app_configs, **kwargs) -> list[CheckMessage]:
    """What is read from folders is not missed before it is needed; nor is what is written."""
    if settings.DEMO:
        return []
    found: list[CheckMessage] = []
    if not _is_writable(settings.STATE_DIR):
        found.append(
            Warning(
                f"{settings.STATE_DIR} is not writable, so a process that starts while the "
                "database is away has nothing to show.",
                hint="Give it to the user that runs the site.",
                id="portal.W019",
            )
        )
    for name, folders in (
        ("EXTRA_FONT_PATHS", settings.EXTRA_FONT_PATHS),
        ("EXTRA_LOCALE_PATHS", settings.LOCALE_PATHS),
    ):
        gone = [str(folder) for folder in folders if not Path(folder).is_dir()]
        if gone:
            found.append(
                Warning(
                    f"{name} names folders that are not there: {', '.join(gone)}.",
                    hint="Correct the path, or leave it out.",
                    id="portal.W020",
                )
            )
    scanner = settings.CLAMD_SOCKET
    if scanner and "/" not in scanner and not scanner.rpartition(":")[2].isdecimal():
        found.append(
            Error(
                f"CLAMD_SOCKET is no address: {scanner}.",
                hint="Write the path of a socket, or host:port.",
                id="portal.E007",
            )
        )
    return found


@register(Tags.security, deploy=True)
def backups_are_for_somebody(app_configs, **kwargs) -> list[CheckMessage]:
    """A backup that nobody can open is found out on the worst of days."""
    if settings.DEMO:
        return []
    if not settings.BACKUP_RECIPIENT:
        return [
            Warning(
                "BACKUP_RECIPIENT is not set, so whoever finds a backup reads it.",
                hint="Make a pair of keys (`manage.py backup --new-key FILE`), and set it to the "
                "public one.",
                id="portal.W021",
            )
        ]
    try:
        recipients([settings.BACKUP_RECIPIENT])
    except BackupError:
        return [
            Error(
                "BACKUP_RECIPIENT has no public key of age, or something else beside it.",
                hint="It begins with age1; the private one (AGE-SECRET-KEY-1…) stays elsewhere.",
                id="portal.E008",
            )
        ]
    return []
