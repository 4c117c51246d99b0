"""A tenant's files in the data bucket, streamed both ways in bounded memory.

Each is encrypted under a context that names its tenant: KMS opens it to nobody else, wherever in the bucket it lies. The
bucket's own key would spare a call to KMS per file, but it knows only one context for the whole bucket.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from typing import Any, Self

from botocore.exceptions import ClientError

from bridge.jobs.keys import FileKey
from bridge.ports import Stored
from bridge.problem import refuse
from bridge.stores.failures import FileMissing, StoreUnavailable, at_the_wall, code_of

PART = 8 * 1024 * 1024
"""Bytes of a part; S3 wants at least 5 MiB of all but the last. Parts go one after another: threads gain nothing."""

CHUNK = 1024 * 1024
"""Bytes read at a time."""


class Files:
    """Implements `ports.Files`."""

    def __init__(self, client: Any, bucket: str, key: str, tenant: str) -> None:
        """`client` is boto3's for S3, `bucket` the name of the data bucket, `key` that of KMS over it."""
        self._client = client
        self._bucket = bucket
        self._encrypted = {
            "ServerSideEncryption": "aws:kms",
            "SSEKMSKeyId": key,
            "SSEKMSEncryptionContext": base64.b64encode(json.dumps({"tenant": tenant}).encode()).decode(),
            "BucketKeyEnabled": False,
        }

    def put(self, key: FileKey, data: bytes) -> None:
        """Write an object whole."""
        with at_the_wall():
            self._client.put_object(Bucket=self._bucket, Key=key, Body=data, **self._encrypted)

    def get(self, key: FileKey) -> bytes | None:
        """Read an object whole; None when there is none."""
        try:
            return b"".join(self.read(key))
        except FileMissing:
            return None

    def write(self, key: FileKey, chunks: Iterable[bytes], limit: int) -> Stored:
        """Stream into an object, counting and hashing on the way; at most one chunk over the limit is ever read."""
        digest, size, waiting = hashlib.sha256(), 0, bytearray()
        with _Upload(self._client, self._bucket, key, self._encrypted) as upload:
            for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    raise refuse("file-too-large", size=size, limit=limit)
                digest.update(chunk)
                waiting += chunk
                while len(waiting) >= PART:
                    upload.part(bytes(waiting[:PART]))
                    del waiting[:PART]
            upload.finish(bytes(waiting))
        return Stored(size, digest.hexdigest())

    def read(self, key: FileKey) -> Iterator[bytes]:
        """Stream an object in chunks of a mebibyte. FileMissing when there is none."""
        try:
            with at_the_wall():
                body = self._client.get_object(Bucket=self._bucket, Key=key)["Body"]
        except ClientError as error:
            if code_of(error) != "NoSuchKey":
                raise
            raise FileMissing(key) from None
        with closing(body):
            while chunk := _next(body):
                yield chunk


def _next(body: Any) -> bytes:
    with at_the_wall():
        return bytes(body.read(CHUNK))


class _Upload:
    """A write that begins as a multipart upload when its first part is full, and is a plain one if that never comes.

    Whatever is raised inside leaves no upload open.
    """

    def __init__(self, client: Any, bucket: str, key: str, encrypted: Mapping[str, Any]) -> None:
        self._client = client
        self._encrypted = encrypted
        self._where = {"Bucket": bucket, "Key": key}
        self._upload: dict[str, str] = {}
        self._parts: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, _error: object, _trace: object) -> None:
        """Abort after an error. Should that fail too, the bucket's lifecycle rule removes the parts in a day."""
        if kind and self._upload:
            with suppress(StoreUnavailable), at_the_wall():
                self._client.abort_multipart_upload(**self._upload)

    def part(self, data: bytes) -> None:
        """Send the next part."""
        with at_the_wall():
            if not self._upload:
                begun = self._client.create_multipart_upload(**self._where, **self._encrypted)
                self._upload = {**self._where, "UploadId": begun["UploadId"]}
            number = len(self._parts) + 1
            answer = self._client.upload_part(**self._upload, PartNumber=number, Body=data)
        told = {name: answer[name] for name in ("ETag", "ChecksumCRC32") if name in answer}
        self._parts.append({"PartNumber": number, **told})

    def finish(self, rest: bytes) -> None:
        """Send what is left and make the object appear."""
        if not self._upload:
            with at_the_wall():
                self._client.put_object(**self._where, **self._encrypted, Body=rest)
            return
        if rest:
            self.part(rest)
        with at_the_wall():
            self._client.complete_multipart_upload(**self._upload, MultipartUpload={"Parts": self._parts})
