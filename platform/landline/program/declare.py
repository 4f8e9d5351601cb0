"""Declares the resources of one stack, inside a running Pulumi program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pulumi

from components import (
    Access,
    AccountBaseline,
    ArgumentError,
    Grant,
    GrantedService,
    Hub,
    HubService,
    Line,
    Spoke,
    dns_suffix,
)
from landline.errors import UsageError
from landline.program.outputs import (
    baseline_exports,
    grant_exports,
    hub_exports,
    spoke_exports,
)
from landline.program.provider import stack_provider
from landline.program.references import baseline_outputs, hub_outputs, spoke_outputs
from landline.settings import (
    AwsAccess,
    BaselineSettings,
    FindingsIntake,
    GrantSettings,
    HealthCheck,
    HubSettings,
    LogArchive,
    S3Access,
    ServiceSettings,
    SpokeSettings,
    StsAccess,
    Targets,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from components import (
        AccountBaselineArgs,
        AlarmArgs,
        Backend,
        Designation,
        FindingsIntakeBackend,
        HubArgs,
        Images,
        LogArchiveBackend,
        SpokeArgs,
        TargetsBackend,
    )
    from components import HealthCheck as HealthCheckArgs
    from landline.program.outputs import HubOutputs, Outputs, ServiceOutputs, SpokeOutputs
    from landline.settings import AlarmSettings, Estate, Stack


PROTOCOLS: Mapping[str, Literal["TCP", "HTTP", "HTTPS"]] = {"tcp": "TCP", "http": "HTTP", "https": "HTTPS"}


def declare(stack: Stack, estate: Estate, gone: Collection[str] = frozenset()) -> None:
    """Declares everything that `stack` holds, and exports its outputs.

    `estate` holds the stack and those that it names, as `load_stack` gives them. Grants and spokes read the
    hub's outputs, and grants those of their spoke if it has any. `gone` are endpoints that a spoke's outputs
    still name and AWS no longer has, as after a destruction that was cut short: nothing is accepted for them.

    Raises `UsageError` when the settings cannot be built or another stack's outputs are missing or
    unreadable, `ToolError` when the engine cannot read them.
    """
    opts = pulumi.ResourceOptions(providers={"aws": stack_provider(stack, estate)})
    settings = stack.settings
    try:
        match settings:
            case BaselineSettings():
                outputs = _baseline(stack, settings, estate, opts)
            case HubSettings():
                outputs = _hub(stack, settings, opts)
            case GrantSettings():
                outputs = _grant(stack, settings, estate, opts, gone)
            case SpokeSettings():
                outputs = _spoke(stack, settings, opts)
    except ArgumentError as error:
        raise UsageError(f"{stack.file}: landline:{stack.kind}: {error}") from error
    for name, value in outputs.items():
        pulumi.export(name, value)


def _root(stack: Stack) -> str:
    """The name that begins all resource names: ECS, KMS aliases and DNS Firewall take no full stops."""
    return stack.name.replace(".", "-")


def _baseline(
    stack: Stack, settings: BaselineSettings, estate: Estate, opts: pulumi.ResourceOptions
) -> Outputs:
    args: AccountBaselineArgs = {
        "account": settings.account,
        "region": stack.region,
        "block_public_access": settings.block_public_access,
        "guardduty": settings.guardduty is True,
        "security_hub": settings.security_hub is True,
        "trail": settings.trail,
        "network_activity": settings.network_activity,
    }
    designated = None
    if settings.administrator is not None:
        designates = _designation(stack, estate[settings.administrator])
        designated = designates["account"]
        args["designates"] = designates
    administers = settings.administers
    # A part of an estate, as one that is proven by itself, need not hold the management account's baseline.
    named = administers is not None and administers.management in estate.stacks
    if administers is not None and named and _is_designated(settings.account, administers.management):
        args["administers"] = {
            "accounts": ACCOUNTS[administers.accounts],
            "standards": administers.standards == "default",
        }
    return baseline_exports(
        stack, settings.account, AccountBaseline(_root(stack), args, opts), administrator=designated
    )


ACCOUNTS: Mapping[str, Literal["ALL", "NEW", "NONE"]] = {"all": "ALL", "new": "NEW", "none": "NONE"}


def _designation(stack: Stack, administrator: Stack) -> Designation:
    settings = administrator.settings
    if not isinstance(settings, BaselineSettings):
        raise UsageError(
            f"{stack.file}: landline:baseline.administrator: stack {administrator.name} is a "
            f"{administrator.kind}; name a baseline"
        )
    return {
        "account": settings.account,
        "guardduty": settings.guardduty is True,
        "security_hub": settings.security_hub is True,
    }


def _is_designated(account: str, management: str) -> bool:
    """Whether the management account's baseline, as it is deployed, designates the account.

    AWS lets an account say what other accounts get only after it was designated; its own detector comes
    before, because designating an account without one makes one, which no stack would then hold.
    """
    outputs = baseline_outputs(management)
    return outputs is not None and outputs.administrator == account


def _hub(stack: Stack, settings: HubSettings, opts: pulumi.ResourceOptions) -> Outputs:
    args: HubArgs = {
        "hub": stack.name,
        "account": settings.account,
        "region": stack.region,
        "organization": settings.organization,
        "cidr": str(settings.network.cidr),
        "zones": settings.network.zones,
        "images": _images(stack, settings),
        "services": {name: _hub_service(settings, service) for name, service in settings.services.items()},
    }
    if settings.public_zone is not None:
        args["public_zone_id"] = settings.public_zone.id
    if settings.regions is not None:
        args["regions"] = settings.regions
    if settings.alarms.enabled:
        args["alarms"] = _alarms(settings.alarms)
    hub = Hub(_root(stack), args, opts)
    return hub_exports(stack, settings, hub)


def _alarms(settings: AlarmSettings) -> AlarmArgs:
    args: AlarmArgs = {"emails": settings.emails, "band": settings.band, "failures": settings.failures}
    if settings.topic is not None:
        args["topic_arn"] = settings.topic
    return args


def _hub_service(hub: HubSettings, service: ServiceSettings) -> HubService:
    declared: HubService = {
        "ports": service.ports,
        "acceptance_required": service.lane == "accepted",
        "backend": _backend(service),
    }
    if service.endpoints is not None:
        declared["endpoints"] = service.endpoints
    elif hub.accounts is not None:
        declared["endpoints"] = len(hub.accounts)
    if service.certificate is not None:
        declared["certificate_arn"] = service.certificate
    if service.private_dns_name is not None:
        declared["private_dns_name"] = service.private_dns_name
    return declared


def _backend(service: ServiceSettings) -> Backend:
    match service.backend:
        case LogArchive() as archive:
            logs: LogArchiveBackend = {
                "kind": "log-archive",
                "retention_days": archive.retention_days,
                "mode": "COMPLIANCE" if archive.mode == "compliance" else "GOVERNANCE",
            }
            if archive.glacier_after_days is not None:
                logs["glacier_after_days"] = archive.glacier_after_days
            if archive.expire_after_days is not None:
                logs["expire_after_days"] = archive.expire_after_days
            if archive.cloudwatch_days is not None:
                logs["cloudwatch_days"] = archive.cloudwatch_days
            if archive.certificate_secret is not None:
                logs["certificate_secret"] = archive.certificate_secret
            return logs
        case FindingsIntake() as intake:
            findings: FindingsIntakeBackend = {
                "kind": "findings-intake",
                "retention_days": intake.retention_days,
                "security_hub": intake.security_hub,
            }
            if intake.certificate_secret is not None:
                findings["certificate_secret"] = intake.certificate_secret
            return findings
        case Targets() as targets:
            backend: TargetsBackend = {
                "kind": "targets",
                "target_type": targets.target_type,
                "port": targets.port,
                "targets": targets.targets,
                "proxy_protocol": targets.proxy_protocol,
                "tls": targets.tls,
            }
            if targets.health_check is not None:
                backend["health_check"] = _health_check(targets.health_check)
            return backend


def _health_check(settings: HealthCheck) -> HealthCheckArgs:
    check: HealthCheckArgs = {"protocol": PROTOCOLS[settings.protocol]}
    if settings.port is not None:
        check["port"] = settings.port
    if settings.path is not None:
        check["path"] = settings.path
    return check


def _images(stack: Stack, settings: HubSettings) -> Images:
    """The images that the file names, or the first versions in the hub's own registry."""
    if settings.images is not None:
        return {"front": settings.images.front, "intake": settings.images.intake}
    pulumi.log.warn(
        f"{stack.file}: landline:hub names no images, so its containers take landline/front:1 and "
        "landline/intake:1 of the hub's own registry, whatever those tags mean on the day; write "
        "images: {front: …@sha256:…, intake: …@sha256:…}"
    )
    registry = f"{settings.account}.dkr.ecr.{stack.region}.{dns_suffix(stack.region)}/landline"
    return {"front": f"{registry}/front:1", "intake": f"{registry}/intake:1"}


