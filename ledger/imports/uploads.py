"""Uploads: bounded in size, streamed to disk, kept under names of our own."""

from __future__ import annotations

import hashlib
import os
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

TOO_LARGE = "_uploads_too_large"
FILES_AT_ONCE = 5  # times the limit of one file: so much may come in one request


class BoundedUpload(FileUploadHandler):
    """First of the upload handlers: drops what goes past the limits, so that no upload fills the disk."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.of_file = self.of_request = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.of_file = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.of_file += len(raw_data)
        self.of_request += len(raw_data)
        most = settings.MAX_UPLOAD_BYTES
        if self.of_file > most or self.of_request > FILES_AT_ONCE * most:
            setattr(self.request, TOO_LARGE, [*dropped(self.request), str(self.file_name)])
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def dropped(request: HttpRequest | None) -> list[str]:
    """The names of the files of this request that were dropped for their size."""
    return getattr(request, TOO_LARGE, [])


def too_large() -> str:
    limit = settings.MAX_UPLOAD_BYTES // (1024 * 1024)
    return f"The file is larger than {limit:,} MB, or the files together than {FILES_AT_ONCE * limit:,} MB. Split it and import the parts."


def keep(file: UploadedFile[Any]) -> tuple[str, str]:
    """Copy an upload into the uploads folder. Returns its name there and its SHA-256."""
    folder = Path(settings.UPLOADS)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name, digest = f"{uuid.uuid4().hex}.csv", hashlib.sha256()
    handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as kept:
            for chunk in file.chunks(1 << 20):
                kept.write(chunk)
                digest.update(chunk)
    except OSError:
        drop(name)
        raise
    return name, digest.hexdigest()


def drop(name: str) -> None:
    """Remove a kept upload."""
    if name:
        (Path(settings.UPLOADS) / name).unlink(missing_ok=True)
