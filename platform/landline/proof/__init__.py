"""The proof: what an estate lets through, and who reaches what."""

from landline.proof.grants import Grant, Grants, read_grants
from landline.proof.verdict import Access, AccessEntry, Finding, NotChecked, Verdict
from landline.proof.verify import verify

__all__ = [
    "Access",
    "AccessEntry",
    "Finding",
    "Grant",
    "Grants",
    "NotChecked",
    "Verdict",
    "read_grants",
    "verify",
]
