"""Files that people upload: checked and cleaned before anything is stored.

PDF, JPEG and PNG, by the end of the name, the first bytes and what the browser says: all three have
to agree. A browser that does not know the type, and says nothing or `application/octet-stream`, is
no liar; the other two then decide. Whoever stores the files checks their number and sum per case.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from portal import pictures

MB = 1024 * 1024
MAX_FILE = 10 * MB  # bytes
MAX_TOTAL = 50 * MB  # of all files of one case together
MAX_FILES = 30  # of one case
MAX_REQUEST = 60 * MB  # of what one form may send: its files, and some room for the rest
NAME_LENGTH = 100  # characters, with the end that says the type
NAME_BYTES = 200  # in UTF-8; no file system takes more than 255

CHUNK = 64 * 1024


@dataclass(frozen=True)
class Kind:
    """A type of file that we take: its ends, its first bytes, its names in the wild."""

    content_type: str
    ends: tuple[str, ...]
    magic: bytes
    aliases: frozenset[str] = frozenset()


PDF = Kind("application/pdf", ("pdf",), b"%PDF-", frozenset({"application/x-pdf"}))
JPEG = Kind("image/jpeg", ("jpg", "jpeg"), b"\xff\xd8\xff", frozenset({"image/jpg", "image/pjpeg"}))
PNG = Kind("image/png", ("png",), b"\x89PNG\r\n\x1a\n", frozenset({"image/x-png"}))
KINDS = (PDF, JPEG, PNG)
ACCEPT = ".pdf,.jpg,.jpeg,.png"  # for the picker of the browser
UNKNOWN_TYPES = frozenset({"", "application/octet-stream"})


@dataclass(frozen=True)
class CleanFile:
    """A file that may be stored. `digest` is the SHA-256 of `content`, `size` its bytes.

    `name` is text for people: no path, no character that hides or turns others.
    """

    name: str
    content_type: str
    content: File
    digest: str
    size: int


def clean(upload: UploadedFile) -> CleanFile:
    """`upload`, if it is what it says, as it may be stored.

    A picture is written anew; a PDF stays as it is. Raises ValidationError with a message that
    names the file and says what to do.
    """
    name = clean_name(upload.name or "")
    _check_size(upload, name)
    kind = _kind(upload, name)
    content: File = upload
    if kind is PDF:
        _check_pdf(upload, name)
    else:
        content = _picture(upload, name, kind)
    digest, size = _measure(content)
    return CleanFile(name, kind.content_type, content, digest, size)


def clean_name(name: str) -> str:
    """`name` as people may read it: the last part of a path, composed, one line, not too long."""
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    name = "".join(" " if c.isspace() else c for c in name if c.isspace() or _is_seen(c))
    stem, dot, end = " ".join(name.split()).rpartition(".")
    if not dot:
        stem, end = end, ""
    stem = stem.strip(". ") or "file"
    end = re.sub(r"[^a-z0-9]", "", end.lower())[:8]
    stem = stem[: NAME_LENGTH - len(end) - 1].encode()[: NAME_BYTES - len(end) - 1]
    return f"{stem.decode(errors='ignore').rstrip('. ')}{'.' if end else ''}{end}"


def _is_seen(character: str) -> bool:
    """No control, format, surrogate or private character."""
    return unicodedata.category(character)[0] != "C"


def _check_size(upload: UploadedFile, name: str) -> None:
    if not upload.size:
        raise ValidationError(
            _("“%(name)s” is empty. Look whether it opens on your device, then upload it again."),
            code="empty",
            params={"name": name},
        )
    if upload.size > MAX_FILE:
        raise ValidationError(
            _(
                "“%(name)s” is larger than %(limit)s MB. Save it smaller, such as a scan at "
                "150 dpi, or upload its pages one by one."
            ),
            code="too-large",
            params={"name": name, "limit": MAX_FILE // MB},
        )


def _kind(upload: UploadedFile, name: str) -> Kind:
    """What the file is, by its first bytes; refused if its name or the browser says otherwise."""
    upload.seek(0)
    first = upload.read(16)
    kind = next((kind for kind in KINDS if first.startswith(kind.magic)), None)
    if kind is None:
        raise ValidationError(
            _(
                "“%(name)s” is not a PDF, JPEG or PNG file. Save it as one of these, or take a "
                "photo of it, and upload that."
            ),
            code="type",
            params={"name": name},
        )
    declared = (upload.content_type or "").partition(";")[0].strip().lower()
    if (
        name.rpartition(".")[2] not in kind.ends
        or declared not in {kind.content_type} | kind.aliases | UNKNOWN_TYPES
    ):
        raise ValidationError(
            _(
                "“%(name)s” says it is another type of file than it is. Give it a name that ends "
                "with .%(end)s, and upload it again."
            ),
            code="mismatch",
            params={"name": name, "end": kind.ends[0]},
        )
    return kind


def _check_pdf(upload: BinaryIO, name: str) -> None:
    """Whole, and open to whoever works on the case: no password, no protection.

    A protected PDF may open without a password or may not; only a PDF reader could tell.
    """
    last = b""
    upload.seek(0)
    while chunk := upload.read(CHUNK):
        window = last + chunk
        if re.search(rb"/Encrypt\s*(?:<<|\d+\s+\d+\s+R)", window):
            raise ValidationError(
                _(
                    "“%(name)s” is protected, by a password or against copying, so the office may "
                    "not be able to read it. Print it into a PDF without protection, or take "
                    "photos of its pages, and upload these."
                ),
                code="encrypted",
                params={"name": name},
            )
        last = window[-1024:]
    if b"%%EOF" not in last:
        raise ValidationError(
            _(
                "“%(name)s” is incomplete. Look whether it opens on your device, then upload it "
                "again."
            ),
            code="broken",
            params={"name": name},
        )


def _picture(upload: BinaryIO, name: str, kind: Kind) -> File:
    upload.seek(0)
    try:
        written = pictures.rewrite(
            upload, kind="PNG" if kind is PNG else "JPEG", max_bytes=MAX_FILE
        )
    except pictures.BrokenPictureError as error:
        raise ValidationError(
            _(
                "“%(name)s” cannot be read as a picture. Look whether it opens on your device, "
                "then upload it again or take a new photo."
            ),
            code="broken",
            params={"name": name},
        ) from error
    except pictures.LargePictureError as error:
        raise ValidationError(
            _("“%(name)s” is too large a picture. Save it smaller, then upload it again."),
            code="too-large",
            params={"name": name},
        ) from error
    return ContentFile(written, name=name)


def _measure(content: File) -> tuple[str, int]:
    """SHA-256 and bytes of what is there, whatever anybody said of it."""
    digest, size = hashlib.sha256(), 0
    for chunk in content.chunks(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    content.seek(0)
    return digest.hexdigest(), size
