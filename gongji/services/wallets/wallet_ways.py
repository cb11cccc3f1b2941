"""Which way money goes to a relative's wallet, told before anything is typed: transfer or quota, with limits."""

from datetime import datetime, time, timedelta
from typing import Final, Literal

from msgspec import Struct

from gongji.domain.family import Bond, Relation
from gongji.domain.insured import Insured
from gongji.domain.refusals import Refusal, Refused
from gongji.ledger.records import Transfer, TransferState
from gongji.rules.drawing import Purse
from gongji.rules.eligibility import member_faults, pair_faults, sharer_faults
from gongji.rules.grounds import ground
from gongji.rules.policybook import PolicyBook, RegionDay
from gongji.rules.schema import WalletTransfer
from gongji.rules.setting_aside import room
from gongji.rules.transfers import TransferRequest, transfer_faults
from gongji.services.calendar import bring_up_to
from gongji.services.families import person_of, purse_of
from gongji.services.family.bond_checks import Verdict
from gongji.services.store import Books

Source = Literal["account", "wallet"]
Holds = Literal["transfer", "quota"]


class SendingAsked(Struct, frozen=True, kw_only=True):
    """Who thinks of giving to whom, and what the receiver is to him."""

    at: datetime
    sender_id: int
    receiver_id: int
    relation: Relation


class Limits(Struct, frozen=True, kw_only=True):
    """What holds of the sender's transfers on this day; what no rule of the region sets is None.

    `opens_at` is when transfers are next open, None while they are; `return_at` when one sent now comes back by itself.
    `pending_id` is his transfer that waits to be received, "" for none.
    """

    count_per_day: int | None
    sent_today: int
    left_today: int | None
    ceiling_fen: int | None
    ceiling_on: Literal["transfer", "day"] | None
    closed_from: time | None
    closed_until: time | None
    opens_at: datetime | None
    return_at: datetime
    one_pending: bool | None
    pending_id: str


class Sending(Struct, frozen=True, kw_only=True):
    """A transfer out of account or wallet: the largest amount that would be taken now, or why none would."""

    source: Source
    verdict: Verdict
    most_fen: int
    reasons: tuple[Refused, ...]


class Quota(Struct, frozen=True, kw_only=True):
    """A quota: what more could be frozen now, or why none. `bond_id` is the bond that has one, with its sums."""

    verdict: Verdict
    most_more_fen: int
    reasons: tuple[Refused, ...]
    bond_id: int | None = None
    quota_fen: int | None = None
    used_fen: int | None = None


class Ways(Struct, frozen=True, kw_only=True):
    """The one way to be shown to the two (`holds`, None where the rules have none), and what stands behind each.

    A quota, the later arrangement, goes before transfers. `minimum_fen` has to stay in the sender's account.
    """

    holds: Holds | None
    limits: Limits
    minimum_fen: int
    sender_open: bool
    receiver_open: bool
    sendings: tuple[Sending, ...]
    quota: Quota
    rests_on: tuple[str, ...]
    unknown: tuple[str, ...]


def ways(books: Books, policy: PolicyBook, asked: SendingAsked) -> Ways | Refused:
    """Return the ways from one person to another. For books that are read: what falls due changes them."""
    at, day = asked.at, asked.at.date()
    bring_up_to(books, policy, [asked.sender_id, asked.receiver_id], at)
    sender, receiver = person_of(books, asked.sender_id), person_of(books, asked.receiver_id)
    if isinstance(sender, Refused):
        return sender
    if isinstance(receiver, Refused):
        return receiver
    rules, other = policy.on(sender.region, day), policy.on(receiver.region, day)
    purse = purse_of(books, sender.person_id, at)
    sent = [one for one in books.ledger.transfers if one.book_id == sender.person_id]
    limits = _limits(rules, sent, at)
    sendings = [
        _sending(_request(asked, sender, receiver, sent, source), source, purse, limits, rules, other)
        for source in _SOURCES
    ]
    rows = [rules.rows[name] for name in _ROWS]
    return Ways(
        holds="quota" if rules.rows["quota"].in_force else "transfer" if _has_transfers(rules) else None,
        limits=limits,
        minimum_fen=rules.minimum_fen,
        sender_open=sender.wallet_open,
        receiver_open=receiver.wallet_open,
        sendings=tuple(sendings),
        quota=_quota(asked, sender, receiver, _living(books, asked), purse, rules, other),
        rests_on=tuple(row.rule_id for row in rows if row.state != "unknown"),
        unknown=tuple(row.rule_id for row in rows if row.state == "unknown"),
    )


# Helpers

_SOURCES: Final[tuple[Source, ...]] = ("account", "wallet")
_ROWS: Final = ("wallet", "wallet_relatives", "wallet_transfer", "transfer_recall", "wallet_reach", "quota",
                "quota_confirmation", "retained_minimum")  # fmt: skip
