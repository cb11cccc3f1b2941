"""Orders of who runs the deployment: about channel apps and staff, carried out by whatever program has the books."""

from datetime import datetime

from msgspec import Struct

from gongji.domain.faults import RequestFault
from gongji.domain.refusals import Refused
from gongji.domain.requests import Scope
from gongji.services.access.channel_apps import AppState, ChannelApp, StateRequest, app_scope, change_state, register
from gongji.services.access.staff import Member, dismiss, staff_scope, take_on
from gongji.services.store import Books


class RegisterApp(Struct, frozen=True, tag=True):
    """Register an app."""

    app: ChannelApp


class SetAppState(Struct, frozen=True, tag=True):
    """Suspend an app, let it in again or shut it out, for a reason."""

    client_id: str
    state: AppState
    by: str
    why: str


class TakeOn(Struct, frozen=True, tag=True):
    """Register one of the staff."""

    member: Member


class Dismiss(Struct, frozen=True, tag=True):
    """Note that one of the staff has left."""

    staff_no: str
    by: str


Order = RegisterApp | SetAppState | TakeOn | Dismiss


def order_scope(order: Order) -> Scope:
    """Return what has to be loaded to carry out an order."""
    if isinstance(order, RegisterApp | SetAppState):
        return app_scope(order.app.client_id if isinstance(order, RegisterApp) else order.client_id)
    return staff_scope(order.member.staff_no if isinstance(order, TakeOn) else order.staff_no)


def carry_out(books: Books, order: Order, at: datetime) -> Refused | None:
    """Carry out an order, or say why not. Whoever has the bureau's machine does alone what takes two elsewhere."""
    match order:
        case RegisterApp():
            done: object = register(books, order.app, at)
        case SetAppState():
            wish = StateRequest(
                client_id=order.client_id, state=order.state, by=order.by, why=order.why, at=at, alone=True
            )
            done = change_state(books, wish)
        case TakeOn():
            done = take_on(books, order.member, at)
        case Dismiss():
            done = dismiss(books, order.staff_no, order.by)
    if isinstance(done, RequestFault):
        raise TypeError("nothing takes two at the machine")
    return done if isinstance(done, Refused) else None
