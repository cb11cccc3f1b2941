"""The wallet 医保钱包: opening, moving and closing it; sending to a relative's, receiving, calling back, declining."""

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.account import Account, Pocket
from gongji.domain.family import Bond, Relation
from gongji.domain.refusals import Refusal, Refused, first_of
from gongji.ledger.records import Draw, EntryKind, Transfer, TransferState
from gongji.rules.drawing import Purse, shareable
from gongji.rules.grounds import ground
from gongji.rules.policybook import PolicyBook, RegionDay
from gongji.rules.transfers import TransferRequest, transfer_faults
from gongji.services.calendar import bring_up_to, end_bond, give_back_transfer
from gongji.services.families import person_of, purse_of
from gongji.services.outcomes import Done
from gongji.services.store import Books


class SendRequest(Struct, frozen=True, kw_only=True):
    """Money for a relative's wallet, from the sender's account or wallet. `transfer_id` is the caller's request id."""

    transfer_id: str
    at: datetime
    sender_id: int
    receiver_id: int
    relation: Relation
    amount_fen: int
    from_wallet: bool = False


def open_wallet(
    books: Books, policy: PolicyBook, person_id: int, at: datetime, region: str | None = None
) -> Done | Refused:
    """Open a person's wallet for use in `region` (his own by default), where the region has opened wallets."""
    bring_up_to(books, policy, [person_id], at)
    person = person_of(books, person_id)
    if isinstance(person, Refused):
        return person
    if not person.alive:
        return Refused(Refusal.PERSON_UNKNOWN, subject=str(person_id))
    rules = policy.on(region or person.region, at.date())
    if policy.on(person.region, at.date()).rows["wallet_transfer"].state == "not_in_force":
        return Refused(Refusal.RULE_NOT_IN_FORCE, ground(rules.rows["wallet_transfer"], at.date(), rules.region))
    row = rules.rows["wallet"]
    if row.state == "not_in_force":
        return Refused(Refusal.REGION_NOT_COVERED, ground(row, at.date(), rules.region))
    books.registry.people.put(person_id, replace(person, wallet_open=True, wallet_region=rules.region))
    return Done(state="open")


def change_region(books: Books, policy: PolicyBook, person_id: int, at: datetime, region: str) -> Done | Refused:
    """Use an open wallet in another region 使用地变更, where both have wallets; money and transfers stay.

    Where no document says whether the region of insurance allows it, it does, and the answer names the rule.
    """
    bring_up_to(books, policy, [person_id], at)
    person = person_of(books, person_id)
    if isinstance(person, Refused):
        return person
    day, home, target = at.date(), policy.on(person.region, at.date()), policy.on(region, at.date())
    if not person.wallet_open:
        return Refused(Refusal.WALLET_NOT_OPEN, ground(home.rows["wallet"], day, home.region))
    row = home.rows["wallet_region_change"]
    if row.state == "not_in_force":
        return Refused(Refusal.RULE_NOT_IN_FORCE, ground(row, day, home.region))
    if target.rows["wallet"].state == "not_in_force":
        return Refused(Refusal.REGION_NOT_COVERED, ground(target.rows["wallet"], day, target.region))
    books.registry.people.put(person_id, replace(person, wallet_region=target.region))
    return Done(state="open", unknown=(row.rule_id,) if row.state == "unknown" else ())


def close_wallet(books: Books, policy: PolicyBook, person_id: int, at: datetime) -> Done | Refused:
    """Close a wallet. What waits for its owner goes back to who sent it, bonds with a quota end: they need the wallet.

    Money in it stays the owner's, and is there when he opens it again. Refused while a transfer of his own waits.
    """
    sides = _bonds_with_quota(books, person_id)
    waiting = [one for one in books.ledger.transfers if one.state is TransferState.AWAITING_RECEIPT]
    others = {one.sharer_id for one in sides} | {one.book_id for one in waiting if one.receiver_id == person_id}
    bring_up_to(books, policy, {person_id, *others}, at)
    person = person_of(books, person_id)
    if isinstance(person, Refused):
        return person
    rules = policy.on(person.region, at.date())
    if not person.wallet_open:
        return Refused(Refusal.WALLET_NOT_OPEN, ground(rules.rows["wallet"], at.date(), rules.region))
    waiting = [one for one in books.ledger.transfers if one.state is TransferState.AWAITING_RECEIPT]
    if any(one.book_id == person_id for one in waiting):
        row = rules.rows["wallet_transfer"]
        return Refused(Refusal.TRANSFER_PENDING, ground(row, at.date(), rules.region))
    for transfer in waiting:
        if transfer.receiver_id == person_id:
            give_back_transfer(books, transfer, at, recorded_at=at, state=TransferState.DECLINED)
    freed_fen = sum(end_bond(books, one.bond_id, at, recorded_at=at) for one in _bonds_with_quota(books, person_id))
    books.registry.people.put(person_id, replace(person, wallet_open=False, wallet_region=None))
    return Done(state="closed", freed_fen=freed_fen)


