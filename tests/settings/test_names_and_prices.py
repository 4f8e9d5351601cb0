"""What settings say of names and prices, held against the components and the sources."""

from __future__ import annotations

from decimal import Decimal

import components
from landline.settings.names import local_name
from landline.settings.prices import endpoint_month, spoke_month


def test_local_names_are_those_that_the_components_make() -> None:
    assert local_name("logging", "Hub") == components.local_name("logging", "Hub")


def test_prices_are_those_of_the_sources() -> None:
    assert endpoint_month(3) == Decimal("21.90")
    # Ten AWS services in three zones, and two lines in two zones; gateway endpoints are free.
    aws = ("s3", "dynamodb", "kms", "sts", "logs", "sqs", "sns", "ssm", "ec2", "ecs", "events", "glue")
    assert spoke_month((2, 2), aws, 3) == 10 * Decimal("21.90") + 2 * Decimal("14.60")
