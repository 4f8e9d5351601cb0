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

from landline.evidence import HEADER, WIRING

if TYPE_CHECKING:
    import threading

_parsers = parsers.ResponseParserFactory()


def take_short_wire(
    client: Any,  # noqa: ANN401 - boto3 makes its clients at run time
    account: str,
    access_key: str,
    lock: threading.RLock | None,
) -> None:
    """Makes a boto3 client hand its calls to moto directly, in `account`, whose access key is `access_key`.

    With a `lock`, which admits one call at a time, EC2 is asked without a request; without one every call is
    a request that a world can note. Calls that stream their answer go the long way.
    """
    # Moto's EC2 reads a lot when it is imported, less once a world runs (`service_files`).
    from landline.sandbox.ec2_at_once import answer as answer_ec2

    region, service = client.meta.region_name, client.meta.service_model
    credential = (
        f"AWS4-HMAC-SHA256 Credential={access_key}/20260101/{region}/{service.signing_name}/aws4_request, "
        "SignedHeaders=host, Signature=sandbox"
    )
    parser: Any = _parsers.create_parser(service.resolved_protocol)

    def hand_over(*, model: Any, params: dict[str, Any], **_: object) -> tuple[AWSResponse, Any] | None:  # noqa: ANN401
        if model.has_streaming_output or model.has_event_stream_output:
            return None
        params["headers"]["Authorization"] = credential
        if lock is not None and service.service_name == "ec2":
            with lock:
                status, headers, body = answer_ec2(model.name, params, region, account)
        else:
            # Looked up at each call: a running world has its own, which passes no call on to the network.
            process: Any = botocore_stubber.process_request
            status, headers, body = process(create_request_object(params).prepare())
        known_headers: Any = HeadersDict(headers)
        known_headers[HEADER] = WIRING
        answer = AWSResponse(params["url"], status, known_headers, None)
        if isinstance(body, dict):
            body["ResponseMetadata"]["HTTPHeaders"][HEADER] = WIRING
            return answer, body
        response = {
            "headers": known_headers,
            "status_code": status,
            "body": body.encode() if isinstance(body, str) else body or b"",
            "context": {"operation_name": model.name},
        }
        return answer, parser.parse(response, model.output_shape)

    client.meta.events.register("before-call", hand_over)
