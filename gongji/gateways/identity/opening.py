"""Which identity provider and registers there are: those that the settings name, else a sandbox, else none."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import httpx

from gongji.gateways.identity.provider import Client, OpenIdProvider
from gongji.gateways.private_files import read_closed
from gongji.gateways.registers import HttpRegisters
from gongji.services.access.registers import NoRegisters, Registers
from gongji.services.access.signing_in import Authorities


class Sandbox(Protocol):
    """A sandbox of both."""

    @property
    def issuer(self) -> str:
        """Return the address of its provider."""

    @property
    def client_id(self) -> str:
        """Return our name there."""

    @property
    def secret(self) -> str:
        """Return our secret there."""

    @property
    def registers(self) -> str:
        """Return the address of its registers."""


@contextmanager
def opened_authorities(settings: Mapping[str, str], back: str, sandbox: Sandbox | None) -> Iterator[Authorities]:
    """Open whom `settings` name, else the sandbox, else nobody; `back` is where a provider sends people.

    Raise ValueError for settings that are not sound, OSError or ExposedFileError for a file of a secret.
    """
    named = any(settings.get(name) for name in (_ISSUER, _REGISTERS))
    with httpx.Client(follow_redirects=False, trust_env=named) as http:
        client = _client(settings, back, sandbox)
        provider = OpenIdProvider(client, http) if client is not None else None
        yield Authorities(provider=provider, registers=_registers(settings, sandbox, http))


# Helpers

_ISSUER = "GONGJI_IDENTITY_ISSUER"
_REGISTERS = "GONGJI_REGISTERS_URL"


def _client(settings: Mapping[str, str], back: str, sandbox: Sandbox | None) -> Client | None:
    issuer = settings.get(_ISSUER)
    if not issuer:
        if sandbox is None:
            return None
        name, secret = sandbox.client_id, sandbox.secret
        return Client(issuer=sandbox.issuer, client_id=name, client_secret=secret, back=back, sandbox=True)
    named, file = settings.get("GONGJI_IDENTITY_CLIENT_ID"), settings.get("GONGJI_IDENTITY_SECRET_FILE")
    if not named or not file:
        raise ValueError(f"{_ISSUER} goes with GONGJI_IDENTITY_CLIENT_ID and GONGJI_IDENTITY_SECRET_FILE")
    return Client(issuer=issuer.rstrip("/"), client_id=named, client_secret=_secret(file), back=back)


def _registers(settings: Mapping[str, str], sandbox: Sandbox | None, http: httpx.Client) -> Registers:
    address, file = settings.get(_REGISTERS), settings.get("GONGJI_REGISTERS_TOKEN_FILE")
    if not address:
        return HttpRegisters(sandbox.registers, "sandbox", http) if sandbox is not None else NoRegisters()
    if not file or not address.startswith("https://"):
        raise ValueError(f"{_REGISTERS} begins with https:// and goes with GONGJI_REGISTERS_TOKEN_FILE")
    return HttpRegisters(address, _secret(file), http)


def _secret(file: str) -> str:
    return read_closed(Path(file)).decode("ascii").strip()
