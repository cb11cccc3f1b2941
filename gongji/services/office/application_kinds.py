"""What may be applied for 申请事项: what each asks, which papers it wants, by when, and when a second person decides.

Papers that a rule names are taken from the rule; the others stand in one table, with their source.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final, Literal

from msgspec import Struct

from gongji.domain.dossiers import Dossier, opened
from gongji.domain.family import Bond, BondState, Relation
from gongji.domain.insured import Insured
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.ledger.records import Settlement
from gongji.rules.eligibility import proofs_asked
from gongji.rules.policybook import PolicyBook
from gongji.services.bills import reimbursements
from gongji.services.families import person_of
from gongji.services.family.inheritances import INHERITANCE, Claim, To, inheritance_scope
from gongji.services.office.mandates import ADULT_AGE
from gongji.services.offices import Term
from gongji.services.store import Books
from gongji.services.wallets.wallet_openings import opening_scope

APPLICATION: Final = "application"


class BindReview(Struct, frozen=True, kw_only=True, tag="bind", forbid_unknown_fields=True):
    """The review of a bond that the region reviews."""

    bond_id: int


class Reimbursement(Struct, frozen=True, kw_only=True, tag="reimbursement", forbid_unknown_fields=True):
    """零星报销: a bill paid in cash. Its receipts by number, and their sum in fen."""

    receipts: tuple[str, ...]
    total_fen: int


class Inheritance(Struct, frozen=True, kw_only=True, tag="inheritance", forbid_unknown_fields=True):
    """What a dead person left, by a claim that is on file: to an account or in cash."""

    inheritance_id: str
    dead_id: int
    to: To


class Guardian(Struct, frozen=True, kw_only=True, tag="guardian", forbid_unknown_fields=True):
    """To be registered as guardian of a minor, or of an adult without capacity."""

    ward_id: int


class OpenWallet(Struct, frozen=True, kw_only=True, tag="open_wallet", forbid_unknown_fields=True):
    """代开通: a relative's wallet opened for him. `relation` is what he is to the one who asks; `region` of use."""

    person_id: int
    relation: Relation
    region: str | None = None


class ChangePhone(Struct, frozen=True, kw_only=True, tag="change_phone", forbid_unknown_fields=True):
    """Another phone for one's wallet."""

    phone: str


Doubt = Literal["was_not_there", "code_lost", "wrong_amount", "not_family", "other"]
"""Why somebody doubts that his family made a use of his money."""


class DoubtedUse(Struct, frozen=True, kw_only=True, tag="doubted_use", forbid_unknown_fields=True):
    """不是我家人用的: a bill that took money of the one who reports it, whose family did not make it, he says.

    `entry_id` is the record by which he knows it, `amount_fen` what it took out of his pockets. `words` are his own.
    """

    entry_id: int
    settle_id: int
    patient_id: int
    used_at: datetime
    amount_fen: int
    why: tuple[Doubt, ...]
    words: str = ""


Wish = BindReview | Reimbursement | Inheritance | Guardian | OpenWallet | ChangePhone | DoubtedUse
Kind = Literal["bind", "reimbursement", "inheritance", "guardian", "open_wallet", "change_phone", "doubted_use"]


class Wanted(Struct, frozen=True, kw_only=True):
    """A paper that is wanted: one of several. `rule_id` names the rule that asks for it, or `source` says who does."""

    any_of: frozenset[str]
    rule_id: str | None = None
    source: str = ""


class Filed(Struct, frozen=True, kw_only=True):
    """An application as its kind needs to see it: who asks, for what, and whose office decides.

    `claim` are the figures of a bill paid in cash, which the one who decides takes from its receipts.
    """

    wish: Wish
    applicant_id: int
    about: Insured
    bond: Bond | None = None
    claim: reimbursements.Claim | None = None


def kind_of(wish: Wish) -> Kind:
    """Return the kind of a wish."""
    kind: Kind = wish.__struct_config__.tag  # type: ignore[assignment]  # the tags above are the kinds
    return kind


def is_same_matter(wish: Wish, other: Wish) -> bool:
    """Tell whether two wishes are about the same matter: a use is reported once, however it is put."""
    if isinstance(wish, DoubtedUse) and isinstance(other, DoubtedUse):
        return wish.settle_id == other.settle_id
    return wish == other


def says_why(wish: Wish) -> bool:
    """Tell whether who decides it answers in his own words: what he found out, where no rule decides."""
    return isinstance(wish, DoubtedUse)


