"""The application: the JSON API, and what all that it serves has in common."""

from collections.abc import Sequence
from typing import Final

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.enums import ScopeType
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.routes import HTTPRoute
from litestar.types import ControllerRouterHandler, Message, Scope

from gongji import __version__
from gongji.channels.api import (
    accounts,
    bills,
    bonds,
    channel_apps,
    checks,
    consents,
    endings,
    enrolments,
    family,
    invitations,
    meta,
    premiums,
    quotes,
    reimbursements,
    reminding,
    sessions,
    showing,
    staff,
    statements,
    transfers,
    uses,
    wallets,
)
from gongji.channels.api.declaring import BEARER
from gongji.channels.api.desk import Desk
from gongji.channels.api.finishing import added_headers
from gongji.channels.api.notice_routes import NOTICE_HANDLERS
from gongji.channels.api.problem_answers import answer_with_problem
from gongji.channels.api.problems import ProblemError
from gongji.channels.api.review_routes import REVIEW_HANDLERS
from gongji.channels.api.session import PUBLIC, Session
from gongji.channels.api.strict import StrictRequest
from gongji.domain.faults import RequestFault

HANDLERS: Final[Sequence[ControllerRouterHandler]] = (
    meta.read_start,
    meta.read_openapi,
    meta.read_health,
    meta.list_problems,
    meta.read_problem,
    *NOTICE_HANDLERS,
    *REVIEW_HANDLERS,
    accounts.read_balances,
    bonds.list_bonds,
    bonds.read_bond,
    bonds.post_cap,
    bonds.post_quota,
    bonds.post_rank,
    bonds.post_pause,
    family.read_family,
    invitations.propose_bond,
    invitations.list_invitations,
    invitations.read_invitation,
    invitations.look_at_invitation,
    invitations.answer_invitation,
    invitations.withdraw_invitation,
    invitations.send_invitation_again,
    consents.list_texts,
    consents.list_consents,
    consents.post_details,
    endings.read_ending,
    endings.end_bond,
    endings.report_divorce,
    endings.record_death,
    endings.claim_inheritance,
    checks.check,
    checks.check_help,
    statements.read_balances_at,
    statements.read_statement,
    statements.read_sums,
    statements.export_statement,
    uses.read_uses,
    uses.export_uses,
    uses.read_helps,
    bills.read_bill,
    bills.export_bill,
    enrolments.import_people,
    enrolments.import_credits,
    enrolments.correct_credit,
    wallets.read_wallet,
    wallets.open_wallet,
    wallets.change_region,
    wallets.close_wallet,
    wallets.read_ways,
    wallets.check_ways,
    transfers.send,
    transfers.list_transfers,
    transfers.read_transfer,
    transfers.accept,
    transfers.decline,
    transfers.recall,
    reminding.read_transfer_reminder,
    reminding.remind_of_transfer,
    reminding.read_invitation_reminder,
    reminding.remind_of_invitation,
    reminding.read_ending_reminder,
    reminding.choose_ending_reminder,
    premiums.pay,
    premiums.list_premiums,
    premiums.read_outlook,
    premiums.refund,
    reimbursements.reimburse,
    reimbursements.read_reimbursement,
    reimbursements.take_back,
    quotes.quote_bill,
    quotes.read_quote,
    quotes.settle_quote,
    quotes.refund_quote,
    showing.ask_showing,
    showing.list_showings,
    showing.list_shown,
    showing.answer_showing,
    showing.end_showing,
    showing.read_code,
    showing.read_picture,
    channel_apps.list_channel_apps,
    channel_apps.read_channel_app,
    channel_apps.post_channel_app_state,
    staff.list_staff,
    staff.read_staff,
    staff.dismiss_staff,
    sessions.list_sessions,
    sessions.end_session,
)

DESCRIPTION: Final = """\
Family mutual aid 家庭共济 of medical-insurance personal accounts. Amounts are whole fen 分, moments are told in
+08:00. Every "no" is a problem document (RFC 9457) whose `type` answers GET; what writes wants an
Idempotency-Key, and lists are read in pages by `cursor`. Who acts for another by a mandate names him, by number, in the
header Acting-For; then only what the mandate allows may be done.
"""


def application(desk: Desk, more: Sequence[ControllerRouterHandler] = ()) -> Litestar:
    """Return the application over `desk`, with `more` handlers, such as those that sign people in.

    It needs no lifespan: what is opened, wiring opens and closes.
    """
    return Litestar(
        [*HANDLERS, *more],
        state=State({"desk": desk}),
        dependencies={"desk": Provide(lambda: desk, sync_to_thread=False)},
        middleware=[Session],
        exception_handlers={Exception: answer_with_problem},
        request_class=StrictRequest,
        before_send=[_finish],
        openapi_config=_openapi(),
        logging_config=None,
        debug=False,
    )


# Helpers


def _openapi() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="gongji",
        version=__version__,
        description=DESCRIPTION,
        use_handler_docstrings=True,
        components=Components(security_schemes={BEARER: SecurityScheme(type="http", scheme="bearer")}),
        openapi_router=Router(
            "/api/v1/openapi", route_handlers=[], guards=[_closed], opt={PUBLIC: True}, include_in_schema=False
        ),
        render_plugins=[JsonRenderPlugin()],
    )


def _closed(_: object, __: object) -> None:
    """Refuse the pages that Litestar has for the document: ours is at `meta.OPENAPI`."""
    raise ProblemError(RequestFault.NO_SUCH_PLACE)


def _allowed(scope: Scope) -> dict[str, str]:
    """Return which methods an address takes, for who asks for just that."""
    if scope["type"] != ScopeType.HTTP or scope["method"] != "OPTIONS":
        return {}
    routes = [one for one in scope["litestar_app"].routes if isinstance(one, HTTPRoute)]
    taken = {method for one in routes if one.path_format == scope.get("path_template") for method in one.methods}
    return {"allow": ", ".join(sorted(taken))} if taken else {}


async def _finish(message: Message, scope: Scope) -> None:
    """Add the headers that go with every answer."""
    if message["type"] != "http.response.start":
        return
    there = {name.lower() for name, _ in message["headers"]}
    if scope["type"] == ScopeType.HTTP and scope["method"] == "OPTIONS":  # Litestar names those of one handler alone
        message["headers"] = [(name, value) for name, value in message["headers"] if name.lower() != b"allow"]
        there.discard(b"allow")
    added = _allowed(scope) | added_headers(scope)
    message["headers"] = [
        *message["headers"],
        *((name.encode(), value.encode()) for name, value in added.items() if name.encode() not in there),
    ]
