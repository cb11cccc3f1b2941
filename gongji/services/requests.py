"""A request is carried out once: the same id with the same content gets the first answer, with another a refusal."""

from collections.abc import Callable

import msgspec

from gongji.domain.refusals import Refusal, Refused, first_of
from gongji.domain.requests import Answered, RequestKey
from gongji.services.outcomes import Done
from gongji.services.store import Books


def once(
    books: Books,
    key: RequestKey,
    kind: str,
    digest: bytes,
    act: Callable[[], Done | Refused],
    *,
    encode: Callable[[Done], bytes] = msgspec.json.encode,
) -> bytes | Refused:
    """Return the answer to a request, from `act` the first time and from the record ever after.

    A refused request leaves no trace: everything it touched is taken back, nothing is stored under its id. One that has
    been taken back 冲正 is refused ever after, whether it had come before that or comes after.
    """
    known = books.ledger.answers.rows.get(key)
    if known is not None:
        if known.reversed_by is not None:
            return Refused(Refusal.ALREADY_REVERSED, subject="reversed_message")
        if known.kind == kind and known.digest == digest:
            return known.answer
        return _another_content(books, key, act)
    mark = books.mark()
    outcome = act()
    if isinstance(outcome, Refused):
        books.rewind(mark)
        return outcome
    answer = encode(outcome)
    settled = outcome.settlement
    books.ledger.answers.put(
        key,
        Answered(
            key=key,
            kind=kind,
            digest=digest,
            answer=answer,
            book_id=settled.book_id if settled is not None else 0,
            settle_id=settled.settle_id if settled is not None else None,
        ),
    )
    return answer


def _another_content(books: Books, key: RequestKey, act: Callable[[], Done | Refused]) -> Refused:
    """Return the refusal of a known id with other content; what the content itself is refused for may speak first."""
    reasons = [Refused(Refusal.SAME_REQUEST_DIFFERENT_CONTENT, subject=key.msgid)]
    mark = books.mark()
    outcome = act()
    books.rewind(mark)
    return first_of([*reasons, outcome] if isinstance(outcome, Refused) else reasons)
