"""Programs run here: modules of pulumi_aws warn of their own classes when they are first used."""

from tests.components.conftest import pytest_itemcollected

__all__ = ["pytest_itemcollected"]
