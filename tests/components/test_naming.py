from hypothesis import given
from hypothesis import strategies as st

from components.naming import AUTONAME_SUFFIX, LOAD_BALANCER, fit

names = st.text(st.sampled_from("abcxyzABC019-_."), min_size=1, max_size=120)


@given(names, st.integers(20, 255))
def test_a_name_leaves_room_for_the_suffix_and_takes_plain_characters(name: str, longest: int) -> None:
    fitted = fit(name, longest)

    assert len(fitted) + AUTONAME_SUFFIX <= longest
    assert all(character.isascii() and (character.isalnum() or character == "-") for character in fitted)


@given(names, st.integers(20, 255))
def test_fitting_twice_changes_nothing(name: str, longest: int) -> None:
    assert fit(fit(name, longest), longest) == fit(name, longest)


def test_long_names_with_one_beginning_stay_apart() -> None:
    first, second = (
        fit(f"hub-secrets-vending-machine-for-{team}-nlb", LOAD_BALANCER) for team in ("orders", "payments")
    )

    assert first != second


def test_a_short_name_stays() -> None:
    assert fit("hub-logging-nlb", LOAD_BALANCER) == "hub-logging-nlb"
