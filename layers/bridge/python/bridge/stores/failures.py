"""What can go wrong with AWS that is nobody's mistake, and the one table that leads into it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from botocore import exceptions
from botocore.exceptions import ClientError

from bridge.problem import BridgeError


class StoreUnavailable(BridgeError):
    """A service we keep things in gave no answer, or asked us to slow down; the last write may or may not be there."""

    status: ClassVar[int] = 503


class Unreadable(BridgeError):
    """Something stored has a shape that this version of the code does not know; names the field, never its value."""


class FileMissing(BridgeError):
    """A file that must be there is not; names its key."""


TRANSIENT = frozenset(
    {
        "DependencyTimeoutException",
        "EC2ThrottledException",
        "KMSInternalException",
        "KeyUnavailableException",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceException",
        "SlowDown",
        "Throttling",
        "ThrottlingError",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionConflict",
        "TransactionInProgressException",
    }
)
"""Error codes of AWS that pass by themselves; so does every status from 500 up. Any other code is a bug of ours."""

NO_ANSWER = (
    exceptions.ConnectionError,
    exceptions.HTTPClientError,
    exceptions.IncompleteReadError,
    exceptions.ResponseStreamingError,
)
"""botocore's classes for a connection that failed or broke."""


@contextmanager
def at_the_wall() -> Iterator[None]:
    """Turn what passes by itself into StoreUnavailable, by the table. Foreign texts may hold data and are dropped."""
    try:
        yield
    except NO_ANSWER as error:
        raise StoreUnavailable(type(error).__name__) from None
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if code_of(error) not in TRANSIENT and status < 500:
            raise
        raise StoreUnavailable(f"{error.operation_name}: {code_of(error)}") from None


def code_of(error: ClientError) -> str:
    """Give AWS's code of an error."""
    return str(error.response.get("Error", {}).get("Code", ""))