def wish_scope(wish: Wish, applicant_id: int) -> Scope:
    """Return what has to be loaded to file or decide it."""
    scope = Scope(people={applicant_id})
    if isinstance(wish, Guardian):
        scope.people.add(wish.ward_id)
    elif isinstance(wish, OpenWallet):
        scope.people.add(wish.person_id)
    elif isinstance(wish, DoubtedUse):
        scope.merge(Scope(people={wish.patient_id}, settlements={wish.settle_id}))
    elif isinstance(wish, ChangePhone):
        scope.merge(opening_scope(applicant_id))
    elif isinstance(wish, Inheritance):
        scope.merge(inheritance_scope(applicant_id, wish.dead_id, inheritance_id=wish.inheritance_id))
    return scope


def found(books: Books, wish: Wish, applicant_id: int, at: datetime) -> Filed | Refused:
    """Return what a wish is about, or why it cannot be asked for at all."""
    about = person_of(books, _about(books, wish, applicant_id))
    applicant = person_of(books, applicant_id)
    if isinstance(about, Refused):
        return about
    if isinstance(applicant, Refused):
        return applicant
    bond = books.registry.bonds.get(wish.bond_id) if isinstance(wish, BindReview) else None
    fault = _fault(books, wish, applicant, about, bond, at)
    return fault or Filed(wish=wish, applicant_id=applicant_id, about=about, bond=bond)


def wanted(books: Books, policy: PolicyBook, filed: Filed, at: datetime) -> list[Wanted]:
    """Return the papers that an application wants."""
    bond, day = filed.bond, at.date()
    if bond is not None:
        rules = policy.on(books.registry.people[bond.sharer_id].region, day)
        proofs = proofs_asked(bond.relation, books.registry.people[bond.member_id].age(day), rules)
        return [Wanted(any_of=frozenset(one.any_of), rule_id=rules.rows["proofs"].rule_id) for one in proofs]
    kind: str = kind_of(filed.wish)
    if isinstance(filed.wish, Guardian | OpenWallet):
        kind += "/minor" if filed.about.age(day) < ADULT_AGE else "/adult"
    return [Wanted(any_of=any_of, source=source) for any_of, source in _PAPERS[kind]]


def taken_fen(bill: Settlement, payer_id: int) -> int:
    """Return what a bill took out of somebody's pockets, in fen."""
    return sum(draw.amount_fen for draw in bill.draws if draw.account.book_id == payer_id)


def missing(asked: Iterable[Wanted], papers: frozenset[str]) -> list[Wanted]:
    """Return those of the papers wanted for which none was handed in."""
    return [one for one in asked if not papers & one.any_of]


def risks(books: Books, filed: Filed, at: datetime) -> list[str]:
    """Return why a second person has to decide, by the names of `RISKS`; empty where one is enough."""
    return [name for name, risk in RISKS.items() if risk.there(books, filed, at)]


class Risk(Struct, frozen=True):
    """Why a second person has to decide: told in both languages, and how it is known."""

    zh: str
    en: str
    there: Callable[[Books, Filed, datetime], bool]


NEW_ACCOUNT_MONTHS: Final = 6
LARGE_QUOTA_FEN: Final = 5_000_00
PHONE_FRESH: Final = timedelta(days=1)
"""What is new, large and fresh: ours, since no document sets them."""


def _is_new_and_large(books: Books, filed: Filed, _: datetime) -> bool:
    if filed.bond is None or filed.bond.quota_fen is None:
        return False
    sharer = books.registry.people[filed.bond.sharer_id]
    return sharer.enrolled_months < NEW_ACCOUNT_MONTHS and filed.bond.quota_fen >= LARGE_QUOTA_FEN


def _phone_just_changed(books: Books, filed: Filed, at: datetime) -> bool:
    if filed.bond is None:
        return False
    several = [one for one in books.dossiers.of(APPLICATION, filed.bond.sharer_id) if one.made_at > at - PHONE_FRESH]
    return any(isinstance(opened(one, _JustWish).wish, ChangePhone) for one in several)


def _is_adult_ward(_: Books, filed: Filed, at: datetime) -> bool:
    return isinstance(filed.wish, Guardian) and filed.about.age(at.date()) >= ADULT_AGE


def _is_inheritance(_: Books, filed: Filed, __: datetime) -> bool:
    return isinstance(filed.wish, Inheritance)


RISKS: Final[dict[str, Risk]] = {
    "new_account_large_quota": Risk(
        "新参保的账户一次给出大额共济额度，可能是冒名开户套取",
        "a large quota out of an account that is new may be somebody else's money on its way out",
        _is_new_and_large,
    ),
    "phone_then_bind": Risk(
        "换了手机号一天之内就绑定，可能是账号被人拿走了",
        "a bond within a day of another phone number may come from a stolen sign-in",
        _phone_just_changed,
    ),
    "adult_ward": Risk(
        "替成年人设立监护，等于拿走他自己的决定权",
        "a guardian of an adult takes his own decisions away from him",
        _is_adult_ward,
    ),
    "inheritance": Risk(
        "本人已不能说明，付错了收不回来",
        "the owner can no longer object, and what is paid wrongly is gone",
        _is_inheritance,
    ),
}
"""Why two have to decide. Restitution in an inspection always wants two, and is seen to there."""

