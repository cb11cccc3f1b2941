"""The pages of the sandbox identity provider: who it is, the code of an SMS, the outcome of a face check."""

from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc6749.util import extract_basic_authorization
from litestar import Response, get, post
from litestar.params import PathParameter

from gongji.channels import samples
from gongji.channels.api.declaring import public
from gongji.channels.api.meta import TheDesk
from gongji.channels.api.problems import ProblemError
from gongji.channels.api.session import OWN_WAY
from gongji.channels.identity.asked import fields_of
from gongji.channels.identity.desk import identity_of
from gongji.channels.identity.pages import AnyRequest, fault_page, language_for, page, sent_on
from gongji.channels.identity.sample_apps import sample_staff
from gongji.channels.identity.sandbox_provider import PATH, SMS_LIFE, Asked, Attempt, SandboxProvider, faces_for
from gongji.channels.pages.rendering import say
from gongji.domain.faults import RequestFault
from gongji.registry.certificates import RESIDENT_ID, is_number

Number = Annotated[str, PathParameter(max_length=64)]

_OPEN: Final[dict[str, Any]] = {"opt": public()["opt"], "include_in_schema": False}
_UNCOUNTED: Final[dict[str, Any]] = {"opt": {**public()["opt"], OWN_WAY: True}, "include_in_schema": False}


@get(f"{PATH}/.well-known/openid-configuration", **_UNCOUNTED)
async def read_sandbox_metadata(request: AnyRequest) -> dict[str, Any]:
    """Return what discovery tells."""
    return _provider(request).metadata()


@get(f"{PATH}/jwks", **_UNCOUNTED)
async def read_sandbox_keys(request: AnyRequest) -> dict[str, Any]:
    """Return the provider's public keys."""
    return _provider(request).public_keys()


@post(f"{PATH}/token", status_code=200, **_UNCOUNTED)
async def post_sandbox_token(request: AnyRequest, desk: TheDesk) -> Response[bytes]:
    """Give an id_token for a code."""
    name, secret = extract_basic_authorization({"Authorization": request.headers.get("authorization", "")})
    told = _provider(request).tokens((name or "", secret or ""), await _form(request), desk.clock())
    body = {"error": told} if isinstance(told, str) else told
    status = 200 if isinstance(told, dict) else 401 if told == "invalid_client" else 400
    return Response(msgspec.json.encode(body), status_code=status, media_type="application/json")


@get(f"{PATH}/authorize", **_OPEN)
async def read_sandbox_start(request: AnyRequest) -> Response[bytes]:
    """Ask who it is."""
    if _asked(request) is None:
        return fault_page(request, "request", status=400, sandbox=True)
    return _start_page(request, {}, {})


@post(f"{PATH}/authorize", **_OPEN)
async def post_sandbox_start(request: AnyRequest, desk: TheDesk) -> Response[bytes]:
    """Take in who it is, and send a code."""
    provider, asked, form, now = _provider(request), _asked(request), await _form(request), desk.clock()
    if asked is None:
        return fault_page(request, "request", status=400, sandbox=True)
    if form.get("give_up"):
        return _given_up(asked)
    told = _told(request, form)
    if "faults" in told:
        return _start_page(request, form, told["faults"])
    number = provider.begin(asked, told["name"], now, certno=told["certno"], staff_no=told["staff_no"])
    return sent_on(f"{PATH}/attempts/{number}")


@get(f"{PATH}/attempts/{{number:str}}", **_OPEN)
async def read_sandbox_attempt(request: AnyRequest, desk: TheDesk, number: Number) -> Response[bytes]:
    """Ask for what is still to be proved."""
    attempt = _provider(request).attempt(number, desk.clock())
    if attempt is None:
        return fault_page(request, "expired", status=400, sandbox=True)
    if attempt.sms_right:
        return _face_page(request, number, attempt, desk.clock())
    return _code_page(request, number, attempt, {})


@post(f"{PATH}/attempts/{{number:str}}", **_OPEN)
async def post_sandbox_attempt(request: AnyRequest, desk: TheDesk, number: Number) -> Response[bytes]:
    """Take in a code, or the outcome of a face check."""
    provider, form, now = _provider(request), await _form(request), desk.clock()
    attempt = provider.attempt(number, now)
    if attempt is None:
        return fault_page(request, "expired", status=400, sandbox=True)
    if form.get("give_up"):
        provider.give_up(number)
        return _given_up(attempt.asked)
    if not attempt.sms_right:
        return _code_taken(request, number, attempt, form.get("code", "").strip(), now)
    return _face_taken(request, number, attempt, form.get("outcome", ""), now)


# Helpers


def _provider(request: AnyRequest) -> SandboxProvider:
    found = identity_of(request).sandbox
    if found is None:
        raise ProblemError(RequestFault.NO_SUCH_PLACE)
    return found


def _query(request: AnyRequest) -> str:
    query: bytes = request.scope["query_string"]
    return query.decode("ascii", "replace")


def _asked(request: AnyRequest) -> Asked | None:
    try:
        return _provider(request).asked(dict(fields_of(_query(request))))
    except ValueError:
        return None


async def _form(request: AnyRequest) -> dict[str, str]:
    try:
        return dict(fields_of((await request.body()).decode("ascii")))
    except ValueError:
        return {}


