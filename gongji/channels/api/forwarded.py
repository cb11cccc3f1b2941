"""Whom a request came from, where proxies stand before us: the last address on its way that is no trusted proxy.

Only what a trusted proxy says is believed, and only in the header that it is known to write. What somebody wrote into
that header before is read by nobody, since it stands before his own address.
"""

import re
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from gongji.channels.asked import Answered, Asked
from gongji.channels.clerk import App

FORWARDED: Final = "forwarded"
"""RFC 7239."""

X_FORWARDED_FOR: Final = "x-forwarded-for"

Address = IPv4Address | IPv6Address


class Proxies(Struct, frozen=True):
    """The proxies that are trusted, by network, and the header in which they say for whom they ask."""

    header: str
    networks: tuple[IPv4Network | IPv6Network, ...]

    def trusts(self, address: Address) -> bool:
        """Tell whether a trusted proxy has that address."""
        return any(address in network for network in self.networks)


def proxies_of(setting: str) -> Proxies | None:
    """Return what a setting says: the header, then addresses or networks, parted by blanks; None for an empty one.

    Raise ValueError, which says what is wrong. The header has no default: a proxy hands on the one it does not write.
    """
    header, *networks = setting.split() or [""]
    if not header:
        return None
    if header.lower() not in (FORWARDED, X_FORWARDED_FOR) or not networks:
        raise ValueError(f"{setting}: a header (Forwarded or X-Forwarded-For), then addresses or networks, are wanted")
    return Proxies(header.lower(), tuple(map(ip_network, networks)))


def seen_through(proxies: Proxies | None, app: App) -> App:
    """Return what answers by `app`, to which each request comes from where it came to the proxies from."""
    if proxies is None:
        return app
    trusted = proxies

    async def ask(asked: Asked) -> Answered:
        return await app(replace(asked, client=client_of(trusted, asked)))

    return ask


def client_of(proxies: Proxies, asked: Asked) -> str:
    """Return where a request came from, as "address:port"; where its way cannot be read, the address that asked us."""
    peer = _address(asked.client)
    if peer is None or not proxies.trusts(peer):
        return asked.client
    told = [value for name, value in asked.headers if name == proxies.header]
    read = _forwarded if proxies.header == FORWARDED else _listed
    try:
        way = [node for value in told for node in read(value)]
    except ValueError:
        return asked.client
    return _last_stranger(proxies, way) or asked.client


# Helpers

_TOKEN: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105  # a rule of HTTP's grammar (RFC 9110), no password
_QUOTED: Final = r'"(?:[^"\\]|\\.)*"'
_PAIR: Final = re.compile(rf"[ \t]*(?:({_TOKEN})=({_TOKEN}|{_QUOTED})[ \t]*)?([;,]|\Z)")
_NODE: Final = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([0-9.]+))(?::[0-9]{1,5})?")


def _last_stranger(proxies: Proxies, way: Sequence[str]) -> str | None:
    """Return the last that is no trusted proxy, the first where all are; None where one cannot be read before that.

    What stands before him is not looked at: he may have written it.
    """
    found: Address | None = None
    for node in reversed(way):
        found = _address(node)
        if found is None or not proxies.trusts(found):
            break
    return f"[{found}]:0" if isinstance(found, IPv6Address) else f"{found}:0" if found is not None else None


def _address(node: str) -> Address | None:
    """Return the address of a node, with or without a port; an IPv4 address within IPv6 as what it is."""
    hit = _NODE.fullmatch(node)
    try:
        found = ip_address((hit[1] or hit[2]) if hit else node)
    except ValueError:
        return None
    if isinstance(found, IPv4Address):
        return found
    return found.ipv4_mapped or (found if found.scope_id is None else None)


def _listed(value: str) -> Iterator[str]:
    """Yield the nodes of X-Forwarded-For."""
    return (one.strip() for one in value.split(","))


def _forwarded(value: str) -> Iterator[str]:
    """Yield for whom each proxy asked by Forwarded, "" where it did not say. Raise ValueError for what is malformed."""
    place, node = 0, ""
    while place <= len(value):
        hit = _PAIR.match(value, place)
        if hit is None:
            raise ValueError("malformed")
        name, told, sign = hit.groups()
        if name is not None and name.lower() == "for":
            if node:
                raise ValueError("two of whom")
            node = re.sub(r"\\(.)", r"\1", told[1:-1]) if told.startswith('"') else told
        if sign != ";":
            yield node
            node = ""
        place = hit.end() if sign else len(value) + 1
