"""An OpenID Connect client: discovery, the code flow with PKCE, and an id_token checked before it is believed."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

import httpx
import msgspec
from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from msgspec import Meta, Struct

from gongji.services.access.signing_in import FACES, Knock, Proven, ProviderError

ALGORITHMS: Final = ("ES256", "RS256", "PS256")
"""By what an id_token may be signed: never by nothing, nor by a secret that we share."""

SCOPES: Final = "openid profile phone real_name"

LEEWAY_SECONDS: Final = 60
"""So far may the provider's clock be from ours."""

SECONDS_MAX: Final = 10

_EPOCH: Final = datetime(1970, 1, 1, 8)  # noqa: DTZ001  # Asia/Shanghai throughout, no zone written
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


class Client(Struct, frozen=True, kw_only=True):
    """How we are known to a provider: its address, our name and secret there, and where it sends people back.

    A `sandbox` one need not be spoken to by https.
    """

    issuer: str
    client_id: str
    client_secret: str
    back: str
    sandbox: bool = False


class OpenIdProvider:
    """A provider over HTTP. `http` is used by several threads; what discovery said is asked for once."""

    def __init__(self, client: Client, http: httpx.Client) -> None:
        """Ask nothing yet. Raise ValueError for an address that is neither https nor this very machine."""
        if not (client.sandbox or _is_safe(client.issuer)):
            raise ValueError(f"{client.issuer}: an identity provider is spoken to by https")
        self._client = client
        self._http = http
        self._found: _Metadata | None = None
        self._keys: KeySet | None = None

    def address(self, knock: Knock) -> str:
        """Return where to send the browser. Raise ProviderError."""
        asked = {
            "response_type": "code",
            "client_id": self._client.client_id,
            "redirect_uri": self._client.back,
            "scope": SCOPES,
            "state": knock.state,
            "nonce": knock.nonce,
            "code_challenge": create_s256_code_challenge(knock.verifier),  # type: ignore[no-untyped-call]  # the library's own
            "code_challenge_method": "S256",
            **({"prompt": "login"} if knock.anew else {}),
        }
        where: str = add_params_to_uri(self._metadata().authorization_endpoint, [*asked.items()])
        return where

    def proven(self, knock: Knock, code: str, at: datetime) -> Proven:
        """Return what the provider proved to who came back with that code. Raise ProviderError."""
        answer = self._asked(
            "POST",
            self._metadata().token_endpoint,
            auth=(self._client.client_id, self._client.client_secret),
            data={
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self._client.back,
                "code_verifier": knock.verifier,
            },
        )
        tokens = _read(answer, _Tokens)
        return _proven(self._claims(tokens, knock, at), knock, at)

    def _claims(self, tokens: "_Tokens", knock: Knock, at: datetime) -> dict[str, Any]:
        """Return what an id_token says once its signature, issuer, audience, times and nonce are found right."""
        try:
            found = self._decoded(tokens.id_token)
            claims = CodeIDToken(
                found.claims,
                found.header,
                {
                    "iss": {"essential": True, "value": self._client.issuer},
                    "aud": {"essential": True, "value": self._client.client_id},
                    "nonce": {"essential": True, "value": knock.nonce},
                },
                {"nonce": knock.nonce, "client_id": self._client.client_id, "access_token": tokens.access_token},
            )
            claims.validate(now=(at - _EPOCH) // timedelta(seconds=1), leeway=LEEWAY_SECONDS)
        except (JoseError, ValueError) as fault:
            raise ProviderError(f"the id_token cannot be believed: {fault}") from fault
        return dict(claims)

    def _decoded(self, id_token: str) -> jwt.Token:
        """Return an id_token whose signature is right; keys are fetched anew for one that is not known."""
        if self._keys is not None:
            try:
                return jwt.decode(id_token, self._keys, algorithms=ALGORITHMS)
            except InvalidKeyIdError:
                self._keys = None
        answer = self._asked("GET", self._metadata().jwks_uri)
        try:
            self._keys = KeySet.import_key_set(answer.json())
        except (ValueError, KeyError, TypeError) as fault:
            raise ProviderError("the provider's keys cannot be read") from fault
        return jwt.decode(id_token, self._keys, algorithms=ALGORITHMS)

    def _metadata(self) -> "_Metadata":
        if self._found is None:
            found = _read(self._asked("GET", f"{self._client.issuer}/.well-known/openid-configuration"), _Metadata)
            if found.issuer != self._client.issuer:
                raise ProviderError(f"the provider calls itself {found.issuer}, not {self._client.issuer}")
            places = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri)
            if not (self._client.sandbox or all(map(_is_safe, places))):
                raise ProviderError("the provider names an address without https")
            self._found = found
        return self._found

    def _asked(self, method: str, address: str, **what: Any) -> httpx.Response:
        try:
            answer = self._http.request(method, address, timeout=SECONDS_MAX, **what)
        except httpx.HTTPError as fault:
            raise ProviderError(f"the provider does not answer: {type(fault).__name__}") from fault
        if answer.status_code != httpx.codes.OK:
            raise ProviderError(f"the provider answers {answer.status_code}")
        return answer


# Helpers


class _Metadata(Struct, frozen=True):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class _Tokens(Struct, frozen=True):
    id_token: str
    access_token: str = ""


class _Claims(Struct, frozen=True):
    """The claims besides those of OpenID Connect; docs/identity.md says what a provider has to send."""

    name: str
    certificate_type: str = ""
    certificate_number: str = ""
    phone_number: str = ""
    staff: str = ""
    acr: str = ""
    amr: tuple[str, ...] = ()
    face: str = ""
    auth_time: Annotated[int, Meta(ge=0, le=2**34)] | None = None
    sandbox: bool = False


def _is_safe(address: str) -> bool:
    found = urlsplit(address)
    return bool(found.hostname) and (
        found.scheme == "https" or (found.scheme == "http" and found.hostname in _LOOPBACK)
    )


def _read(answer: httpx.Response, form: type[Any]) -> Any:
    try:
        return msgspec.json.decode(answer.content, type=form)
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise ProviderError(f"the provider's answer cannot be read: {fault}") from fault


def _proven(claims: dict[str, Any], knock: Knock, at: datetime) -> Proven:
    try:
        told = msgspec.convert(claims, _Claims)
    except msgspec.ValidationError as fault:
        raise ProviderError(f"the provider does not say who it is: {fault}") from fault
    if not told.staff and not (told.certificate_type and told.certificate_number):
        raise ProviderError("the provider names neither a paper nor a number of staff")
    if told.face not in FACES:
        raise ProviderError(f"the provider tells an outcome of a face check that there is not: {told.face}")
    return Proven(
        cert_type=told.certificate_type,
        certno=told.certificate_number,
        name=told.name,
        phone=told.phone_number,
        staff_no=told.staff,
        acr=told.acr,
        amr=told.amr,
        face=told.face,
        proved_at=_proved_at(told, knock, at),
        sandbox=told.sandbox,
    )


def _proved_at(told: _Claims, knock: Knock, at: datetime) -> datetime | None:
    """Return when it was proved, as the provider says; without that just now, where it was to be proved anew."""
    if told.auth_time is None:
        return at if knock.anew else None
    return min(at, _EPOCH + timedelta(seconds=told.auth_time))