def _grant(
    stack: Stack,
    settings: GrantSettings,
    estate: Estate,
    opts: pulumi.ResourceOptions,
    gone: Collection[str],
) -> Outputs:
    spoke = estate[settings.spoke]
    if not isinstance(spoke.settings, SpokeSettings):
        raise UsageError(
            f"{stack.file}: landline:grant.spoke: stack {spoke.name} is a {spoke.kind}; name a spoke"
        )
    hub = hub_outputs(settings.hub)
    connected = spoke_outputs(settings.spoke)
    if connected is not None and connected.account != spoke.settings.account:
        raise UsageError(
            f"stack {spoke.name} was deployed in account {connected.account}, and {spoke.file} says "
            f"{spoke.settings.account}: run `landline up {spoke.name}` first"
        )
    grant = Grant(
        _root(stack),
        {
            "hub": settings.hub,
            "spoke": spoke.name,
            "team": spoke.settings.team,
            "account": spoke.settings.account,
            "region": stack.region,
            "client_cidrs": [str(spoke.settings.network.cidr)],
            "services": {
                name: _granted(_offered(name, settings.hub, hub), connected, name, gone)
                for name in settings.services
            },
        },
        opts,
    )
    return grant_exports(stack, hub.account, spoke.name, grant)


def _granted(
    service: ServiceOutputs, connected: SpokeOutputs | None, name: str, gone: Collection[str]
) -> GrantedService:
    granted: GrantedService = {
        "service_id": service.service_id,
        "security_group_id": service.security_group_id,
        "ports": service.ports,
        "accept": service.lane == "accepted",
    }
    if connected is not None and connected.endpoints.get(name) not in {None, *gone}:
        granted["endpoint_id"] = connected.endpoints[name]
    return granted


