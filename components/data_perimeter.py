"""Endpoint policies that let only the organisation's identities reach only the organisation's resources."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from components.errors import ArgumentError
from components.partition import partition

LONGEST_POLICY = 20_480
"""The most characters of an endpoint policy, white space included ("AWS PrivateLink guide, Quotas")."""

Statement = Mapping[str, Any]


def inside_organization(organization: str) -> Statement:
    """Allows requests by identities of the organisation on resources of the organisation.

    Principal must be ``*``: a gateway endpoint reads an account there as its root user alone ("AWS
    PrivateLink guide, Control access to VPC endpoints using endpoint policies"). Both keys are compared
    whole, as wildcards are not allowed on keys that hold system ids (same page).
    """
    return {
        "Sid": "OrganizationIdentitiesToOrganizationResources",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "*",
        "Resource": "*",
        "Condition": {
            "StringEquals": {"aws:PrincipalOrgID": organization, "aws:ResourceOrgID": organization}
        },
    }


def read_ecr_image_layers(region: str) -> Statement:
    """The named exception for image pulls: ECR keeps image layers in a bucket of its own account.

    The pull uses a presigned URL of that account, so conditions on the organisation can never match it
    ("Amazon ECR User Guide, Minimum Amazon S3 bucket permissions for Amazon ECR").
    """
    return {
        "Sid": "ReadEcrImageLayers",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:{partition(region)}:s3:::prod-{region}-starport-layer-bucket/*",
    }


def document(statements: Sequence[Statement]) -> str:
    """The statements as one policy document.

    Raises `ArgumentError` when it is longer than AWS takes.
    """
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, separators=(",", ":"))
    if len(text) > LONGEST_POLICY:
        raise ArgumentError(
            f"an endpoint policy of {len(text)} characters is longer than the {LONGEST_POLICY} that AWS "
            "takes; write fewer statements"
        )
    return text
