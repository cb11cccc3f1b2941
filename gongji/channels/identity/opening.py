"""Opening what signs people in, beside the API and over the same books."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from litestar.types import ControllerRouterHandler

from gongji.channels.house import Clock, House, SandboxClient, Say
from gongji.channels.identity import browser, oauth, sandbox_pages, sandbox_registers
from gongji.channels.identity.desk import IdentityDesk
from gongji.channels.identity.sample_apps import load_sample_apps, shut_sample_apps
from gongji.channels.identity.sandbox_provider import CLIENT_ID, PATH, SandboxProvider
from gongji.channels.identity.sandbox_registers import ROOT as REGISTERS
from gongji.channels.identity.tokens import Tokens
from gongji.services.reading_together import Readers
from gongji.services.store import Store

THREADS: Final = 4
"""So many threads check secrets and ask the provider, who may take his time; as many others look tokens up."""

_HANDLERS: Final[Sequence[ControllerRouterHandler]] = (
    oauth.post_token,
    oauth.post_revoke,
    oauth.post_introspect,
    oauth.read_keys,
    oauth.read_metadata,
    browser.read_authorize,
    browser.post_authorize,
    browser.read_callback,
    browser.read_sign_in,
    browser.post_sign_out,
)

_OF_SANDBOX: Final[Sequence[ControllerRouterHandler]] = (
    sandbox_pages.read_sandbox_metadata,
    sandbox_pages.read_sandbox_keys,
    sandbox_pages.post_sandbox_token,
    sandbox_pages.read_sandbox_start,
    sandbox_pages.post_sandbox_start,
    sandbox_pages.read_sandbox_attempt,
    sandbox_pages.post_sandbox_attempt,
    sandbox_registers.post_face,
    sandbox_registers.post_person,
    sandbox_registers.post_marriage,
    sandbox_registers.post_insurance,
)


def handlers(identity: IdentityDesk) -> list[ControllerRouterHandler]:
    """Return what answers for signing in; the sandbox's pages only where there is one."""
    return [*_HANDLERS, *(_OF_SANDBOX if identity.sandbox is not None else ())]


@contextmanager
def identity_opened(
    house: House, store: Store, data: Path | None, *, clock: Clock, url: str, sample: bool, say: Say
) -> Iterator[IdentityDesk]:
    """Open the identity desk of a server that is reached at `url`; at the end its threads are let go.

    A sample server has a sandbox provider, and sample apps and staff; any other shuts out sample apps that it finds.
    """
    issuer = house.public_url() or url
    back = f"{issuer}/oauth/callback"
    sandbox, known_as = None, None
    if sample:
        load_sample_apps(store, clock())
        known_as = SandboxClient(
            issuer=f"{issuer}{PATH}", client_id=CLIENT_ID, secret=house.token(), registers=f"{issuer}{REGISTERS}"
        )
        sandbox = SandboxProvider(known_as.issuer, known_as.secret, back, house.token)
    else:
        shut_sample_apps(store, clock())
    tokens = Tokens(house.token_keys(data, say), issuer)
    with (
        ThreadPoolExecutor(THREADS, thread_name_prefix="gongji-identity") as threads,
        Readers(store) as lookers,
        house.authorities(back, known_as) as authorities,
    ):
        yield IdentityDesk(tokens, authorities, store, threads, sandbox, lookers=lookers)
