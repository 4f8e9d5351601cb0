import json

import pytest

from components import ArgumentError
from components.data_perimeter import LONGEST_POLICY, document, inside_organization, read_ecr_image_layers


def test_identity_and_resource_must_both_be_of_the_organization() -> None:
    statement = inside_organization("o-a1b2c3d4e5")

    assert statement["Effect"] == "Allow"
    assert statement["Principal"] == "*"
    assert statement["Condition"] == {
        "StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5", "aws:ResourceOrgID": "o-a1b2c3d4e5"}
    }


def test_image_layers_can_be_read_and_nothing_else_in_their_bucket() -> None:
    statement = read_ecr_image_layers("cn-north-1")

    assert statement["Action"] == "s3:GetObject"
    assert statement["Resource"] == "arn:aws-cn:s3:::prod-cn-north-1-starport-layer-bucket/*"


def test_a_document_is_what_aws_reads() -> None:
    text = document([inside_organization("o-a1b2c3d4e5")])

    assert json.loads(text)["Version"] == "2012-10-17"
    assert len(text) < LONGEST_POLICY


def test_a_document_that_aws_would_refuse_is_refused() -> None:
    statement = inside_organization("o-a1b2c3d4e5")
    per_statement = len(document([statement, statement])) - len(document([statement]))
    most = (LONGEST_POLICY - len(document([statement]))) // per_statement + 1

    assert len(document([statement] * most)) <= LONGEST_POLICY
    with pytest.raises(ArgumentError, match="longer than the 20480"):
        document([statement] * (most + 1))
