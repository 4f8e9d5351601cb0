"""A Pulumi monitor for tests that answers every registration plausibly and remembers what was asked."""

from __future__ import annotations

import asyncio
import contextvars
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi.runtime import mocks, settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

PROJECT = "landline"
ORGANIZATION = "organization"


@dataclass(frozen=True, slots=True)
class Registered:
    """One registered resource."""

    token: str
    name: str
    inputs: Mapping[str, Any]
    """Under the names of the wire protocol."""
    parent: str
    """The parent's URN."""
    urn: str
    custom: bool
    provider: str
    protect: bool
    retain_on_delete: bool
    dependencies: frozenset[str]
    """URNs."""


@dataclass(slots=True)
class Deployed:
    """What a program declared."""

    resources: list[Registered] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)
    registered_outputs: set[str] = field(default_factory=set)
    """URNs of components that registered their outputs."""
    calls: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    """Ids by URN."""

    def of(self, token: str) -> list[Registered]:
        """All resources of a type, by the end of its token, sorted by name as registration has no order."""
        found = [one for one in self.resources if one.token.endswith(f":{token}")]
        return sorted(found, key=lambda one: one.name)

    def one(self, token: str, name: str | None = None) -> Registered:
        """The resource of this type, and of this name if there are several."""
        found = [one for one in self.of(token) if name is None or one.name == name]
        assert len(found) == 1, f"{len(found)} of {token} {name}: {[one.name for one in found]}"
        return found[0]

    def __iter__(self) -> Iterator[Registered]:
        return iter(self.resources)


def digits(*parts: str) -> str:
    """Seventeen hexadecimal digits that depend on `parts` alone."""
    return sha256("/".join(parts).encode()).hexdigest()[:17]


def _outputs(token: str, name: str, stack: str) -> dict[str, Any]:
    """What the provider would add to a resource's inputs, as far as programs read it."""
    unique = digits(stack, token, name)
    arn = (
        f"arn:aws:{token.split(':')[1].split('/')[0]}:eu-west-1:000000000000:{token.split(':')[-1]}/{unique}"
    )
    common = {"arn": arn, "name": f"{name}-{unique[:7]}"}
    match token:
        case "aws:ec2/vpc:Vpc":
            return common | {
                "defaultSecurityGroupId": f"sg-{unique}",
                "defaultRouteTableId": f"rtb-{unique}",
                "defaultNetworkAclId": f"acl-{unique}",
            }
        case "aws:ec2/vpcEndpoint:VpcEndpoint":
            return common | {
                "prefixListId": f"pl-{unique}",
                "dnsEntries": [
                    {
                        "dnsName": f"vpce-{unique}.eu-west-1.vpce.amazonaws.com",
                        "hostedZoneId": "Z38GZ743OKFT7T",
                    }
                ],
            }
        case "aws:ec2/vpcEndpointService:VpcEndpointService":
            return common | {
                "serviceName": f"com.amazonaws.vpce.eu-west-1.vpce-svc-{unique}",
                "privateDnsNameConfigurations": [
                    {"name": f"_{unique}", "state": "pendingVerification", "type": "TXT", "value": "vpce:Abc"}
                ],
            }
        case "aws:lb/loadBalancer:LoadBalancer":
            return common | {"arnSuffix": f"net/{name}/{unique[:16]}"}
        case "aws:lb/targetGroup:TargetGroup":
            return common | {"arnSuffix": f"targetgroup/{name}/{unique[:16]}"}
        case "aws:s3/bucket:Bucket":
            return common | {"bucket": f"{name}-{unique[:7]}"}
        case "aws:kms/key:Key":
            return common | {"keyId": unique}
        case "aws:route53/zone:Zone":
            return common | {"zoneId": f"Z{unique.upper()}"}
        case _:
            return common


