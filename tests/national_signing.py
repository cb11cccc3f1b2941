"""Clients of the provinces: what each sends besides the message, signed by other libraries than it is checked by."""

import hashlib
import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from itertools import count

from gmssl import sm2
from gmssl_pyx import sm2_key_generate, sm3_hmac

from gongji.channels.national.door import Door
from gongji.channels.national.signing.keys import InstitutionKey, KeyRing
from gongji.channels.national.signing.profiles import Choice, profiles
from gongji.registry.catalogue import sample_catalogue
from tests.national_world import NOW, WUXI_HOSPITAL, WUXI_PHARMACY, Client

SHANGHAI = timezone(timedelta(hours=8))
PAIRS = {code: sm2_key_generate() for code in (WUXI_HOSPITAL, WUXI_PHARMACY, "H32020000002")}
KEYS = {
    code: InstitutionKey(
        secret=f"secret-{code}",
        token=f"token-{code}",
        paasid=f"paas-{code}",
        sm2_public_key="04" + pair[0].hex(),
        api_key=f"api-{code}",
    )
    for code, pair in PAIRS.items()
}
NONCES = count(1)


def seconds(moment):
    return str(int(moment.replace(tzinfo=SHANGHAI).timestamp()))


def hmac_sm3(raw, code, at):
    stamp = seconds(at)
    made = sm3_hmac(str(KEYS[code].secret).encode(), stamp.encode() + b"\n" + raw).hex().upper()
    return raw, {"x-ca-key": code, "x-ca-signature": f"{stamp}:{made}"}


def sha256_token(raw, code, at, nonce=None):
    stamp, nonce = seconds(at), nonce or f"n-{next(NONCES)}"
    made = hashlib.sha256(f"{stamp}{KEYS[code].token}{nonce}{stamp}".encode()).hexdigest()
    return raw, {
        "x-tif-paasid": KEYS[code].paasid,
        "x-tif-timestamp": stamp,
        "x-tif-nonce": nonce,
        "x-tif-signature": made,
    }


def sm2_cainfo(raw, code, at):
    message = json.loads(raw) | {"inf_time": f"{at:%Y-%m-%d %H:%M:%S}", "signtype": "SM2"}
    told = {name: value for name, value in message.items() if name not in ("cainfo", "input")}
    text = "&".join(f"{name}={told[name]}" for name in sorted(told))
    public, private = PAIRS[code]
    signer = sm2.CryptSM2(private_key=private.hex(), public_key=public.hex(), asn1=True)
    message["cainfo"] = signer.sign_with_sm3(text.encode()).upper()
    return json.dumps(message, ensure_ascii=False).encode(), {}


def api_key(raw, code, _):
    return raw, {"apikey": KEYS[code].api_key}


def unsigned(raw, *_):
    return raw, {}


WAYS = {
    "none": unsigned,
    "hmac_sm3": hmac_sm3,
    "sha256_token": sha256_token,
    "sm2_cainfo": sm2_cainfo,
    "api_key": api_key,
}


def door_of(world, name="plain", *, sandbox=False):
    """A door before the books of that world under a profile, or by-region, with the keys of two hospitals."""
    choice = Choice(profiles().get(name), sandbox)
    return Door(world.store, world.policy, sample_catalogue(), codes=world.codes, choice=choice, keys=KeyRing(KEYS))


class ProfileClient(Client):
    """A hospital's client that signs as its province asks, and reads infcode in the type its province has."""

    def __init__(self, door, name, code=WUXI_HOSPITAL, now=NOW):
        self.profile = profiles()[name]
        super().__init__(self.signed(door.handle), code, now)

    def signed(self, handle):
        def send(raw, path, now):
            raw, headers = WAYS[self.profile.signature](raw, self.code, now)
            return handle(raw, path, now, headers)

        return send

    def done(self, infno, content, **changes):
        answer = self.ask(infno, content, **changes)
        ok = "0" if self.profile.infcode == "string" else 0
        assert type(answer["infcode"]) is type(ok), answer
        assert answer["infcode"] == ok, answer
        return answer["output"]


def as_text(raw):
    """What a client sees that takes every number as the text it was sent as."""
    return json.loads(raw, parse_float=str, parse_int=str)


def decimals(info, names):
    """The amounts as a client reads them that makes a decimal of each text: null or blank breaks it."""
    return {name: Decimal(info[name]) for name in names}


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment)
