"""For the tests of whoever uses Landline: assertions about an estate, and a pytest plugin with fixtures.

def test_nothing_reaches_the_internet(snapshot):
    assert_no_internet_routes(snapshot)
"""

from landline.testing.assertions import assert_access, assert_logged, assert_no_internet_routes

__all__ = ["assert_access", "assert_logged", "assert_no_internet_routes"]
