"""The token broker: the only flow that sees tokens at rest. Others ask it for an access token of a Fortnox company."""

from __future__ import annotations

from datetime import timedelta

from bridge.ports import Granted, Tokens, World
from bridge.problem import BridgeError, refuse
from bridge.tokens.connection import Consent, Mode

LOST = "connection-revoked"
"""What the token endpoint's invalid_grant means to us."""


def exchange(world: World, code: str, mode: Mode) -> Granted:
    """Trade a code for a consent and keep it. A service consent keeps no refresh token: it never needs one."""
    tokens = world.oauth.exchange(code, world.settings.redirect_uri)
    consent = _consent(world, tokens.tenant_id, mode, tokens)
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
    """Renew the company's refresh token when half its life is over; nothing to do at any other time."""
    consent = world.consents.get(fortnox_tenant)
    due = consent.due() if consent and not consent.lost else None
    if consent and due and due <= world.clock.now():
        _renewed(world, consent)


def _usable(world: World, fortnox_tenant: int) -> Consent:
    consent = world.consents.get(fortnox_tenant)
    if consent is None or consent.lost:
        raise refuse(LOST)
    return consent


def _renewed(world: World, consent: Consent) -> Consent:
    if consent.mode is Mode.SERVICE:
        renewed = _consent(
            world, consent.fortnox_tenant, consent.mode, world.oauth.client_credentials(consent.fortnox_tenant)
        )
        world.consents.put(renewed)
        return renewed
    return _rotated(world, consent)


def _rotated(world: World, consent: Consent) -> Consent:
    """Trade the refresh token. Another worker may have done so first: then its tokens are read, and nothing is lost."""
    try:
        tokens = world.oauth.refresh(consent.refresh_token)
    except BridgeError as error:
        now = world.consents.get(consent.fortnox_tenant)
        if now and now.fingerprint != consent.fingerprint:
            return now
        if error.problem.code == LOST:
            world.consents.replace(_lost(consent), consent.fingerprint)
        raise
    renewed = _consent(world, consent.fortnox_tenant, consent.mode, tokens)
    world.consents.replace(renewed, consent.fingerprint)
    return renewed


def _lost(consent: Consent) -> Consent:
    return Consent(consent.fortnox_tenant, consent.mode, consent.scopes, "", consent.access_expires, lost=True)


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
