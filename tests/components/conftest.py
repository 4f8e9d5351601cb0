"""What holds for all tests that use `pulumi_aws`."""

import pytest


def pytest_itemcollected(item: pytest.Item) -> None:
    """Modules of `pulumi_aws` warn of their own deprecated classes when they are first used.

    As an error, that would leave half a module behind.
    """
    item.add_marker(
        pytest.mark.filterwarnings(
            r"ignore:\S+ has been deprecated in favor of:DeprecationWarning:pulumi_aws"
        )
    )
