"""What holds for all tests that use `pulumi_aws`."""

from tests.components.conftest import pytest_itemcollected

__all__ = ["pytest_itemcollected"]
