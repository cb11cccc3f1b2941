"""Problem documents (RFC 9457): every "no" of the API and of the frame, with what stands behind it and what to do next.

The words come from the one catalogue; the rule and its document from the policy book.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from gongji.channels.asked import Answered
from gongji.domain.faults import RequestFault
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.texts import FAULT_TEXTS, TEXTS, Language, Text, next_step, sentence
from gongji.rules.policybook import Grade, PolicyBook
from gongji.rules.twins import twin

Reason = Refusal | RequestFault

ROOT: Final = "/api/v1/problems/"
KIND: Final = "application/problem+json"

STATUSES: Final[Mapping[Reason, int]] = {
    Refusal.NOT_OWN_CREDENTIAL: 403,
    Refusal.CREDENTIAL_NOT_ACTIVE: 403,
    Refusal.IDENTITY_MISMATCH: 403,
    Refusal.SETTLEMENT_SUSPENDED: 403,
    Refusal.FACE_CHECK_MISSING: 403,
    Refusal.MESSAGE_MALFORMED: 400,
    Refusal.PERSON_UNKNOWN: 404,
    Refusal.SETTLEMENT_NOT_FOUND: 404,
    Refusal.SAME_REQUEST_DIFFERENT_CONTENT: 409,
    Refusal.ALREADY_BOUND: 409,
    Refusal.ALREADY_REVERSED: 409,
    Refusal.PREMIUM_ALREADY_PAID: 409,
    Refusal.RECEIPT_ALREADY_USED: 409,
    Refusal.TRANSFER_NOT_PENDING: 409,
    Refusal.BUSY: 503,
    RequestFault.REQUEST_ID_MISSING: 400,
    RequestFault.NOT_SIGNED_IN: 401,
    RequestFault.SIGN_IN_INVALID: 401,
    RequestFault.SCOPE_MISSING: 403,
    RequestFault.PROOF_TOO_OLD: 401,
    RequestFault.NOT_YOURS: 403,
    RequestFault.NOT_YOUR_TASK: 403,
    RequestFault.NO_SUCH_PLACE: 404,
    RequestFault.METHOD_NOT_TAKEN: 405,
    RequestFault.CHANGED_MEANWHILE: 412,
    RequestFault.BODY_TOO_LONG: 413,
    RequestFault.KIND_NOT_TAKEN: 415,
    RequestFault.RATE_REACHED: 429,
    RequestFault.SERVER_FAULT: 500,
    RequestFault.BOOKS_UNREACHABLE: 503,
    RequestFault.OUTCOME_UNKNOWN: 503,
}
"""The status of each; a refusal that is not named is a rule's, and has 422."""

UNPROCESSABLE: Final = 422

RETRY_SECONDS: Final = 1
"""After so long one who met 503 may ask again."""

_OPEN: Final = (RequestFault.SERVER_FAULT, RequestFault.OUTCOME_UNKNOWN)
"""After these it is not known whether money has moved."""


SAFE: Final[Mapping[str, str]] = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cache-control": "no-store",
}
"""What goes with every answer that does not say otherwise itself."""


class Document(Struct, frozen=True, kw_only=True):
    """The document behind a rule, as the policy book has it, in the language asked for but for the `quote`.

    `grade` tells how well it is known.
    """

    title: str
    publisher: str
    url: str | None = None
    quote: str | None = None
    reading: str | None = None
    grade: Grade | None = None


class Problem(Struct, frozen=True, kw_only=True):
    """A problem document. `type` names what is the matter, and answers GET with an explanation.

    A refusal is one of the closed list, with the `others` that apply too, and the rule it rests on. `figures` are those
    that were compared, in fen, counts or days. `money_moved` is null where the outcome is not known. `field` is a JSON
    pointer into the body, or the name of a parameter or header.
    """

    type: str
    title: str
    status: Annotated[int, Meta(ge=400, le=599)]
    detail: str
    instance: str
    money_moved: bool | None
    next: list[str]
    request_id: str | UnsetType = UNSET
    refusal: Refusal | UnsetType = UNSET
    others: list[Refusal] | UnsetType = UNSET
    rule: str | UnsetType = UNSET
    region: str | UnsetType = UNSET
    day: str | UnsetType = UNSET
    document: Document | UnsetType = UNSET
    figures: dict[str, str] | UnsetType = UNSET
    subject: str | UnsetType = UNSET
    field: str | UnsetType = UNSET


class Explained(Struct, frozen=True, kw_only=True):
    """What a problem of some type means, and what can be done, in both languages."""

    type: str
    name: str
    status: int
    refusal: bool
    zh: str
    next_zh: str
    en: str
    next_en: str


