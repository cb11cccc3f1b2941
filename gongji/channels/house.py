"""What the command line needs of the house: rules, clock, books and a server, all handed in by wiring."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from gongji.channels.national.signing.keys import KeyRing
from gongji.rules.policybook import PolicyBook
from gongji.services.access.signing_in import Authorities
from gongji.services.policies.archives import Archive
from gongji.services.policies.drafts import Rulebook
from gongji.services.store import Store
from gongji.services.telling.deliveries import Messenger
from gongji.services.telling.pushing import Poster

if TYPE_CHECKING:
    from gongji.channels.api.forwarded import Proxies
    from gongji.channels.ground import Ground
    from gongji.registry.codes import Codes

Clock = Callable[[], datetime]
"""Tells the time in Asia/Shanghai, without a zone written on it, as the national messages do."""

Say = Callable[[str], None]
"""Takes a sentence for the person who watches."""


class SandboxClient(Struct, frozen=True, kw_only=True):
    """A sandbox: its identity provider with the name and secret that it made for us, and its registers."""

    issuer: str
    client_id: str
    secret: str
    registers: str


class Outside(Protocol):
    """The gateways to which messages and events go out, and the pages that a sandbox shows of them, by address."""

    @property
    def messenger(self) -> Messenger:
        """Return what sends messages."""

    @property
    def poster(self) -> Poster:
        """Return what posts events."""

    @property
    def pages(self) -> Mapping[str, Callable[[], bytes]]:
        """Return the pages."""

    def close(self) -> None:
        """Let go of the gateways."""


class House(Protocol):
    """The doors of wiring. Everything that needs environment, clock or files goes through here."""

    def today(self) -> date:
        """Return the day in Asia/Shanghai."""
        ...

    def clock(self, start: datetime | None) -> Clock:
        """Return the clock; with `start` one that shows that moment now and ticks on from there."""
        ...

    def book(self) -> PolicyBook:
        """Return the compiled rules. Raise PolicyError when the files are not sound."""
        ...

    def bundle(self) -> bytes:
        """Return the canonical bundle the book was made of."""
        ...

    def rulebook(self) -> Rulebook:
        """Return the policy files with what they make: what holds while nothing was published."""
        ...

    def lint(self) -> Iterator[str]:
        """Yield the problems of the policy files, one sentence each, reading every file anew."""
        ...

    def samples(self) -> Path:
        """Return the folder of recorded messages."""
        ...

    def cases(self) -> Path:
        """Return the folder of case files."""
        ...

    def store(
        self, data: Path | None, say: Say, clock: Clock | None = None, *, standby: bool = False
    ) -> AbstractContextManager[Store]:
        """Return the books in the data folder (or of GONGJI_DATABASE_URL), opened on entry, closed on exit.

        `clock` tells when something became known; without it the database's clock does.
        With `standby`, entering waits as long as another program writes to the same books.
        """
        ...

    def archive(self, data: Path | None, say: Say) -> AbstractContextManager[Archive]:
        """Return what was done to the rules, as the data folder has it, opened on entry, closed on exit."""
        ...

    def published(self, data: Path | None, say: Say) -> "House":
        """Return the house with the rules that hold now by what was published in a data folder, if one is named."""
        ...

    def scratch(self, parent: Path | None) -> "AbstractContextManager[Ground]":
        """Return a database for a measurement, made on entry, gone on exit; its folder is made in `parent`."""
        ...

    def throwaway(self) -> Store:
        """Return books in memory, forgotten at the end."""
        ...

    def codes(self, data: Path | None, say: Say) -> "Codes":
        """Return what mints and opens e-credential codes under the key of the data folder."""
        ...

    def throwaway_codes(self) -> "Codes":
        """Return what mints and opens e-credential codes under a key that is forgotten at the end."""
        ...

    def institution_keys(self, data: Path | None) -> KeyRing | None:
        """Return the keys institutions sign by, None when there is no file of them."""
        ...

    def sign_on_header(self) -> str | None:
        """Return the header in which the deployment's own sign-on says who acts, None where no setting names one."""
        ...

    def token(self) -> str:
        """Return a random token that nobody can guess."""
        ...

    def public_url(self) -> str | None:
        """Return the address under which people and apps reach a server, None where no setting names one."""
        ...

    def trusted_proxies(self) -> "Proxies | None":
        """Return the proxies before a server that are believed, None where no setting names any."""
        ...

    def token_keys(self, data: Path | None, say: Say) -> bytes:
        """Return the keys that tokens are signed by, as they stand in the data folder; made where there are none."""
        ...

    def rotate_token_keys(self, data: Path | None) -> None:
        """Put a new key before those that tokens are signed by; a server takes it when it is started again."""
        ...

    def authorities(self, back: str, sandbox: SandboxClient | None) -> AbstractContextManager[Authorities]:
        """Return whom the settings name to vouch for people, else a sandbox, else nobody; let go on exit.

        `back` is where an identity provider sends people.
        """
        ...

    def outside(self, *, sandbox: bool) -> Outside:
        """Return the gateways to which messages and events go out; in a sandbox they keep messages to themselves."""
        ...

    def data_folder(self, data: Path | None) -> Path:
        """Return the data folder: the one given, else GONGJI_DATA, else ./var."""
        ...
