"""The roof: settings, clock, policy files, keys, database and command line put together. Only here do they enter.

Settings are environment variables: `GONGJI_DATA` (the data folder, ./var), `GONGJI_DATABASE_URL` (any PostgreSQL
from 15 on, instead of the one of our own in the data folder), `GONGJI_KEY_FILE` (32 bytes that seal names and ID
numbers, `key` in the data folder) and `GONGJI_INSTITUTION_KEYS` (what institutions sign their messages with,
`institution-keys.toml` in the data folder), `GONGJI_SIGN_ON_HEADER` (the header in which the sign-on of a bureau
says who acts on the rules over HTTP), `GONGJI_PUBLIC_URL` (the address under which people and apps reach a server), and
`GONGJI_IDENTITY_ISSUER`, `GONGJI_IDENTITY_CLIENT_ID`, `GONGJI_IDENTITY_SECRET_FILE` (the real-name identity provider),
`GONGJI_REGISTERS_URL`, `GONGJI_REGISTERS_TOKEN_FILE` (the registers of other authorities), `GONGJI_MESSAGES_URL` and
`GONGJI_MESSAGES_KEY_FILE` (the gateway for SMS, WeChat and Alipay messages), and `GONGJI_TRUSTED_PROXIES` (the header
in which the proxies before a server say for whom they ask, and their addresses or networks).
"""

import gc
import os
import secrets
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import date, datetime, timedelta, timezone
from functools import cached_property
from pathlib import Path
from time import monotonic
from types import FrameType
from typing import TYPE_CHECKING, Final, NoReturn

from gongji.channels.house import Clock, SandboxClient, Say
from gongji.gateways.leasing import await_turn, renewing
from gongji.gateways.policy_files import policy_files, read_policies
from gongji.gateways.private_files import ExposedFileError, read_closed, read_or_make
from gongji.gateways.private_files import put as replace_private
from gongji.gateways.programs import EmbeddedPostgresError
from gongji.registry.records import WrongKeyError
from gongji.rules.bundle import PolicyError
from gongji.rules.lessons import problems_of
from gongji.rules.policybook import PolicyBook
from gongji.services.access.signing_in import Authorities
from gongji.services.policies.archives import Archive
from gongji.services.policies.drafts import DeskError, Rulebook, kept_bundle, parsed
from gongji.services.policies.timetables import Timetable
from gongji.services.store import LeaseLostError, MemoryStore, Store, StoreError

if TYPE_CHECKING:
    from gongji.channels.api.forwarded import Proxies
    from gongji.channels.national.signing.keys import KeyRing
    from gongji.gateways.outside import Outside
    from gongji.gateways.scratch import Scratch
    from gongji.registry.codes import Codes

SHANGHAI: Final = timezone(timedelta(hours=8))
"""China has one time zone, and has had no summer time since 1991."""

_COLLECT_AFTER: Final = 500_000
"""Records hold no circles: looking for some after every 700 new ones would take a sixth of the time of a settlement."""

KEY_BYTES: Final = 32
TOKEN_KEYS: Final = "token-keys.json"  # noqa: S105  # the name of a file
_PACKAGE: Final = Path(__file__).parent


class SettingError(ValueError):
    """A setting cannot be used; the message says which and why."""


def main() -> None:
    """Run the command line."""
    from gongji.channels.cli import app  # noqa: PLC0415  # importing the package stays quick without it

    gc.set_threshold(_COLLECT_AFTER)
    signal.signal(signal.SIGTERM, _asked_to_end)
    try:
        app(obj=Wiring(os.environ))
    except (SettingError, PolicyError, DeskError, StoreError, EmbeddedPostgresError, WrongKeyError) as fault:
        sys.exit(f"gongji: {fault}")


