"""Before the door: a message is read, its envelope opened and its signature checked. It needs no books.

So any process may do it, as many as there are, and hand what was opened to the one that writes.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import count
from typing import Final

from msgspec import Struct

from gongji.channels.national import refusing
from gongji.channels.national.answers import refused, unknown_transaction
from gongji.channels.national.envelope import Message, UnknownTransactionError, open_envelope
from gongji.channels.national.fields import MalformedError
from gongji.channels.national.signing.keys import KeyRing
from gongji.channels.national.signing.profiles import PLAIN, Choice, Place, Profile
from gongji.channels.national.signing.signatures import Nonce, Verifier

NO_HEADERS: Final[Mapping[str, str]] = {}

Check = Callable[[Profile, str], Nonce | None]
"""Returns when the institution named has signed as the profile asks. Raises MalformedError else."""


class Opened(Struct, frozen=True):
    """A message that may be carried out: its envelope and signature have been checked at the moment `at`.

    `nonce` is still to be remembered by whoever carries it out.
    """

    message: Message
    place: Place
    at: datetime
    nonce: Nonce | None = None


class Reception:
    """Opens messages, and words what nobody has to look into the books for."""

    def __init__(self, choice: Choice, keys: KeyRing | None = None) -> None:
        """Open messages under the profiles of `choice`, signed by `keys`; without keys nobody signs."""
        self.choice = choice
        self.verifier = Verifier(keys or KeyRing({}))
        self._sequence = count(1)

    def opened(self, raw: bytes, path: str, now: datetime, headers: Mapping[str, str] = NO_HEADERS) -> Opened | bytes:
        """Return the message, or at once the answer to one that cannot be read or is not signed.

        Names of `headers` are in small letters.
        """

        def check(profile: Profile, institution: str) -> Nonce | None:
            return self.verifier.verify(profile, headers, raw, institution=institution, now=now)

        return self.opened_when(check, raw, path, now)

    def opened_when(self, check: Check, raw: bytes, path: str, now: datetime) -> Opened | bytes:
        """Return the message, or at once the answer to one that cannot be read or that `check` refuses."""
        profile = self.choice.profile or PLAIN
        try:
            place = self.choice.place(path, raw)
            profile = place.profile
            message = open_envelope(raw, place.path, now)
            nonce = check(profile, message.institution)
        except UnknownTransactionError:
            return unknown_transaction(self.number(now), profile)
        except MalformedError as fault:
            return self.malformed(fault, now, profile)
        return Opened(message, place, now, nonce)

    def malformed(self, fault: MalformedError, now: datetime, profile: Profile | None = None) -> bytes:
        """Return the refusal of what cannot be read."""
        return self.no(refusing.malformed(fault), now, profile)

    def busy(self, now: datetime, profile: Profile | None = None) -> bytes:
        """Return the answer when the queue is full."""
        return self.no(refusing.busy(), now, profile)

    def failed(self, now: datetime) -> bytes:
        """Return the answer when something went wrong on our side before anything was taken."""
        return self.no(refusing.undone(unknown=False), now)

    def no(self, line: str, now: datetime, profile: Profile | None = None) -> bytes:
        """Return a refusal in the caller's format; without `profile` as the door's own has it."""
        return refused(line, now=now, profile=profile or self.choice.profile or PLAIN)

    def number(self, now: datetime) -> int:
        """Return ten digits that no other answer of this second has, after a restart either."""
        return now.microsecond * 10_000 + next(self._sequence) % 10_000