TERMS: Final[dict[str, Term]] = {
    "reimbursement": Term(days=30, working=True, source="社会保险经办条例（国务院令第765号）关于手工报销的规定"),
}
"""By when a kind has to be decided. Where no document sets a number of days there is none, and none is shown."""


# Helpers


class _JustWish(Struct, frozen=True):
    wish: Wish


_KIN: Final = frozenset({"hukou", "birth_certificate", "marriage_certificate", "kinship_proof"})
_CHILD: Final = frozenset({"hukou", "birth_certificate"})
_OURS: Final = "assumed"
_PAPERS: Final[dict[str, tuple[tuple[frozenset[str], str], ...]]] = {
    "reimbursement": ((frozenset({"invoice"}), _OURS),),
    "inheritance": ((frozenset({"death_certificate"}), _OURS), (_KIN, _OURS)),
    "guardian/minor": ((_CHILD, "中华人民共和国民法典第二十七条"),),
    "guardian/adult": ((frozenset({"court_paper"}), "中华人民共和国民法典第二十四条、第二十八条"),),
    "open_wallet/minor": ((_CHILD, _OURS),),
    "open_wallet/adult": ((frozenset({"id_card"}), _OURS), (_KIN, _OURS), (frozenset({"authorisation"}), _OURS)),
    "change_phone": ((frozenset({"id_card"}), _OURS),),
    "doubted_use": (),
}
"""Papers wanted by kind where no rule of the book names them: one of each set, and who asks for it."""


def _about(books: Books, wish: Wish, applicant_id: int) -> int:
    if isinstance(wish, Guardian):
        return wish.ward_id
    if isinstance(wish, OpenWallet):
        return wish.person_id
    if isinstance(wish, Inheritance):
        return wish.dead_id
    bond = books.registry.bonds.get(wish.bond_id) if isinstance(wish, BindReview) else None
    return bond.sharer_id if bond is not None else applicant_id


def _fault(
    books: Books, wish: Wish, applicant: Insured, about: Insured, bond: Bond | None, at: datetime
) -> Refused | None:
    if isinstance(wish, BindReview):
        waits = bond is not None and bond.state is BondState.AWAITING_REVIEW
        mine = bond is not None and applicant.person_id in (bond.sharer_id, bond.member_id)
        return None if waits and mine else Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="bond")
    if isinstance(wish, Inheritance):
        claim = books.dossiers.get(wish.inheritance_id)
        sides = (about.person_id, applicant.person_id)
        mine = claim is not None and claim.kind == INHERITANCE and claim.parties == sides
        return None if mine and _unpaid(claim) else Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="inheritance")
    if isinstance(wish, DoubtedUse):
        return _doubt_fault(books, wish, applicant.person_id)
    sound = {
        "ward_id": not isinstance(wish, Guardian) or (about.person_id != applicant.person_id and about.alive),
        "person_id": not isinstance(wish, OpenWallet) or (about.person_id != applicant.person_id and about.alive),
        "applicant": applicant.alive and (not isinstance(wish, Guardian) or applicant.age(at.date()) >= ADULT_AGE),
        "receipts": not isinstance(wish, Reimbursement) or 0 < len(set(wish.receipts)) == len(wish.receipts),
        "total_fen": not isinstance(wish, Reimbursement) or wish.total_fen > 0,
        "phone": not isinstance(wish, ChangePhone) or (wish.phone.isdecimal() and len(wish.phone) == 11),
    }
    fault = next((field for field, is_sound in sound.items() if not is_sound), None)
    return Refused(Refusal.MESSAGE_MALFORMED, subject=fault) if fault is not None else None


def _doubt_fault(books: Books, wish: DoubtedUse, applicant_id: int) -> Refused | None:
    """Return what is wrong with a report: another's money, one's own bill, or no reason."""
    bill = books.ledger.settlements.get(wish.settle_id)
    if bill is None or wish.patient_id == applicant_id or taken_fen(bill, applicant_id) != wish.amount_fen:
        return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="use")
    told = bool(wish.why) and len(set(wish.why)) == len(wish.why) and ("other" not in wish.why or bool(wish.words))
    return None if told else Refused(Refusal.MESSAGE_MALFORMED, subject="why")


def _unpaid(claim: Dossier | None) -> bool:
    return claim is not None and claim.state == "open" and not opened(claim, Claim).paid_fen
