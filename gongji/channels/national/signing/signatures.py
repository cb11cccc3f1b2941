"""Signatures of the provinces' gateways: who sent a message, when, and that it is not an old one with new content."""

import hashlib
import hmac
import re
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hmac import HMAC
from gmssl_pyx import GmsslInnerError, sm2_verify
from msgspec import Raw, Struct

from gongji.channels.national.fields import MalformedError
from gongji.channels.national.signing.keys import KeyRing
from gongji.channels.national.signing.profiles import Profile

NONCES_MAX: Final = 65_536
"""So many requests of one institution are remembered; more inside the window are refused."""

_EPOCH: Final = datetime(1970, 1, 1, 8)  # noqa: DTZ001  # Asia/Shanghai throughout, no zone written
_SECONDS: Final = re.compile(r"[0-9]{9,11}")
_RAW_SIGNATURE: Final = 64
_UNSIGNED: Final = frozenset({"cainfo", "input"})

_UNKNOWN: Final = "没有登记这个机构的密钥"
_WRONG: Final = "签名不对"
_FOREIGN: Final = "签名的机构与报文的 fixmedins_code 不是同一个"


class Nonce(Struct, frozen=True):
    """What a signature that does not cover the whole message leaves to be remembered `until` then, with its body."""

    field: str
    institution: str
    value: str
    digest: bytes
    until: datetime


class Nonces:
    """Remembers nonces for as long as their time would still pass. One process does so for all that check."""

    def __init__(self, most: int = NONCES_MAX) -> None:
        """Remember at most so many of one institution."""
        self._most = most
        self._seen: defaultdict[str, OrderedDict[str, tuple[datetime, bytes]]] = defaultdict(OrderedDict)
        self._lock = threading.Lock()

    def take(self, nonce: Nonce, now: datetime) -> None:
        """Remember a nonce. Seen with the same body it is a repeat; with another one raise MalformedError."""
        with self._lock:
            seen = self._seen[nonce.institution]
            while seen and next(iter(seen.values()))[0] < now:
                seen.popitem(last=False)
            if nonce.value in seen:
                if seen[nonce.value][1] != nonce.digest:
                    raise MalformedError(nonce.field, "已经用过，内容不同")
            elif len(seen) >= self._most:
                raise MalformedError(nonce.field, "短时间内请求过多，请稍后再发")
            else:
                seen[nonce.value] = (nonce.until, nonce.digest)


