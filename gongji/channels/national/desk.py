"""What all transactions share: what they read from, what a task for the books is, and the papers people show."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from msgspec import Struct

from gongji.channels.national.envelope import LONGEST_GAP, Message
from gongji.channels.national.fields import MalformedError
from gongji.channels.national.signing.profiles import PLAIN, Profile
from gongji.domain.insured import Insured
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.registry.catalogue import Catalogue
from gongji.registry.codes import Codes
from gongji.rules.policybook import PolicyBook
from gongji.rules.settling import Settled
from gongji.services.outcomes import Done
from gongji.services.policies.timetables import Quotes, Timetable
from gongji.services.store import Books, Store
from gongji.services.visits.credentials import CODE, Credential
from gongji.services.visits.visit_settlements import VisitBill
from gongji.services.visits.visits import CLOCKS_APART, Claim


class Watched(Struct, frozen=True, kw_only=True):
    """A bill as it was decided by `policy`, for whoever explains it: `names` of patient and sharers by person id."""

    infno: str
    at: datetime
    patient: Insured
    decision: Settled
    names: dict[int, str]
    policy: PolicyBook


class Desk(Struct, frozen=True, kw_only=True):
    """The rules of the moment, the catalogue, the key to e-credential codes, and `watch`.

    `timetable` knows other rules that were published, `quotes` by which a bill was quoted. `profile` is that of the
    message. `believes_split` tells whether an institution may state how an outside core split its bill. `watch` is told
    of each bill decided (again when a batch is done again).
    """

    policy: PolicyBook
    timetable: Timetable
    quotes: Quotes
    catalogue: Catalogue
    codes: Codes
    believes_split: bool = True
    profile: Profile = PLAIN
    watch: Callable[[Watched], None] | None = None

    def made_by(self, digest: str) -> PolicyBook:
        """Return the rules of that digest, as far as they were published; else those of the moment."""
        return self.policy if digest in ("", self.policy.digest) else self.timetable.made_by(digest) or self.policy

    def quoted_by(self, bill: VisitBill) -> PolicyBook:
        """Return the rules that a bill was quoted by not long ago, else those of the moment."""
        return self.made_by(self.quotes.digest_of(_names_of(bill), bill.at) or "")

    def note_quote(self, bill: VisitBill) -> None:
        """Remember by which rules a bill was quoted: it is settled by the same."""
        self.quotes.note(_names_of(bill), self.policy.digest, bill.at)


class Output(Struct, frozen=True):
    """The output node of an accepted request, with what the record of the request keeps of it."""

    content: Any
    done: Done = Done()


Act = Callable[[Books], Output | Refused]
Look = Callable[[Store], Output | Refused]
Leaves = Callable[[Books, Refused], bool]
"""Writes what a refusal leaves behind, and tells whether the refusal is kept as the answer to its message."""


class Task(Struct, frozen=True, kw_only=True):
    """A message read: the names it may touch and what is to be done.

    `leaves` is told of a refusal, for what it leaves in the books all the same. `rules` are those it goes by, where
    they need not be those of the moment. A task that only reads may have `look` instead of `act`: it asks the store for
    more than a working set holds.
    """

    scope: Scope
    act: Act = lambda _: Output(None)
    writes: bool = True
    leaves: Leaves | None = None
    look: Look | None = None
    rules: Callable[[Books], PolicyBook] | None = None


Transaction = Callable[[Desk, Message, datetime], Task]
"""Reads the input of one message; raises MalformedError naming the field that cannot be read."""

_KINDS: Final = {"01": CODE, "02": "certno", "03": "card_no"}


class Showing(Protocol):
    """A node that says what was shown."""

    @property
    def mdtrt_cert_type(self) -> str:
        """Return 就诊凭证类型."""

    @property
    def mdtrt_cert_no(self) -> str:
        """Return 就诊凭证编号."""


class Claiming(Protocol):
    """A node that names a visit and its patient."""

    @property
    def mdtrt_id(self) -> str:
        """Return 就诊ID."""

    @property
    def psn_no(self) -> str:
        """Return 人员编号."""


def credential(desk: Desk, node: Showing) -> Credential:
    """Return what was shown: 01 an e-credential code, which is opened, 02 an ID number, 03 a card number."""
    kind, number = _KINDS.get(node.mdtrt_cert_type), node.mdtrt_cert_no
    if kind is None:
        raise MalformedError("mdtrt_cert_type", "应为 01 电子凭证、02 身份证或 03 社保卡")
    if kind == CODE:
        return Credential(kind, number, code=desk.codes.open(number))
    return Credential(kind, number.upper() if kind == "certno" else number)


def swiping(note: Callable[[Books], None]) -> Leaves:
    """Return what leaves the mark of a first swipe, by `note`, in a region that wants two.

    The message keeps its answer: sent again it is no second swipe.
    """

    def leaves(books: Books, no: Refused) -> bool:
        if no.reason is not Refusal.SECOND_SWIPE_NEEDED:
            return False
        note(books)
        return True

    return leaves


def _names_of(bill: VisitBill) -> tuple[Claim, str | None, int]:
    """Return the names by which a bill is known when it comes again, to be settled."""
    return bill.claim, bill.batch, bill.total_fen


def claim_of(node: Claiming, message: Message) -> Claim:
    """Return the visit that a message means."""
    return Claim(node.mdtrt_id, node.psn_no, message.institution)


def scope_of(claim: Claim, *papers: tuple[str, str]) -> Scope:
    """Return the names of a visit, its patient and the papers shown."""
    return Scope(certificates={("psn_no", claim.psn_no), *papers}, visits={claim.visit_id})


def timely(name: str, moment: datetime, now: datetime, *, ahead: timedelta = CLOCKS_APART) -> datetime:
    """Return a moment at most a year ago, and not further `ahead` than clocks are apart. Raise MalformedError else."""
    if moment > now + ahead:
        raise MalformedError(name, f"比现在晚超过 {ahead.days} 天")
    if now - moment > LONGEST_GAP:
        raise MalformedError(name, "与今天相差超过一年")
    return moment
