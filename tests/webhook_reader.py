"""Reads events as a receiver does, by the public part of Standard Webhooks: at whatever moment a test plays."""

import json
from datetime import UTC, datetime

from standardwebhooks import Webhook

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def event_in(body, headers):
    """Return the event of a post whose signature has to be right."""
    told = {name.lower(): value for name, value in headers.items()}
    moment = datetime.fromtimestamp(int(told["webhook-timestamp"]), tz=UTC)
    assert told["webhook-signature"] == Webhook(SECRET).sign(told["webhook-id"], moment, body.decode())
    event = json.loads(body)
    assert event["id"] == told["webhook-id"]
    return event
