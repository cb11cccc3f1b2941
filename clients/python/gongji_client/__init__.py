"""The JSON API of gongji 家庭共济 as typed calls, waiting (`Client`) or not (`AsyncClient`)."""

from gongji_client.async_client import AsyncClient
from gongji_client.calling import GongjiError, NotModifiedError, ProblemError, Reply, UnreadableAnswerError
from gongji_client.client import Client

__all__ = [
    "AsyncClient",
    "Client",
    "GongjiError",
    "NotModifiedError",
    "ProblemError",
    "Reply",
    "UnreadableAnswerError",
]
