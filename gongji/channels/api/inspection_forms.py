"""What inspections over the API are asked with, and what they tell."""

from typing import Annotated

from msgspec import Meta, Struct

from gongji.channels.api.application_forms import StepTold, Why
from gongji.channels.api.bonds import FEN_MOST
from gongji.channels.api.moments import Moment
from gongji.channels.api.reasons import RuleTold
from gongji.channels.api.relatives import Relative
from gongji.services.bills.restitutions import Restitution


class Begun(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose care is looked through, over which time, and why.

    `reported`, by an institution: another's credential was shown. With `open` a case is opened where there is a signal.
    """

    person: Relative
    since: Moment
    until: Moment
    reason: Annotated[str, Meta(min_length=2, max_length=200)]
    reported: Annotated[str, Meta(min_length=2, max_length=500)] | None = None
    open: bool = False


class SignalTold(Struct, frozen=True, kw_only=True):
    """A reason to ask: the settlements it rests on, the facts, and whose threshold it is."""

    kind: str
    settlements: list[int]
    facts: dict[str, str]
    source: str


class VerdictSent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is proposed: the rule, months of suspension (0, or 3 to 12), what was spent, what owners get, a fine."""

    rule_id: Annotated[str, Meta(min_length=1, max_length=80)]
    months: Annotated[int, Meta(ge=0, le=12)]
    sum_fen: Annotated[int, Meta(ge=0, le=FEN_MOST)]
    restitutions: Annotated[list[Restitution], Meta(max_length=100)] = []
    fine_fen: Annotated[int, Meta(ge=0, le=FEN_MOST)] = 0


class Words(Struct, frozen=True, forbid_unknown_fields=True):
    """What is said."""

    words: Annotated[str, Meta(min_length=2, max_length=4000)]


class Because(Struct, frozen=True, forbid_unknown_fields=True):
    """Why."""

    reason: Why


class SecondAgreed(Struct, frozen=True, forbid_unknown_fields=True):
    """Whether the second person agrees."""

    agree: bool


class CaseTold(Struct, frozen=True, kw_only=True):
    """A case as it stands. Amounts in fen 分; `fine_fen` is recorded and never moved here."""

    inspection_id: str
    person_id: int
    state: str
    office: str
    opened_at: Moment
    due_at: Moment | None
    signals: list[SignalTold]
    hearing_until: Moment | None
    heard: str
    rule: RuleTold | None
    months: int
    sum_fen: int
    restitutions: list[Restitution]
    fine_fen: int
    suspended_until: str | None
    appealed: bool
    steps: list[StepTold]


class Cases(Struct, frozen=True):
    """A page of cases, newest first, and the cursor of the next page."""

    items: list[CaseTold]
    next: str | None


class CareLooked(Struct, frozen=True, kw_only=True):
    """What was found, and the case that was opened on it, if one was."""

    signals: list[SignalTold]
    case: CaseTold | None
