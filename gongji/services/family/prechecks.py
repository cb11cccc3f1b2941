"""Can I help whom 能帮谁: asked without a login and answered by the checks that the real binding goes through. Pure.

Nobody is looked up: the answers make two persons whose insurance is in order and whose papers are complete. What the
papers are stands among the terms.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, Literal, get_args

from msgspec import Struct

from gongji.domain.family import Bond, Mode, Relation
from gongji.domain.insured import Insurance, Insured
from gongji.domain.refusals import RANK, Refusal, Refused
from gongji.rules.drawing import Candidate, Purse
from gongji.rules.eligibility import Binding, binding_faults, distance_of, sharer_faults
from gongji.rules.grounds import ground
from gongji.rules.policybook import PolicyBook, RegionDay
from gongji.rules.premiums import PremiumRequest, decide_premium
from gongji.rules.schema import Proof
from gongji.rules.transfers import TransferRequest, transfer_faults

Use = Literal["pay", "premium", "quota", "transfer"]
Verdict = Literal["yes", "no", "unsure"]

PREMIUM_KINDS: Final = ("resident", "large_amount", "long_term_care", "commercial")
TERMS: Final = (
    "confirmation",
    "face_check",
    "proofs",
    "review",
    "relation_limits",
    "members_max",
    "members_lifetime",
    "sharers_per_member",
    "one_role",
    "order",
    "carry_over_only",
    "retained_minimum",
    "cap",
    "pot",
    "unbind_after_days",
)
"""Rules that refuse nobody here, and that both sides should know before they begin."""


class HelpAsked(Struct, frozen=True, kw_only=True):
    """One family: who would pay (`account`: an insurance with a personal account), for whom, and from when."""

    at: datetime
    region: str
    scheme: Insurance
    account: bool
    relation: Relation
    member_region: str
    member_scheme: Insurance


class HelpAnswer(Struct, frozen=True, kw_only=True):
    """What the rules say of one use of the money.

    `refusals` are the reasons against it, the first speaks first; `rests_on` the names of the rows that decide, and
    `unknown` those of them that no document settles; `kinds` the premiums that may be paid. `depends` tells that the
    answer is another one for another insurance of those that were possible.
    """

    use: Use
    verdict: Verdict
    refusals: tuple[Refused, ...] = ()
    rests_on: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    depends: bool = False


def precheck(book: PolicyBook, families: Sequence[HelpAsked]) -> tuple[HelpAnswer, ...]:
    """Return what may be done for bills, premiums and by quota (by transfer on days without quotas).

    `families` are the same two people, once for each insurance that is possible where one is not known. Raise
    ValueError where there is none.
    """
    answers = [_answers(book, asked) for asked in families]
    if not answers:
        raise ValueError("one family at least is asked about")
    return tuple(_together(several) for several in zip(*answers, strict=True))


def payer_faults(book: PolicyBook, asked: HelpAsked) -> list[Refused]:
    """Return why this person can help nobody, whoever it is; empty when others' answers matter."""
    return _ranked(sharer_faults(_sharer(asked), _rules(book, asked.region, asked), asked.at.date()))


def distance_matters(book: PolicyBook, asked: HelpAsked) -> bool:
    """Tell whether two places of one province may be two pools, so that it matters whether they are the same."""
    rules = _rules(book, asked.region, asked)
    pool, reach = rules.value("pool"), rules.value("reach")
    near = reach is not None and reach.area == "pool" and (pool is None or pool.level == "city")
    return near and asked.region == asked.member_region and asked.region.endswith("0000")


def elsewhere_in(region: str) -> str:
    """Return a code of the same province that stands for a place without rules of its own."""
    return f"{region[:2]}9900"


# Helpers

_RICH: Final = Purse(current_year_fen=10**9, carry_over_fen=10**9, wallet_fen=10**9)
"""Money is not asked about: there is enough of it."""
_LEAST_FEN: Final = 1
_SHARER, _MEMBER = 1, 2
_PAPERS: Final = frozenset(get_args(*get_args(Proof.__annotations__["any_of"])))


def _answers(book: PolicyBook, asked: HelpAsked) -> tuple[HelpAnswer, ...]:
    rules, member_rules = _rules(book, asked.region, asked), _rules(book, asked.member_region, asked)
    wallet = _quota if rules.plan.shares_quotas else _transfer
    return (
        _pay(asked, rules, member_rules),
        _premium(asked, rules, member_rules),
        wallet(asked, rules, member_rules),
    )


def _pay(asked: HelpAsked, rules: RegionDay, member_rules: RegionDay) -> HelpAnswer:
    faults = binding_faults(_binding(asked, quota=False), rules, member_rules)
    if rules.plan.without_pay_mode:
        row = rules.rows["pay_mode"]
        faults.append(Refused(Refusal.RULE_NOT_IN_FORCE, ground(row, asked.at.date(), rules.region)))
    reach = ("reach",) if distance_of(rules, member_rules) != "pool" else ()
    return _answer("pay", faults, rules, ("sharing", "pay_mode", "relatives", *reach))


