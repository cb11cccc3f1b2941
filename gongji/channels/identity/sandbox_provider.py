"""The sandbox identity provider: an OpenID Connect provider for tests and demonstrations, which believes everything.

It keeps what is under way in memory, and makes a key of its own at each start. Everything it says is marked `sandbox`.
"""

import hashlib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Final

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from msgspec import Struct
from msgspec.structs import replace

from gongji.channels.identity.lockouts import Lockout
from gongji.channels.identity.tokens import ALGORITHM, seconds
from gongji.domain.generations import Generations
from gongji.domain.periods import age_on
from gongji.registry.certificates import birthday

PATH: Final = "/sandbox/identity"

CLIENT_ID: Final = "gongji"

SMS_LIFE: Final = timedelta(minutes=5)
CODE_LIFE: Final = timedelta(seconds=60)
ATTEMPT_LIFE: Final = timedelta(minutes=15)
ID_TOKEN_LIFE: Final = timedelta(minutes=5)

NO_FACE_BELOW: Final = 16
"""In the years of age: younger people are not asked for their faces (as Gansu, Xinjiang and Hainan have it)."""

REMEMBERED: Final = 5_000


class Asked(Struct, frozen=True, kw_only=True):
    """What a client asks for: where to send people back, and what ties the answer to the question."""

    redirect_uri: str
    state: str
    nonce: str
    challenge: str


class Attempt(Struct, frozen=True, kw_only=True):
    """Somebody who is proving who he is. `certno` or `staff_no` is his; `sms` what the last message says."""

    asked: Asked
    name: str
    certno: str = ""
    staff_no: str = ""
    phone: str
    begun_at: datetime
    sms: str
    sms_at: datetime
    sms_right: bool = False
    failed: int = 0

    @property
    def who(self) -> str:
        """Return by what wrong codes are counted."""
        return self.staff_no or self.certno


class _Proof(Struct, frozen=True, kw_only=True):
    attempt: Attempt
    face: str
    made_at: datetime


