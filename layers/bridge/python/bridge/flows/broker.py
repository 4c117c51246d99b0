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
from bridge.ports import Access, Granted, Tokens, World
from bridge.problem import BridgeError, Problem, refuse
from bridge.tokens.connection import Connection, Consent, Ended, Mode, fingerprint

LOST = "connection-revoked"
"""What the token endpoint's invalid_grant means to us."""

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


def exchange(world: World, code: str, mode: Mode) -> Granted:
    """Trade a code for a consent and keep it. A service consent keeps no refresh token: it never needs one."""
    tokens = world.oauth.exchange(code, world.settings.redirect_uri)
    consent = _consent(world, tokens.tenant_id, mode, tokens)
    if not _others_need_the_old(world, consent):
        world.consents.put(consent)
    return Granted(consent.fortnox_tenant, consent.scopes, consent.access_token)


def seal(world: World, connection: Connection) -> str:
    """Give the seal of a connection whose company was verified."""
    return world.seals.make(connection)


def access_token(world: World, tenant: str, engagement: str, *, rejected: str = "") -> Access:
    """Give an access token of the engagement's company: the kept one while it lives and was not rejected, else a new one."""
    connection = lookup.live(world, tenant, engagement)
    if not world.seals.fits(connection):
        world.metrics.count("BindingBroken")
        raise BindingBroken
    consent = _usable(world, connection.fortnox_tenant)
    if not consent.serves(world.clock.now(), rejected):
        consent = _renewed(world, consent, rejected)
    return Access(consent.access_token, consent.fortnox_tenant)


def forget(world: World, fortnox_tenant: int) -> None:
    """Revoke and delete the company's consent, unless an engagement still holds a grant on it."""
    consent = world.consents.get(fortnox_tenant)
    if consent is None or world.connections.grants(fortnox_tenant):
        return
    if consent.refresh_token and not consent.lost:
        world.oauth.revoke(consent.refresh_token)
    world.consents.delete(consent)


def renew(world: World, fortnox_tenant: int) -> None:
    """Do what is due: renew a refresh token at half its life, end what was lost, forget what nobody holds a grant on."""
    consent = world.consents.get(fortnox_tenant)
    due = consent.due() if consent else None
    if consent is None or not world.connections.grants(fortnox_tenant):
        forget(world, fortnox_tenant)
    elif consent.lost:
        _end_all(world, consent)
    elif due and due <= world.clock.now():
        _renewed(world, consent, fingerprint(consent.access_token))


def _usable(world: World, fortnox_tenant: int) -> Consent:
    """Read the consent. One that is lost is refused, after whatever an interrupted end has left of it."""
    consent = world.consents.get(fortnox_tenant)
    if consent is None:
        raise refuse(LOST)
    if consent.lost:
        _end_all(world, consent)
        raise refuse(LOST)
    return consent


def _others_need_the_old(world: World, consent: Consent) -> bool:
    """Tell whether a company's consent is in use and the new one would take scopes or the service account from it."""
    earlier = world.consents.get(consent.fortnox_tenant)
    if earlier is None or earlier.lost or not world.connections.grants(consent.fortnox_tenant):
        return False
    fewer = not set(earlier.scopes) <= set(consent.scopes)
    return fewer or (earlier.mode is Mode.SERVICE and consent.mode is Mode.PERSONAL)


def _renewed(world: World, consent: Consent, rejected: str) -> Consent:
    """Have new tokens: one renews them, the others wait for what it saves, and look again before they try themselves."""
    give_up = world.clock.now() + PATIENCE
    while True:
        renewed = _taken_up(world, consent)
        if renewed:
            return renewed
        if world.clock.now() >= give_up:
            raise TokensUnderWay
        world.clock.sleep(0.2 + 0.8 * world.ids.chance())
        consent = _usable(world, consent.fortnox_tenant)
        if consent.serves(world.clock.now(), rejected):
            return consent


def _taken_up(world: World, consent: Consent) -> Consent | None:
    """Renew the tokens if nobody else does; None when they have to be looked at again.

    Whoever had them before may have put what it got into escrow. It is looked for by who holds the tokens, and by nobody
    else: else one could put it in their place while another presents the refresh token that it made worthless.
    """
    now = world.clock.now()
    if consent.doubted(now):
        raise TokensUnderWay
    taken = consent.take(world.ids.new("renewal"), now)
    if consent.held(now) or not world.consents.move(consent, taken) or (consent.tries and _recovered(world, taken)):
        return None
    if consent.doubted_at:
        _lose(world, taken)
        return None
    return _asked(world, taken)


