"""Checks over the API: can I help whom, asked before anything is typed twice; of two real people, or of nobody."""

from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response, post
from litestar.enums import MediaType
from litestar.params import JSONBody
from msgspec import Meta, Struct

from gongji.channels.api.declaring import lists, public
from gongji.channels.api.invitations import Fen, Proof
from gongji.channels.api.meta import API, TheDesk
from gongji.channels.api.moments import Moment, sensible, told
from gongji.channels.api.problems import ProblemError, refused
from gongji.channels.api.reasons import Reason, RuleTold, all_told, language, rules_told
from gongji.channels.api.reasons import told as reason_told
from gongji.channels.api.relatives import Relative, find_relative, whose
from gongji.domain.family import BondState, Mode, Relation
from gongji.domain.insured import Insurance
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.domain.texts import Language
from gongji.rules.policybook import PolicyBook
from gongji.services.family.bond_checks import Verdict, check_bond
from gongji.services.family.networks import BindRequest
from gongji.services.family.prechecks import HelpAnswer, HelpAsked, Use, precheck

Region = Annotated[str, Meta(pattern="^[0-9]{6}$", description="医保区划, six digits.")]
Scheme = Literal["employee", "resident", "none"]


class BondChecked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A bond that the caller, who would pay, thinks of; `relation` is what the relative is to him."""

    relative: Relative
    relation: Relation
    modes: Annotated[tuple[Mode, ...], Meta(max_length=2)] = (Mode.PAY, Mode.PREMIUM)
    since: Moment | None = None
    rank: Annotated[int, Meta(ge=1, le=1000)] | None = None
    cap_fen: Fen | None = None
    quota_fen: Fen | None = None
    proof: Annotated[list[Proof], Meta(max_length=4)] = []


class UseCheckTold(Struct, frozen=True, kw_only=True):
    """What the rules say of one use of the money; `kinds` are the premiums that may be paid.

    "unsure" where a rule is unknown, and is read as allowing, or (`depends`) where the insurance decides.
    """

    use: Use
    verdict: Verdict
    reasons: list[Reason]
    rests_on: list[RuleTold]
    kinds: tuple[str, ...]
    depends: bool


class CheckTold(Struct, frozen=True, kw_only=True):
    """What would come of it: where the bond would stand, from when, every reason against it, and what to know before.

    `unknown` are rules that no document settles; they refuse nobody. `fixed` tells that it could not be ended at once.
    """

    verdict: Verdict
    state: BondState
    from_when: Moment
    reasons: list[Reason]
    uses: list[UseCheckTold]
    terms: list[RuleTold]
    unknown: list[RuleTold]
    fixed: Reason | None


class HelpChecked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A family without names: who would pay, what the relative is to him, and both insurances; null: not known."""

    region: Region
    relation: Relation
    member_region: Region
    scheme: Scheme | None = None
    account: bool = True
    member_scheme: Scheme | None = None
    at: Moment | None = None


class HelpCheckTold(Struct, frozen=True, kw_only=True):
    """What the rules say for bills, premiums and the wallet."""

    at: Moment
    uses: list[UseCheckTold]


@post(
    f"{API}/checks/bond",
    operation_id="checkBond",
    summary="Can I help this relative?",
    tags=["checks"],
    status_code=200,
    **{name: value for name, value in lists("bonds.read").items() if name != "response_headers"},
)
async def check(request: Request[Any, Any, Any], desk: TheDesk, data: JSONBody[BondChecked]) -> Response[CheckTold]:
    """Return what would come of asking this relative into a bond now. Nothing is written."""
    sharer_id, now = whose(request), desk.clock()
    member_id = await find_relative(desk, data.relative)
    book, lang = desk.book(now), language(request)
    wanted = BindRequest(
        at=now,
        sharer_id=sharer_id,
        member_id=member_id,
        relation=data.relation,
        modes=tuple(dict.fromkeys(data.modes)),
        since=sensible(data.since, "/since") if data.since is not None else None,
        rank=data.rank,
        cap_fen=data.cap_fen,
        quota_fen=data.quota_fen,
        proof=frozenset(data.proof),
    )
    found = await desk.read(Scope(people={sharer_id, member_id}), lambda books: check_bond(books, book, wanted))
    if isinstance(found, Refused):
        raise refused(found)
    answer = msgspec.json.encode(
        CheckTold(
            verdict=found.verdict,
            state=found.state,
            from_when=told(found.from_when),
            reasons=all_told(found.reasons, book, lang),
            uses=[_use(one, book, lang) for one in found.uses],
            terms=rules_told(found.terms, book, lang),
            unknown=rules_told(found.unknown, book, lang),
            fixed=reason_told(found.fixed, book, lang) if found.fixed is not None else None,
        )
    )
    told_all: Response[Any] = Response(answer, media_type=MediaType.JSON)
    return told_all


@post(
    f"{API}/checks/help",
    operation_id="checkHelp",
    summary="Who can help whom, without names",
    tags=["checks"],
    status_code=200,
    **public(),
)
async def check_help(request: Request[Any, Any, Any], desk: TheDesk, data: JSONBody[HelpChecked]) -> HelpCheckTold:
    """Return what the rules of a day say of such a family. Nobody is looked up."""
    now, lang = desk.clock(), language(request)
    at, book = sensible(data.at, "/at") if data.at is not None else now, desk.book(now)
    unknown = [place for place in (data.region, data.member_region) if len(book.chain(place)) == 1]
    if unknown:
        name = "region" if unknown[0] == data.region else "member_region"
        raise ProblemError(Refusal.MESSAGE_MALFORMED, field=f"/{name}", said="no region has this code")
    families = [
        HelpAsked(
            at=at,
            region=data.region,
            scheme=scheme,
            account=data.account and scheme is Insurance.EMPLOYEE,
            relation=data.relation,
            member_region=data.member_region,
            member_scheme=member_scheme,
        )
        for scheme in _possible(data.scheme)
        for member_scheme in _possible(data.member_scheme)
    ]
    return HelpCheckTold(at=told(at), uses=[_use(one, book, lang) for one in precheck(book, families)])


# Helpers


def _possible(scheme: Scheme | None) -> list[Insurance]:
    return list(Insurance) if scheme is None else [Insurance(scheme)]


def _use(answer: HelpAnswer, book: PolicyBook, lang: Language) -> UseCheckTold:
    return UseCheckTold(
        use=answer.use,
        verdict=answer.verdict,
        reasons=all_told(answer.refusals, book, lang),
        rests_on=rules_told(answer.rests_on, book, lang),
        kinds=answer.kinds,
        depends=answer.depends,
    )
