"""2206 and 2206A quote a bill, 2207 and 2207A settle it, 2208 refunds it."""

from datetime import datetime
from typing import Final

from gongji.channels.national.desk import (
    Desk,
    Task,
    Transaction,
    claim_of,
    credential,
)
from gongji.channels.national.envelope import Message
from gongji.channels.national.fields import fen_of
from gongji.channels.national.messages.outpatient import (
    In2206,
    In2206Data,
    In2207,
    In2207Data,
    In2208,
    Out2206,
    Out2207,
    Out2208,
)
from gongji.channels.national.reading import read
from gongji.channels.national.transactions.billing import (
    informative,
    outside_split,
    quoting,
    refunding,
    settling,
    sharers_in,
    statement_of,
    swipe_in,
)
from gongji.channels.national.transactions.registration import visit_kind
from gongji.services.visits.visit_settlements import VisitBill


def quote_bill(desk: Desk, message: Message, now: datetime) -> Task:
    """2206 and 2206A: what 2207 would answer now. Nothing is written."""
    data = read(In2206, message).data
    return quoting(Out2206, desk, message, _bill(desk, data, message, now))


def settle_bill(desk: Desk, message: Message, now: datetime) -> Task:
    """2207 and 2207A: the unsettled lines of a batch are paid for, out of the right pockets in the right order."""
    data = read(In2207, message).data
    bill = _bill(desk, data, message, now)
    return settling(Out2207, desk, message, bill, informative(data, bill.total_fen))


def refund_bill(desk: Desk, message: Message, now: datetime) -> Task:
    """2208: a settlement is given back whole; the answer has a number of its own and the same amounts negated."""
    data = read(In2208, message).data
    return refunding(Out2208, desk, message, claim_of(data, message), data.setl_id, now)


PAYING: Final[dict[str, Transaction]] = {
    "2206": quote_bill,
    "2206A": quote_bill,
    "2207": settle_bill,
    "2207A": settle_bill,
    "2208": refund_bill,
}


# Helpers


def _bill(desk: Desk, data: In2206Data | In2207Data, message: Message, now: datetime) -> VisitBill:
    extension = data.expContent
    return VisitBill(
        claim=claim_of(data, message),
        credential=credential(desk, data),
        batch=data.chrg_bchno,
        total_fen=fen_of("medfee_sumamt", data.medfee_sumamt),
        kind=visit_kind(data.med_type),
        med_type=data.med_type,
        request=message.msgid,
        at=now,
        account_used=data.acct_used_flag == "1",
        split=outside_split(desk, extension.get("core_split")),
        sharers=sharers_in(extension.get("sharers")),
        swipe=swipe_in(extension.get("swipe")),
        statement=statement_of(message, data.mdtrt_cert_type, data.invono if isinstance(data, In2207Data) else ""),
    )
