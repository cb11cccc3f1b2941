"""The registers over HTTP: JSON there and back. What does not answer, or not soundly, is unknown."""

import logging
from typing import Final, TypeVar

import httpx
import msgspec

from gongji.services.access.registers import (
    PATHS,
    FaceAnswer,
    FaceQuestion,
    InsuranceAnswer,
    InsuranceQuestion,
    MarriageAnswer,
    MarriageQuestion,
    PersonAnswer,
    PersonQuestion,
    Unknown,
)

SECONDS_MAX: Final = 5

_log = logging.getLogger(__name__)  # what went wrong, and never of whom

A = TypeVar("A", FaceAnswer, PersonAnswer, MarriageAnswer, InsuranceAnswer)


class HttpRegisters:
    """The registers below one address. `http` is used by several threads."""

    def __init__(self, address: str, token: str, http: httpx.Client) -> None:
        """Ask below `address`; `token` says who asks."""
        self._address = address.rstrip("/")
        self._headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        self._http = http

    def face(self, question: FaceQuestion) -> FaceAnswer | Unknown:
        """Return whether it is that face."""
        return self._asked(question, FaceAnswer)

    def person(self, question: PersonQuestion) -> PersonAnswer | Unknown:
        """Return what the population register has."""
        return self._asked(question, PersonAnswer)

    def marriage(self, question: MarriageQuestion) -> MarriageAnswer | Unknown:
        """Return whether two are married."""
        return self._asked(question, MarriageAnswer)

    def insurance(self, question: InsuranceQuestion) -> InsuranceAnswer | Unknown:
        """Return where else somebody is insured."""
        return self._asked(question, InsuranceAnswer)

    def _asked(
        self, question: FaceQuestion | PersonQuestion | MarriageQuestion | InsuranceQuestion, form: type[A]
    ) -> A | Unknown:
        address = f"{self._address}{PATHS[type(question)]}"
        content = msgspec.json.encode(question)
        try:
            answer = self._http.post(address, content=content, headers=self._headers, timeout=SECONDS_MAX)
        except httpx.HTTPError as fault:
            return _unknown(f"{address} does not answer: {type(fault).__name__}")
        if answer.status_code != httpx.codes.OK:
            return _unknown(f"{address} answers {answer.status_code}")
        try:
            found: A = msgspec.json.decode(answer.content, type=form)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return _unknown(f"{address} does not answer by the protocol")
        if found.request_id != question.request_id:
            return _unknown(f"{address} answers another question")
        return found


# Helpers


def _unknown(why: str) -> Unknown:
    _log.warning("%s", why)
    return Unknown(why)
