"""One act of a case: the call of the service that it stands for."""

from collections.abc import Callable
from datetime import date, datetime, time
from functools import singledispatch

import msgspec
from msgspec.structs import replace

from gongji.channels.cases import form
from gongji.channels.cases.world import World
from gongji.domain.bill import KIND_AT_PLACE, FeeLine, Parts, Place, Visit
from gongji.domain.money import basis_points, fen_from_yuan
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import RequestKey, content_digest
from gongji.rules.settling import Bill
from gongji.services.accounts import pots
from gongji.services.bills.reversals import RefundRequest, refund
from gongji.services.bills.settlements import SettleRequest, settle
from gongji.services.calendar import bring_up_to
from gongji.services.family import lives, networks
from gongji.services.outcomes import Done
from gongji.services.requests import once
from gongji.services.wallets import premiums, wallets

Outcome = Done | Refused
_DAY = date(2000, 1, 1)  # the ids of a case live in one namespace, whatever the day
_TIMELESS = datetime.combine(_DAY, time())  # the moment of an act is no part of its content


@singledispatch
def do(act: form.Act, world: World) -> Outcome:
    """Carry out one act at the world's moment."""
    raise TypeError(f"{type(act).__name__} is no act in {world.region}")


@do.register
def _(act: form.Settle, world: World) -> Outcome:
    visit = act.visit or (Visit.DRUGSTORE if act.place is Place.PHARMACY else Visit.OUTPATIENT)
    bill = Bill(
        at=world.now,
        visited_on=act.admitted or world.now.date(),
        place=act.place,
        visit=visit,
        counts_stay=visit is Visit.INPATIENT,
        level=act.level,
        designated=act.designated,
        takes_wallet=act.takes_wallet,
        own_credential=act.credential_of in (None, act.patient),
        lines=None if act.fee is None else tuple(_line(fee, act.place) for fee in act.fee),
        parts=_parts(act),
        scan=None if act.scan is None else tuple(world.id_of(label) for label in act.scan),
        swipe=act.swipe,
    )
    request = SettleRequest(
        request=act.id or "",
        patient_id=world.id_of(act.patient),
        bill=bill,
        place_region=act.region or world.region,
    )
    timeless = replace(bill, at=_TIMELESS, visited_on=act.admitted or _DAY)
    content = ("settle", replace(request, bill=timeless), world.id_of(act.credential_of or act.patient))
    return _once(content, act.id, world, lambda: settle(world.books, world.policy, request))


@do.register
def _(act: form.Refund, world: World) -> Outcome:
    known = world.books.ledger.answers.get(RequestKey("", act.of, _DAY))
    if known is None or known.settle_id is None:
        return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="settlement")
    amount_fen = None if act.amount is None else fen_from_yuan(act.amount)
    request = RefundRequest(
        request=f"refund of {act.of}", settle_id=known.settle_id, at=world.now, amount_fen=amount_fen
    )
    return refund(world.books, world.policy, request)


@do.register
def _(act: form.Bind, world: World) -> Outcome:
    request = networks.BindRequest(
        at=world.now,
        sharer_id=world.id_of(act.sharer),
        member_id=world.id_of(act.member),
        relation=act.relation,
        modes=tuple(act.modes),
        since=act.since,
        until=act.until,
        rank=act.rank,
        cap_fen=None if act.cap is None else fen_from_yuan(act.cap),
        quota_fen=None if act.quota is None else fen_from_yuan(act.quota),
        proof=frozenset(act.proof),
        second_side=act.second_side,
        review=act.review,
    )
    return networks.bind(world.books, world.policy, request)


@do.register
def _(act: form.Confirm, world: World) -> Outcome:
    return networks.confirm(world.books, world.policy, *_pair(act, world), world.now)


@do.register
def _(act: form.Review, world: World) -> Outcome:
    return networks.review(world.books, world.policy, *_pair(act, world), world.now)


@do.register
def _(act: form.Unbind, world: World) -> Outcome:
    return networks.unbind(world.books, world.policy, *_pair(act, world), world.now)


@do.register
def _(act: form.SetRank, world: World) -> Outcome:
    return networks.set_rank(world.books, world.policy, *_pair(act, world), world.now, act.rank)


@do.register
def _(act: form.SetCap, world: World) -> Outcome:
    return networks.set_cap(world.books, world.policy, *_pair(act, world), world.now, fen_from_yuan(act.cap))


@do.register
def _(act: form.SetQuota, world: World) -> Outcome:
    return networks.set_quota(world.books, world.policy, *_pair(act, world), world.now, fen_from_yuan(act.quota))


