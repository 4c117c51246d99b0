from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from bridge.jobs import keys
from bridge.jobs.job import JobKey
from bridge.ports import Stored
from bridge.problem import Refused
from bridge.stores.failures import FileMissing, StoreUnavailable
from bridge.stores.files import CHUNK, PART, Files

KEY = keys.raw(JobKey("t1", "eng_1", "imp_1"), "2025-12-31")
MIB = 1024 * 1024


@pytest.fixture
def s3(client: Callable[[str], Any], dynamodb: Any) -> Any:
    real = client("s3")
    real.create_bucket(Bucket="data", CreateBucketConfiguration={"LocationConstraint": "eu-north-1"})
    return type(dynamodb)(real)


@pytest.fixture
def files(s3: Any) -> Files:
    return Files(s3, "data", "key", "t1")


def left(s3: Any) -> tuple[int, int]:
    """Count objects and open uploads."""
    objects = s3.client.list_objects_v2(Bucket="data")["KeyCount"]
    return objects, len(s3.client.list_multipart_uploads(Bucket="data").get("Uploads", []))


def stream(size: int, chunk: int = 700_001) -> Iterator[bytes]:
    for start in range(0, size, chunk):
        yield bytes([start % 251]) * min(chunk, size - start)


@pytest.mark.parametrize(("size", "call"), [(0, "put_object"), (PART, "create_multipart_upload")])
def test_a_file_is_encrypted_under_a_context_that_names_its_tenant(files: Files, s3: Any, size: int, call: str) -> None:
    files.write(KEY, stream(size), limit=size)
    files.put(KEY, b"")
    for each in (s3.params[call], s3.params["put_object"]):
        assert json.loads(base64.b64decode(each["SSEKMSEncryptionContext"])) == {"tenant": "t1"}
        assert (each["ServerSideEncryption"], each["SSEKMSKeyId"]) == ("aws:kms", "key")
        assert each["BucketKeyEnabled"] is False, "the bucket's own key would put the bucket in place of the context"


def test_an_object_is_put_and_got_whole(files: Files) -> None:
    files.put(KEY, b"abc")
    assert files.get(KEY) == b"abc"
    assert files.get(keys.raw(JobKey("t12", "eng_1", "imp_1"), "2025-12-31")) is None


@pytest.mark.parametrize("size", [0, 1, PART - 1, PART, PART + 1, 2 * PART, 2 * PART + 17])
def test_a_stream_arrives_byte_for_byte_with_its_size_and_hash(files: Files, s3: Any, size: int) -> None:
    whole = b"".join(stream(size))
    assert files.write(KEY, stream(size), limit=size) == Stored(size, hashlib.sha256(whole).hexdigest())
    assert files.get(KEY) == whole
    assert left(s3) == (1, 0)


def test_small_bodies_are_plain_and_large_ones_go_in_parts_one_after_another(files: Files, s3: Any) -> None:
    files.write(KEY, stream(PART - 1), limit=PART)
    assert s3.calls == ["put_object"]
    s3.calls.clear()
    files.write(KEY, [b"x" * (3 * PART)], limit=3 * PART)
    assert s3.calls == ["create_multipart_upload", *["upload_part"] * 3, "complete_multipart_upload"]


def test_the_parts_carry_the_checksums_that_s3_gave(s3: Any) -> None:
    s3.on("upload_part", lambda _: {"ETag": "tag", "ChecksumCRC32": "sum"})
    s3.on("complete_multipart_upload", lambda _: None)
    files = Files(s3, "data", "key", "t1")
    files.write(KEY, [b"x" * PART], limit=PART)
    part = {"PartNumber": 1, "ETag": "tag", "ChecksumCRC32": "sum"}
    assert s3.params["complete_multipart_upload"]["MultipartUpload"] == {"Parts": [part]}


def test_a_stream_over_the_limit_is_refused_after_at_most_one_chunk_and_leaves_nothing(files: Files, s3: Any) -> None:
    read: list[int] = []

    def endless() -> Iterator[bytes]:
        while True:
            read.append(MIB)
            yield b"x" * MIB

    with pytest.raises(Refused) as refused:
        files.write(KEY, endless(), limit=20 * MIB)
    assert refused.value.problem.code == "file-too-large"
    assert refused.value.problem.params == {"size": 21 * MIB, "limit": 20 * MIB}
    assert len(read) == 21
    assert left(s3) == (0, 0)


def test_a_small_stream_over_the_limit_writes_nothing(files: Files, s3: Any) -> None:
    with pytest.raises(Refused):
        files.write(KEY, [b"ab", b"c"], limit=2)
    assert s3.calls == []


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_stream_that_breaks_leaves_no_open_upload_and_no_object(
    files: Files, s3: Any, error: type[BaseException]
) -> None:
    def broken() -> Iterator[bytes]:
        yield b"x" * (PART + 1)
        raise error

    with pytest.raises(error):
        files.write(KEY, broken(), limit=9 * PART)
    assert left(s3) == (0, 0)


@pytest.mark.parametrize("method", ["upload_part", "complete_multipart_upload"])
def test_a_store_that_fails_leaves_no_open_upload(files: Files, s3: Any, faults: Any, method: str) -> None:
    s3.on(method, faults.error("SlowDown", 503))
    with pytest.raises(StoreUnavailable):
        files.write(KEY, stream(PART + 1), limit=9 * PART)
    assert left(s3) == (0, 0)


def test_an_abort_that_fails_does_not_hide_what_went_wrong(files: Files, s3: Any, faults: Any) -> None:
    s3.on("abort_multipart_upload", faults.error("SlowDown", 503))
    with pytest.raises(Refused):
        files.write(KEY, stream(2 * PART), limit=PART + 1)


def test_writing_again_replaces(files: Files) -> None:
    files.write(KEY, stream(PART + 5), limit=9 * PART)
    files.write(KEY, [b"new"], limit=9)
    assert files.get(KEY) == b"new"


def test_an_object_is_read_in_bounded_chunks(files: Files) -> None:
    files.put(KEY, b"x" * (2 * CHUNK + 3))
    assert [len(chunk) for chunk in files.read(KEY)] == [CHUNK, CHUNK, 3]


def test_reading_a_file_that_must_be_there_names_it(files: Files) -> None:
    with pytest.raises(FileMissing, match="2025-12-31"):
        list(files.read(KEY))


def test_a_file_we_may_not_read_is_not_a_file_that_is_missing(files: Files, s3: Any, faults: Any) -> None:
    s3.on("get_object", faults.error("AccessDenied", 403))
    with pytest.raises(ClientError):
        files.get(KEY)


def test_a_read_that_breaks_halfway_is_unavailable(files: Files, s3: Any, faults: Any) -> None:
    class Body:
        def __init__(self) -> None:
            self.closed = False

        def read(self, size: int) -> bytes:
            return bytes(faults.silent(lambda: b"x" * size))

        def close(self) -> None:
            self.closed = True

    body = Body()
    s3.on("get_object", lambda _: {"Body": body})
    with pytest.raises(StoreUnavailable):
        list(files.read(KEY))
    assert body.closed
