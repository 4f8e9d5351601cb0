"""The provider over a real gRPC channel, as an engine calls it, without an engine."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderStub

from landline.sandbox.provider import AwsProvider, serving
from landline.sandbox.unknown import UNKNOWN
from landline.sandbox.wire import from_struct, to_struct

if TYPE_CHECKING:
    from landline.sandbox.world import World

VPC, SUBNET = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet"
ACCOUNT, OTHER = "111111111111", "222222222222"


def configure(stub: ResourceProviderStub, account: str = ACCOUNT, **tags: str) -> None:
    values = {"region": "eu-west-1", "allowedAccountIds": json.dumps([account])}
    if tags:
        values["defaultTags"] = json.dumps({"tags": tags})
    stub.Configure(pb.ConfigureRequest(variables={f"aws:config:{key}": text for key, text in values.items()}))


def check(stub: ResourceProviderStub, token: str, **inputs: object) -> pb.CheckResponse:
    answer: pb.CheckResponse = stub.Check(pb.CheckRequest(type=token, name="net", news=to_struct(inputs)))
    return answer


def create(stub: ResourceProviderStub, token: str, **inputs: object) -> pb.CreateResponse:
    checked = check(stub, token, **inputs)
    assert not checked.failures
    made: pb.CreateResponse = stub.Create(pb.CreateRequest(type=token, name="net", properties=checked.inputs))
    return made


def failures(answer: pb.CheckResponse) -> dict[str, str]:
    return {failure.property: failure.reason for failure in answer.failures}


def vpcs(world: World, account: str = ACCOUNT) -> list[str]:
    found = world.place(account, "eu-west-1").client("ec2").describe_vpcs()["Vpcs"]
    return [vpc["VpcId"] for vpc in found]


def test_it_listens_on_the_loopback_address_only(provider: AwsProvider) -> None:
    with serving(provider) as port:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
        # Linux answers on all of 127.0.0.0/8 for a server that listens on every address.
        with pytest.raises(OSError, match=r"refused|assign|unreachable|timed out"):
            socket.create_connection(("127.0.0.2", port), timeout=5)


def test_check_names_an_unknown_input_and_the_one_that_was_meant(stub: ResourceProviderStub) -> None:
    configure(stub)
    assert failures(check(stub, VPC, cidrBlok="10.0.0.0/20")) == {
        "cidrBlok": "there is no input 'cidrBlok'; did you mean 'cidrBlock'?"
    }


def test_check_refuses_a_type_outside_the_table(stub: ResourceProviderStub) -> None:
    configure(stub)
    (reason,) = failures(check(stub, "aws:ec2/natGateway:NatGateway")).values()
    assert reason.startswith("the sandbox has no resource type aws:ec2/natGateway:NatGateway.")


def test_check_reports_all_mistakes_at_once(stub: ResourceProviderStub) -> None:
    configure(stub)
    answer = check(stub, SUBNET, cidrBlock=10, mapPublicIpOnLaunch="no", zone="euw1-az1", tags={"Name": 1})
    assert set(failures(answer)) == {"vpcId", "cidrBlock", "mapPublicIpOnLaunch", "zone", 'tags["Name"]'}


def test_check_adds_the_default_tags_to_tags_all_and_leaves_tags_alone(stub: ResourceProviderStub) -> None:
    configure(stub, team="network", kind="hub")
    answer = check(stub, VPC, cidrBlock="10.0.0.0/20", tags={"Name": "net", "kind": "own"})
    inputs = from_struct(answer.inputs)
    assert inputs["tags"] == {"Name": "net", "kind": "own"}
    assert inputs["tagsAll"] == {"Name": "net", "kind": "own", "team": "network"}


def test_check_does_not_guess_tags_all_while_a_tag_is_unknown(stub: ResourceProviderStub) -> None:
    configure(stub, team="network")
    answer = check(stub, VPC, cidrBlock="10.0.0.0/20", tags={"Name": UNKNOWN})
    assert from_struct(answer.inputs)["tagsAll"] == UNKNOWN


def test_a_preview_knows_only_what_was_asked_for_and_makes_nothing(
    stub: ResourceProviderStub, world: World
) -> None:
    configure(stub)
    inputs = check(stub, VPC, cidrBlock="10.0.0.0/20").inputs
    answer = stub.Create(pb.CreateRequest(type=VPC, name="net", properties=inputs, preview=True))
    outputs = from_struct(answer.properties)
    assert answer.id == ""
    assert outputs["cidrBlock"] == "10.0.0.0/20"
    assert outputs["arn"] == outputs["ownerId"] == outputs["mainRouteTableId"] == UNKNOWN
    assert vpcs(world) == []


def test_create_read_update_and_delete_reach_the_world(stub: ResourceProviderStub, world: World) -> None:
    configure(stub, team="network")
    made = create(stub, VPC, cidrBlock="10.0.0.0/20")
    assert vpcs(world) == [made.id]
    old = to_struct({"cidrBlock": "10.0.0.0/20", "tagsAll": {"team": "network"}})

    new = check(stub, VPC, cidrBlock="10.0.0.0/20", tags={"Name": "net"}).inputs
    update = pb.UpdateRequest(id=made.id, type=VPC, olds=made.properties, old_inputs=old, news=new)
    preview = pb.UpdateRequest()
    preview.CopyFrom(update)
    preview.preview = True
    assert from_struct(stub.Update(preview).properties)["tags"] == {"Name": "net"}
    read = pb.ReadRequest(id=made.id, type=VPC, properties=made.properties, inputs=old)
    assert from_struct(stub.Read(read).properties)["tagsAll"] == {"team": "network"}
    updated = stub.Update(update).properties
    assert from_struct(updated)["tagsAll"] == {"team": "network", "Name": "net"}

    drift = stub.Read(pb.ReadRequest(id=made.id, type=VPC, properties=made.properties, inputs=old))
    assert from_struct(drift.inputs)["tagsAll"] == {"team": "network", "Name": "net"}

    stub.Delete(pb.DeleteRequest(id=made.id, type=VPC, properties=updated))
    assert vpcs(world) == []
    assert stub.Read(pb.ReadRequest(id=made.id, type=VPC, properties=updated)).id == ""


def test_what_aws_refuses_keeps_its_code_and_names_the_resource(stub: ResourceProviderStub) -> None:
    configure(stub)
    with pytest.raises(grpc.RpcError) as caught:
        create(stub, VPC, cidrBlock="10.0.0.0/8")
    details = caught.value.details() or ""
    assert details.startswith("creating aws:ec2/vpc:Vpc 'net': ")
    assert "(InvalidVpc.Range) when calling the CreateVpc operation" in details


def test_connections_keep_their_own_configuration(
    provider: AwsProvider, stub: ResourceProviderStub, world: World
) -> None:
    configure(stub)
    with serving(provider) as port, grpc.insecure_channel(f"127.0.0.1:{port}") as other:
        configure(ResourceProviderStub(other), OTHER)
        elsewhere = create(ResourceProviderStub(other), VPC, cidrBlock="10.16.0.0/20").id
        here = create(stub, VPC, cidrBlock="10.0.0.0/20").id
    assert (vpcs(world), vpcs(world, OTHER)) == ([here], [elsewhere])


def test_a_connection_without_configuration_reaches_nothing(stub: ResourceProviderStub) -> None:
    request = pb.CreateRequest(type=VPC, name="net", properties=to_struct({"cidrBlock": "10.0.0.0/20"}))
    with pytest.raises(grpc.RpcError, match="not configured on this connection"):
        stub.Create(request)


def diff(
    stub: ResourceProviderStub, old: dict[str, Any], new: dict[str, Any], **known: object
) -> pb.DiffResponse:
    answer: pb.DiffResponse = stub.Diff(
        pb.DiffRequest(
            id="vpc-1", type=VPC, olds=to_struct(old | known), old_inputs=to_struct(old), news=to_struct(new)
        )
    )
    return answer


def test_diff_replaces_where_the_table_says_so(stub: ResourceProviderStub) -> None:
    configure(stub)
    same = diff(stub, {"cidrBlock": "10.0.0.0/20"}, {"cidrBlock": "10.0.0.0/20"})
    assert (same.changes, list(same.diffs)) == (pb.DiffResponse.DIFF_NONE, [])
    tags = diff(stub, {"cidrBlock": "10.0.0.0/20"}, {"cidrBlock": "10.0.0.0/20", "tags": {"a": "b"}})
    assert (list(tags.diffs), list(tags.replaces)) == (["tags"], [])
    moved = diff(stub, {"cidrBlock": "10.0.0.0/20"}, {"cidrBlock": "10.8.0.0/20"})
    assert (list(moved.replaces), moved.deleteBeforeReplace) == (["cidrBlock"], False)
    assert moved.detailedDiff["cidrBlock"].kind == pb.PropertyDiff.UPDATE_REPLACE


def test_diff_replaces_what_stands_in_another_region_than_its_provider(stub: ResourceProviderStub) -> None:
    configure(stub)
    inputs = {"cidrBlock": "10.0.0.0/20"}
    assert not diff(stub, inputs, inputs, region="eu-west-1").diffs
    assert list(diff(stub, inputs, inputs, region="eu-central-1").replaces) == ["region"]


def test_a_data_source_answers_and_an_unknown_one_is_refused(stub: ResourceProviderStub) -> None:
    configure(stub)
    made = create(stub, VPC, cidrBlock="10.0.0.0/20").id
    answer = stub.Invoke(pb.InvokeRequest(tok="aws:ec2/getVpcs:getVpcs"))
    assert from_struct(getattr(answer, "return"))["ids"] == [made]
    with pytest.raises(grpc.RpcError, match="no data source aws:ec2/getSubnets:getSubnets"):
        stub.Invoke(pb.InvokeRequest(tok="aws:ec2/getSubnets:getSubnets"))


def test_check_config_reads_json_and_names_what_is_wrong(stub: ResourceProviderStub) -> None:
    good = {"region": "eu-west-1", "allowedAccountIds": '["111111111111"]', "version": "7.51.1"}
    assert not stub.CheckConfig(pb.CheckRequest(news=to_struct(good))).failures
    bad = good | {"regon": "eu-west-1", "allowedAccountIds": '"111111111111"', "maxRetries": "many"}
    answer = stub.CheckConfig(pb.CheckRequest(news=to_struct(bad)))
    assert set(failures(answer)) == {"regon", "allowedAccountIds", "maxRetries"}


def test_the_greeting_says_the_version_of_pulumi_aws(stub: ResourceProviderStub) -> None:
    assert stub.GetPluginInfo(Empty()).version.startswith("7.")
    assert not stub.Handshake(pb.ProviderHandshakeRequest()).accept_secrets


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), json_values, max_size=5))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_properties_survive_the_wire(properties: dict[str, Any]) -> None:
    assert from_struct(to_struct(properties)) == properties
