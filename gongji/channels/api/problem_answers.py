"""Whatever a handler raises, as a problem document."""

import logging
from typing import Any, Final

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from gongji.channels.api.desk import Desk
from gongji.channels.api.problems import KIND, ProblemError, Reason, headers_of, language_of, status_of, worded
from gongji.channels.api.request_ids import request_id_of
from gongji.domain.faults import RequestFault
from gongji.domain.refusals import Refusal
from gongji.services.batching import QueueFullError
from gongji.services.store import RecordRefusedError, StoreError, UnknownOutcomeError

_log = logging.getLogger(__name__)  # tracebacks without values: no name or number ends in a log


def answer_with_problem(request: Request[Any, Any, Any], fault: Exception) -> Response[bytes]:
    """Return what went wrong as a problem document, in the language that is asked for."""
    error = _as_problem(fault)
    if error.reason is RequestFault.SERVER_FAULT:
        _log.error("request %s not answered", request_id_of(request.scope), exc_info=fault)
    desk: Desk = request.app.state.desk
    language = language_of(request.headers.get("accept-language", ""))
    problem = worded(
        error,
        request.scope["path"],
        language,
        request_id=request_id_of(request.scope),
        book=desk.book(desk.clock()) if error.refused is not None else None,
    )
    return Response(
        msgspec.json.encode(problem),
        status_code=status_of(error.reason),
        media_type=KIND,
        headers=headers_of(error, language),
    )


# Helpers

_BY_STATUS: Final = {
    401: RequestFault.NOT_SIGNED_IN,
    403: RequestFault.NOT_YOURS,
    404: RequestFault.NO_SUCH_PLACE,
    405: RequestFault.METHOD_NOT_TAKEN,
    413: RequestFault.BODY_TOO_LONG,
    415: RequestFault.KIND_NOT_TAKEN,
    429: RequestFault.RATE_REACHED,
}
_BY_KIND: Final[tuple[tuple[type[Exception], Reason], ...]] = (
    (QueueFullError, Refusal.BUSY),
    (UnknownOutcomeError, RequestFault.OUTCOME_UNKNOWN),
    (RecordRefusedError, RequestFault.SERVER_FAULT),
    (StoreError, RequestFault.BOOKS_UNREACHABLE),
    (Exception, RequestFault.SERVER_FAULT),
)
"""What the world's faults mean; the first that fits speaks."""


def _as_problem(fault: Exception) -> ProblemError:
    if isinstance(fault, ProblemError):
        return fault
    if isinstance(fault, ValidationException):
        return _as_malformed(fault)
    if isinstance(fault, HTTPException):
        return _as_told(fault)
    return ProblemError(next(reason for kind, reason in _BY_KIND if isinstance(fault, kind)))


def _as_told(fault: HTTPException) -> ProblemError:
    reason = _BY_STATUS.get(fault.status_code)
    if reason is not None:
        return ProblemError(reason, headers=fault.headers)
    if fault.status_code < 500:
        return ProblemError(Refusal.MESSAGE_MALFORMED, said=fault.detail)
    return ProblemError(RequestFault.SERVER_FAULT)


def _as_malformed(fault: ValidationException) -> ProblemError:
    told = fault.extra[0] if isinstance(fault.extra, list) and fault.extra else {}
    if told.get("key") == "data":  # the strict request reads bodies: all that is left is that there is none
        return ProblemError(Refusal.MESSAGE_MALFORMED, field="", said="a body is wanted")
    return ProblemError(Refusal.MESSAGE_MALFORMED, field=told.get("key"), said=told.get("message", fault.detail))
