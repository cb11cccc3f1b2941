"""What is asked at the endpoints of OAuth: parameters of a query or a form, and the credentials of an app."""

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from authlib.oauth2.rfc6749 import InvalidRequestError, OAuth2Payload, OAuth2Request
from authlib.oauth2.rfc6749.util import extract_basic_authorization
from msgspec import Struct

FIELDS_MOST = 40

_PLACE = "https://localhost/oauth"
"""Authlib asks whether a request came over TLS, which is for the one who stands before us to see to."""


_REPEATED = ("client_id", "redirect_uri", "response_type", "grant_type")
_REPEATABLE = re.compile(r"[ !#-\[\]-~]*")


class Asking(Struct, frozen=True, kw_only=True):
    """What is asked, the client's credentials, and the address, or the network, it came from."""

    method: str
    fields: tuple[tuple[str, str], ...]
    authorization: str = ""
    address: str = ""

    def get(self, name: str) -> str:
        """Return the first value of a field, "" for none."""
        return next((value for key, value in self.fields if key == name), "")

    @property
    def credentials(self) -> tuple[str, str]:
        """Return client id and secret as told, in the header or in the form; "" for what is not."""
        name, secret = extract_basic_authorization({"Authorization": self.authorization})
        if name:
            return name, secret or ""
        return self.get("client_id"), self.get("client_secret")


def fields_of(text: str) -> tuple[tuple[str, str], ...]:
    """Return the fields of a query or a form, an empty one as if it were not there. Raise ValueError."""
    return tuple(parse_qsl(text, strict_parsing=True, max_num_fields=FIELDS_MOST, errors="strict") if text else ())


def single(asking: Asking) -> None:
    """Raise InvalidRequestError where a field comes twice, as RFC 6749 has it for the token endpoint."""
    names = [name for name, _ in asking.fields]
    if len(set(names)) < len(names):
        raise InvalidRequestError("A parameter is included more than once.")


def plain(asking: Asking) -> None:
    """Raise InvalidRequestError where a field that errors repeat holds what no error may (RFC 6749, 4.1.2.1)."""
    if not all(_REPEATABLE.fullmatch(asking.get(name)) for name in _REPEATED):
        raise InvalidRequestError("A parameter holds a character that it may not.")


class OAuthPayload(OAuth2Payload):
    """The fields as Authlib reads them."""

    def __init__(self, asking: Asking) -> None:
        """Take the first value of each."""
        self._data = dict(reversed(asking.fields))
        self._datalist: dict[str, list[Any]] = defaultdict(list)
        for name, value in asking.fields:
            self._datalist[name].append(value)

    @property
    def data(self) -> dict[str, str]:
        """Return the first value of each field."""
        return self._data

    @property
    def datalist(self) -> dict[str, list[Any]]:
        """Return all values of each field."""
        return self._datalist


class OAuthAsked(OAuth2Request):
    """A request as Authlib reads it."""

    def __init__(self, asking: Asking) -> None:
        """Take what is asked."""
        headers: Mapping[str, str] = {"Authorization": asking.authorization} if asking.authorization else {}
        super().__init__(asking.method, _PLACE, headers=headers)
        self._payload = OAuthPayload(asking)
        self.payload = self._payload

    @property
    def args(self) -> dict[str, str | None]:
        """Return the fields of a query."""
        return {**self._payload.data}

    @property
    def form(self) -> dict[str, str]:
        """Return the fields of a form."""
        return self._payload.data