class Verifier:
    """Checks signatures by the institutions' keys."""

    def __init__(self, keys: KeyRing) -> None:
        """Check by `keys`."""
        self._keys = keys
        self._hmacs: dict[str, HMAC] = {}

    def verify(
        self, profile: Profile, headers: Mapping[str, str], raw: bytes, *, institution: str, now: datetime
    ) -> Nonce | None:
        """Return when `institution` signed the body `raw` in the profile's way, not too long ago.

        Return the nonce that is still to be remembered, where there is one. Header names are in small letters. Raise
        MalformedError naming header or field; it tells no secret.
        """
        if profile.signature == "none":
            return None
        window = timedelta(minutes=profile.replay_minutes or 0)
        if profile.signature == "api_key":
            _same(_header(headers, "apikey"), _known(self._keys.of(institution).api_key, "apikey"), "apikey")
        elif profile.signature == "hmac_sm3":
            self._hmac_sm3(headers, raw, institution, window=window, now=now)
        elif profile.signature == "sha256_token":
            return self._sha256_token(headers, raw, institution, window=window, now=now)
        elif profile.signature == "sm2_cainfo":
            return self._sm2_cainfo(raw, institution, window=window, now=now)
        return None

    def signer(self, profile: Profile, headers: Mapping[str, str]) -> str | None:
        """Return the institution that the headers name as having signed the body, None where they name none."""
        if profile.signature == "hmac_sm3":
            return headers.get("x-ca-key", "").strip() or None
        if profile.signature == "sha256_token":
            return self._keys.signer(headers.get("x-tif-paasid", "").strip())
        return None

    def _hmac_sm3(
        self, headers: Mapping[str, str], raw: bytes, institution: str, *, window: timedelta, now: datetime
    ) -> None:
        if _header(headers, "x-ca-key") != institution:
            raise MalformedError("x-ca-key", _FOREIGN)
        secret = _known(self._keys.of(institution).secret, "x-ca-key")
        stamp, colon, given = _header(headers, "x-ca-signature").partition(":")
        if not colon:
            raise MalformedError("x-ca-signature", "应为 时间戳（秒）:签名")
        _timely("x-ca-signature", _moment(stamp, "x-ca-signature"), now, window)
        made = self._keyed(secret).copy()
        made.update(stamp.encode() + b"\n" + raw)
        _same(given.lower(), made.finalize().hex(), "x-ca-signature")

    def _keyed(self, secret: str) -> HMAC:
        """Return an HMAC-SM3 that has taken in this key, to be copied: that is a third of the work for one message."""
        keyed = self._hmacs.get(secret)
        if keyed is None:
            keyed = self._hmacs[secret] = HMAC(secret.encode(), hashes.SM3())
        return keyed

    def _sha256_token(
        self, headers: Mapping[str, str], raw: bytes, institution: str, *, window: timedelta, now: datetime
    ) -> Nonce:
        signer = self._keys.signer(_header(headers, "x-tif-paasid"))
        if signer is not None and signer != institution:
            raise MalformedError("x-tif-paasid", _FOREIGN)
        token = _known(self._keys.of(institution).token if signer is not None else None, "x-tif-paasid")
        stamp, nonce = _header(headers, "x-tif-timestamp"), _header(headers, "x-tif-nonce")
        if len(nonce) > 128:
            raise MalformedError("x-tif-nonce", "过长，最多 128 个字符")
        given = _header(headers, "x-tif-signature")
        _timely("x-tif-timestamp", _moment(stamp, "x-tif-timestamp"), now, window)
        made = hashlib.sha256(f"{stamp}{token}{nonce}{stamp}".encode()).hexdigest()
        _same(given.lower(), made, "x-tif-signature")
        return Nonce("x-tif-nonce", institution, nonce, hashlib.sha256(raw).digest(), now + 2 * window)

    def _sm2_cainfo(self, raw: bytes, institution: str, *, window: timedelta, now: datetime) -> Nonce:
        envelope = _envelope(raw)
        given = _text(envelope.get("cainfo"))
        if not given:
            raise MalformedError("cainfo", "没有填")
        point = self._keys.sm2_point(institution)
        if point is None:
            raise MalformedError("cainfo", _UNKNOWN)
        try:
            signed_at = datetime.strptime(_text(envelope.get("inf_time")), "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007  # local
        except ValueError as fault:
            raise MalformedError("inf_time", "应为 yyyy-MM-dd HH:mm:ss") from fault
        _timely("inf_time", signed_at, now, window)
        if not _signed_by(point, signed_text(envelope), given):
            raise MalformedError("cainfo", _WRONG)
        content = bytes(envelope.get("input", b""))
        msgid = _text(envelope.get("msgid"))
        return Nonce("msgid", institution, msgid, hashlib.sha256(content).digest(), now + 2 * window)


def signed_text(envelope: Mapping[str, Raw]) -> str:
    """Return what cainfo signs: name=value of each envelope field but cainfo and input, sorted, joined by &."""
    return "&".join(f"{name}={_text(envelope[name])}" for name in sorted(envelope) if name not in _UNSIGNED)


# Helpers


def _envelope(raw: bytes) -> dict[str, Raw]:
    try:
        return msgspec.json.decode(raw.removeprefix(b"\xef\xbb\xbf"), type=dict[str, Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise MalformedError("报文", "不是 JSON") from fault


def _text(value: Raw | None) -> str:
    """Return a value of the envelope as it is signed: a text without its quotes, "" for null, all else as written."""
    try:
        written = bytes(value).decode() if value is not None else "null"
        if written.startswith('"'):
            return msgspec.json.decode(written, type=str)
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise MalformedError("报文", "有读不出的文字") from fault
    return "" if written == "null" else written


def _header(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name, "").strip()
    if not value:
        raise MalformedError(name, "请求头里没有")
    return value


def _known(secret: str | None, field: str) -> str:
    if secret is None:
        raise MalformedError(field, _UNKNOWN)
    return secret


def _moment(stamp: str, field: str) -> datetime:
    if not _SECONDS.fullmatch(stamp):
        raise MalformedError(field, "时间戳应为 1970 年以来的秒数")
    return _EPOCH + timedelta(seconds=int(stamp))


def _timely(field: str, signed_at: datetime, now: datetime, window: timedelta) -> None:
    if abs(now - signed_at) > window:
        minutes = window // timedelta(minutes=1)
        both = f"签名时间 {signed_at:%Y-%m-%d %H:%M:%S}，平台时间 {now:%Y-%m-%d %H:%M:%S}"
        raise MalformedError(field, f"{both}，相差超过 {minutes} 分钟，请校准时钟后重新签名")


def _same(given: str, made: str, field: str) -> None:
    if not hmac.compare_digest(given.encode(), made.encode()):
        raise MalformedError(field, _WRONG)


def _signed_by(point: bytes, text: str, given: str) -> bool:
    """Tell whether `given`, hex of DER or of r and s side by side, signs `text`."""
    try:
        signature = bytes.fromhex(given)
        if len(signature) == _RAW_SIGNATURE:
            half = _RAW_SIGNATURE // 2
            signature = encode_dss_signature(*(int.from_bytes(part) for part in (signature[:half], signature[half:])))
        decode_dss_signature(signature)
        return bool(sm2_verify(point, text.encode(), signature))
    except (ValueError, GmsslInnerError):
        return False
