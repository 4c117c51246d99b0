"""Authorised, paced and patient requests for one company.

A read is repeated when Fortnox or the network fails; a write never is, once it may have been sent. Both wait out 429, of
which every worker of the company hears, and renew the access token once. Nobody above this module repeats a request.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Protocol, TypeVar

import httpx

from bridge.fortnox import wire
from bridge.fortnox.errors import (
    FortnoxError,
    FortnoxRateLimited,
    FortnoxUnavailable,
    Unauthorized,
    at_the_wall,
    error_information,
    failure,
    refusal,
)
from bridge.fortnox.limiter import Pacer
from bridge.problem import BridgeError

T = TypeVar("T")
Query = str | int

LONGEST_PAUSE = 20.0
"""Seconds: the cap of the pause between two tries of a read."""


class AccessToken(Protocol):
    """Where a session gets its access token."""

    def __call__(self, rejected: str = "") -> str:
        """Give a token that works; never the one that Fortnox just rejected. May raise any BridgeError."""
        ...


@dataclass(frozen=True, slots=True)
class Patience:
    """How much is lived through: failures, 429s, a Retry-After, and seconds from the start to the last sending."""

    failures: int
    refusals: int
    longest: float
    within: float


READING = Patience(failures=5, refusals=8, longest=60.0, within=math.inf)
ONCE = Patience(failures=0, refusals=0, longest=0.0, within=math.inf)
WRITING = Patience(failures=0, refusals=4, longest=10.0, within=15.0)
"""A write waits little: whoever keeps record of it counts from when it was announced, and a worker that froze in between
must not wake up and send."""


class Session:
    """One company's requests. `sleep` takes seconds; `chance` gives a number in [0, 1); `clock` gives seconds."""

    def __init__(
        self,
        access_token: AccessToken,
        base_url: str,
        *,
        pacer: Pacer,
        sleep: Callable[[float], None],
        chance: Callable[[], float],
        clock: Callable[[], float],
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._base = wire.trusted(base_url)
        self._access_token = access_token
        self._pacer = pacer
        self._sleep = sleep
        self._chance = chance
        self._clock = clock
        self._transport = transport

    def get(self, path: str, **query: Query) -> object:
        """GET parsed JSON. Raises what `bridge.fortnox.errors` names, an error envelope with status 200 included."""
        return self._patiently(partial(self._get, path, query), self._access_token, READING)

    def get_once(self, path: str, **query: Query) -> object:
        """GET parsed JSON without waiting out or repeating anything; for those who can do without the answer."""
        return self._patiently(partial(self._get, path, query), self._access_token, ONCE)

    @contextmanager
    def stream(self, path: str, **query: Query) -> Iterator[httpx.Response]:
        """GET an answer that has not been read yet. Only opening it is repeated."""
        response = self._patiently(partial(self._open, path, query), self._access_token, READING)
        try:
            yield response
        finally:
            response.close()

    def post(self, path: str, document: object, **query: Query) -> bytes:
        """POST once and give the body of a 2xx.

        FortnoxUnavailable tells by `sent` whether the document may have arrived; without an access token it was not.
        """
        return self._patiently(partial(self._post, path, query, document), self._token_for_writing, WRITING)

    def close(self) -> None:
        """Close the connections that were opened."""
        for name in ("_reader", "_writer"):
            if name in self.__dict__:
                self.__dict__.pop(name).close()

    @cached_property
    def _reader(self) -> httpx.Client:
        return wire.client(wire.TIMEOUT, self._transport or wire.reading_transport())

    @cached_property
    def _writer(self) -> httpx.Client:
        return wire.client(wire.TIMEOUT, self._transport or wire.writing_transport())

    def _patiently(self, once: Callable[[str], T], access_token: AccessToken, patience: Patience) -> T:
        began = self._clock()
        token = access_token()
        renewed, failures, refusals = False, 0, 0
        while True:
            self._paced(self._pacer.wait)
            if self._clock() - began > patience.within:
                raise FortnoxUnavailable("held up before it could be sent", sent=False)
            try:
                answer = once(token)
            except Unauthorized:
                if renewed:
                    raise
                token, renewed = access_token(token), True
            except FortnoxRateLimited as limited:
                self._paced(partial(self._pacer.limited, refusals, limited.seconds))
                if refusals == patience.refusals or (limited.seconds or 0) > patience.longest:
                    raise
                refusals += 1
            except FortnoxUnavailable:
                if failures == patience.failures:
                    raise
                self._sleep(self._chance() * min(LONGEST_PAUSE, 2.0**failures))
                failures += 1
            else:
                self._pacer.succeeded()
                return answer

    def _paced(self, step: Callable[[], None]) -> None:
        """Ask or tell the pacer. Where it fails nothing is sent, or was turned away."""
        try:
            step()
        except BridgeError as error:
            raise FortnoxUnavailable(f"no place in the budget ({type(error).__name__})", sent=False) from error

    def _token_for_writing(self, rejected: str = "") -> str:
        try:
            return self._access_token(rejected)
        except BridgeError as error:
            raise FortnoxUnavailable(f"no access token ({type(error).__name__})", sent=False) from error

    def _get(self, path: str, query: dict[str, Query], token: str) -> object:
        with at_the_wall():
            response = self._reader.get(self._base + path, params=query, headers=_authorised(token))
        content = _content(response, path)
        try:
            body = wire.read_json(content)
        except ValueError:
            raise FortnoxUnavailable("an answer that is not JSON") from None
        information = error_information(body)
        if information is not None:
            raise refusal(information, _resource(path))
        return body

    def _open(self, path: str, query: dict[str, Query], token: str) -> httpx.Response:
        headers = {**_authorised(token), "Accept": "*/*", "Accept-Encoding": "identity"}
        request = self._reader.build_request("GET", self._base + path, params=query, headers=headers)
        with at_the_wall():
            response = self._reader.send(request, stream=True)
        if not response.is_success:
            with closing(response), at_the_wall():
                response.read()
            raise _failure(response, path)
        return response

    def _post(self, path: str, query: dict[str, Query], document: object, token: str) -> bytes:
        headers = {**_authorised(token), "Content-Type": "application/json"}
        content = wire.write_json(document).encode()
        with at_the_wall():
            response = self._writer.post(self._base + path, params=query, headers=headers, content=content)
        return _content(response, path)


def _authorised(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _resource(path: str) -> str:
    return path.split("/")[1]


def _content(response: httpx.Response, path: str) -> bytes:
    """Give the body of a 2xx; raise what any other answer means."""
    if not response.is_success:
        raise _failure(response, path)
    return response.content


def _failure(response: httpx.Response, path: str) -> FortnoxError:
    retry_after = response.headers.get("Retry-After", "")
    return failure(response.status_code, response.content, _resource(path), retry_after)