_SMALLEST_FEN: Final = 1
_ONE_DAY: Final = timedelta(days=1)


def _has_transfers(rules: RegionDay) -> bool:
    return rules.rows["wallet_transfer"].state != "not_in_force"


def _limits(rules: RegionDay, sent: list[Transfer], at: datetime) -> Limits:
    terms: WalletTransfer | None = rules.value("wallet_transfer")
    today = [one for one in sent if one.sent_at.date() == at.date()]
    waiting = [one.transfer_id for one in sent if one.state is TransferState.AWAITING_RECEIPT]
    hour = terms.return_at if terms is not None else time(6)
    return Limits(
        count_per_day=terms.count_per_day if terms is not None else None,
        sent_today=len(today),
        left_today=max(0, terms.count_per_day - len(today)) if terms is not None else None,
        ceiling_fen=terms.ceiling_fen if terms is not None else None,
        ceiling_on=terms.ceiling_on if terms is not None else None,
        closed_from=terms.closed_from if terms is not None else None,
        closed_until=terms.closed_until if terms is not None else None,
        opens_at=_opens_at(terms, at) if terms is not None else None,
        return_at=datetime.combine(at.date() + _ONE_DAY, hour),
        one_pending=terms.one_pending if terms is not None else None,
        pending_id=waiting[0] if waiting else "",
    )


def _opens_at(terms: WalletTransfer, at: datetime) -> datetime | None:
    """Return when transfers are open again, None while they are."""
    start, end, now = terms.closed_from, terms.closed_until, at.time()
    if start is None or end is None:
        return None
    over_midnight = start > end
    closed = now >= start or now < end if over_midnight else start <= now < end
    if not closed:
        return None
    return datetime.combine(at.date() + (_ONE_DAY if over_midnight and now >= start else timedelta()), end)


def _request(
    asked: SendingAsked, sender: Insured, receiver: Insured, sent: list[Transfer], source: Source
) -> TransferRequest:
    return TransferRequest(
        at=asked.at,
        sender=sender,
        receiver=receiver,
        relation=asked.relation,
        amount_fen=_SMALLEST_FEN,
        from_wallet=source == "wallet",
        sent_today=tuple(one.amount_fen for one in sent if one.sent_at.date() == asked.at.date()),
        pending=any(one.state is TransferState.AWAITING_RECEIPT for one in sent),
    )


def _sending(
    request: TransferRequest, source: Source, purse: Purse, limits: Limits, rules: RegionDay, other: RegionDay
) -> Sending:
    reasons = tuple(transfer_faults(request, purse, rules, other))
    most_fen = purse.wallet_fen if request.from_wallet else room(request.sender, purse, rules).most_fen
    if limits.ceiling_fen is not None:
        counted_fen = sum(request.sent_today) if limits.ceiling_on == "day" else 0
        most_fen = max(0, min(most_fen, limits.ceiling_fen - counted_fen))
    return Sending(
        source=source,
        verdict=_verdict(reasons, rules, other, ("wallet", "wallet_transfer", "wallet_reach")),
        most_fen=0 if reasons else most_fen,
        reasons=reasons,
    )


def _quota(
    asked: SendingAsked, sender: Insured, receiver: Insured, bond: Bond | None, purse: Purse, rules: RegionDay,
    other: RegionDay,
) -> Quota:  # fmt: skip
    day = asked.at.date()
    faults = sharer_faults(sender, rules, day) + member_faults(receiver, other, day)
    faults += pair_faults(asked.relation, rules, other, day, quota=True)
    if not (sender.wallet_open and receiver.wallet_open):
        faults.append(Refused(Refusal.WALLET_NOT_OPEN, ground(rules.rows["quota"], day, rules.region)))
    reasons = tuple(faults)
    has = bond if bond is not None and bond.quota_fen is not None else None
    return Quota(
        verdict=_verdict(reasons, rules, other, ("wallet",)),
        most_more_fen=0 if reasons else room(sender, purse, rules).most_fen,
        reasons=reasons,
        bond_id=has.bond_id if has is not None else None,
        quota_fen=has.quota_fen if has is not None else None,
        used_fen=has.used_fen if has is not None else None,
    )


def _verdict(reasons: tuple[Refused, ...], rules: RegionDay, other: RegionDay, names: tuple[str, ...]) -> Verdict:
    if reasons:
        return "no"
    return "unsure" if any(side.rows[name].state == "unknown" for side in (rules, other) for name in names) else "yes"


def _living(books: Books, asked: SendingAsked) -> Bond | None:
    return books.registry.bond_between(asked.sender_id, asked.receiver_id, at=asked.at)
