"""The token broker: the only flow that sees tokens at rest. Others ask it for an access token of their engagement's company.

Tokens of a company are renewed by one at a time, who holds its consent meanwhile. That only spares calls: renewed tokens are
saved if the stored ones are still those that were consumed, whoever holds what, because they are the only ones that work.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from bridge.flows import ending, lookup
from bridge.ports import Access, Granted, Shared, Tokens
from bridge.problem import BridgeError, Problem, refuse
from bridge.tokens.connection import Connection, Consent, Ended, Mode, fingerprint

LOST = "connection-revoked"
"""What the token endpoint's invalid_grant means to us; of a code, that it is used or too old."""

PATIENCE = timedelta(seconds=20)
"""How long to wait while another one renews the tokens: a user who waits behind an API gets an answer within 29 s."""

LANDING = timedelta(seconds=60)
"""How long a renewal without a clear answer may still take effect at Fortnox; nobody repeats it before."""

PAUSES = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds between the seven tries to save what can be had only once."""


class BindingBroken(BridgeError):
    """A connection is not the one that was sealed when its company was verified: somebody has changed it since."""


class TokensUnderWay(BridgeError):
    """The company's tokens are being renewed, or it is not yet known whether they were; it passes by itself."""

    @property
    def problem(self) -> Problem:
        """What to tell a person: try again in a while."""
        return Problem("fortnox-unavailable")


def exchange(shared: Shared, code: str, mode: Mode) -> Granted:
    """Trade a code for a consent and keep it, or the one in use that gives more; gives the one that is in force.

    A service consent keeps no refresh token: it never needs one. Whoever asked may be gone before a connection is saved,
    so a new consent has a timer from the start. One that another login puts there meanwhile is looked at like any other.
    """
    try:
        tokens = shared.oauth.exchange(code, shared.settings.redirect_uri)
    except BridgeError as error:
        raise refuse("authorization-expired") if error.problem.code == LOST else error from None
    new = replace(_consent(shared, tokens.tenant_id, mode, tokens), unclaimed_at=shared.clock.now())
    while True:
        earlier = shared.consents.get(new.fortnox_tenant)
        used = (earlier and _needed_still(shared, earlier, new)) or new
        if used is not new or shared.consents.put(new, earlier):
            return Granted(used.fortnox_tenant, used.mode, used.scopes, used.access_token)


def seal(shared: Shared, connection: Connection) -> str:
    """Give the seal of a connection whose company was verified."""
    return shared.seals.make(connection)


def access_token(shared: Shared, tenant: str, engagement: str, *, rejected: str = "") -> Access:
    """Give an access token of the engagement's company: the kept one while it lives and was not rejected, else a new one."""
    connection = lookup.live(shared.of(tenant), tenant, engagement)
    if not shared.seals.fits(connection):
        shared.metrics.count("BindingBroken")
        raise BindingBroken
    consent = _usable(shared, connection.fortnox_tenant)
    if not consent.serves(shared.clock.now(), rejected):
        consent = _renewed(shared, consent, rejected)
    return Access(consent.access_token, consent.fortnox_tenant)


def forget(shared: Shared, fortnox_tenant: int) -> None:
    """Revoke and delete the company's consent, unless an engagement still holds a grant on it.

    Tokens of it that wait in escrow take their place first: they are the ones that live at Fortnox.
    """
    consent = shared.consents.get(fortnox_tenant)
    if consent is None or shared.grants.list(fortnox_tenant):
        return
    if consent.refresh_token and not consent.lost:
        if consent.tries and _recovered(shared, consent):
            forget(shared, fortnox_tenant)
            return
        shared.oauth.revoke(consent.refresh_token)
    shared.consents.delete(consent)


def unclaim(shared: Shared, fortnox_tenant: int) -> None:
    """Have the company's consent looked at in an hour: a grant on it is about to go, and nobody may come to forget it."""
    consent = shared.consents.get(fortnox_tenant)
    while consent and not shared.consents.move(consent, replace(consent, unclaimed_at=shared.clock.now())):
        consent = shared.consents.get(fortnox_tenant)


