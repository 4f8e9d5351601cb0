import pytest

from landline.network.folder import folder


@pytest.mark.parametrize(
    ("path", "account", "region"),
    [
        ("111111111111/eu-west-1/describe-vpcs.json", "111111111111", "eu-west-1"),
        ("accounts/111111111111/us-gov-west-1/Vpcs.json", "111111111111", "us-gov-west-1"),
        ("dump/111111111111/cn-north-1/ec2/vpcs/page-1.json", "111111111111", "cn-north-1"),
        ("111111111111/prod/eu-west-1/Vpcs.json", "111111111111", "eu-west-1"),
        ("eu-west-1/Vpcs.json", None, "eu-west-1"),
        ("aws_configs/us-east-1/Vpcs.json", None, "us-east-1"),
        ("111111111111/Vpcs.json", "111111111111", None),
        ("111111111111/ec2/Vpcs.json", "111111111111", None),
        ("Vpcs.json", None, None),
        ("ec2/describe/eu-west-1a.json", None, None),
    ],
)
def test_folders_say_account_and_region(path: str, account: str | None, region: str | None) -> None:
    found = folder(path)

    assert (found.account, found.region) == (account, region)


def test_folders_that_sort_the_files_of_one_region_are_one() -> None:
    assert folder("111111111111/eu-west-1/ec2/a.json") == folder("111111111111/eu-west-1/elb/b.json")
    assert folder("ec2/network/a.json") != folder("111111111111/eu-west-1/b.json")


def test_two_folders_of_any_names_stand_for_account_and_region() -> None:
    assert folder("prod/ireland/vpcs.json").label == ("prod", "ireland")
    assert folder("prod/eu-west-1/vpcs.json").label == ("prod", None)
