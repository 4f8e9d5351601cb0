"""Why a request is not taken, as an HTTP status."""

from http import HTTPStatus

RETRY_AFTER = 5
"""After how many seconds a client is asked to come again."""


class RefusedError(Exception):
    """A request that is not taken: nothing of it counts as acknowledged.

    `status` is what the client gets. Those that ask it to come again (429, 503) are among those that OTLP's
    exporters retry ("OTLP Specification, Retryable Response Codes"), and carry `retry_after` in seconds.
    """

    def __init__(self, status: HTTPStatus, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.retry_after = retry_after


def malformed(message: str) -> RefusedError:
    """What the client must mend before it sends again."""
    return RefusedError(HTTPStatus.BAD_REQUEST, message)


def forbidden(message: str) -> RefusedError:
    """Who sends may not."""
    return RefusedError(HTTPStatus.FORBIDDEN, message)


def too_large(message: str) -> RefusedError:
    """More than is taken at once; smaller pieces are."""
    return RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, message)


def unsupported(message: str) -> RefusedError:
    """A type or an encoding that the path does not take."""
    return RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, message)


def busy(message: str) -> RefusedError:
    """One client asks for more than its share."""
    return RefusedError(HTTPStatus.TOO_MANY_REQUESTS, message, retry_after=1)


def unavailable(message: str) -> RefusedError:
    """What the server itself lacks at the moment; the same request may be taken later."""
    return RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, message, retry_after=RETRY_AFTER)
