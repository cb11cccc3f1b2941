"""2601 冲正: what a message of the same institution did is undone, by the id of that message."""

from datetime import datetime
from typing import Final

import msgspec

from gongji.channels.national.desk import Desk, Output, Task, Transaction
from gongji.channels.national.envelope import Message, day_in
from gongji.channels.national.fields import MalformedError
from gongji.channels.national.messages.reconciling import In2601
from gongji.channels.national.reading import read
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Answered, RequestKey, Scope
from gongji.services.store import Books
from gongji.services.visits.stays import take_back_admission
from gongji.services.visits.visit_reversals import restore, take_back
from gongji.services.visits.visits import Claim

SETTLEMENTS: Final = frozenset({"2102", "2207", "2207A", "2304", "2304A"})
REFUNDS: Final = frozenset({"2103", "2208", "2305"})
QUOTES: Final = frozenset({"2101"})
ADMISSIONS: Final = frozenset({"2401"})
"""What 2601 may be asked to undo."""


def reverse_message(desk: Desk, message: Message, now: datetime) -> Task:
    """2601 冲正: what a message of this institution did is undone; which one is told by the id it was sent under.

    A settlement is refunded, a refund taken back, so that its settlement stands again; an admission is cancelled. A
    quote booked nothing, so there is nothing to undo, and that is answered as done.
    """
    data = read(In2601, message).data
    psn_no, omsgid, oinfno = data.psn_no, data.omsgid, data.oinfno
    if oinfno not in SETTLEMENTS | REFUNDS | QUOTES | ADMISSIONS:
        several = "、".join(sorted(SETTLEMENTS | REFUNDS | ADMISSIONS))
        raise MalformedError("oinfno", f"{oinfno} 不能冲正，可以冲正的是 {several}")
    original = RequestKey(message.institution, omsgid, day_in(omsgid, message.institution, now, "omsgid"))

    def act(books: Books) -> Output | Refused:
        if oinfno in QUOTES:
            return Output(None)
        answered = books.ledger.answers.get(original)
        # One that never came has no answer; and clients name 2207 and 2207A alike.
        if answered is None or not answered.answer or answered.kind[:4] != oinfno[:4]:
            return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="message")
        if oinfno in ADMISSIONS:
            return _undo_admission(books, answered, psn_no, message)
        undo = take_back if oinfno in SETTLEMENTS else restore
        paid = undo(books, desk.policy, original, psn_no, by=message.key, at=now)
        return paid if isinstance(paid, Refused) else Output(None, paid.done)

    def leaves(books: Books, no: Refused) -> bool:
        """Remember a reversal that was faster than its message, so that the message settles nothing when it comes."""
        if no.reason is Refusal.SETTLEMENT_NOT_FOUND and original not in books.ledger.answers:
            never = Answered(key=original, kind=oinfno, digest=b"", answer=b"", reversed_by=message.msgid)
            books.ledger.answers.put(original, never)
        return False

    scope = Scope(certificates={("psn_no", psn_no)}, requests={original})
    if oinfno in ADMISSIONS:
        scope.stays.add(psn_no)
    return Task(scope=scope, act=act, leaves=leaves)


REVERSING: Final[dict[str, Transaction]] = {"2601": reverse_message}


# Helpers


def _undo_admission(books: Books, answered: Answered, psn_no: str, message: Message) -> Output | Refused:
    """Cancel an admission, which is named by its own first answer."""
    mdtrt_id = msgspec.json.decode(answered.answer)["output"]["result"]["mdtrt_id"]
    claim = Claim(mdtrt_id, psn_no, message.institution, stay=True)
    visit = take_back_admission(books, claim, answered.key, by=message.msgid)
    return visit if isinstance(visit, Refused) else Output(None)