def renew(shared: Shared, fortnox_tenant: int) -> None:
    """Do what is due: renew a refresh token at half its life, end what was lost, forget what nobody holds a grant on."""
    now = shared.clock.now()
    consent = shared.consents.get(fortnox_tenant)
    if consent is None:
        _end_connections(shared, fortnox_tenant, now)
    elif not shared.grants.list(fortnox_tenant):
        forget(shared, fortnox_tenant)
    elif consent.lost:
        _end_all(shared, consent)
    else:
        _keep(shared, consent)


def _keep(shared: Shared, consent: Consent) -> None:
    """Set a consent's timer to when its tokens are due, now that an engagement holds a grant on it; renew them if they are."""
    claimed = replace(consent, unclaimed_at=None)
    if claimed != consent and not shared.consents.move(consent, claimed):
        raise TokensUnderWay
    due = claimed.due()
    if due and due <= shared.clock.now():
        _renewed(shared, claimed, fingerprint(claimed.access_token))


def _usable(shared: Shared, fortnox_tenant: int) -> Consent:
    """Read the consent. One that is lost is refused, after whatever an interrupted end has left of it.

    So is one that is not there: the last grant was dropped just before a connection was made of it. Connections that are
    made after we looked have a consent of their own.
    """
    now = shared.clock.now()
    consent = shared.consents.get(fortnox_tenant)
    if consent is None:
        _end_connections(shared, fortnox_tenant, now)
        raise refuse(LOST)
    if consent.lost:
        _end_all(shared, consent)
        raise refuse(LOST)
    return consent


def _needed_still(shared: Shared, earlier: Consent, new: Consent) -> Consent | None:
    """Give the company's consent if it is in use, would lose scopes or the service account to the new one, and lives.

    In use is also one that another login may be making a connection of. It may have been removed at Fortnox without our
    knowing, so its tokens are renewed first.
    """
    if earlier.lost or not (earlier.claimable(shared.clock.now()) or shared.grants.list(earlier.fortnox_tenant)):
        return None
    fewer = not set(earlier.scopes) <= set(new.scopes)
    if not fewer and (earlier.mode is Mode.PERSONAL or new.mode is Mode.SERVICE):
        return None
    try:
        return _renewed(shared, earlier, fingerprint(earlier.access_token))
    except BridgeError as error:
        if error.problem.code != LOST:
            raise
        return None


def _renewed(shared: Shared, consent: Consent, rejected: str) -> Consent:
    """Have new tokens: one renews them, the others wait for what it saves, and look again before they try themselves."""
    give_up = shared.clock.now() + PATIENCE
    while True:
        renewed = _taken_up(shared, consent)
        if renewed:
            return renewed
        if shared.clock.now() >= give_up:
            raise TokensUnderWay
        shared.clock.sleep(0.2 + 0.8 * shared.ids.chance())
        consent = _usable(shared, consent.fortnox_tenant)
        if consent.serves(shared.clock.now(), rejected):
            return consent


def _taken_up(shared: Shared, consent: Consent) -> Consent | None:
    """Renew the tokens if nobody else does; None when they have to be looked at again.

    Whoever had them before may have put what it got into escrow. It is looked for by who holds the tokens, and by nobody
    else: else one could put it in their place while another presents the refresh token that it made worthless.
    """
    now = shared.clock.now()
    if consent.doubted(now):
        raise TokensUnderWay
    taken = consent.take(shared.ids.new("renewal"), now)
    if consent.held(now) or not shared.consents.move(consent, taken) or (consent.tries and _recovered(shared, taken)):
        return None
    if consent.doubted_at:
        _lose(shared, taken)
        return None
    return _asked(shared, taken)


def _recovered(shared: Shared, taken: Consent) -> bool:
    """Put tokens in their place that were renewed before and could not be saved then; tells whether there were any."""
    waiting = shared.escrow.get(taken.fortnox_tenant, taken.fingerprint)
    if waiting is None:
        return False
    shared.consents.replace(waiting, taken.fingerprint)
    shared.escrow.delete(taken.fortnox_tenant, taken.fingerprint)
    return True


