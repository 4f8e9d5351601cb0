"""What a verdict looks like: text and JSON. No judgement here."""

from landline.report.json import as_json
from landline.report.text import as_text

__all__ = ["as_json", "as_text"]
