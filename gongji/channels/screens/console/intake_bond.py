"""A bond at the counter: what is asked of the rules before anybody signs, and at which field they say no."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from msgspec import Struct

from gongji.channels.api.checks import BondChecked, CheckTold
from gongji.channels.api.moments import told
from gongji.channels.api.reasons import Reason, RuleTold
from gongji.channels.screens.console.intake_details import kept_in
from gongji.channels.screens.console.shell import acting_for
from gongji.channels.screens.inside import TroubleError
from gongji.channels.screens.visiting import Visit
from gongji.domain.family import Mode, Relation
from gongji.domain.refusals import Refusal
from gongji.rules.eligibility import may_rank

USES: Final[Mapping[str, tuple[Mode, ...]]] = {
    "both": (Mode.PAY, Mode.PREMIUM),
    "pay": (Mode.PAY,),
    "premium": (Mode.PREMIUM,),
}
LASTS: Final = ("cancelled", "day", "once")
_LEAST_FEN: Final = 1
_MODES: Final = ("pay_mode", "premium_mode")

Fields = Mapping[str, str]


class Known(Struct, frozen=True, kw_only=True):
    """Which questions the rules of both sides know, each with the rule that knows it; None is not asked.

    `against` is what stands against the bond whatever is filled in, but for a quota; `quota_against` against a quota.
    """

    uses: tuple[str, ...]
    modes: list[RuleTold]
    no_modes: list[Reason]
    cap: RuleTold | None
    order: RuleTold | None
    quota: list[RuleTold]
    quota_against: list[Reason]
    against: list[Reason]

    @property
    def sets_quota(self) -> bool:
        """Tell whether a quota can be set."""
        return bool(self.quota) and not self.quota_against

    @property
    def is_open(self) -> bool:
        """Tell whether anything can come of it."""
        return bool(self.uses) and (not self.against or self.sets_quota)


def terms_in(fields: Fields) -> dict[str, Any]:
    """Return the terms of a bond as far as they were filled in, as both the check and the invitation take them."""
    sums = {name: int(fields[name]) for name in ("rank", "cap_fen", "quota_fen") if fields.get(name)}
    return {"relative": kept_in(fields), "relation": Relation(fields["relation"]), **sums}


def ends_in(fields: Fields) -> dict[str, Any]:
    """Return for how long, as the invitation takes it; the day that was filled in is the last."""
    if fields["lasts"] != "day":
        return {"lasts": fields["lasts"]}
    after = datetime.combine(date.fromisoformat(fields["until"]) + timedelta(days=1), time())
    return {"lasts": "day", "until": told(after)}


async def checked(visit: Visit, fields: Fields, **more: Any) -> CheckTold:
    """Return what the rules say of the bond as it was filled in. Nothing is written. Raise TroubleError."""
    wish = BondChecked(modes=USES[fields.get("uses", "both")], **{**terms_in(fields), **more})
    return await acting_for(visit, int(fields["applicant"])).post(
        "checks/bond", CheckTold, wish, key=visit.names["draft"]
    )


def against(found: CheckTold) -> list[Reason]:
    """Return the reasons against it, without papers that can be shown at the counter."""
    return [one for one in found.reasons if one.refusal is not Refusal.PROOF_MISSING]


async def known_to(visit: Visit, fields: Fields) -> Known:
    """Return what the rules know of a bond between these two. Raise TroubleError."""
    bare = {name: text for name, text in fields.items() if name not in ("uses", "rank", "cap_fen", "quota_fen")}
    found = await checked(visit, bare)
    rows = {rule.rule.split("/")[1]: rule for rule in found.terms}
    by_use = {one.use: one for one in found.uses}
    may = {mode for mode in Mode if by_use[mode.value].verdict != "no"}
    quota = by_use.get("quota")
    probed = await checked(visit, bare, quota_fen=_LEAST_FEN) if quota is not None else None
    order = rows.get("order")
    return Known(
        uses=tuple(name for name, modes in USES.items() if may.issuperset(modes)),
        modes=[rule for mode in Mode for rule in by_use[mode.value].rests_on if rule.rule.split("/")[1] in _MODES],
        no_modes=[reason for mode in Mode if mode not in may for reason in by_use[mode.value].reasons[:1]],
        cap=rows.get("cap"),
        order=order if order is not None and _ranks(visit, order) else None,
        quota=[rule for rule in quota.rests_on if "/quota/" in rule.rule] if quota is not None else [],
        quota_against=against(probed) if probed is not None else [],
        against=against(found),
    )


def at_fields(reasons: list[Reason]) -> dict[str, str]:
    """Return by field what is wrong with the terms; what a quota alone could mend stands at the quota."""
    faults: dict[str, str] = {}
    for one in sorted(reasons, key=lambda one: _ON_THE_PAGE.index(_field(one))):
        faults.setdefault(_field(one), one.title)
    return faults


async def person_faults(visit: Visit, fields: Fields) -> dict[str, str]:
    """Return by field whether there is such a person as the other side. Raise TroubleError for all other reasons."""
    try:
        await checked(visit, fields)
    except TroubleError as met:
        return papers_faults(met)
    return {}


def papers_faults(met: TroubleError) -> dict[str, str]:
    """Return at which field of the other person's papers a trouble stands. Raise it where it is none of those."""
    field = {Refusal.PERSON_UNKNOWN.value: "r_certno", Refusal.IDENTITY_MISMATCH.value: "r_name"}.get(met.name)
    if field is None:
        raise met
    return {field: met.problem.title}


# Helpers

_ON_THE_PAGE: Final = ("cap", "quota", "rank")


def _field(reason: Reason) -> str:
    match reason.refusal:
        case Refusal.CAP_NOT_ADJUSTABLE:
            return "cap"
        case Refusal.RANK_NOT_ADJUSTABLE:
            return "rank"
        case Refusal.QUOTA_BELOW_USED if "cap_fen" in reason.figures:
            return "cap"
    return "quota"


def _ranks(visit: Visit, order: RuleTold) -> bool:
    region = order.rule.split("/")[0]
    return may_rank(visit.desk.book(visit.now).on(region, visit.now.date()))
