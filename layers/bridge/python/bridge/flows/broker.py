"""The token broker: the only flow that sees tokens at rest. Others ask it for an access token of a Fortnox company."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bridge.ports import Granted, Tokens, World
from bridge.problem import BridgeError, refuse
from bridge.tokens.connection import Consent, Ended, Mode

LOST = "connection-revoked"
"""What the token endpoint's invalid_grant means to us."""


def exchange(world: World, code: str, mode: Mode) -> Granted:
    """Trade a code for a consent and keep it. A service consent keeps no refresh token: it never needs one."""
    tokens = world.oauth.exchange(code, world.settings.redirect_uri)
    consent = _consent(world, tokens.tenant_id, mode, tokens)
    if not _others_need_the_old(world, consent):
        world.consents.put(consent)
    return Granted(consent.fortnox_tenant, consent.scopes)


def access_token(world: World, fortnox_tenant: int, *, fresh: bool = False) -> str:
    """Give an access token of the company: the kept one while it lives, else a new one."""
    consent = _usable(world, fortnox_tenant)
    if not fresh and consent.usable(world.clock.now()):
        return consent.access_token
    return _renewed(world, consent).access_token


def forget(world: World, fortnox_tenant: int) -> None:
    """Revoke and delete the company's consent, unless an engagement still holds a grant on it."""
    consent = world.consents.get(fortnox_tenant)
    if consent is None or world.connections.grants(fortnox_tenant):
        return
    if consent.refresh_token and not consent.lost:
        world.oauth.revoke(consent.refresh_token)
    world.consents.delete(fortnox_tenant)


def renew(world: World, fortnox_tenant: int) -> None:
    """Renew the company's refresh token when half its life is over; a consent that nobody holds a grant on is forgotten."""
    consent = world.consents.get(fortnox_tenant)
    if consent and not world.connections.grants(fortnox_tenant):
        forget(world, fortnox_tenant)
        return
    due = consent.due() if consent and not consent.lost else None
    if consent and due and due <= world.clock.now():
        _renewed(world, consent)


def _usable(world: World, fortnox_tenant: int) -> Consent:
    consent = world.consents.get(fortnox_tenant)
    if consent is None or consent.lost:
        raise refuse(LOST)
    return consent


def _others_need_the_old(world: World, consent: Consent) -> bool:
    """Tell whether a company's consent is in use and the new one would take scopes or the service account from it."""
    earlier = world.consents.get(consent.fortnox_tenant)
    if earlier is None or earlier.lost or not world.connections.grants(consent.fortnox_tenant):
        return False
    fewer = not set(earlier.scopes) <= set(consent.scopes)
    return fewer or (earlier.mode is Mode.SERVICE and consent.mode is Mode.PERSONAL)


def _renewed(world: World, consent: Consent) -> Consent:
    """Have new tokens. Another worker may have rotated them first: then its tokens are read, and nothing is lost."""
    try:
        tokens = _asked(world, consent)
    except BridgeError as error:
        now = world.consents.get(consent.fortnox_tenant)
        if now and now.fingerprint != consent.fingerprint:
            return now
        if error.problem.code == LOST:
            _lose(world, consent)
        raise
    renewed = _consent(world, consent.fortnox_tenant, consent.mode, tokens)
    world.consents.replace(renewed, consent.fingerprint)
    return renewed


def _asked(world: World, consent: Consent) -> Tokens:
    if consent.mode is Mode.SERVICE:
        return world.oauth.client_credentials(consent.fortnox_tenant)
    return world.oauth.refresh(consent.refresh_token)


def _lose(world: World, consent: Consent) -> None:
    """Remember that the consent is gone, and end the connections that lived on it.

    A personal one may have been rotated by another worker just now: its fingerprint stays, so that worker can still save
    what it got, and no connection is ended on a doubt.
    """
    lost = replace(consent, access_token="", lost=True)
    if not world.consents.replace(lost, consent.fingerprint) or consent.mode is Mode.PERSONAL:
        return
    for holder in world.connections.grants(consent.fortnox_tenant):
        connection = world.connections.get(holder.tenant, holder.engagement)
        if connection:
            world.connections.end(connection.end(Ended.REVOKED, world.clock.now()))


def _consent(world: World, fortnox_tenant: int, mode: Mode, tokens: Tokens) -> Consent:
    now = world.clock.now()
    kept = tokens.refresh_token if mode is Mode.PERSONAL else None
    return Consent(
        fortnox_tenant=fortnox_tenant,
        mode=mode,
        scopes=tokens.scopes,
        access_token=tokens.access_token,
        access_expires=now + timedelta(seconds=tokens.expires_in),
        refresh_token=kept or "",
        refresh_issued=now if kept else None,
    )
