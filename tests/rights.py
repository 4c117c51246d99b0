"""Whether the local AWS lets somebody do something."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError


def denied(call: Any, **params: Any) -> bool:
    """Whether a call is refused for want of a right; that it fails for what is not there is as good as allowed."""
    try:
        call(**params)
    except ClientError as error:
        return error.response["Error"]["Code"] in {"AccessDenied", "AccessDeniedException"}
    return False