def _recovered(world: World, taken: Consent) -> bool:
    """Put tokens in their place that were renewed before and could not be saved then; tells whether there were any."""
    waiting = world.escrow.get(taken.fortnox_tenant, taken.fingerprint)
    if waiting is None:
        return False
    world.consents.replace(waiting, taken.fingerprint)
    world.escrow.delete(taken.fortnox_tenant, taken.fingerprint)
    return True


def _asked(world: World, taken: Consent) -> Consent | None:
    """Ask Fortnox, once. What it refuses, or does not answer, leaves the consent as it is for the next one to try."""
    try:
        tokens = _tokens(world, taken)
    except BridgeError as error:
        if error.problem.code == LOST:
            _judge(world, taken)
            return None
        _let_go(world, taken, None if error.harmless else world.clock.now() + LANDING)
        raise
    return _saved(world, _consent(world, taken.fortnox_tenant, taken.mode, tokens, taken.refresh_token), taken)


def _tokens(world: World, consent: Consent) -> Tokens:
    if consent.mode is Mode.SERVICE:
        return world.oauth.client_credentials(consent.fortnox_tenant)
    return world.oauth.refresh(consent.refresh_token)


def _saved(world: World, renewed: Consent, consumed: Consent) -> Consent:
    """Save renewed tokens where the consumed ones are. A refresh token that cannot be saved goes into escrow, with an alarm."""
    saved = _tries(world, lambda: world.consents.replace(renewed, consumed.fingerprint))
    if not saved and renewed.refresh_token:
        world.metrics.count("TokensInEscrow")
        if not _tries(world, lambda: world.escrow.put(renewed, consumed.fingerprint)):
            world.metrics.count("TokensLost")
        _let_go(world, consumed, None)
    return renewed


def _let_go(world: World, taken: Consent, until: datetime | None) -> None:
    """Let the next one try, at once or from then on. Where that fails, it tries when the time of this one is up."""
    with suppress(BridgeError):
        world.consents.move(taken, replace(taken, held_until=until))


def _tries(world: World, save: Callable[[], object]) -> bool:
    """Save what can be had only once, again after a pause when it fails; tells whether it went well."""
    for pause in (*PAUSES, 0.0):
        try:
            save()
        except Exception:  # noqa: BLE001 - whatever stands in the way: these tokens are the only ones that work
            world.clock.sleep(pause)
        else:
            return True
    return False


def _judge(world: World, refused: Consent) -> None:
    """Judge a refusal: who tried first knows it to be true; after others it is in doubt while one of them may still save."""
    if refused.mode is Mode.SERVICE or refused.tries == 1:
        _lose(world, refused)
    else:
        world.consents.move(refused, replace(refused, held_until=None, doubted_at=world.clock.now()))


def _lose(world: World, consent: Consent) -> None:
    """Remember that the consent is gone and end the connections on it, unless it was replaced or taken up meanwhile."""
    lost = replace(consent, held_until=None, lost_at=world.clock.now())
    if world.consents.move(consent, lost):
        _end_all(world, lost)
        raise refuse(LOST)


def _end_all(world: World, lost: Consent) -> None:
    """End every connection that lived on a lost consent, but none that was made by a new one; then forget it."""
    for holder in world.connections.grants(lost.fortnox_tenant):
        connection = world.connections.get(holder.tenant, holder.engagement)
        if connection and lost.lost_at and connection.connected_at <= lost.lost_at:
            ending.drop(world, connection, Ended.REVOKED)
    if not world.connections.grants(lost.fortnox_tenant):
        world.consents.delete(lost)


def _consent(world: World, fortnox_tenant: int, mode: Mode, tokens: Tokens, earlier: str = "") -> Consent:
    """Make a consent of what the token endpoint gave; where it gave no refresh token, the earlier one lives on."""
    now = world.clock.now()
    kept = (tokens.refresh_token or earlier) if mode is Mode.PERSONAL else ""
    return Consent(
        fortnox_tenant=fortnox_tenant,
        mode=mode,
        scopes=tokens.scopes,
        access_token=tokens.access_token,
        access_expires=now + timedelta(seconds=tokens.expires_in),
        refresh_token=kept,
        refresh_issued=now if kept else None,
    )
