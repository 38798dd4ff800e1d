"""Files of cases in a bucket that speaks S3: private, never overwritten, never linked to.

They leave the site through its own permission check only, so no address of the bucket is ever
given away. What goes wrong there is `FilesAwayError`, which visitors are told kindly.
"""

import datetime as dt
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from s3transfer.exceptions import RetriesExceededError
from storages.backends.s3 import S3Storage

from portal.files import FilesAwayError

logger = logging.getLogger(__name__)

MB = 1024 * 1024
GONE = 404
# One try more, and no visitor waits longer than a proxy does. Checksums beyond those that every
# server knows are sent only where they have to be.
PATIENCE = Config(
    connect_timeout=3,
    read_timeout=15,
    retries={"mode": "standard", "max_attempts": 2},
    signature_version="s3v4",
    s3={"addressing_style": "path"},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


class PrivateS3Storage(S3Storage):
    """The default storage where FILES_S3_BUCKET names a bucket."""

    def get_default_settings(self) -> dict:
        return {
            **super().get_default_settings(),
            "client_config": PATIENCE,
            # In one piece: a file is there as a whole, or not at all.
            "transfer_config": TransferConfig(use_threads=False, multipart_threshold=64 * MB),
            "file_overwrite": False,
            "querystring_auth": False,
            "default_acl": None,  # private, wherever buckets are as they are made
            "object_parameters": {"ContentType": "application/octet-stream"},
            "max_memory_size": MB,  # while it is read; more lies in the folder for uploads
        }

    def url(self, name: str, *args, **kwargs) -> str:
        raise ValueError("Files of cases have no address of their own.")

    def exists(self, name: str) -> bool:
        with _as_ours():
            return super().exists(name)

    def delete(self, name: str) -> None:
        """A file that stays because the bucket is away is swept at night, as no row names it."""
        try:
            with _as_ours():
                super().delete(name)
        except FilesAwayError:
            logger.warning("A file could not be deleted now; it is tried again at night.")

    def below(self, folder: str) -> Iterator[tuple[str, dt.datetime]]:
        """Every name in `folder`, however deep, and when it was written; a thousand at a time."""
        with _as_ours():
            for found in self.bucket.objects.filter(Prefix=f"{folder}/"):
                yield found.key, found.last_modified

    def _save(self, name: str, content: File) -> str:
        with _as_ours():
            return super()._save(name, content)

    def _open(self, name: str, mode: str = "rb") -> File:
        """All of it is fetched at once: an answer that has begun cannot say that it failed."""
        with _as_ours():
            file = super()._open(name, mode)
            file.open()
            return file


@contextmanager
def _as_ours() -> Iterator[None]:
    """FileNotFoundError for what is gone, FilesAwayError for everything else that goes wrong."""
    try:
        yield
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == GONE:
            raise FileNotFoundError("The bucket has no such file.") from error
        code = error.response.get("Error", {}).get("Code", "")
        logger.warning("The bucket for files refused: %s", code)
        raise FilesAwayError(code) from error
    except (BotoCoreError, Boto3Error, RetriesExceededError) as error:
        logger.warning("The bucket for files is away (%s).", type(error).__name__)
        raise FilesAwayError(type(error).__name__) from error
