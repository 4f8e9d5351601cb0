"""Network Load Balancers, listeners, target groups and their targets."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from landline.sandbox.resource_type import AutoName, Made, Properties, ResourceType
from landline.sandbox.resources.support import (
    arguments,
    capitalised,
    changed,
    forgiving_absence,
    found,
    in_known_order,
    made,
    nothing_to_update,
    now,
    retag,
    tag_list,
    tag_map,
    tags_argument,
)
from landline.sandbox.unknown import has_unknown

if TYPE_CHECKING:
    from landline.sandbox.resource_type import Place


def _retag(place: Place, arn: str, old: Properties, new: Properties) -> None:
    elbv2 = place.client("elbv2")
    retag(
        old,
        new,
        untag=lambda keys: elbv2.remove_tags(ResourceArns=[arn], TagKeys=keys),
        tag=lambda: elbv2.add_tags(ResourceArns=[arn], Tags=tag_list(new)),
    )


def _tags(place: Place, arn: str) -> dict[str, str]:
    return tag_map(place.client("elbv2").describe_tags(ResourceArns=[arn])["TagDescriptions"][0]["Tags"])


_SWITCHES = {
    "enableCrossZoneLoadBalancing": "load_balancing.cross_zone.enabled",
    "enableDeletionProtection": "deletion_protection.enabled",
}
_ENFORCEMENT = "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic"


def _set_switches(place: Place, arn: str, old: Properties, new: Properties) -> None:
    attributes = [
        {"Key": key, "Value": str(bool(new.get(name))).lower()}
        for name, key in _SWITCHES.items()
        if bool(old.get(name)) != bool(new.get(name))
    ]
    if attributes:
        place.client("elbv2").modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=attributes)


def _set_groups(place: Place, arn: str, properties: Properties) -> None:
    place.client("elbv2").set_security_groups(
        LoadBalancerArn=arn,
        SecurityGroups=properties.get("securityGroups") or [],
        **arguments(
            properties,
            {_ENFORCEMENT: "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"},
        ),
    )


def _create_balancer(place: Place, properties: Properties) -> Made:
    balancer = place.client("elbv2").create_load_balancer(
        Name=properties["name"],
        # The provider's defaults: an application load balancer, and one that faces the internet.
        Type=properties.get("loadBalancerType") or "application",
        Scheme="internal" if properties.get("internal") else "internet-facing",
        **tags_argument(properties),
        **arguments(
            properties,
            {
                "subnets": "Subnets",
                "securityGroups": "SecurityGroups",
                "ipAddressType": "IpAddressType",
            },
        ),
    )["LoadBalancers"][0]
    arn = balancer["LoadBalancerArn"]
    if properties.get(_ENFORCEMENT):
        _set_groups(place, arn, properties)
    _set_switches(place, arn, {}, properties)
    return made(place, arn, properties, _read_balancer)


def _read_balancer(place: Place, arn: str, known: Properties) -> Properties | None:
    elbv2 = place.client("elbv2")
    answer = found(lambda: elbv2.describe_load_balancers(LoadBalancerArns=[arn]))
    if answer is None or not answer["LoadBalancers"]:
        return None
    balancer = answer["LoadBalancers"][0]
    attributes = tag_map(elbv2.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"])
    return {
        **known,
        "id": arn,
        "arn": arn,
        "arnSuffix": arn.split(":loadbalancer/")[1],
        "name": balancer["LoadBalancerName"],
        "dnsName": balancer["DNSName"],
        "zoneId": balancer["CanonicalHostedZoneId"],
        "vpcId": balancer["VpcId"],
        "internal": balancer["Scheme"] == "internal",
        "loadBalancerType": balancer["Type"],
        "ipAddressType": balancer["IpAddressType"],
        "subnets": in_known_order(
            known.get("subnets"), [zone["SubnetId"] for zone in balancer["AvailabilityZones"]]
        ),
        "securityGroups": in_known_order(known.get("securityGroups"), balancer.get("SecurityGroups", [])),
        _ENFORCEMENT: balancer.get("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic", ""),
        **{name: attributes.get(key) == "true" for name, key in _SWITCHES.items()},
        "tagsAll": _tags(place, arn),
    }


def _balancer_replaces(old: Properties, new: Properties) -> frozenset[str]:
    """A network load balancer neither loses a subnet nor gains its first or loses its last security group.

    So say the descriptions of `subnets` and `securityGroups` of `aws.lb.LoadBalancer` (pulumi_aws 7.51.1).
    Subnets that a preview does not know yet decide at the update.
    """
    if new.get("loadBalancerType") != "network" or has_unknown(new.get("subnets")):
        return frozenset()
    lost = set(old.get("subnets") or ()) - set(new.get("subnets") or ())
    before, after = old.get("securityGroups"), new.get("securityGroups")
    replaces = {"subnets"} if lost else set()
    return frozenset(replaces | ({"securityGroups"} if bool(before) != bool(after) else set()))


def _update_balancer(place: Place, arn: str, old: Properties, new: Properties) -> Properties:
    if set(old.get("subnets") or ()) != set(new.get("subnets") or ()):
        place.client("elbv2").set_subnets(LoadBalancerArn=arn, Subnets=new["subnets"])
    if changed(old, new, "securityGroups", _ENFORCEMENT):
        _set_groups(place, arn, new)
    _set_switches(place, arn, old, new)
    _retag(place, arn, old, new)
    return now(place, arn, new, _read_balancer)


def _delete_balancer(place: Place, arn: str, outputs: Properties) -> None:  # noqa: ARG001 - the table's interface
    with forgiving_absence():
        place.client("elbv2").delete_load_balancer(LoadBalancerArn=arn)


_HEALTH = {
    "enabled": "HealthCheckEnabled",
    "protocol": "HealthCheckProtocol",
    "port": "HealthCheckPort",
    "path": "HealthCheckPath",
    "interval": "HealthCheckIntervalSeconds",
    "timeout": "HealthCheckTimeoutSeconds",
    "healthyThreshold": "HealthyThresholdCount",
    "unhealthyThreshold": "UnhealthyThresholdCount",
}
_GROUP_ATTRIBUTES = {
    "proxyProtocolV2": "proxy_protocol_v2.enabled",
    "preserveClientIp": "preserve_client_ip.enabled",
    "deregistrationDelay": "deregistration_delay.timeout_seconds",
}


def _health(properties: Properties) -> dict[str, Any]:
    check = dict(properties.get("healthCheck") or {})
    unknown = sorted(set(check) - set(_HEALTH))
    if unknown:
        message = f"healthCheck: the sandbox does not model {', '.join(unknown)}"
        raise NotImplementedError(message)
    if check.get("port") is not None:
        check["port"] = str(check["port"])
    return arguments(check, _HEALTH)


def _create_group(place: Place, properties: Properties) -> Made:
    group = place.client("elbv2").create_target_group(
        Name=properties["name"],
        **tags_argument(properties),
        **arguments(
            properties,
            {"targetType": "TargetType", "protocol": "Protocol", "port": "Port", "vpcId": "VpcId"},
        ),
        **_health(properties),
    )["TargetGroups"][0]
    arn = group["TargetGroupArn"]
    _set_group_attributes(place, arn, {}, properties)
    return made(place, arn, properties, _read_group)


def _set_group_attributes(place: Place, arn: str, old: Properties, new: Properties) -> None:
    attributes = [
        {"Key": key, "Value": str(new[name]).lower()}
        for name, key in _GROUP_ATTRIBUTES.items()
        if new.get(name) is not None and new[name] != old.get(name)
    ]
    if attributes:
        place.client("elbv2").modify_target_group_attributes(TargetGroupArn=arn, Attributes=attributes)


def _read_group(place: Place, arn: str, known: Properties) -> Properties | None:
    elbv2 = place.client("elbv2")
    answer = found(lambda: elbv2.describe_target_groups(TargetGroupArns=[arn]))
    if answer is None or not answer["TargetGroups"]:
        return None
    group = answer["TargetGroups"][0]
    return {
        **known,
        "id": arn,
        "arn": arn,
        "arnSuffix": arn.rsplit(":", 1)[1],
        "name": group["TargetGroupName"],
        "targetType": group.get("TargetType", "instance"),
        "protocol": group["Protocol"],
        "port": group["Port"],
        "vpcId": group["VpcId"],
        "loadBalancerArns": group.get("LoadBalancerArns", []),
        "tagsAll": _tags(place, arn),
    }


def _update_group(place: Place, arn: str, old: Properties, new: Properties) -> Properties:
    if changed(old, new, "healthCheck"):
        place.client("elbv2").modify_target_group(TargetGroupArn=arn, **_health(new))
    _set_group_attributes(place, arn, old, new)
    _retag(place, arn, old, new)
    return now(place, arn, new, _read_group)


def _delete_group(place: Place, arn: str, outputs: Properties) -> None:  # noqa: ARG001
    with forgiving_absence():
        place.client("elbv2").delete_target_group(TargetGroupArn=arn)


def _target(properties: Properties) -> dict[str, Any]:
    return arguments(properties, {"targetId": "Id", "port": "Port", "availabilityZone": "AvailabilityZone"})


def _create_target(place: Place, properties: Properties) -> Made:
    arn = properties["targetGroupArn"]
    place.client("elbv2").register_targets(TargetGroupArn=arn, Targets=[_target(properties)])
    digest = sha256(f"{properties['targetId']}{properties.get('port')}".encode()).hexdigest()[:10]
    return made(place, f"{arn}-{digest}", properties, _read_target)


def _read_target(place: Place, resource_id: str, known: Properties) -> Properties | None:
    elbv2 = place.client("elbv2")
    answer = found(lambda: elbv2.describe_target_health(TargetGroupArn=known["targetGroupArn"]))
    targets = [each["Target"]["Id"] for each in (answer or {}).get("TargetHealthDescriptions", ())]
    return {**known, "id": resource_id} if known["targetId"] in targets else None


def _delete_target(place: Place, resource_id: str, outputs: Properties) -> None:
    # DeregisterTargets answers a target that is gone with InvalidTarget.
    if _read_target(place, resource_id, outputs) is not None:
        place.client("elbv2").deregister_targets(
            TargetGroupArn=outputs["targetGroupArn"], Targets=[_target(outputs)]
        )


def _listener(properties: Properties) -> dict[str, Any]:
    certificate = properties.get("certificateArn")
    return {
        "DefaultActions": [capitalised(action) for action in properties["defaultActions"]],
        **arguments(properties, {"port": "Port", "protocol": "Protocol", "sslPolicy": "SslPolicy"}),
        **({"Certificates": [{"CertificateArn": certificate}]} if certificate else {}),
        **({"AlpnPolicy": [properties["alpnPolicy"]]} if properties.get("alpnPolicy") else {}),
    }


def _create_listener(place: Place, properties: Properties) -> Made:
    arn = place.client("elbv2").create_listener(
        LoadBalancerArn=properties["loadBalancerArn"], Tags=tag_list(properties), **_listener(properties)
    )["Listeners"][0]["ListenerArn"]
    return made(place, arn, properties, _read_listener)


def _read_listener(place: Place, arn: str, known: Properties) -> Properties | None:
    elbv2 = place.client("elbv2")
    answer = found(lambda: elbv2.describe_listeners(ListenerArns=[arn]))
    if answer is None or not answer["Listeners"]:
        return None
    listener = answer["Listeners"][0]
    return {
        **known,
        "id": arn,
        "arn": arn,
        "loadBalancerArn": listener["LoadBalancerArn"],
        "port": listener["Port"],
        "protocol": listener["Protocol"],
        "tagsAll": _tags(place, arn),
    }


def _update_listener(place: Place, arn: str, old: Properties, new: Properties) -> Properties:
    if changed(old, new, "port", "protocol", "sslPolicy", "certificateArn", "alpnPolicy", "defaultActions"):
        place.client("elbv2").modify_listener(ListenerArn=arn, **_listener(new))
    _retag(place, arn, old, new)
    return now(place, arn, new, _read_listener)


def _delete_listener(place: Place, arn: str, outputs: Properties) -> None:  # noqa: ARG001
    with forgiving_absence():
        place.client("elbv2").delete_listener(ListenerArn=arn)


TYPES = (
    ResourceType(
        token="aws:lb/loadBalancer:LoadBalancer",  # noqa: S106 - a Pulumi type token
        create=_create_balancer,
        read=_read_balancer,
        update=_update_balancer,
        delete=_delete_balancer,
        replace_on=frozenset({"name", "internal", "loadBalancerType"}),
        replaces=_balancer_replaces,
        inputs=frozenset(
            {
                "name",
                "internal",
                "loadBalancerType",
                "subnets",
                "securityGroups",
                "ipAddressType",
                _ENFORCEMENT,
                *_SWITCHES,
                "tags",
            }
        ),
        autoname=AutoName(max_length=32),
    ),
    ResourceType(
        token="aws:lb/targetGroup:TargetGroup",  # noqa: S106
        create=_create_group,
        read=_read_group,
        update=_update_group,
        delete=_delete_group,
        replace_on=frozenset({"name", "targetType", "protocol", "port", "vpcId"}),
        inputs=frozenset(
            {"name", "targetType", "protocol", "port", "vpcId", "healthCheck", *_GROUP_ATTRIBUTES, "tags"}
        ),
        autoname=AutoName(max_length=32),
    ),
    ResourceType(
        token="aws:lb/targetGroupAttachment:TargetGroupAttachment",  # noqa: S106
        create=_create_target,
        read=_read_target,
        update=nothing_to_update,
        delete=_delete_target,
        replace_on=frozenset({"targetGroupArn", "targetId", "port", "availabilityZone"}),
        inputs=frozenset({"targetGroupArn", "targetId", "port", "availabilityZone"}),
    ),
    ResourceType(
        token="aws:lb/listener:Listener",  # noqa: S106
        create=_create_listener,
        read=_read_listener,
        update=_update_listener,
        delete=_delete_listener,
        replace_on=frozenset({"loadBalancerArn"}),
        inputs=frozenset(
            {
                "loadBalancerArn",
                "port",
                "protocol",
                "certificateArn",
                "sslPolicy",
                "alpnPolicy",
                "defaultActions",
                "tags",
            }
        ),
    ),
)
"""The rows of this noun family."""
