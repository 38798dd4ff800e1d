"""Keys, and what an archive passes through: a checksum, and on request the encryption of age.

`pyrage` pulls from one stream and pushes into another, as `tarfile` does; a pipe lies between the
two, and pyrage works in a thread of its own.
"""

import hashlib
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import pyrage
from pyrage import x25519

from portal.backup.errors import BackupError

MAGIC = b"age-encryption.org/v1"


class Hashed:
    """Hands on what is written to, or read from, `stream`; knows the SHA-256 of all of it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()
        self._ahead = b""

    def write(self, data: bytes) -> int:
        self._stream.write(data)
        self._digest.update(data)
        return len(data)

    def flush(self) -> None:
        self._stream.flush()

    def read(self, size: int = -1) -> bytes:
        if self._ahead:
            size = len(self._ahead) if size < 0 else size
            data, self._ahead = self._ahead[:size], self._ahead[size:]
            return data
        data = self._stream.read(size)
        self._digest.update(data)
        return data

    def begins_with(self, expected: bytes) -> bool:
        """Whether that comes first; it is read again afterwards."""
        self._ahead = self.read(len(expected))
        return self._ahead == expected

    def drain(self) -> None:
        """Read what is left."""
        while self.read(1024 * 1024):
            pass

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


# Keys ---------------------------------------------------------------------------------------------


def new_key(path: Path) -> str:
    """Write a new private key to `path`, readable by us alone; returns its public key, age1…

    Raises FileExistsError. The file is as `age-keygen` writes it.
    """
    identity = x25519.Identity.generate()
    public = str(identity.to_public())
    with open(path, "x", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(f"# public key: {public}\n{identity}\n")
    return public


def recipients(texts: Iterable[str]) -> list[x25519.Recipient]:
    """The public keys in `texts`, which may also be lines of a file; raises BackupError."""
    text = "\n".join(texts)
    found = [_read_key(x25519.Recipient.from_str, key) for key in _keys(text)]
    if text.strip() and not found:
        raise BackupError("There is no key in what names the recipients.")
    return found


def identities(path: Path) -> list[x25519.Identity]:
    """The private keys of a file; raises BackupError."""
    try:
        keys = _keys(path.read_text("ascii"))
    except (OSError, UnicodeError) as error:
        raise BackupError(f"{path} cannot be read as a file of keys.") from error
    found = [_read_key(x25519.Identity.from_str, key) for key in keys]
    if not found:
        raise BackupError(f"{path} holds no key.")
    return found


def _keys(text: str) -> list[str]:
    lines = (line.partition("#")[0].replace(",", " ") for line in text.splitlines())
    return [key for line in lines for key in line.split()]


def _read_key(read: Callable, text: str):
    try:
        return read(text)
    except (pyrage.RecipientError, pyrage.IdentityError) as error:  # its words may hold the key
        begins = "age1…" if read == x25519.Recipient.from_str else "AGE-SECRET-KEY-1…"
        raise BackupError(f"A key is not right: it begins with {begins}") from error


# Streams ------------------------------------------------------------------------------------------


@contextmanager
def sealed(target: Hashed, keys: list[x25519.Recipient]) -> Iterator[IO[bytes]]:
    """Where to write what arrives in `target`, encrypted for `keys`; as it is without any."""
    if not keys:
        yield target
        return
    reads, writes = _pipe()
    with _beside(lambda: pyrage.encrypt_io(reads, target, keys), theirs=reads, ours=writes):
        yield writes


@contextmanager
def opened(source: Hashed, keys: list[x25519.Identity]) -> Iterator[IO[bytes]]:
    """Where to read what `source` holds, decrypted if it is encrypted; raises BackupError."""
    if not source.begins_with(MAGIC):
        yield source
        return
    if not keys:
        raise BackupError("This backup is encrypted: name the file of its key with --identity.")
    reads, writes = _pipe()
    try:
        with _beside(lambda: pyrage.decrypt_io(source, writes, keys), theirs=writes, ours=reads):
            yield reads
    except pyrage.DecryptError as error:
        raise BackupError(
            "The backup cannot be decrypted: it is for another key, damaged or cut off."
        ) from error


def _pipe() -> tuple[IO[bytes], IO[bytes]]:
    reads, writes = os.pipe()
    return os.fdopen(reads, "rb"), os.fdopen(writes, "wb")


@contextmanager
def _beside(work: Callable[[], None], *, theirs: IO[bytes], ours: IO[bytes]) -> Iterator[None]:
    """Run `work` in a thread meanwhile; each closes its end of a pipe.

    What goes wrong there first is raised here: our own error would only say that the pipe is
    broken.
    """
    errors: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)
        finally:
            with suppress(OSError):
                theirs.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
        ours.close()
    except BaseException:
        first = errors[:1]
        with suppress(OSError):
            ours.close()
        thread.join()
        if first:
            raise first[0] from None
        raise
    thread.join()
    if errors:
        raise errors[0]
