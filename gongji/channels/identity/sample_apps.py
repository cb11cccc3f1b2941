"""Sample apps and staff of a sample server: made up, their one secret known to everybody."""

from datetime import datetime
from functools import cache
from typing import Final

from gongji.channels.identity.secrets import Secrets
from gongji.domain.requests import Scope
from gongji.services.access.channel_apps import (
    AppKind,
    AppState,
    ChannelApp,
    GrantType,
    StateRequest,
    app_scope,
    change_state,
    register,
    registered,
)
from gongji.services.access.permissions import PERMISSIONS
from gongji.services.access.staff import Member, at_work, staff_scope, take_on
from gongji.services.store import Books, Store

SAMPLE_SECRET: Final = "sample-secret-known-to-everybody"  # noqa: S105  # of a sample server only
_BY: Final = "sample"
_SHUT: Final = "not a sample server"
_BACK: Final = ("http://127.0.0.1/callback", "http://localhost/callback")


@cache
def sample_staff() -> tuple[Member, ...]:
    """Return the sample staff, one in each role."""
    return (
        Member(staff_no="S1001", name="样例经办", role="clerk", office="320200", by=_BY),
        Member(staff_no="S1002", name="样例审核", role="reviewer", office="320200", by=_BY),
        Member(staff_no="S1003", name="样例稽核", role="inspector", office="320200", by=_BY),
        Member(staff_no="S1004", name="样例审计", role="auditor", office="320200", by=_BY),
    )


@cache
def sample_apps() -> tuple[ChannelApp, ...]:
    """Return the sample apps: one on people's phones, one at the counter, one system."""
    secret_hash = Secrets().hashed(SAMPLE_SECRET)
    by_code = (GrantType.CODE, GrantType.REFRESH)
    everything = tuple(PERMISSIONS)
    return (
        ChannelApp(
            client_id="sample-city-app",
            name_zh="样例城市应用",
            name_en="Sample city app",
            kind=AppKind.CITY_APP,
            grant_types=by_code,
            scopes=everything,
            redirect_uris=_BACK,
            registered_by=_BY,
        ),
        ChannelApp(
            client_id="sample-counter",
            name_zh="样例窗口",
            name_en="Sample counter",
            kind=AppKind.COUNTER,
            grant_types=by_code,
            scopes=everything,
            redirect_uris=_BACK,
            secret_hash=secret_hash,
            staff=True,
            registered_by=_BY,
        ),
        ChannelApp(
            client_id="sample-bureau",
            name_zh="样例医保局系统",
            name_en="Sample bureau system",
            kind=AppKind.BUREAU_SYSTEM,
            grant_types=(GrantType.CREDENTIALS,),
            scopes=everything,
            secret_hash=secret_hash,
            registered_by=_BY,
        ),
    )


def load_sample_apps(store: Store, now: datetime) -> None:
    """Register sample apps and staff; those that are there already stay as they are, but for what was shut."""
    apps = sample_apps()
    scope = Scope()
    for app in apps:
        scope.merge(app_scope(app.client_id))
    for member in sample_staff():
        scope.merge(staff_scope(member.staff_no))

    def work(books: Books) -> None:
        for app in apps:
            found = registered(books, app.client_id)
            if found is None:
                register(books, app, now)
            elif found.app.why.endswith(_SHUT):
                change_state(books, _wish(app, AppState.ACTIVE, "sample server", now))
        for member in sample_staff():
            if at_work(books, member.staff_no) is None:
                take_on(books, member, now)

    store.run(scope, work)


def shut_sample_apps(store: Store, now: datetime) -> None:
    """Suspend the sample apps that books still have: everybody knows their secret. A sample server lets them in."""
    apps = sample_apps()
    scope = Scope()
    for app in apps:
        scope.merge(app_scope(app.client_id))

    def work(books: Books) -> None:
        for app in apps:
            found = registered(books, app.client_id)
            if found is not None and found.usable and found.app.registered_by == _BY:
                change_state(books, _wish(app, AppState.SUSPENDED, _SHUT, now))

    store.run(scope, work)


# Helpers


def _wish(app: ChannelApp, state: AppState, why: str, now: datetime) -> StateRequest:
    return StateRequest(client_id=app.client_id, state=state, by=_BY, why=why, at=now, alone=True)
