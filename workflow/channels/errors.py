"""Why a message did not leave. `code` is logged and kept; a provider's own words never are."""


class ChannelError(Exception):
    """Something between us and the recipient went wrong."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TemporaryFailure(ChannelError):
    """Worth another try with the same key: timeout, refused connection, 5xx, throttled."""


class PermanentFailure(ChannelError):
    """Will never succeed as it stands: no address, unknown number, channel not configured."""