def _given_up(asked: Asked) -> Response[bytes]:
    told = [("error", "access_denied"), ("state", asked.state)]
    return sent_on(add_params_to_uri(asked.redirect_uri, told))


def _told(request: AnyRequest, form: dict[str, str]) -> dict[str, Any]:
    """Return name and number of who was picked or filled in, or the faults by field."""
    language = language_for(request)
    staff = next((one for one in sample_staff() if one.staff_no == form.get("staff")), None)
    if staff is not None:
        return {"name": staff.name, "certno": "", "staff_no": staff.staff_no}
    sample = next((one for one in samples.people().values() if one.identity.certno == form.get("person")), None)
    if sample is not None:
        return {"name": sample.identity.name, "certno": sample.identity.certno, "staff_no": ""}
    name, certno = form.get("name", "").strip(), form.get("number", "").strip().upper()
    if not name or not certno:
        return {"faults": {"person": say(language, "provider.no_person")}}
    if not is_number(RESIDENT_ID, certno):
        return {"faults": {"number": say(language, "provider.not_a_number")}}
    return {"name": name, "certno": certno, "staff_no": ""}


def _start_page(request: AnyRequest, values: dict[str, str], faults: dict[str, str]) -> Response[bytes]:
    people = [(one.identity.certno, f"{one.identity.name} {one.identity.certno}") for one in samples.people().values()]
    language = language_for(request)
    staff = [
        (one.staff_no, f"{one.name} {say(language, f'desk_roles.{one.role}')} {one.office}") for one in sample_staff()
    ]
    told = {
        "action": f"{PATH}/authorize?{_query(request)}",
        "people": [("", people)],
        "staff": [("", staff)],
        "values": values,
        "faults": faults,
        "faulty": bool(faults),
        "sandbox": True,
        "provider": True,
    }
    return page(request, "provider_start", told, status=400 if faults else 200)


def _code_page(
    request: AnyRequest, number: str, attempt: Attempt, faults: dict[str, str], *, status: int = 200
) -> Response[bytes]:
    told = {
        "action": f"{PATH}/attempts/{number}",
        "phone": f"{attempt.phone[:3]}****{attempt.phone[-4:]}",
        "minutes": SMS_LIFE.seconds // 60,
        "code": attempt.sms,
        "faults": faults,
        "faulty": bool(faults),
        "sandbox": True,
        "provider": True,
    }
    return page(request, "provider_code", told, status=status)


def _face_page(
    request: AnyRequest, number: str, attempt: Attempt, now: datetime, *, status: int = 200
) -> Response[bytes]:
    language = language_for(request)
    told = {0: "", 1: say(language, "provider.face_again"), 2: say(language, "provider.face_other")}[attempt.failed]
    offered = [(one, say(language, f"provider.face_{one}")) for one in faces_for(attempt.certno, now.date())]
    shown = {
        "action": f"{PATH}/attempts/{number}",
        "told": told,
        "offered": offered if attempt.failed < 2 else [],
        "sandbox": True,
        "provider": True,
    }
    return page(request, "provider_face", shown, status=status)


def _code_taken(request: AnyRequest, number: str, attempt: Attempt, code: str, now: datetime) -> Response[bytes]:
    provider, language = _provider(request), language_for(request)
    client = request.scope.get("client")
    address = client[0] if client else ""
    until = provider.wrong_codes.shut_until(attempt.who, now) or provider.wrong_addresses.shut_until(address, now)
    if until is not None:
        return fault_page(request, "locked", status=429, sandbox=True, until=f"{until:%H:%M}")
    if now >= attempt.sms_at + SMS_LIFE:
        fresh = provider.sms_again(number, attempt, now)
        return _code_page(request, number, fresh, {"code": say(language, "provider.code_over")}, status=400)
    if code != attempt.sms:
        provider.wrong_addresses.wrong(address, now)
        until = provider.wrong_codes.wrong(attempt.who, now)
        if until is not None:
            return fault_page(request, "locked", status=429, sandbox=True, until=f"{until:%H:%M}")
        left = provider.wrong_codes.left(attempt.who, now)
        return _code_page(
            request, number, attempt, {"code": say(language, "provider.code_wrong", left=left)}, status=400
        )
    provider.passed_sms(number, attempt)
    if attempt.staff_no:
        return _back(provider, number, attempt, "", now)
    return sent_on(f"{PATH}/attempts/{number}")


def _face_taken(request: AnyRequest, number: str, attempt: Attempt, outcome: str, now: datetime) -> Response[bytes]:
    provider = _provider(request)
    can = faces_for(attempt.certno, now.date()) if attempt.failed < 2 else ("failed_twice",)
    if outcome not in can:
        return _face_page(request, number, attempt, now, status=400)
    if outcome == "failed" or (outcome == "failed_twice" and attempt.failed < 2):
        provider.failed_face(number, attempt, times=1 if outcome == "failed" else 2)
        return sent_on(f"{PATH}/attempts/{number}")
    return _back(provider, number, attempt, outcome, now)


def _back(provider: SandboxProvider, number: str, attempt: Attempt, face: str, now: datetime) -> Response[bytes]:
    code = provider.proved(number, attempt, face, now)
    told = [("code", code), ("state", attempt.asked.state)]
    return sent_on(add_params_to_uri(attempt.asked.redirect_uri, told))