class SandboxProvider:
    """The provider behind the pages; see `sandbox_pages`. To be used on the event loop."""

    def __init__(self, issuer: str, secret: str, back: str, fresh: Callable[[], str]) -> None:
        """Know one client, ourselves: its `secret`, and where people are sent `back` to."""
        self.issuer = issuer
        self._secret = secret
        self._back = back
        self._fresh = fresh
        self._key = ECKey.generate_key("P-256", {"use": "sig", "alg": ALGORITHM}, private=True, auto_kid=True)
        self._attempts: Generations[str, Attempt] = Generations(REMEMBERED)
        self._proofs: Generations[str, _Proof] = Generations(REMEMBERED)
        self.wrong_codes = Lockout(5, timedelta(minutes=10), timedelta(minutes=15))
        self.wrong_addresses = Lockout(20, timedelta(minutes=10), timedelta(minutes=15))

    def metadata(self) -> dict[str, Any]:
        """Return what discovery tells."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "sandbox": True,
        }

    def public_keys(self) -> dict[str, Any]:
        """Return the keys that id_tokens are checked by."""
        return dict(KeySet([self._key]).as_dict(private=False))

    def asked(self, told: dict[str, str]) -> Asked | None:
        """Return what a client asks for, None where it is not sound."""
        sound = (
            told.get("client_id") == CLIENT_ID
            and told.get("redirect_uri") == self._back
            and told.get("response_type") == "code"
            and told.get("code_challenge_method") == "S256"
            and told.get("code_challenge")
            and told.get("nonce")
        )
        if not sound:
            return None
        return Asked(
            redirect_uri=told["redirect_uri"],
            state=told.get("state", ""),
            nonce=told["nonce"],
            challenge=told["code_challenge"],
        )

    def begin(self, asked: Asked, name: str, now: datetime, *, certno: str = "", staff_no: str = "") -> str:
        """Begin an attempt and send an SMS, so to speak; return the number of the attempt."""
        number = self._fresh()
        sms = self._six_digits()
        attempt = Attempt(
            asked=asked,
            name=name,
            certno=certno,
            staff_no=staff_no,
            phone=f"1380000{int(hashlib.sha256((certno or staff_no).encode()).hexdigest(), 16) % 10_000:04}",
            begun_at=now,
            sms=sms,
            sms_at=now,
        )
        self._attempts.put(number, attempt)
        return number

    def attempt(self, number: str, now: datetime) -> Attempt | None:
        """Return an attempt that is under way, or None."""
        found = self._attempts.get(number)
        return found if found is not None and now < found.begun_at + ATTEMPT_LIFE else None

    def sms_again(self, number: str, attempt: Attempt, now: datetime) -> Attempt:
        """Send another code; the one before is good no more."""
        after = replace(attempt, sms=self._six_digits(), sms_at=now)
        self._attempts.put(number, after)
        return after

    def passed_sms(self, number: str, attempt: Attempt) -> Attempt:
        """Note that the code was right; it is good no more."""
        after = replace(attempt, sms_right=True, sms=self._fresh())
        self._attempts.put(number, after)
        self.wrong_codes.right(attempt.who)
        return after

    def failed_face(self, number: str, attempt: Attempt, *, times: int) -> Attempt:
        """Note that a face check was not passed."""
        after = replace(attempt, failed=min(2, attempt.failed + times))
        self._attempts.put(number, after)
        return after

    def proved(self, number: str, attempt: Attempt, face: str, now: datetime) -> str:
        """Return a code for what was proved; the attempt is over."""
        self._attempts.drop(number)
        code = self._fresh()
        self._proofs.put(code, _Proof(attempt=attempt, face=face, made_at=now))
        return code

    def give_up(self, number: str) -> None:
        """End an attempt with nothing proved."""
        self._attempts.drop(number)

    def tokens(self, credentials: tuple[str, str], told: dict[str, str], now: datetime) -> dict[str, Any] | str:
        """Return tokens for a code, or the name of the error by RFC 6749."""
        if credentials != (CLIENT_ID, self._secret):
            return "invalid_client"
        if told.get("grant_type") != "authorization_code":
            return "unsupported_grant_type"
        proof = self._proofs.peek(told.get("code", ""))
        self._proofs.drop(told.get("code", ""))
        verifier = told.get("code_verifier", "")
        good = (
            proof is not None
            and now < proof.made_at + CODE_LIFE
            and told.get("redirect_uri") == proof.attempt.asked.redirect_uri
            and create_s256_code_challenge(verifier) == proof.attempt.asked.challenge  # type: ignore[no-untyped-call]  # the library's own
        )
        if proof is None or not good:
            return "invalid_grant"
        token = jwt.encode({"alg": ALGORITHM, "kid": self._key.kid}, self._claims(proof, now), self._key)
        return {"access_token": self._fresh(), "token_type": "Bearer", "expires_in": 60, "id_token": token}

    def _claims(self, proof: _Proof, now: datetime) -> dict[str, Any]:
        attempt = proof.attempt
        ways = ["sms", *(["face"] if proof.face == "passed" else [])]
        paper = {"certificate_type": "01", "certificate_number": attempt.certno} if attempt.certno else {}
        return {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": hashlib.sha256(attempt.who.encode()).hexdigest()[:24],
            "iat": seconds(now),
            "exp": seconds(now + ID_TOKEN_LIFE),
            "auth_time": seconds(proof.made_at),
            "nonce": attempt.asked.nonce,
            "acr": "face" if proof.face == "passed" else "sms",
            "amr": ways,
            "name": attempt.name,
            "phone_number": f"+86{attempt.phone}",
            "face": proof.face,
            "sandbox": True,
            **paper,
            **({"staff": attempt.staff_no} if attempt.staff_no else {}),
        }

    def _six_digits(self) -> str:
        return f"{int(hashlib.sha256(self._fresh().encode()).hexdigest(), 16) % 1_000_000:06}"


def faces_for(certno: str, day: date) -> tuple[str, ...]:
    """Return the outcomes of a face check that somebody with that ID number can have."""
    born = birthday("01", certno)
    if born is not None and age_on(born, day) < NO_FACE_BELOW:
        return "under_16", "helper"
    return "passed", "failed", "failed_twice", "helper"