def _premium(asked: HelpAsked, rules: RegionDay, member_rules: RegionDay) -> HelpAnswer:
    """Return which premiums may be paid; the collection period is a matter of the day and no reason against it."""
    refused: dict[str, list[Refused]] = {}
    for kind in PREMIUM_KINDS:
        found = decide_premium(_premium_of(asked, kind, rules), _RICH, rules, member_rules)
        refused[kind] = [
            one for one in found if isinstance(one, Refused) and one.reason is not Refusal.PREMIUM_WINDOW_CLOSED
        ]
    open_kinds = tuple(kind for kind in PREMIUM_KINDS if not refused[kind])
    faults = [] if open_kinds else refused["resident"]
    answer = _answer("premium", faults, rules, ("sharing", "premium_mode", "premium_relatives", "premiums"))
    return HelpAnswer(
        use="premium",
        verdict=answer.verdict,
        refusals=answer.refusals,
        rests_on=answer.rests_on,
        unknown=answer.unknown,
        kinds=open_kinds,
    )


def _quota(asked: HelpAsked, rules: RegionDay, member_rules: RegionDay) -> HelpAnswer:
    faults = binding_faults(_binding(asked, quota=True), rules, member_rules)
    return _answer("quota", faults, rules, ("quota", "wallet", "wallet_relatives"))


def _transfer(asked: HelpAsked, rules: RegionDay, member_rules: RegionDay) -> HelpAnswer:
    request = TransferRequest(
        at=asked.at, sender=_sharer(asked), receiver=_member(asked), relation=asked.relation, amount_fen=_LEAST_FEN
    )
    faults = transfer_faults(request, _RICH, rules, member_rules)
    return _answer("transfer", faults, rules, ("wallet", "wallet_transfer", "wallet_relatives", "wallet_reach"))


def _answer(use: Use, faults: Iterable[Refused], rules: RegionDay, decisive: Sequence[str]) -> HelpAnswer:
    ranked = _ranked(faults)
    rows = [rules.rows[rule] for rule in decisive]
    unknown = tuple(row.rule_id for row in rows if row.state == "unknown")
    return HelpAnswer(
        use=use,
        verdict="no" if ranked else "unsure" if unknown else "yes",
        refusals=tuple(ranked),
        rests_on=tuple(row.rule_id for row in rows),
        unknown=() if ranked else unknown,
    )


def _together(several: Sequence[HelpAnswer]) -> HelpAnswer:
    """Return the answer for all insurances that are possible: unsure where they do not agree."""
    first = several[0]
    if all(one.verdict == first.verdict for one in several):
        return first
    against = next((one for one in several if one.refusals), first)
    return HelpAnswer(
        use=first.use,
        verdict="unsure",
        refusals=against.refusals,
        rests_on=first.rests_on,
        unknown=first.unknown,
        kinds=first.kinds,
        depends=True,
    )


def _binding(asked: HelpAsked, *, quota: bool) -> Binding:
    return Binding(
        at=asked.at,
        sharer=_sharer(asked),
        member=_member(asked),
        relation=asked.relation,
        modes=(Mode.PAY, Mode.PREMIUM),
        quota_fen=_LEAST_FEN if quota else None,
        proof=_PAPERS,
    )


def _premium_of(asked: HelpAsked, kind: str, rules: RegionDay) -> PremiumRequest:
    bond = Bond(bond_id=1, sharer_id=_SHARER, member_id=_MEMBER, relation=asked.relation, since=asked.at)
    sharer = _sharer(asked)
    return PremiumRequest(
        at=asked.at,
        payer=sharer,
        insured=_member(asked),
        kind=kind,
        amount_fen=_LEAST_FEN,
        candidate=Candidate(bond=bond, sharer=sharer, purse=_RICH, rules=rules),
    )


def _sharer(asked: HelpAsked) -> Insured:
    return Insured(
        person_id=_SHARER, insured=asked.scheme, region=asked.region, account=asked.account, wallet_open=True
    )


def _member(asked: HelpAsked) -> Insured:
    return Insured(
        person_id=_MEMBER,
        insured=asked.member_scheme,
        region=asked.member_region,
        account=asked.member_scheme is Insurance.EMPLOYEE,
        wallet_open=True,
    )


def _rules(book: PolicyBook, region: str, asked: HelpAsked) -> RegionDay:
    return book.on(region, asked.at.date())


def _ranked(faults: Iterable[Refused]) -> list[Refused]:
    return sorted(faults, key=lambda refused: RANK[refused.reason])
