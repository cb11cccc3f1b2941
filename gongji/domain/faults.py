"""What may be wrong with a request before any rule is asked: the closed list beside that of the refusals."""

from enum import StrEnum


class RequestFault(StrEnum):
    """Why a request to the API or to a page came to nothing, where no refusal says it."""

    REQUEST_ID_MISSING = "REQUEST_ID_MISSING"
    NOT_SIGNED_IN = "NOT_SIGNED_IN"
    SIGN_IN_INVALID = "SIGN_IN_INVALID"
    SCOPE_MISSING = "SCOPE_MISSING"
    PROOF_TOO_OLD = "PROOF_TOO_OLD"
    NOT_YOURS = "NOT_YOURS"
    NOT_YOUR_TASK = "NOT_YOUR_TASK"
    NO_SUCH_PLACE = "NO_SUCH_PLACE"
    METHOD_NOT_TAKEN = "METHOD_NOT_TAKEN"
    CHANGED_MEANWHILE = "CHANGED_MEANWHILE"
    BODY_TOO_LONG = "BODY_TOO_LONG"
    KIND_NOT_TAKEN = "KIND_NOT_TAKEN"
    RATE_REACHED = "RATE_REACHED"
    SERVER_FAULT = "SERVER_FAULT"
    BOOKS_UNREACHABLE = "BOOKS_UNREACHABLE"
    OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN"
