"""Where the backends' clients ask, held to what the hub's DNS Firewall lets them resolve."""

import io
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from urllib3 import HTTPResponse

from components.aws_services import domains
from landline.intake import backends
from landline.intake.config import Config, FindingsIntake


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1", "cn-north-1"])
def test_the_archive_is_asked_for_by_a_name_that_the_hub_resolves(
    region: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    clients: list[Any] = []
    monkeypatch.setattr(backends, "Archive", lambda client, _bucket: clients.append(client))
    intake = FindingsIntake("findings", "bus", "landline.findings", "111111111111", security_hub=False)

    backends.service(Config("security", "vpce-svc-1", "hub", region, "127.0.0.1", 8080, intake))

    asked: list[str] = []

    def answered(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        asked.append(request.url)
        return AWSResponse(request.url, 200, HTTPHeaders(), HTTPResponse(io.BytesIO(), preload_content=False))

    clients[0].meta.events.register("before-send.s3.PutObject", answered)
    clients[0].put_object(Bucket="findings", Key="one", Body=b"x")

    host = urlsplit(asked[0]).hostname or ""
    assert any(host.endswith(name.removeprefix("*")) for name in domains(["s3"], region)), host