class Wiring:
    """The house as the command line knows it; see `gongji.channels.house.House`."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Take the settings from `environment`."""
        self._environment = environment

    def today(self) -> date:
        """Return the day in Asia/Shanghai."""
        return self.clock(None)().date()

    def clock(self, start: datetime | None) -> Clock:
        """Return the clock; with `start` one that shows that moment now and ticks on from there."""
        if start is None:
            return lambda: datetime.now(SHANGHAI).replace(tzinfo=None)
        begun = monotonic()
        return lambda: start + timedelta(seconds=monotonic() - begun)

    def book(self) -> PolicyBook:
        """Return the compiled rules. Raise PolicyError when the files are not sound."""
        return self._compiled[0]

    def bundle(self) -> bytes:
        """Return the canonical bundle the book was made of."""
        return self._compiled[1]

    def rulebook(self) -> Rulebook:
        """Return the policy files with what they make: what holds while nothing was published."""
        return Rulebook(files=policy_files(self._beside("policies")), book=self.book(), bundle=self.bundle())

    def lint(self) -> Iterator[str]:
        """Return the problems of the policy files, one sentence each, reading every file anew."""
        return problems_of(parsed(policy_files(self._beside("policies"))))

    def samples(self) -> Path:
        """Return the folder of recorded messages."""
        return self._beside("samples")

    def cases(self) -> Path:
        """Return the folder of case files."""
        return self._beside("cases")

    @contextmanager
    def store(
        self, data: Path | None, say: Say, clock: Clock | None = None, *, standby: bool = False
    ) -> Iterator[Store]:
        """Open the books in the data folder (or of GONGJI_DATABASE_URL), and close them at the end.

        With `standby`, wait as long as another program writes. Raise LeaseLostError at the end when another took over.
        """
        from gongji.gateways.database import PostgresStore  # noqa: PLC0415  # rules alone need no database driver

        folder, say = self.data_folder(data), _undisturbed(say)
        with ExitStack() as stack:
            url = stack.enter_context(self._database(folder, say))
            store = PostgresStore(url, self._key(folder, say), say, clock=clock)
            stack.callback(store.close)
            if standby:
                await_turn(store, say)
            stack.enter_context(renewing(store, say))
            store.keep_bundle(self.book().digest, self.bundle())
            yield store
            if store.lost:
                raise LeaseLostError("another program writes to these books now; this one has ended")

    @contextmanager
    def archive(self, data: Path | None, say: Say) -> Iterator[Archive]:
        """Open what was done to the rules, as the data folder (or GONGJI_DATABASE_URL) has it; close it at the end."""
        from gongji.gateways.archive import PostgresArchive  # noqa: PLC0415  # rules alone need no database driver

        with self._database(self.data_folder(data), _undisturbed(say)) as url:
            archive = PostgresArchive(url)
            try:
                yield archive
            finally:
                archive.close()

    def published(self, data: Path | None, say: Say) -> "Wiring":
        """Return the house with the rules that hold now by what was published in a data folder, else by the files."""
        if data is None:
            return self
        if not data.is_dir() and "GONGJI_DATABASE_URL" not in self._environment:
            raise SettingError(f"--data: there is no folder {data}")
        other = Wiring(self._environment)
        with self.archive(data, say) as archive:
            timetable = Timetable(self.book(), archive)
            timetable.look()
            book = timetable.at(self.clock(None)())
            other._compiled = book, self.bundle() if book is self.book() else kept_bundle(archive, book.digest)
        return other

    @contextmanager
    def scratch(self, parent: Path | None) -> "Iterator[Scratch]":
        """Make a database for a measurement, in our own server or that of GONGJI_DATABASE_URL; drop it at the end."""
        from gongji.gateways.scratch import scratch  # noqa: PLC0415  # rules alone need no database driver

        with scratch(self._environment.get("GONGJI_DATABASE_URL"), parent, self._environment) as made:
            yield made

    def throwaway(self) -> Store:
        """Return books in memory, forgotten at the end."""
        store = MemoryStore()
        store.keep_bundle(self.book().digest, self.bundle())
        return store

    def codes(self, data: Path | None, say: Say) -> "Codes":
        """Return what mints and opens e-credential codes, under the key of the data folder."""
        from gongji.registry.codes import Codes  # noqa: PLC0415  # rules alone need no encryption

        return Codes(self._key(self.data_folder(data), say), secrets.token_bytes)

    def throwaway_codes(self) -> "Codes":
        """Return what mints and opens e-credential codes, under a key that is forgotten at the end."""
        from gongji.registry.codes import Codes  # noqa: PLC0415  # the same

        return Codes(secrets.token_bytes(KEY_BYTES), secrets.token_bytes)

    def data_folder(self, data: Path | None) -> Path:
        """Return the data folder: the one given, else GONGJI_DATA, else ./var."""
        return data or Path(self._environment.get("GONGJI_DATA") or "var")

    def institution_keys(self, data: Path | None) -> "KeyRing | None":
        """Return the keys institutions sign by, None when no file is named and none is in the data folder."""
        named = self._environment.get("GONGJI_INSTITUTION_KEYS")
        file = Path(named) if named else self.data_folder(data) / "institution-keys.toml"
        return read_institution_keys(file) if named or file.exists() else None

    def sign_on_header(self) -> str | None:
        """Return the header in which the deployment's own sign-on says who acts, None where no setting names one."""
        return self._environment.get("GONGJI_SIGN_ON_HEADER") or None

    def token(self) -> str:
        """Return a random token that nobody can guess."""
        return secrets.token_urlsafe()

    def public_url(self) -> str | None:
        """Return the address under which people and apps reach a server, None where no setting names one."""
        from gongji.services.access.channel_apps import is_redirect  # noqa: PLC0415  # rules alone need none

        found = (self._environment.get("GONGJI_PUBLIC_URL") or "").rstrip("/")
        if found and not (found.startswith("http") and is_redirect(found)):
            raise SettingError(f"GONGJI_PUBLIC_URL: {found} is neither https:// nor http:// on this very machine")
        return found or None

    def trusted_proxies(self) -> "Proxies | None":
        """Return the proxies before a server that are believed, None where no setting names any. Raise SettingError."""
        from gongji.channels.api.forwarded import proxies_of  # noqa: PLC0415  # rules alone need none

        try:
            return proxies_of(self._environment.get("GONGJI_TRUSTED_PROXIES") or "")
        except ValueError as fault:
            raise SettingError(f"GONGJI_TRUSTED_PROXIES: {fault}") from fault

    def token_keys(self, data: Path | None, say: Say) -> bytes:
        """Return the keys that tokens are signed by; made where there are none. Raise SettingError."""
        from gongji.channels.identity.tokens import KeysError, new_keys, sound  # noqa: PLC0415  # rules alone need none

        file = self.data_folder(data) / TOKEN_KEYS
        if read_or_make(file, new_keys)[1]:
            say(f"A new key signs tokens: {file}. Without it everybody has to sign in again.")
        try:
            return sound(_closed(file))
        except KeysError as fault:
            raise SettingError(f"{file}: {fault}") from fault

    def rotate_token_keys(self, data: Path | None) -> None:
        """Put a new key before those that tokens are signed by. Raise SettingError."""
        from gongji.channels.identity.tokens import rotated  # noqa: PLC0415  # the same

        replace_private(self.data_folder(data) / TOKEN_KEYS, rotated(self.token_keys(data, lambda _: None)))

    @contextmanager
    def authorities(self, back: str, sandbox: SandboxClient | None) -> Iterator[Authorities]:
        """Return whom the settings name, else a sandbox, else nobody. Raise SettingError."""
        from gongji.gateways.identity.opening import opened_authorities  # noqa: PLC0415  # rules alone need no HTTP

        with ExitStack() as stack:
            try:
                found = stack.enter_context(opened_authorities(self._environment, back, sandbox))
            except (ValueError, OSError, ExposedFileError) as fault:
                raise SettingError(f"identity provider and registers: {fault}") from fault
            yield found

    def outside(self, *, sandbox: bool) -> "Outside":
        """Return the gateways to which messages and events go out. Raise SettingError."""
        from gongji.gateways.outside import Outside  # noqa: PLC0415  # rules alone need no HTTP

        try:
            return Outside(self._environment, sandbox=sandbox)
        except (ValueError, OSError, ExposedFileError) as fault:
            raise SettingError(f"gateway for messages: {fault}") from fault

    @contextmanager
    def _database(self, folder: Path, say: Say) -> Iterator[str]:
        """Give the URL of the database, our own server started for it if need be, with its tables up to date."""
        from psycopg import OperationalError  # noqa: PLC0415  # rules alone need no database driver

        from gongji.gateways.migrating import migrate  # noqa: PLC0415  # the same

        with ExitStack() as stack:
            url = self._environment.get("GONGJI_DATABASE_URL") or stack.enter_context(_own_server(folder, say))
            try:
                migrate(url, say)
            except OperationalError as fault:
                raise SettingError(f"the database cannot be used: {fault}") from fault
            yield url

    @cached_property
    def _compiled(self) -> tuple[PolicyBook, bytes]:
        return read_policies(self._beside("policies"))

    def _beside(self, name: str) -> Path:
        """Return a folder that a wheel carries inside the package, and the repository beside it."""
        inside = _PACKAGE / f"_{name}"
        return inside if inside.is_dir() else _PACKAGE.parent / name

    def _key(self, folder: Path, say: Say) -> bytes:
        named = self._environment.get("GONGJI_KEY_FILE")
        return read_key(Path(named) if named else folder / "key", say)