class ProblemError(Exception):
    """Raised by a handler to answer with a problem; `said` tells more of it, in English, for who wrote the client."""

    def __init__(
        self,
        reason: Reason,
        *,
        refused: Refused | None = None,
        field: str | None = None,
        said: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Name the reason, or with `refused` the whole refusal; `headers` go with the answer."""
        super().__init__(reason)
        self.reason = reason
        self.refused = refused
        self.field = field
        self.said = said
        self.headers = dict(headers or {})


def status_of(reason: Reason) -> int:
    """Return the HTTP status of a problem."""
    return STATUSES.get(reason, UNPROCESSABLE)


def refused(no: Refused) -> ProblemError:
    """Return a refusal as what a handler raises."""
    field = no.subject if no.reason is Refusal.MESSAGE_MALFORMED else None
    return ProblemError(no.reason, refused=no, field=field)


def worded(
    error: ProblemError, instance: str, language: Language, *, request_id: str = "", book: PolicyBook | None = None
) -> Problem:
    """Return the problem document in a language; `book` is the one that the refusal was decided by."""
    reason = error.reason
    no = error.refused
    ground = no.ground if no is not None else None
    document = None
    if ground is not None and ground.rule_id and book is not None:
        document = _document(book, ground.rule_id, language)
    return Problem(
        type=f"{ROOT}{reason}",
        title=sentence(reason, language),
        status=status_of(reason),
        detail=_detail(error, document, language),
        instance=instance,
        money_moved=None if reason in _OPEN else False,
        next=[next_step(reason, language)],
        request_id=request_id or UNSET,
        refusal=reason if isinstance(reason, Refusal) else UNSET,
        others=list(no.others) if no is not None and no.others else UNSET,
        rule=ground.rule_id if ground is not None and ground.rule_id else UNSET,
        region=ground.region if ground is not None else UNSET,
        day=ground.day if ground is not None else UNSET,
        document=document if document is not None else UNSET,
        figures=dict(ground.figures) if ground is not None and ground.figures else UNSET,
        subject=no.subject if no is not None and no.subject is not None else UNSET,
        field=error.field if error.field is not None else UNSET,
    )


def headers_of(error: ProblemError, language: Language) -> dict[str, str]:
    """Return the headers that go with a problem document, but for its content type."""
    found = {"content-language": "zh-CN" if language == "zh" else "en", "vary": "accept-language", **error.headers}
    status = status_of(error.reason)
    if status == 503:
        found.setdefault("retry-after", str(RETRY_SECONDS))
    if status == 401:
        known = ' error="invalid_token"' if error.reason is RequestFault.SIGN_IN_INVALID else ""
        found.setdefault("www-authenticate", f'Bearer realm="gongji"{"," if known else ""}{known}')
    return found


def answered(reason: Reason, instance: str, accept_language: str, **more: Any) -> Answered:
    """Return a problem as an answer in full, for who stands before the application; `more` as for a ProblemError."""
    error, language = ProblemError(reason, **more), language_of(accept_language)
    body = msgspec.json.encode(worded(error, instance, language))
    headers = [("content-type", KIND), *SAFE.items(), *headers_of(error, language).items()]
    return Answered(status_of(reason), headers, body)


def language_of(accept: str) -> Language:
    """Return the language that an Accept-Language header ranks higher; Chinese, where it says nothing of either."""
    ranks = {"zh": 0, "en": 0}
    anything = 0
    for name, points in _LANGUAGES.findall(accept.lower()):
        rank = _points(points)
        if name == "*":
            anything = rank
        elif name in ranks:
            ranks[name] = max(ranks[name], rank)
    return "en" if ranks["en"] > max(ranks["zh"], anything) else "zh"


def explained(name: str) -> Explained | None:
    """Return what a problem means, None where there is none of that name."""
    text: Text | None = TEXTS.get(name) or FAULT_TEXTS.get(name)  # type: ignore[call-overload]  # names, as text
    if text is None:
        return None
    reason: Reason = Refusal(name) if name in TEXTS else RequestFault(name)
    return Explained(
        type=f"{ROOT}{reason}",
        name=reason,
        status=status_of(reason),
        refusal=isinstance(reason, Refusal),
        zh=text.zh,
        next_zh=text.next_zh,
        en=text.en,
        next_en=text.next_en,
    )


# Helpers

_LANGUAGES: Final = re.compile(
    r"(?:^|,)\s*([a-z]+|\*)(?:-[a-z0-9-]+)?\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?))?\s*(?=,|$)"
)
_BASED_ON: Final[Mapping[Language, str]] = {"zh": "依据：《{title}》。", "en": "By: {title}."}


def _points(weight: str) -> int:
    """Return a weight like 0.8 in thousandths; without one it is the highest."""
    whole, _, rest = (weight or "1").partition(".")
    return int(whole) * 1000 + int(rest.ljust(3, "0") or "0")


def _document(book: PolicyBook, rule_id: str, language: Language) -> Document | None:
    try:
        row = book.row(rule_id)
    except KeyError:  # decided by a book that no longer holds: the name of the row says enough
        return None
    source = book.sources.get(row.source) if row.source is not None else None
    if source is None:
        return None
    return Document(
        title=twin(source.title, source.title_zh, language) or "",
        publisher=twin(source.publisher, source.publisher_zh, language) or "",
        url=source.url,
        quote=row.quote,
        reading=twin(row.reading, row.reading_zh, language),
        grade=row.grade,
    )


def _detail(error: ProblemError, document: Document | None, language: Language) -> str:
    parts = [sentence(error.reason, language)]
    if document is not None:
        parts.append(_BASED_ON[language].format(title=document.title.removeprefix("《").removesuffix("》")))
    where = f"{error.field}: " if error.field and error.said else error.field or ""
    if where or error.said:
        parts.append(f"({where}{error.said})")
    return " ".join(parts) if language == "en" else "".join(parts)
