"""Many messages in one upload: a message a line, opened line by line, signed once over the whole where headers sign."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from gongji.channels.national.envelope import CATCH_ALL, ROOT
from gongji.channels.national.fields import MalformedError
from gongji.channels.national.reception import Opened, Reception
from gongji.channels.national.signing.profiles import Profile
from gongji.channels.national.signing.signatures import Nonce

UPLOAD: Final = "batch"
"""The last word of the path for uploads, below /fsi/api/."""

LONGEST_UPLOAD: Final = 4 << 20
"""An upload is at most four mebibytes, and"""

LINES_MAX: Final = 1000
"""has at most so many lines."""

_SIGNER: Final = {"hmac_sm3": "x-ca-key", "sha256_token": "x-tif-paasid"}
"""The header that names who signed the body; other signatures stand in each message, or sign none."""

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


def is_upload(path: str) -> bool:
    """Tell whether a path takes uploads."""
    return path.endswith(ROOT + UPLOAD)


class Upload:
    """The lines of one upload. Blank ones are no lines."""

    def __init__(self, reception: Reception, raw: bytes, path: str, now: datetime, headers: Mapping[str, str]) -> None:
        """Take the upload `raw`. Raise MalformedError when it has no line, or too many."""
        self._reception = reception
        self._raw = raw
        self._path = path.removesuffix(UPLOAD) + CATCH_ALL
        self._now = now
        self._headers = headers
        self._checked: dict[str, Nonce | MalformedError | None] = {}
        self._lines = [line for line in raw.removeprefix(_BYTE_ORDER_MARK).split(b"\n") if line.strip()]
        if not self._lines:
            raise MalformedError("报文", "一行也没有")
        if len(self._lines) > LINES_MAX:
            raise MalformedError("报文", f"有 {len(self._lines)} 行，一次最多 {LINES_MAX} 行")

    def runs(self, most: int) -> Iterator[list[Opened | bytes]]:
        """Yield the messages of the lines in order, or at once their refusals, in runs of at most `most`.

        A run is of one transaction: its lines may be carried out together, and what comes after sees what they did.
        """
        run: list[Opened | bytes] = []
        kind = ""
        for line in self._lines:
            opened = self._opened(line)
            further = opened.message.infno if isinstance(opened, Opened) else kind
            if run and (len(run) >= most or further != kind):
                yield run
                run = []
            run.append(opened)
            kind = further
        yield run

    def _opened(self, line: bytes) -> Opened | bytes:
        def check(profile: Profile, institution: str) -> Nonce | None:
            return self._check(profile, institution, line)

        return self._reception.opened_when(check, line, self._path, self._now)

    def _check(self, profile: Profile, institution: str, line: bytes) -> Nonce | None:
        verifier = self._reception.verifier
        signer = verifier.signer(profile, self._headers)
        if profile.signature not in _SIGNER or signer is None:
            return verifier.verify(profile, self._headers, line, institution=institution, now=self._now)
        if signer != institution:
            why = f"签名的机构是 {signer}，这一行是 {institution}；一次上传只能有签名机构自己的报文"
            raise MalformedError(_SIGNER[profile.signature], why)
        if profile.name not in self._checked:
            self._checked[profile.name] = self._checked_whole(profile, signer)
        found = self._checked[profile.name]
        if isinstance(found, MalformedError):
            raise found
        return found

    def _checked_whole(self, profile: Profile, signer: str) -> Nonce | MalformedError | None:
        try:
            return self._reception.verifier.verify(profile, self._headers, self._raw, institution=signer, now=self._now)
        except MalformedError as fault:
            return fault
