from pathlib import Path

import pytest

from landline.proof.catalogue import RULES
from tests.mutation.edits import EDITS, Edit

PACKAGE = Path(__file__).parent.parent.parent / "platform" / "landline"


def test_every_rule_has_an_edit() -> None:
    assert {edit.rule for edit in EDITS} - {"all", "reach"} == set(RULES)


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: f"{edit.rule}-{edit.line.strip()[:40]}")
def test_an_edit_still_fits_the_code(edit: Edit) -> None:
    text = (PACKAGE / edit.file).read_text()

    assert text.count(edit.line) >= 1
    compile(text.replace(edit.line, edit.broken, 1), edit.file, "exec")
