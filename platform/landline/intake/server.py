"""The HTTP server: who sends, may it, what is it, and the answer once AWS has it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from landline.intake import record as records
from landline.intake.admission import PARSED_AT_ONCE, RECEIVING, WORKING, Admission
from landline.intake.body import MOST_BYTES, Body
from landline.intake.form import Form, Service, form_of
from landline.intake.handing_over import CONNECTIONS
from landline.intake.record import Client
from landline.intake.refusal import RETRY_AFTER, RefusedError, forbidden, malformed
from landline.intake.roster import ENDPOINT_ID
from landline.intake.roster_keeper import RosterKeeper

_log = logging.getLogger("landline.intake")

ENDPOINT_HEADER = "x-landline-endpoint-id"
"""The front sets it, and removes what a client sent by that name."""
KEY_HEADER = "idempotency-key"
BODY_SECONDS = 20.0
DRAIN_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class _Room:
    """What all requests share."""

    receiving: Admission
    refusing: Admission
    working: Admission
    parsing: asyncio.Semaphore


def application(service_name: str, service: Service, keeper: RosterKeeper) -> Starlette:
    """The server as an ASGI application; the roster is kept while it runs."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(CONNECTIONS + 2))
        keeping = asyncio.create_task(keeper.keep())
        try:
            yield
        finally:
            keeping.cancel()
            with suppress(asyncio.CancelledError):
                await keeping

    room = _Room(
        receiving=Admission(RECEIVING),
        refusing=Admission(RECEIVING),
        working=Admission(WORKING),
        parsing=asyncio.Semaphore(PARSED_AT_ONCE),
    )
    app = Starlette(
        routes=[
            Route("/healthz", _health(keeper), methods=["GET"]),
            *(
                Route(path, _taking(service_name, forms, service, keeper, room), methods=["POST"])
                for path, forms in service.paths.items()
            ),
        ],
        lifespan=lifespan,
        exception_handlers={Exception: _unforeseen},
    )
    # A redirect would send a client to an address that its own Host header names.
    app.router.redirect_slashes = False
    return app


async def _unforeseen(_: Request, _error: Exception) -> Response:
    """A fault of the server's own, logged by what calls it: clients keep what they sent, and try again."""
    return JSONResponse(
        {"error": "the server failed"}, HTTPStatus.SERVICE_UNAVAILABLE, {"retry-after": str(RETRY_AFTER)}
    )


def _health(keeper: RosterKeeper) -> Callable[[Request], Awaitable[Response]]:
    async def health(_: Request) -> Response:
        """503 until the roster was read once, so that a task that cannot is never put to work; then 200.

        A later failure of AWS does not count: other tasks would fare no better, and restarting helps nobody.
        """
        ready = keeper.age is not None
        return JSONResponse(
            {"ready": ready, "roster_age_seconds": keeper.age},
            HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE,
        )

    return health


def _taking(
    service_name: str,
    forms: tuple[Form, ...],
    service: Service,
    keeper: RosterKeeper,
    room: _Room,
) -> Callable[[Request], Awaitable[Response]]:
    async def take(request: Request) -> Response:
        form = forms[0]
        try:
            endpoint_id = _endpoint_id(request)
            with room.receiving.admitted(endpoint_id):
                client = await keeper.find(endpoint_id)
                if client is None:
                    raise forbidden(f"{endpoint_id} has no grant for {service_name}")
                form = form_of(forms, request.headers.get("content-type"))
                count, request_id = await _deliver(request, form, client)
        except RefusedError as refusal:
            # What clients wrote stands in messages: %r keeps a line of the log one line.
            endpoint = request.headers.get(ENDPOINT_HEADER)
            _log.warning("%d %.64r %.64r %.500r", refusal.status, endpoint, request.url.path, refusal.message)
            with suppress(RefusedError), room.refusing.admitted(endpoint or ""):
                await _drain(request)
            return Response(
                form.refused(refusal),
                refusal.status,
                {} if refusal.retry_after is None else {"retry-after": str(refusal.retry_after)},
                form.answer_type,
            )
        return Response(form.taken(count, request_id), HTTPStatus.OK, media_type=form.answer_type)

    async def _deliver(request: Request, form: Form, client: Client) -> tuple[int, str]:
        told = records.Request(client.endpoint_id, request.url.path, _key(request), await _body(request))
        received_at = datetime.now(UTC)
        with room.working.admitted(client.endpoint_id):
            request_id, stamped = await _stamped(told, form, client, received_at)
            # AWS may take its time, and the body is needed no more.
            del told
            await service.delivery.deliver(stamped)
        return len(stamped), request_id

    async def _stamped(
        told: records.Request, form: Form, client: Client, received_at: datetime
    ) -> tuple[str, tuple[records.Stamped, ...]]:
        def prepare() -> tuple[str, tuple[records.Stamped, ...]]:
            return told.id, records.stamp(form.parse(told.body), told, client, service_name, received_at)

        async with room.parsing:
            return await asyncio.to_thread(prepare)

    return take


def _endpoint_id(request: Request) -> str:
    values = request.headers.getlist(ENDPOINT_HEADER)
    if len(values) != 1 or not ENDPOINT_ID.fullmatch(values[0]):
        raise forbidden("the front did not say which endpoint this comes from")
    return values[0]


def _key(request: Request) -> str | None:
    values = request.headers.getlist(KEY_HEADER)
    if not values:
        return None
    if len(values) > 1 or not 0 < len(values[0]) <= 255:
        raise malformed("Idempotency-Key: write one, of 1 to 255 characters")
    return values[0]


async def _body(request: Request) -> bytes:
    body = Body(request.headers.get("content-encoding"))
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for piece in request.stream():
                body.feed(piece)
    except TimeoutError as error:
        raise RefusedError(
            HTTPStatus.REQUEST_TIMEOUT, f"the body did not arrive in {BODY_SECONDS:g} s"
        ) from error
    except ClientDisconnect as error:
        raise malformed("the client left before its body was complete") from error
    return body.finish()


async def _drain(request: Request) -> None:
    """Reads what a refused client still sends, within bounds: cut off, it may never see the answer.

    Of one endpoint's, no more at once than are taken: whoever sends far too much is cut off.
    """
    left = 2 * MOST_BYTES
    with suppress(TimeoutError, ClientDisconnect, RuntimeError):
        async with asyncio.timeout(DRAIN_SECONDS):
            async for piece in request.stream():
                left -= len(piece)
                if left < 0:
                    return
