"""What is read once is what botocore reads, and what it lacks botocore says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import botocore.loaders
import pytest
from botocore.exceptions import UnknownServiceError
from botocore.hooks import EventAliaser
from botocore.httpsession import URLLib3Session
from botocore.utils import EVENT_ALIASES

from landline.sandbox.operations import economy
from landline.sandbox.service_files import shared_loader
from tests.sandbox.places import HUB, REGION

if TYPE_CHECKING:
    from landline.sandbox.world import World


def test_services_are_found_as_botocore_finds_them() -> None:
    own = botocore.loaders.Loader(include_default_search_paths=True)

    assert shared_loader().list_available_services("service-2") == own.list_available_services("service-2")
    for service in ("ec2", "route53resolver", "vpc-lattice"):
        for kind in ("service-2", "paginators-1"):
            model = shared_loader().load_service_model(service, kind)
            assert model == own.load_service_model(service, kind)


@pytest.mark.parametrize(("service", "kind"), [("no-such", "service-2"), ("ec2", "no-such-1")])
def test_a_service_without_such_a_file_is_unknown(service: str, kind: str) -> None:
    with pytest.raises(UnknownServiceError):
        shared_loader().load_service_model(service, kind)


def test_sessions_know_the_services_and_resources_of_boto3(world: World) -> None:
    plain, own = boto3.Session(region_name=REGION), world.session(HUB, REGION)

    assert own.get_available_services() == plain.get_available_services()
    assert own.get_available_resources() == plain.get_available_resources()
    with pytest.raises(UnknownServiceError):
        own.client("no-such")  # type: ignore[call-overload] # pyright: ignore[reportCallIssue, reportArgumentType]


def test_events_have_the_names_that_botocore_gives_them() -> None:
    aliaser: Any = EventAliaser(None)  # type: ignore[arg-type]
    alias: Any = economy._once_a_name(type(aliaser)._alias_event_name)  # noqa: SLF001
    services = [*EVENT_ALIASES, "ec2", "elasticloadbalancingv2", "sagemaker-runtime", "api.sagemaker"]
    patterns = ("before-call.{0}.Describe", "{0}", "x.{0}.y.{0}")
    names = [pattern.format(service) for service in services for pattern in patterns]

    assert [alias(aliaser, name) for name in names] == [aliaser._alias_event_name(name) for name in names]  # noqa: SLF001


def test_a_way_to_the_network_is_made_when_a_request_passes_moto_by(world: World) -> None:
    client: Any = world.place(HUB, REGION).client("ec2")
    session = client._endpoint.http_session  # noqa: SLF001
    client.describe_vpcs()
    session.close()

    assert "_session" not in vars(session)
    assert isinstance(session._session, URLLib3Session)  # noqa: SLF001