def _asked(shared: Shared, taken: Consent) -> Consent | None:
    """Ask Fortnox, once. What it refuses, or does not answer, leaves the consent as it is for the next one to try."""
    try:
        tokens = _tokens(shared, taken)
    except BridgeError as error:
        if error.problem.code == LOST:
            _judge(shared, taken)
            return None
        _let_go(shared, taken, None if error.harmless else shared.clock.now() + LANDING)
        raise
    return _saved(shared, _consent(shared, taken.fortnox_tenant, taken.mode, tokens, taken), taken)


def _tokens(shared: Shared, consent: Consent) -> Tokens:
    if consent.mode is Mode.SERVICE:
        return shared.oauth.client_credentials(consent.fortnox_tenant)
    return shared.oauth.refresh(consent.refresh_token)


def _saved(shared: Shared, renewed: Consent, consumed: Consent) -> Consent:
    """Save renewed tokens where the consumed ones are. A refresh token that cannot be saved goes into escrow, with an alarm."""
    saved = _tries(shared, lambda: shared.consents.replace(renewed, consumed.fingerprint))
    if not saved and renewed.refresh_token:
        shared.metrics.count("TokensInEscrow")
        if not _tries(shared, lambda: shared.escrow.put(renewed, consumed.fingerprint)):
            shared.metrics.count("TokensLost")
        _let_go(shared, consumed, None)
    return renewed


def _let_go(shared: Shared, taken: Consent, until: datetime | None) -> None:
    """Let the next one try, at once or from then on. Where that fails, it tries when the time of this one is up."""
    with suppress(BridgeError):
        shared.consents.move(taken, replace(taken, held_until=until))


def _tries(shared: Shared, save: Callable[[], object]) -> bool:
    """Save what can be had only once, again after a pause when it fails; tells whether it went well."""
    for pause in (*PAUSES, 0.0):
        try:
            save()
        except Exception:  # noqa: BLE001 - whatever stands in the way: these tokens are the only ones that work
            shared.clock.sleep(pause)
        else:
            return True
    return False


def _judge(shared: Shared, refused: Consent) -> None:
    """Judge a refusal: who tried first knows it to be true; after others it is in doubt while one of them may still save."""
    if refused.mode is Mode.SERVICE or refused.tries == 1:
        _lose(shared, refused)
    else:
        shared.consents.move(refused, replace(refused, held_until=None, doubted_at=shared.clock.now()))


def _lose(shared: Shared, consent: Consent) -> None:
    """Remember that the consent is gone and end the connections on it, unless it was replaced or taken up meanwhile."""
    lost = replace(consent, held_until=None, lost_at=shared.clock.now())
    if shared.consents.move(consent, lost):
        _end_all(shared, lost)
        raise refuse(LOST)


def _end_all(shared: Shared, lost: Consent) -> None:
    """End every connection that lived on a lost consent, but none that was made by a new one; then forget it."""
    if lost.lost_at:
        _end_connections(shared, lost.fortnox_tenant, lost.lost_at)
    if not shared.grants.list(lost.fortnox_tenant):
        shared.consents.delete(lost)


def _end_connections(shared: Shared, fortnox_tenant: int, until: datetime) -> None:
    """End every connection to a company that was made until then."""
    for holder in shared.grants.list(fortnox_tenant):
        world = shared.of(holder.tenant)
        connection = world.connections.get(holder.tenant, holder.engagement)
        if connection and connection.connected_at <= until:
            ending.drop(world, connection, Ended.REVOKED)


def _consent(
    shared: Shared, fortnox_tenant: int, mode: Mode, tokens: Tokens, earlier: Consent | None = None
) -> Consent:
    """Make a consent of what the token endpoint gave; what it leaves out (RFC 6749, 5.1 and 6) is as it was earlier."""
    now = shared.clock.now()
    refresh_token = tokens.refresh_token or (earlier.refresh_token if earlier else "")
    kept = refresh_token if mode is Mode.PERSONAL else ""
    return Consent(
        fortnox_tenant=fortnox_tenant,
        mode=mode,
        scopes=tokens.scopes or (earlier.scopes if earlier else ()),
        access_token=tokens.access_token,
        access_expires=now + timedelta(seconds=tokens.expires_in),
        refresh_token=kept,
        refresh_issued=now if kept else None,
        unclaimed_at=earlier.unclaimed_at if earlier else None,
    )