@do.register
def _(act: form.Allocate, world: World) -> Outcome:
    request = pots.AllocateRequest(
        at=world.now,
        sharer_id=world.id_of(act.sharer),
        amount_fen=fen_from_yuan(act.amount),
        member_id=None if act.member is None else world.id_of(act.member),
    )
    return pots.allocate(world.books, world.policy, request)


@do.register
def _(act: form.OpenWallet, world: World) -> Outcome:
    return wallets.open_wallet(world.books, world.policy, world.id_of(act.person), world.now, act.region)


@do.register
def _(act: form.Transfer, world: World) -> Outcome:
    number = len(world.books.ledger.transfers)
    request = wallets.SendRequest(
        transfer_id=act.id or f"transfer {number}",
        at=world.now,
        sender_id=world.id_of(act.sender),
        receiver_id=world.id_of(act.receiver),
        relation=act.relation,
        amount_fen=fen_from_yuan(act.amount),
        from_wallet=act.from_ == "wallet",
    )
    content = ("transfer", replace(request, at=_TIMELESS))
    return _once(content, act.id, world, lambda: wallets.send(world.books, world.policy, request))


@do.register
def _(act: form.Accept, world: World) -> Outcome:
    return wallets.accept(world.books, world.policy, act.transfer, world.now)


@do.register
def _(act: form.PassTime, world: World) -> Outcome:
    world.now = max(world.now, act.to)
    bring_up_to(world.books, world.policy, world.people(), world.now)
    return Done()


@do.register
def _(act: form.PayPremium, world: World) -> Outcome:
    request = premiums.PayPremium(
        request=act.id or "",
        at=world.now,
        payer_id=world.id_of(act.payer),
        insured_id=world.id_of(act.insured),
        kind=act.kind,
        amount_fen=fen_from_yuan(act.amount),
        year=act.year or world.now.year,
        product=act.product,
        receipt=act.receipt or "",
        paid_on=world.now.date() if act.receipt else None,
    )
    content = ("premium", replace(request, at=_TIMELESS, paid_on=None))
    return _once(content, act.id, world, lambda: premiums.pay_premium(world.books, world.policy, request))


@do.register
def _(act: form.Credit, world: World) -> Outcome:
    base_fen = None if act.base is None else fen_from_yuan(act.base)
    person = world.id_of(act.person)
    return lives.credit(world.books, world.policy, person, world.now, base_fen=base_fen, months=act.months, request="")


@do.register
def _(act: form.Suspend, world: World) -> Outcome:
    person = world.id_of(act.person)
    return lives.suspend(world.books, world.policy, person, world.now, reason=act.reason, until=act.until)


@do.register
def _(act: form.EndInsurance, world: World) -> Outcome:
    return lives.end_insurance(world.books, world.policy, world.id_of(act.person), world.now)


@do.register
def _(act: form.MoveRegion, world: World) -> Outcome:
    return lives.move_region(world.books, world.policy, world.id_of(act.person), world.now, act.region)


@do.register
def _(act: form.Die, world: World) -> Outcome:
    return lives.die(world.books, world.policy, world.id_of(act.person), world.now)


# Helpers


def _once(content: tuple[object, ...], request_id: str | None, world: World, service: Callable[[], Outcome]) -> Outcome:
    if request_id is None:
        request_id = f"without id {len(world.books.ledger.answers)}"
    key = RequestKey("", request_id, _DAY)
    answer = once(world.books, key, str(content[0]), content_digest(content), service)
    return answer if isinstance(answer, Refused) else msgspec.json.decode(answer, type=Done)


def _line(fee: form.Fee, place: Place) -> FeeLine:
    return FeeLine(
        amount_fen=fen_from_yuan(fee.amount),
        fee_class=fee.fee_class,
        kind=fee.kind or KIND_AT_PLACE[place],
        first_self_pay=basis_points(fee.first_self_pay),
        over_limit_fen=fen_from_yuan(fee.over_limit),
    )


def _parts(act: form.Settle) -> Parts | None:
    if act.personal_part is not None:
        return Parts(copay_fen=fen_from_yuan(act.personal_part))
    if act.parts is None:
        return None
    one = act.parts
    texts = (one.deductible, one.copay, one.first_self_pay, one.over_limit, one.off_catalogue)
    return Parts(*(fen_from_yuan(text) for text in texts))


def _pair(act: form.Pair, world: World) -> tuple[int, int]:
    return world.id_of(act.sharer), world.id_of(act.member)
