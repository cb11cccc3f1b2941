"""Posting to the addresses of channel apps, which are anybody's: nothing inside our own network can be reached by them.

A name is looked up first, and only if all that it leads to is public is one of those very addresses connected to: a
name that leads elsewhere a moment later gains nothing. Redirects are not followed, answers are not read, and the whole
exchange has a time limit.
"""

import asyncio
import socket
import ssl
import time
from collections.abc import Mapping
from datetime import datetime
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

import httpx

from gongji.services.access.channel_apps import LOOPBACK
from gongji.services.telling.webhooks import Attempt

SECONDS_MAX: Final = 10


class NotPublicError(Exception):
    """An address leads into a network that is not everybody's."""


class WebhookPoster:
    """Posts over a connection of its own each time. In a `sandbox` this very machine may be posted to."""

    def __init__(self, *, sandbox: bool = False, seconds: int = SECONDS_MAX) -> None:
        """Wait `seconds` at most for each answer."""
        self._sandbox = sandbox
        self._seconds = seconds
        self._trust = ssl.create_default_context()

    def post(self, url: str, body: bytes, headers: Mapping[str, str], at: datetime) -> Attempt:
        """Post, and tell what came of it."""
        began = time.monotonic()
        status, fault = 0, ""
        try:
            status = asyncio.run(self._posted(url, body, headers))
        except (httpx.HTTPError, OSError, NotPublicError, TimeoutError, ValueError) as met:
            fault = type(met).__name__
        return Attempt(at=at, status=status, fault=fault, millis=int((time.monotonic() - began) * 1000))

    async def _posted(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        found = httpx.URL(url)
        async with asyncio.timeout(self._seconds):
            address = await self._looked_up(url)
            host = f"[{address}]" if ":" in address else address
            told = {**headers, "host": found.netloc.decode("ascii"), "user-agent": "gongji-webhook/1"}
            limits = httpx.Timeout(self._seconds)
            async with (
                httpx.AsyncClient(verify=self._trust, follow_redirects=False, trust_env=False, timeout=limits) as http,
                http.stream(
                    "POST",
                    found.copy_with(host=host),
                    content=body,
                    headers=told,
                    extensions={"sni_hostname": found.host},
                ) as answer,
            ):
                return answer.status_code

    async def _looked_up(self, url: str) -> str:
        """Return an address that the name leads to. Raise NotPublicError where one of them is not public."""
        found = urlsplit(url)
        port = found.port or (443 if found.scheme == "https" else 80)
        loop = asyncio.get_running_loop()
        rows = await loop.getaddrinfo(found.hostname, port, type=socket.SOCK_STREAM)
        addresses = [str(row[4][0]) for row in rows]
        inside = self._sandbox and found.hostname in LOOPBACK
        if not addresses or not (inside or all(is_public(address) for address in addresses)):
            raise NotPublicError
        return addresses[0]


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the whole internet's: not private, local, shared, reserved or multicast."""
    try:
        found = ip_address(address)
    except ValueError:  # as IPv6 addresses with a zone
        return False
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return found.is_global and not found.is_multicast and (inner is None or inner.is_global)
