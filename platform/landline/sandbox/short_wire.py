"""The short way from the sandbox's own boto3 clients to moto.

botocore signs every request, sends it through its HTTP machinery and decides whether to retry it. In one
process none of that changes an answer. The client's parameters are checked and put into AWS's protocol as
ever, moto finds the backend by the request's address, and botocore's own parser reads its answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore import parsers
from botocore.awsrequest import AWSResponse, HeadersDict, create_request_object
from moto.core.models import botocore_stubber

if TYPE_CHECKING:
    from collections.abc import Callable

_parsers = parsers.ResponseParserFactory()


def take_short_wire(client: Any, account_key: str) -> None:  # noqa: ANN401 - boto3 makes its clients at run time
    """Makes a boto3 client hand its calls to moto directly, in the account of this access key.

    Calls that stream their answer go the long way.
    """
    credential = (
        f"AWS4-HMAC-SHA256 Credential={account_key}/20260101/{client.meta.region_name}/"
        f"{client.meta.service_model.signing_name}/aws4_request, SignedHeaders=host, Signature=sandbox"
    )
    parser = _parsers.create_parser(client.meta.service_model.resolved_protocol)
    client.meta.events.register("before-call", _hand_over(credential, parser))


def _hand_over(credential: str, parser: Any) -> Callable[..., Any]:  # noqa: ANN401 - botocore's own types
    def hand_over(*, model: Any, params: dict[str, Any], **_: object) -> tuple[AWSResponse, Any] | None:  # noqa: ANN401
        if model.has_streaming_output or model.has_event_stream_output:
            return None
        params["headers"]["Authorization"] = credential
        request = create_request_object(params).prepare()
        # Looked up at each call: a running world has its own, which never passes a call on to the network.
        process: Any = botocore_stubber.process_request
        status, headers, body = process(request)
        content = body.encode() if isinstance(body, str) else body or b""
        lower_case: Any = HeadersDict(headers)
        answer = AWSResponse(request.url, status, lower_case, None)
        parsed = parser.parse(
            {
                "headers": answer.headers,
                "status_code": status,
                "body": content,
                "context": {"operation_name": model.name},
            },
            model.output_shape,
        )
        return answer, parsed

    return hand_over
