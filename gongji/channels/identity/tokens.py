"""Tokens: signed by ES256 and nothing else, for this deployment, each kind good for one thing only.

What a token says is public to who holds it: numbers, names of apps and scopes, never a name or an ID number.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet
from joserfc.jwt import JWTClaimsRegistry

from gongji.services.access.sessions import Consent, Session, Who

ALGORITHM: Final = "ES256"
ACCESS: Final = "at+jwt"
REFRESH: Final = "rt+jwt"
KNOCK: Final = "knock+jwt"
"""The kinds: what opens the API, what gets the next of it, and what a browser keeps while it signs in elsewhere."""

ACCESS_LIFE: Final = timedelta(minutes=10)
KNOCK_LIFE: Final = timedelta(minutes=15)

SKEW_SECONDS: Final = 5
"""So far may the clocks of two servers of one deployment be apart."""

KEYS_KEPT: Final = 3
"""So many keys are kept: the first signs, the others still open what they have signed."""

TOKEN_LONGEST: Final = 4096

_EPOCH: Final = datetime(1970, 1, 1, 8)  # noqa: DTZ001  # Asia/Shanghai throughout, no zone written

Claims = dict[str, Any]


class KeysError(ValueError):
    """The file of keys is not sound. The message tells no key."""


def new_keys() -> bytes:
    """Return the content of a file of keys, with one."""
    return _file([_new_key()])


def sound(content: bytes) -> bytes:
    """Return the content of a file of keys, if it is sound. Raise KeysError."""
    _keys(content)
    return content


def rotated(content: bytes) -> bytes:
    """Return the content of a file of keys with a new one that signs from now on. Raise KeysError."""
    return _file([_new_key(), *_keys(content)][:KEYS_KEPT])


def seconds(at: datetime) -> int:
    """Return a moment in Asia/Shanghai as tokens have it: in seconds since 1970 in Greenwich."""
    return (at - _EPOCH) // timedelta(seconds=1)


class Tokens:
    """Makes and opens tokens. `issuer` is the address under which this deployment is known."""

    def __init__(self, content: bytes, issuer: str) -> None:
        """Take the content of a file of keys. Raise KeysError."""
        keys = _keys(content)
        self._signing = keys[0]
        self._opening = KeySet([*keys])
        self.issuer = issuer
        self.audience = f"{issuer}/api"

    def public_keys(self) -> Mapping[str, Any]:
        """Return the keys that others may check tokens by."""
        return self._opening.as_dict(private=False)

    def access(self, number: str, session: Session, scopes: str, *, token_id: str, at: datetime) -> str:
        """Return an access token of a session; `scopes` are those of it that are asked for."""
        who = session.who
        return self._signed(
            ACCESS,
            {
                **self._of(number, session, at, at + ACCESS_LIFE),
                "jti": token_id,
                "scope": scopes,
                "channel": session.client_id,
                "role": who.role,
                "acr": who.acr,
                "amr": list(who.amr),
                **({"auth_time": seconds(who.proved_at)} if who.proved_at is not None else {}),
                **_marked(who),
            },
        )

    def refresh(self, number: str, session: Session, at: datetime) -> str:
        """Return the refresh token of the turn that a session has come to."""
        return self._signed(REFRESH, {**self._of(number, session, at, session.until), "turn": session.turn})

    def identity(self, consent: Consent, at: datetime) -> str:
        """Return the id_token for an app to which a person has just agreed."""
        who = consent.who
        claims = {
            **self._bounds(at, at + ACCESS_LIFE),
            "aud": consent.client_id,
            "sub": subject_of(who, consent.client_id),
            "auth_time": seconds(consent.proved_at),
            "acr": who.acr,
            "amr": list(who.amr),
        }
        more = {"nonce": consent.nonce} if consent.nonce else {}
        return self._signed("JWT", claims | more | _marked(who))

    def knock(self, claims: Claims, at: datetime) -> str:
        """Return what a browser keeps while somebody signs in elsewhere."""
        return self._signed(KNOCK, {**claims, **self._bounds(at, at + KNOCK_LIFE)})

    def opened(self, token: str, kind: str, at: datetime) -> Claims | None:
        """Return what a token of that kind says, None for one that is not ours, not of that kind, or over."""
        if len(token) > TOKEN_LONGEST:
            return None
        try:
            found = jwt.decode(token, self._opening, algorithms=[ALGORITHM])
            if found.header.get("typ") != kind:
                return None
            JWTClaimsRegistry(
                now=seconds(at),
                leeway=SKEW_SECONDS,
                iss={"essential": True, "value": self.issuer},
                aud={"essential": True, "value": self.audience},
                exp={"essential": True},
                iat={"essential": True},
            ).validate(found.claims)
        except (JoseError, ValueError):
            return None
        return found.claims

    def _of(self, number: str, session: Session, at: datetime, until: datetime) -> Claims:
        return {
            **self._bounds(at, min(until, session.until)),
            "sub": subject_of(session.who, session.client_id),
            "client_id": session.client_id,
            "sid": number,
        }

    def _bounds(self, at: datetime, until: datetime) -> Claims:
        return {"iss": self.issuer, "aud": self.audience, "iat": seconds(at), "exp": seconds(until)}

    def _signed(self, kind: str, claims: Claims) -> str:
        header = {"alg": ALGORITHM, "kid": self._signing.kid, "typ": kind}
        return jwt.encode(header, claims, self._signing, algorithms=[ALGORITHM])


def subject_of(who: Who, client_id: str) -> str:
    """Return whom a token is about: a person's number, a number of staff, or the app itself."""
    return str(who.person_id) if who.person_id else who.staff_no or client_id


# Helpers


def _marked(who: Who) -> Claims:
    return {"sandbox": True} if who.sandbox else {}


def _new_key() -> ECKey:
    return ECKey.generate_key("P-256", {"use": "sig", "alg": ALGORITHM}, private=True, auto_kid=True)


def _keys(content: bytes) -> list[ECKey]:
    try:
        found = [ECKey.import_key(one) for one in json.loads(content)["keys"]]
    except (JoseError, ValueError, KeyError, TypeError) as fault:
        raise KeysError("is no set of keys (RFC 7517)") from fault
    if not found or not all(key.is_private and key.kid and key.get("crv") == "P-256" for key in found):
        raise KeysError("holds no private keys on P-256, each with its kid")
    return found


def _file(keys: list[ECKey]) -> bytes:
    return json.dumps(KeySet([*keys]).as_dict(private=True), indent=1).encode()
