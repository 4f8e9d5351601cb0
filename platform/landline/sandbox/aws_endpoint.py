"""The world over HTTP, on the loopback address only: for ``aws --endpoint-url`` and every AWS SDK."""

from __future__ import annotations

import json
import re
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from landline.errors import UsageError
from landline.evidence import HEADER, WIRING
from landline.sandbox.world import access_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from wsgiref.types import StartResponse, WSGIEnvironment

_CREDENTIAL = re.compile(r"(Credential=)([^/,\s]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request")
_GLOBAL = {
    "iam": "iam.amazonaws.com",
    "organizations": "organizations.us-east-1.amazonaws.com",
    "route53": "route53.amazonaws.com",
}
"""Services whose address holds no Region of the caller's."""
STATE_PATH = "/_landline/state"
"""Where the world's state can be read, as a journal; no path of AWS's."""


class AwsEndpoint:
    """A WSGI application that hands each request to the world as if it had been sent to AWS.

    The access key says the account: its twelve digits, or a key that STS or IAM of this world has given out.
    Any other one is refused as AWS refuses it. A service or an operation that the sandbox lacks answers 501.
    Every answer says in a header that it is the sandbox's (`landline.evidence`).
    """

    def __init__(self, process: Callable[[AWSPreparedRequest], Any], state: Callable[[], str]) -> None:
        self._process = process
        self._state = state

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request (WSGI)."""
        request = Request(environ)
        response = self._answer(request)
        response.headers[HEADER] = WIRING
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if request.path == STATE_PATH and request.method == "GET":
            return Response(self._state(), mimetype="application/jsonl")
        signed = _CREDENTIAL.search(request.headers.get("Authorization", ""))
        if signed is None:
            reason = "The sandbox takes requests that are signed with AWS Signature Version 4"
            return _refusal(request, 403, "MissingAuthenticationToken", reason)
        key, region, service = signed[2], signed[4], signed[5]
        known = access_key(key)
        if known is None:
            reason = (
                "The security token included in the request is invalid. In the sandbox an account's twelve "
                "digits are its access key id: AWS_ACCESS_KEY_ID=111111111111"
            )
            return _refusal(request, 403, "InvalidClientTokenId", reason)
        try:
            status, headers, body = self._process(_to_aws(request, service, region, known))
        except NotImplementedError as error:
            return _refusal(
                request, 501, "NotImplemented", str(error) or "The sandbox does not model this call"
            )
        except Exception as error:
            return _refusal(request, 500, "InternalFailure", f"{type(error).__name__}: {error}")
        response = Response(body, status)
        for name, value in headers.items():
            if name.lower() not in {"content-length", "transfer-encoding", "connection", "status"}:
                response.headers[name] = str(value)
        return response


@contextmanager
def serving_aws(endpoint: AwsEndpoint, port: int = 0) -> Iterator[int]:
    """Serve `endpoint` on `port` of 127.0.0.1 (0: a free one), given as the context's value.

    Raises UsageError when the port is taken.
    """
    try:
        server = make_server("127.0.0.1", port, endpoint, threaded=True, request_handler=_Quiet)
    except (OSError, SystemExit) as error:
        # werkzeug prints and exits when the port is taken.
        raise UsageError(f"port {port} of 127.0.0.1 cannot be used; give another --port, or none") from error
    thread = threading.Thread(target=server.serve_forever, name="aws-endpoint", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002, ANN401 - werkzeug's own names
        """Keeps stderr for what the user must know."""


def _to_aws(request: Request, service: str, region: str, key: str) -> AWSPreparedRequest:
    """The request as it would have gone to AWS without an endpoint of one's own."""
    headers = HTTPHeaders()
    for name, value in request.headers.items():
        if name.lower() not in {"host", "connection", "authorization"}:
            headers[name] = value
    headers["Authorization"] = _CREDENTIAL.sub(
        rf"\g<1>{key}/\3/\4/\5/aws4_request", request.headers["Authorization"]
    )
    host = _GLOBAL.get(service, f"{service}.{region}.amazonaws.com")
    if service == "s3" and request.path.startswith("/v20180820/"):
        account = request.headers.get("x-amz-account-id", "")
        host = f"{account}.s3-control.{region}.amazonaws.com"
    headers["Host"] = host
    path = request.environ.get("RAW_URI") or quote(request.path)
    path = path.split("?", 1)[0]
    query = request.query_string.decode("latin-1")
    url = f"https://{host}{path}" + (f"?{query}" if query else "")
    return AWSPreparedRequest(request.method, url, headers, request.get_data(), stream_output=False)


def _refusal(request: Request, status: int, code: str, message: str) -> Response:
    """An error in the protocol of the service that was asked."""
    content_type = request.headers.get("Content-Type", "")
    if "json" in content_type or "X-Amz-Target" in request.headers:
        document = json.dumps({"__type": code, "message": message})
        response = Response(document, status, mimetype="application/x-amz-json-1.1")
        response.headers["x-amzn-errortype"] = code
        return response
    escaped = message.replace("&", "&amp;").replace("<", "&lt;")
    error = f"<Error><Code>{code}</Code><Message>{escaped}</Message></Error>"
    signed = _CREDENTIAL.search(request.headers.get("Authorization", ""))
    if signed is not None and signed[5] == "ec2":
        body = f"<Response><Errors>{error}</Errors><RequestID>0</RequestID></Response>"
    elif signed is not None and signed[5] == "s3":
        body = error
    else:
        body = f"<ErrorResponse>{error}<RequestId>0</RequestId></ErrorResponse>"
    return Response(body, status, mimetype="text/xml")
