"""An account's floor: Block Public Access of VPCs and buckets, EBS encryption, GuardDuty, Security Hub."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from landline.sandbox.resource_type import Made, Properties, ResourceType
from landline.sandbox.resources.support import (
    all_tags,
    arguments,
    error_code,
    forgiving_absence,
    found,
    is_absence,
    made,
    now,
)

if TYPE_CHECKING:
    from landline.sandbox.resource_type import Place

_PUBLIC_ACCESS = {
    "blockPublicAcls": "BlockPublicAcls",
    "blockPublicPolicy": "BlockPublicPolicy",
    "ignorePublicAcls": "IgnorePublicAcls",
    "restrictPublicBuckets": "RestrictPublicBuckets",
}


def _switch(place: Place, mode: str) -> None:
    place.client("ec2").modify_vpc_block_public_access_options(InternetGatewayBlockMode=mode)


def _create_vpc_block(place: Place, properties: Properties) -> Made:
    _switch(place, properties["internetGatewayBlockMode"])
    return made(place, place.region, properties, _read_vpc_block)


def _read_vpc_block(place: Place, resource_id: str, known: Properties) -> Properties | None:
    options = place.client("ec2").describe_vpc_block_public_access_options()["VpcBlockPublicAccessOptions"]
    return {
        **known,
        "id": resource_id,
        "awsAccountId": options["AwsAccountId"],
        "awsRegion": options["AwsRegion"],
        "internetGatewayBlockMode": options["InternetGatewayBlockMode"],
    }


def _update_vpc_block(place: Place, resource_id: str, old: Properties, new: Properties) -> Properties:  # noqa: ARG001
    _switch(place, new["internetGatewayBlockMode"])
    return now(place, resource_id, new, _read_vpc_block)


def _delete_vpc_block(place: Place, resource_id: str, outputs: Properties) -> None:  # noqa: ARG001
    # The provider's delete opens the whole account and Region; declare it with retain_on_delete.
    _switch(place, "off")


def _put_bucket_block(place: Place, properties: Properties) -> None:
    # The provider's default for each flag is false.
    flags = {member: bool(properties.get(name)) for name, member in _PUBLIC_ACCESS.items()}
    place.client("s3control").put_public_access_block(
        AccountId=properties.get("accountId") or place.account, PublicAccessBlockConfiguration=flags
    )


def _create_bucket_block(place: Place, properties: Properties) -> Made:
    _put_bucket_block(place, properties)
    return made(place, properties.get("accountId") or place.account, properties, _read_bucket_block)


def _read_bucket_block(place: Place, resource_id: str, known: Properties) -> Properties | None:
    control = place.client("s3control")
    answer = found(lambda: control.get_public_access_block(AccountId=resource_id))
    if answer is None:
        return None
    flags = answer["PublicAccessBlockConfiguration"]
    return {
        **known,
        "id": resource_id,
        "accountId": resource_id,
        **{name: flags[member] for name, member in _PUBLIC_ACCESS.items()},
    }


def _update_bucket_block(place: Place, resource_id: str, old: Properties, new: Properties) -> Properties:  # noqa: ARG001
    _put_bucket_block(place, new)
    return now(place, resource_id, new, _read_bucket_block)


def _delete_bucket_block(place: Place, resource_id: str, outputs: Properties) -> None:  # noqa: ARG001
    with forgiving_absence():
        place.client("s3control").delete_public_access_block(AccountId=resource_id)


def _encrypt(place: Place, *, enabled: bool) -> None:
    ec2 = place.client("ec2")
    (ec2.enable_ebs_encryption_by_default if enabled else ec2.disable_ebs_encryption_by_default)()


def _create_encryption(place: Place, properties: Properties) -> Made:
    _encrypt(place, enabled=properties.get("enabled", True))
    return made(place, f"ebs-{place.region}", properties, _read_encryption)


def _read_encryption(place: Place, resource_id: str, known: Properties) -> Properties | None:
    enabled = place.client("ec2").get_ebs_encryption_by_default()["EbsEncryptionByDefault"]
    return {**known, "id": resource_id, "enabled": enabled}


def _update_encryption(place: Place, resource_id: str, old: Properties, new: Properties) -> Properties:  # noqa: ARG001
    _encrypt(place, enabled=new.get("enabled", True))
    return now(place, resource_id, new, _read_encryption)


def _delete_encryption(place: Place, resource_id: str, outputs: Properties) -> None:  # noqa: ARG001
    _encrypt(place, enabled=False)


_DETECTOR = {"enable": "Enable", "findingPublishingFrequency": "FindingPublishingFrequency"}


def _create_detector(place: Place, properties: Properties) -> Made:
    detector = place.client("guardduty").create_detector(
        Tags=all_tags(properties), **arguments({"enable": True, **properties}, _DETECTOR)
    )["DetectorId"]
    return made(place, detector, properties, _read_detector)


def _read_detector(place: Place, detector_id: str, known: Properties) -> Properties | None:
    guardduty = place.client("guardduty")
    if detector_id not in guardduty.list_detectors()["DetectorIds"]:
        return None
    detector = guardduty.get_detector(DetectorId=detector_id)
    return {
        **known,
        "id": detector_id,
        "accountId": place.account,
        "arn": f"arn:aws:guardduty:{place.region}:{place.account}:detector/{detector_id}",
        "enable": detector["Status"] == "ENABLED",
        "findingPublishingFrequency": detector.get("FindingPublishingFrequency"),
        "tagsAll": detector.get("Tags", {}),
    }


def _update_detector(place: Place, detector_id: str, old: Properties, new: Properties) -> Properties:
    if all_tags(old) != all_tags(new):
        message = "guardduty detector: the sandbox cannot change the tags of a detector; replace it"
        raise NotImplementedError(message)
    place.client("guardduty").update_detector(
        DetectorId=detector_id, **arguments({"enable": True, **new}, _DETECTOR)
    )
    return now(place, detector_id, new, _read_detector)


def _delete_detector(place: Place, detector_id: str, outputs: Properties) -> None:  # noqa: ARG001
    with forgiving_absence():
        place.client("guardduty").delete_detector(DetectorId=detector_id)


def _create_hub(place: Place, properties: Properties) -> Made:
    place.client("securityhub").enable_security_hub(
        **arguments(
            # The provider's default for enableDefaultStandards is true.
            {"enableDefaultStandards": True, **properties},
            {
                "enableDefaultStandards": "EnableDefaultStandards",
                "controlFindingGenerator": "ControlFindingGenerator",
            },
        )
    )
    return made(place, place.account, properties, _read_hub)


def _read_hub(place: Place, resource_id: str, known: Properties) -> Properties | None:
    hub = place.client("securityhub")
    try:
        answer: Any = hub.describe_hub()
    except ClientError as error:
        # DescribeHub answers an account without Security Hub so (Security Hub API reference).
        if error_code(error) == "InvalidAccessException" or is_absence(error):
            return None
        raise
    return {**known, "id": resource_id, "arn": answer["HubArn"]}


def _update_hub(place: Place, resource_id: str, old: Properties, new: Properties) -> Properties:  # noqa: ARG001
    place.client("securityhub").update_security_hub_configuration(
        **arguments(
            new,
            {
                "autoEnableControls": "AutoEnableControls",
                "controlFindingGenerator": "ControlFindingGenerator",
            },
        )
    )
    return now(place, resource_id, new, _read_hub)


def _delete_hub(place: Place, resource_id: str, outputs: Properties) -> None:
    # DisableSecurityHub answers an account without it with InvalidAccessException.
    if _read_hub(place, resource_id, outputs) is not None:
        place.client("securityhub").disable_security_hub()


TYPES = (
    ResourceType(
        token="aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions",  # noqa: S106 - a Pulumi type token
        create=_create_vpc_block,
        read=_read_vpc_block,
        update=_update_vpc_block,
        delete=_delete_vpc_block,
        inputs=frozenset({"internetGatewayBlockMode"}),
    ),
    ResourceType(
        token="aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",  # noqa: S106
        create=_create_bucket_block,
        read=_read_bucket_block,
        update=_update_bucket_block,
        delete=_delete_bucket_block,
        replace_on=frozenset({"accountId"}),
        inputs=frozenset({"accountId", *_PUBLIC_ACCESS}),
    ),
    ResourceType(
        token="aws:ebs/encryptionByDefault:EncryptionByDefault",  # noqa: S106
        create=_create_encryption,
        read=_read_encryption,
        update=_update_encryption,
        delete=_delete_encryption,
        inputs=frozenset({"enabled"}),
    ),
    ResourceType(
        token="aws:guardduty/detector:Detector",  # noqa: S106
        create=_create_detector,
        read=_read_detector,
        update=_update_detector,
        delete=_delete_detector,
        inputs=frozenset({*_DETECTOR, "tags"}),
    ),
    ResourceType(
        token="aws:securityhub/account:Account",  # noqa: S106
        create=_create_hub,
        read=_read_hub,
        update=_update_hub,
        delete=_delete_hub,
        replace_on=frozenset({"enableDefaultStandards"}),
        inputs=frozenset({"enableDefaultStandards", "controlFindingGenerator", "autoEnableControls"}),
    ),
)
"""The rows of this noun family."""