def _spoke(stack: Stack, settings: SpokeSettings, opts: pulumi.ResourceOptions) -> Outputs:
    hub = hub_outputs(settings.hub)
    args: SpokeArgs = {
        "account": settings.account,
        "region": stack.region,
        "organization": hub.organization,
        "hub": settings.hub,
        "cidr": str(settings.network.cidr),
        "zones": settings.network.zones,
        "lines": {
            name: _line(_offered(name, settings.hub, hub), stack.region, hub.region)
            for name in settings.services
        },
        "aws_services": tuple(settings.aws),
        "aws_access": {
            name: _access(access, stack.region, settings.account)
            for name, access in settings.aws_access.items()
        },
    }
    if settings.alarms.enabled:
        args["alarms"] = _alarms(settings.alarms)
    spoke = Spoke(_root(stack), args, opts)
    return spoke_exports(stack, settings, spoke)


def _access(asked: AwsAccess, region: str, account: str) -> Access:
    access: Access = {"actions": asked.actions}
    arns = asked.arns(region, account)
    if arns is not None:
        access["resources"] = arns
    if isinstance(asked, S3Access):
        access["aws_owned"] = asked.aws_owned
    if isinstance(asked, StsAccess):
        access["federated"] = asked.federated
    return access


def _line(service: ServiceOutputs, region: str, service_region: str) -> Line:
    line: Line = {"service_name": service.service_name, "ports": service.ports, "zones": service.zones}
    if service.private_dns_name is not None:
        line["private_dns_name"] = service.private_dns_name
    if service_region != region:
        line["service_region"] = service_region
    return line


def _offered(name: str, hub: str, outputs: HubOutputs) -> ServiceOutputs:
    service = outputs.services.get(name)
    if service is None:
        offered = ", ".join(sorted(outputs.services)) or "none"
        raise UsageError(
            f"hub {hub} as deployed offers no service {name} (it offers: {offered}): "
            f"run `landline up {hub}` first"
        )
    return service
