from contextlib import ExitStack

import pytest

from landline.intake.admission import Admission, Places
from landline.intake.refusal import RefusedError


def test_one_too_many_of_one_and_of_all_is_refused_until_another_is_done() -> None:
    admission = Admission(Places(most=3, kept=0), most_of_one=2)
    with ExitStack() as other, ExitStack() as own:
        for who in (own, own, other):
            who.enter_context(admission.admitted("own" if who is own else "other"))
        for endpoint, status in (("own", 429), ("third", 503)):
            with pytest.raises(RefusedError) as refused, admission.admitted(endpoint):
                pass
            assert (refused.value.status, refused.value.retry_after is not None) == (status, True)
        own.close()
        own.enter_context(admission.admitted("third"))
        own.enter_context(admission.admitted("own"))


def test_a_request_that_fails_gives_its_place_back() -> None:
    admission = Admission(Places(most=1, kept=0), most_of_one=1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), admission.admitted("one"):
            raise ZeroDivisionError


def test_the_last_places_are_for_those_who_have_none() -> None:
    admission = Admission(Places(most=5, kept=2), most_of_one=4)
    with ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(admission.admitted("noisy"))
        with pytest.raises(RefusedError) as refused, admission.admitted("noisy"):
            pass
        assert refused.value.status == 429
        stack.enter_context(admission.admitted("quiet"))
        stack.enter_context(admission.admitted("other"))
        with pytest.raises(RefusedError) as refused, admission.admitted("third"):
            pass
        assert refused.value.status == 503
