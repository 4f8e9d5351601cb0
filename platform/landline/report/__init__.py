"""What a verdict looks like: text and JSON. No judgement here."""

from landline.report.json import as_json
from landline.report.question import answer_as_json, answer_as_text
from landline.report.text import as_text

__all__ = ["answer_as_json", "answer_as_text", "as_json", "as_text"]
