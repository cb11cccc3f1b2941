"""The handlers of notices and webhooks, in one list."""

from collections.abc import Sequence
from typing import Final

from litestar.types import ControllerRouterHandler

from gongji.channels.api import notices, webhooks

NOTICE_HANDLERS: Final[Sequence[ControllerRouterHandler]] = (
    notices.list_notices,
    notices.mark_notice_read,
    notices.mark_notices_read,
    notices.list_bulletins,
    notices.read_preferences,
    notices.post_preferences,
    webhooks.make_webhook,
    webhooks.list_webhooks,
    webhooks.read_webhook,
    webhooks.post_webhook_state,
    webhooks.post_webhook_secret,
    webhooks.list_deliveries,
    webhooks.replay_delivery,
    webhooks.replay_events,
    webhooks.list_events,
)
