"""Wallet transfers 医保钱包转账: between whom, when, how much and how often."""

from datetime import datetime, time

from msgspec import Struct

from gongji.domain.family import Relation
from gongji.domain.insured import Insured
from gongji.domain.refusals import Refusal, Refused
from gongji.rules.drawing import Purse
from gongji.rules.eligibility import covered, distance_of, member_faults, sharer_faults
from gongji.rules.grounds import ground
from gongji.rules.policybook import RegionDay
from gongji.rules.schema import WalletTransfer
from gongji.rules.setting_aside import money_fault

R = Refusal


class TransferRequest(Struct, frozen=True, kw_only=True):
    """What is to be sent, and what the sender has sent already. `sent_today` are amounts in fen, returned ones too."""

    at: datetime
    sender: Insured
    receiver: Insured
    relation: Relation
    amount_fen: int
    from_wallet: bool = False
    sent_today: tuple[int, ...] = ()
    pending: bool = False


def transfer_faults(
    request: TransferRequest, purse: Purse, rules: RegionDay, receiver_rules: RegionDay
) -> list[Refused]:
    """Return every reason against the transfer; `rules` are the sender's region's."""
    day = request.at.date()
    row = rules.rows["wallet_transfer"]
    terms: WalletTransfer | None = row.value
    if terms is None and row.state == "not_in_force":
        return [Refused(R.RULE_NOT_IN_FORCE, ground(row, day, rules.region))]
    faults = member_faults(request.receiver, receiver_rules, day)
    if not request.from_wallet:
        faults += sharer_faults(request.sender, rules, day)
    relatives = rules.rows["wallet_relatives"]
    if relatives.value is not None and request.relation not in relatives.value.relations:
        faults.append(Refused(R.NOT_A_NEAR_RELATIVE, ground(relatives, day, rules.region, relation=request.relation)))
    faults += _region_faults(request, rules, receiver_rules)
    if not (request.sender.wallet_open and request.receiver.wallet_open):
        faults.append(Refused(R.WALLET_NOT_OPEN, ground(rules.rows["wallet"], day, rules.region)))
    if terms is not None:
        faults += _terms_faults(request, terms, rules)
    faults += _money_faults(request, purse, rules)
    return faults


def _region_faults(request: TransferRequest, rules: RegionDay, receiver_rules: RegionDay) -> list[Refused]:
    day = request.at.date()
    faults = [
        Refused(R.REGION_NOT_COVERED, ground(side.rows["wallet"], day, side.region))
        for side in (rules, receiver_rules)
        if side.rows["wallet"].state == "not_in_force"
    ]
    reach = rules.rows["wallet_reach"]
    if not covered(distance_of(rules, receiver_rules), reach) and reach.value is not None:
        faults.append(Refused(R.REGION_NOT_COVERED, ground(reach, day, rules.region)))
    return faults


def _terms_faults(request: TransferRequest, terms: WalletTransfer, rules: RegionDay) -> list[Refused]:
    day = request.at.date()
    row = rules.rows["wallet_transfer"]
    faults = []
    if _closed(request.at.time(), terms.closed_from, terms.closed_until):
        hours = {"closed_from": terms.closed_from, "closed_until": terms.closed_until}
        faults.append(Refused(R.WALLET_HOURS, ground(row, day, rules.region, **hours)))
    counted_fen = request.amount_fen + (sum(request.sent_today) if terms.ceiling_on == "day" else 0)
    if counted_fen > terms.ceiling_fen:
        figures = {"amount_fen": counted_fen, "ceiling_fen": terms.ceiling_fen}
        faults.append(Refused(R.TRANSFER_TOO_LARGE, ground(row, day, rules.region, **figures)))
    if len(request.sent_today) >= terms.count_per_day:
        figures = {"sent": len(request.sent_today), "count_per_day": terms.count_per_day}
        faults.append(Refused(R.TRANSFER_COUNT_REACHED, ground(row, day, rules.region, **figures)))
    if terms.one_pending and request.pending:
        faults.append(Refused(R.TRANSFER_PENDING, ground(row, day, rules.region)))
    return faults


def _money_faults(request: TransferRequest, purse: Purse, rules: RegionDay) -> list[Refused]:
    day = request.at.date()
    if request.from_wallet:
        if request.amount_fen <= purse.wallet_fen:
            return []
        figures = {"wanted_fen": request.amount_fen, "wallet_fen": purse.wallet_fen}
        return [Refused(R.BALANCE_SHORT, ground(rules.rows["wallet"], day, rules.region, **figures))]
    fault = money_fault(request.sender, purse, request.amount_fen, rules, day, whole=True)
    return [fault] if fault is not None else []


def _closed(now: time, start: time | None, end: time | None) -> bool:
    if start is None or end is None:
        return False
    return start <= now < end if start <= end else now >= start or now < end
