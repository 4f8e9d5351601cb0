"""What a verdict looks like: text, JSON and SARIF. No judgement here."""

from landline.report.change import difference_as_json, difference_as_text
from landline.report.json import as_json
from landline.report.question import answer_as_json, answer_as_text
from landline.report.sarif import as_sarif
from landline.report.text import as_text

__all__ = [
    "answer_as_json",
    "answer_as_text",
    "as_json",
    "as_sarif",
    "as_text",
    "difference_as_json",
    "difference_as_text",
]