class _Answers(mocks.Mocks):
    def __init__(
        self, deployed: Deployed, stack: str, stacks: Mapping[str, Mapping[str, Any]], default_vpcs: list[str]
    ) -> None:
        self.deployed, self.stack, self.stacks, self.default_vpcs = deployed, stack, stacks, default_vpcs

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        unique = digits(self.stack, args.typ, args.name)
        prefix = {
            "aws:ec2/vpcEndpoint:VpcEndpoint": "vpce",
            "aws:ec2/vpcEndpointService:VpcEndpointService": "vpce-svc",
        }
        made = _outputs(args.typ, args.name, self.stack) | args.inputs
        return f"{prefix.get(args.typ, args.typ.split(':')[-1].lower())}-{unique}", made

    def call(self, args: mocks.MockCallArgs) -> Any:  # noqa: ANN401 - the SDK's own signature
        self.deployed.calls.append((args.token, dict(args.args)))
        match args.token:
            case "pulumi:pulumi:readStackOutputs":
                name = args.args["name"]
                if name not in self.stacks:
                    return {}, [("name", f'unknown stack "{name}"')]
                return {"name": name, "outputs": dict(self.stacks[name]), "secretOutputNames": []}
            case "aws:ec2/getVpcs:getVpcs":
                return {"id": "eu-west-1", "ids": self.default_vpcs, "region": "eu-west-1"}
            case _:
                raise AssertionError(f"nobody told the tests what {args.token} answers")


@contextmanager
def _own_event_loop() -> Iterator[None]:
    """The SDK answers in threads of a pool and makes an event loop in each, which nobody would close."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        yield
    finally:
        asyncio.set_event_loop(None)
        loop.close()


class _Monitor(mocks.MockMonitor):
    def __init__(self, answers: _Answers, deployed: Deployed) -> None:
        super().__init__(answers)
        self.deployed = deployed

    def RegisterResource(self, request: Any) -> Any:  # noqa: ANN401, N802 - gRPC's message and method
        with _own_event_loop():
            response = super().RegisterResource(request)  # type: ignore[no-untyped-call]
        if request.type != "pulumi:pulumi:Stack":
            self.deployed.ids[response.urn] = response.id
            self.deployed.resources.append(
                Registered(
                    token=request.type,
                    name=request.name,
                    inputs=pulumi.runtime.rpc.deserialize_properties(request.object),
                    parent=request.parent,
                    urn=response.urn,
                    custom=request.custom,
                    provider=request.provider or request.providers.get("aws", ""),
                    protect=request.protect,
                    retain_on_delete=request.retainOnDelete,
                    dependencies=frozenset(request.dependencies),
                )
            )
        return response

    def Invoke(self, request: Any) -> Any:  # noqa: ANN401, N802 - gRPC's message and method
        with _own_event_loop():
            return super().Invoke(request)  # type: ignore[no-untyped-call]

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: ANN401, N802 - gRPC's message and method
        self.deployed.registered_outputs.add(request.urn)
        return super().RegisterResourceOutputs(request)  # type: ignore[no-untyped-call]


def deploy(
    program: Callable[[], object],
    *,
    stack: str = "test",
    stacks: Mapping[str, Mapping[str, Any]] | None = None,
    default_vpcs: list[str] | None = None,
) -> Deployed:
    """Runs `program` as the program of `stack` and gives what it declared.

    `stacks` holds the outputs of other stacks by name; a name that is missing there does not exist.
    """
    deployed = Deployed()
    qualified = {f"{ORGANIZATION}/{PROJECT}/{name}": outputs for name, outputs in (stacks or {}).items()}

    def run() -> None:
        with _own_event_loop():
            settings.ROOT.set(None)
            answers = _Answers(deployed, stack, qualified, default_vpcs or [])
            mocks.set_mocks(
                answers,
                project=PROJECT,
                stack=stack,
                organization=ORGANIZATION,
                monitor=_Monitor(answers, deployed),
                preview=False,
            )

            def declare() -> object:
                program()
                root = settings.get_root_resource()
                assert isinstance(root, pulumi.runtime.stack.Stack)
                return pulumi.Output.from_input(dict(root.outputs)).apply(deployed.outputs.update)

            pulumi.runtime.test(declare)()  # type: ignore[no-untyped-call]

    contextvars.copy_context().run(run)
    return deployed