def read_key(file: Path, say: Say) -> bytes:
    """Return the key in `file`, which only its owner may read; make one where there is none. Raise SettingError."""
    if read_or_make(file, lambda: secrets.token_bytes(KEY_BYTES))[1]:
        say(f"A new key seals names and ID numbers: {file}. Without it they cannot be read again.")
    key = _closed(file)
    if len(key) != KEY_BYTES:
        raise SettingError(f"{file}: a key has {KEY_BYTES} bytes, this file {len(key)}")
    return key


def read_institution_keys(file: Path) -> "KeyRing":
    """Return the keys in `file`, which only its owner may read. Raise SettingError, which tells no key."""
    from gongji.channels.national.signing.keys import KeyFileError, read_keys  # noqa: PLC0415  # rules alone need none

    try:
        return read_keys(_closed(file).decode("utf-8"))
    except UnicodeDecodeError as fault:
        raise SettingError(f"{file}: is not UTF-8") from fault
    except KeyFileError as fault:
        raise SettingError(f"{file}: {fault}") from fault


# Helpers


def _closed(file: Path) -> bytes:
    """Return what is in a file that only its owner may read. Raise SettingError, which tells nothing of it."""
    try:
        return read_closed(file)
    except ExposedFileError as fault:
        raise SettingError(f"{file}: {fault}") from fault
    except OSError as fault:
        raise SettingError(f"{file}: cannot be read: {fault.strerror or fault}") from fault


def _undisturbed(say: Say) -> Say:
    """Return `say` for threads that must go on when the one who watched has gone and nobody takes the sentence."""

    def try_to_say(sentence: str) -> None:
        with suppress(OSError):
            say(sentence)

    return try_to_say


def _asked_to_end(number: int, _: FrameType | None) -> NoReturn:
    sys.exit(128 + number)


@contextmanager
def _own_server(folder: Path, say: Say) -> Iterator[str]:
    from gongji.gateways.embedded import EmbeddedPostgres  # noqa: PLC0415
    from gongji.gateways.keeping import kept_up  # noqa: PLC0415

    server = EmbeddedPostgres(folder, say=say)
    try:
        url = server.start()
        with kept_up(server, say):
            yield url
    finally:
        server.stop()
