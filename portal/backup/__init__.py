"""A copy of everything in one file, and back: all tables and all files, with their checksums.

A backup is a tar archive. `tables/<app>.<model>.jsonl` holds a row a line, as a list in the order
of the fields that `manifest.json` names; `files/<name>` is what lies in the storage; the manifest
comes last, so that a truncated archive has none. The rows belong to one instant, whoever writes
meanwhile, and know nothing of the kind of database: what came from SQLite can go to PostgreSQL.

With a public key the archive is encrypted as https://age-encryption.org/v1 says; the command `age`
opens it, too. Both ways it is written and read as a stream, in pieces: from and to a pipe as well.

Left out are sessions and counters of limits: whoever was logged in logs in again.
"""

from portal.backup.errors import BackupError
from portal.backup.reading import Restored, restore
from portal.backup.sealing import new_key
from portal.backup.writing import Written, write

__all__ = ["BackupError", "Restored", "Written", "new_key", "restore", "write"]
