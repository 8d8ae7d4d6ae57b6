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

TOO_LARGE = "_upload_too_large"


class BoundedUpload(FileUploadHandler):
    """First of the upload handlers: drops what goes past the limit, so that no upload fills the disk."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > settings.MAX_UPLOAD_BYTES:
            setattr(self.request, TOO_LARGE, True)
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def was_too_large(request: HttpRequest) -> bool:
    """Whether an upload of this request was dropped for its size."""
    return getattr(request, TOO_LARGE, False)


def too_large() -> str:
    return f"The file is larger than {settings.MAX_UPLOAD_BYTES // (1024 * 1024):,} MB. Split it and import the parts."


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
