"""What survives a restart: tables, objects, keys, secrets, queues and executions, in one file written atomically.

moto's own objects are pickled (measured: 2 000 items and 20 MB in 0.05 s), so the file belongs to one version of moto and
to this machine. Everything else (roles, functions, definitions) is provisioned anew from the template at each start.
Executions that were running when the stack stopped start again from their first state under the same name, which the
tasks allow for, being safe to repeat; those that had ended keep their outcome and history.
"""

from __future__ import annotations

import io
import pickle
import threading
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from moto.backends import get_backend

from infra.local import executions
from infra.local.aws import ACCOUNT, REGION
from infra.local.files import write_atomically
from infra.local.seams import LOCK, MOTO_VERSION

_KEPT = (
    ("dynamodb", REGION, "tables"),
    ("s3", "aws", "buckets"),
    ("kms", REGION, "keys"),
    ("kms", REGION, "tagger"),
    ("secretsmanager", REGION, "secrets"),
    ("sqs", REGION, "queues"),
)
_TRIES = 10


class OtherVersion(Exception):
    """The local data were written by another version of moto and cannot be read."""


_LOCKS = {type(threading.Lock()): threading.Lock, type(threading.RLock()): threading.RLock}


class _Pickler(pickle.Pickler):
    """Pickles what refuses to be: private keys as PEM, and locks (of queues) as new ones."""

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
            pem = obj.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            return _private_key, (pem,)
        if type(obj) in _LOCKS:
            return _LOCKS[type(obj)], ()
        return NotImplemented


def _private_key(pem: bytes) -> Any:
    return serialization.load_pem_private_key(pem, None)


def save(path: Path, kept_executions: list[executions.Kept]) -> None:
    """Write everything that is kept to the file, so that a crash leaves the old file or the new one."""
    for left in reversed(range(_TRIES)):
        try:
            write_atomically(path, _pickled(kept_executions))
        except RuntimeError:  # a dictionary changed its size: a handler that outlived the host still writes objects
            if not left:
                raise
        else:
            return


def _pickled(kept_executions: list[executions.Kept]) -> bytes:
    with LOCK:
        kept = {(service, name): getattr(_backend(service, region), name) for service, region, name in _KEPT}
        buffer = io.BytesIO()
        _Pickler(buffer, protocol=5).dump({"moto": MOTO_VERSION, "kept": kept, "executions": kept_executions})
    return buffer.getvalue()


def load(path: Path) -> list[executions.Kept]:
    """Put back what the file holds (nothing where there is no file); returns the executions, for `executions.restore`."""
    if not path.exists():
        return []
    held = pickle.loads(path.read_bytes())  # noqa: S301 - our own file in the user's own folder
    if held["moto"] != MOTO_VERSION:
        raise OtherVersion(f"{path} was written with moto {held['moto']}, this is {MOTO_VERSION}: start with --reset")
    for service, region, name in _KEPT:
        setattr(_backend(service, region), name, held["kept"][service, name])
    _announce_buckets()
    kept: list[executions.Kept] = held["executions"]
    return kept


def _backend(service: Any, region: str) -> Any:
    return get_backend(service)[ACCOUNT][region]


def _announce_buckets() -> None:
    backends: Any = get_backend("s3")
    for name in _backend("s3", "aws").buckets:
        backends.bucket_accounts[name] = ("aws", ACCOUNT)