def send(books: Books, policy: PolicyBook, request: SendRequest) -> Done | Refused:
    """Take the money out of the sender's pocket and keep it in transit until the receiver takes it, or say why not."""
    if request.amount_fen <= 0:
        return Refused(Refusal.MESSAGE_MALFORMED, subject="amount")
    at = request.at
    bring_up_to(books, policy, [request.sender_id, request.receiver_id], at)
    sender, receiver = person_of(books, request.sender_id), person_of(books, request.receiver_id)
    if isinstance(sender, Refused):
        return sender
    if isinstance(receiver, Refused):
        return receiver
    rules = policy.on(sender.region, at.date())
    purse = purse_of(books, sender.person_id, at)
    sent = [one for one in books.ledger.transfers if one.book_id == sender.person_id]
    asked = TransferRequest(
        at=at,
        sender=sender,
        receiver=receiver,
        relation=request.relation,
        amount_fen=request.amount_fen,
        from_wallet=request.from_wallet,
        sent_today=tuple(one.amount_fen for one in sent if one.sent_at.date() == at.date()),
        pending=any(one.state is TransferState.AWAITING_RECEIPT for one in sent),
    )
    faults = transfer_faults(asked, purse, rules, policy.on(receiver.region, at.date()))
    if faults:
        return first_of(faults)
    taken = _take(request, purse, rules)
    moves = {draw.account: -draw.amount_fen for draw in taken}
    moves[Account(sender.person_id, Pocket.TRANSIT)] = request.amount_fen
    books.ledger.append(EntryKind.TRANSFER, moves, book_id=sender.person_id, event_at=at, recorded_at=at,
                        request=request.transfer_id)  # fmt: skip
    books.ledger.transfers.put(
        request.transfer_id,
        Transfer(
            transfer_id=request.transfer_id,
            book_id=sender.person_id,
            receiver_id=receiver.person_id,
            amount_fen=request.amount_fen,
            sent_at=at,
            return_at=_return_at(at, rules),
            taken=taken,
        ),
    )
    return Done(state=TransferState.AWAITING_RECEIPT)


def accept(books: Books, policy: PolicyBook, transfer_id: str, at: datetime) -> Done | Refused:
    """Let the receiver take a transfer into his wallet; too late is TRANSFER_NOT_PENDING."""
    transfer = _waiting(books, policy, transfer_id, at)
    if isinstance(transfer, Refused):
        return transfer
    moves = {
        Account(transfer.book_id, Pocket.TRANSIT): -transfer.amount_fen,
        Account(transfer.receiver_id, Pocket.WALLET): transfer.amount_fen,
    }
    books.ledger.append(EntryKind.RECEIPT, moves, book_id=transfer.receiver_id, event_at=at, recorded_at=at,
                        request=transfer_id)  # fmt: skip
    books.ledger.transfers.put(transfer_id, replace(transfer, state=TransferState.RECEIVED))
    return Done(state=TransferState.RECEIVED)


def decline(books: Books, policy: PolicyBook, transfer_id: str, at: datetime) -> Done | Refused:
    """Let the receiver say no: the money goes back at once to the pocket it left."""
    return _send_back(books, policy, transfer_id, at, TransferState.DECLINED)


def recall(books: Books, policy: PolicyBook, transfer_id: str, at: datetime) -> Done | Refused:
    """Let the sender call a transfer back before it is received, as his region allows.

    Where no document says whether it may be, it is, and the answer names the rule.
    """
    transfer = books.ledger.transfers.get(transfer_id)
    sender = books.registry.people.get(transfer.book_id) if transfer is not None else None
    if sender is None:
        return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="transfer")
    rules = policy.on(sender.region, at.date())
    row = rules.rows["transfer_recall"]
    if row.state == "not_in_force":
        return Refused(Refusal.RULE_NOT_IN_FORCE, ground(row, at.date(), rules.region))
    done = _send_back(books, policy, transfer_id, at, TransferState.RECALLED)
    if isinstance(done, Refused) or row.state != "unknown":
        return done
    return replace(done, unknown=(row.rule_id,))


def waiting_for(books: Books, person_id: int) -> set[str]:
    """Return the transfers that wait for that person; to send them back, a batch has to name them."""
    waiting = [one for one in books.ledger.transfers if one.state is TransferState.AWAITING_RECEIPT]
    return {one.transfer_id for one in waiting if one.receiver_id == person_id}


# Helpers


def _waiting(books: Books, policy: PolicyBook, transfer_id: str, at: datetime) -> Transfer | Refused:
    """Return a transfer that waits to be received at `at`, or why there is none."""
    transfer = books.ledger.transfers.get(transfer_id)
    if transfer is None:
        return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="transfer")
    bring_up_to(books, policy, [transfer.book_id, transfer.receiver_id], at)
    transfer = books.ledger.transfers[transfer_id]
    if transfer.state is not TransferState.AWAITING_RECEIPT:
        return Refused(Refusal.TRANSFER_NOT_PENDING, subject=transfer_id)
    return transfer


def _send_back(
    books: Books, policy: PolicyBook, transfer_id: str, at: datetime, state: TransferState
) -> Done | Refused:
    transfer = _waiting(books, policy, transfer_id, at)
    if isinstance(transfer, Refused):
        return transfer
    give_back_transfer(books, transfer, at, recorded_at=at, state=state)
    return Done(state=state)


def _bonds_with_quota(books: Books, person_id: int) -> list[Bond]:
    several = books.registry.bonds_of_sharer(person_id) + books.registry.bonds_of_member(person_id)
    return [one for one in several if one.quota_fen is not None and one.ended_at is None]


def _take(request: SendRequest, purse: Purse, rules: RegionDay) -> tuple[Draw, ...]:
    if request.from_wallet:
        return (Draw(Account(request.sender_id, Pocket.WALLET), request.amount_fen),)
    draws = []
    left_fen = request.amount_fen
    for account, balance_fen in shareable(request.sender_id, purse, rules):
        taken_fen = min(left_fen, balance_fen)
        left_fen -= taken_fen
        if taken_fen:
            draws.append(Draw(account, taken_fen))
    return tuple(draws)


def _return_at(at: datetime, rules: RegionDay) -> datetime:
    terms = rules.value("wallet_transfer")
    hour = terms.return_at if terms is not None else datetime.min.time().replace(hour=6)
    return datetime.combine(at.date() + timedelta(days=1), hour)
