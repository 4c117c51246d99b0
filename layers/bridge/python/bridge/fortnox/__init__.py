"""Fortnox over HTTP: the only room that knows httpx and Fortnox's payloads; maps its errors at the wall."""
