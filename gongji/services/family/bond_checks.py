"""Can I help this relative 能不能帮: asked before anything is typed twice, by the checks that the binding goes through.

Every reason against it is told, not the first alone, and what the two should know before. Nothing is written.
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from gongji.domain.family import Bond, BondState
from gongji.domain.insured import Insured
from gongji.domain.refusals import RANK, Refused
from gongji.rules.policybook import PolicyBook, RegionDay
from gongji.services.family.networks import BindRequest, judge, unbind_fault
from gongji.services.family.prechecks import TERMS, HelpAnswer, HelpAsked, precheck
from gongji.services.store import Books

Verdict = Literal["yes", "no", "unsure"]

OF_MEMBER = frozenset({"confirmation", "face_check", "sharers_per_member", "order"})
"""Terms that the member's region sets; the sharer's sets the others."""


class BondCheck(Struct, frozen=True, kw_only=True):
    """Whether a bond could be formed now: "unsure" where a rule that it rests on is unknown (it is allowed then).

    `state` is where it would stand, `from_when` when it would begin; `reasons` are all against it. `uses` tell for
    bills, premiums and the wallet what the rules say; `terms` are rows that both should know, `unknown` those of them
    that no document settles. `fixed` tells that the sharer could not end it at once again.
    """

    verdict: Verdict
    state: BondState
    from_when: datetime
    reasons: tuple[Refused, ...]
    uses: tuple[HelpAnswer, ...]
    terms: tuple[str, ...]
    unknown: tuple[str, ...]
    fixed: Refused | None


def check_bond(books: Books, policy: PolicyBook, request: BindRequest) -> BondCheck | Refused:
    """Return what would come of binding these two now. The caller throws the books away.

    Refused only where one of them is not known, or the request is malformed.
    """
    judged = judge(books, policy, request)
    if isinstance(judged, Refused):
        return judged
    bond, faults = judged
    sharer, member = (books.registry.people[one] for one in (request.sharer_id, request.member_id))
    rules, member_rules = (policy.on(one.region, request.at.date()) for one in (sharer, member))
    reasons = sorted(faults, key=lambda refused: RANK[refused.reason])
    uses = precheck(policy, [_family(request, sharer, member)])
    rows = [(member_rules if rule in OF_MEMBER else rules).rows[rule] for rule in TERMS]
    decisive = [rules.rows[rule] for rule in _decisive(bond, rules, member_rules)]
    unknown = [row.rule_id for row in decisive if row.state == "unknown"]
    return BondCheck(
        verdict="no" if reasons else "unsure" if unknown else "yes",
        state=bond.state,
        from_when=bond.since,
        reasons=tuple(reasons),
        uses=uses,
        terms=tuple(row.rule_id for row in rows if row.state == "value"),
        unknown=tuple(dict.fromkeys([*unknown, *(row.rule_id for row in rows if row.state == "unknown")])),
        fixed=unbind_fault(bond, rules, bond.since),
    )


# Helpers


def _family(request: BindRequest, sharer: Insured, member: Insured) -> HelpAsked:
    return HelpAsked(
        at=request.at,
        region=sharer.region,
        scheme=sharer.insured,
        account=sharer.account,
        relation=request.relation,
        member_region=member.region,
        member_scheme=member.insured,
    )


def _decisive(bond: Bond, rules: RegionDay, member_rules: RegionDay) -> tuple[str, ...]:
    """Return the rules that a yes rests on."""
    if bond.quota_fen is not None:
        return ("quota", "wallet_relatives")
    reach = ("reach",) if rules.pool != member_rules.pool else ()
    return ("sharing", "relatives", *reach)
