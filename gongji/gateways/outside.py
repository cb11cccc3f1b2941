"""What goes out to others by itself: messages to people, and events to channel apps."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack

from gongji.gateways.messages import SandboxMessenger, opened_messenger
from gongji.gateways.webhooks import WebhookPoster


class Outside:
    """The gateways, and the pages that a sandbox shows of them: JSON by address."""

    def __init__(self, settings: Mapping[str, str], *, sandbox: bool) -> None:
        """Open what `settings` name. Raise ValueError, OSError or ExposedFileError where they are not sound."""
        self._stack = ExitStack()
        self.messenger = self._stack.enter_context(opened_messenger(settings, sandbox=sandbox))
        self.poster = WebhookPoster(sandbox=sandbox)
        self.pages: dict[str, Callable[[], bytes]] = {}
        if isinstance(self.messenger, SandboxMessenger):
            self.pages["/sandbox/messages.json"] = self.messenger.listed

    def close(self) -> None:
        """Let go of the gateways."""
        self._stack.close()
