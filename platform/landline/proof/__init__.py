"""The proof: what an estate lets through, and who reaches what."""

from landline.proof.catalogue import OPTIONAL, RULES
from landline.proof.difference import Difference, difference
from landline.proof.grants import Grant, Grants, read_grants
from landline.proof.hops import described
from landline.proof.needs import NO_VPC
from landline.proof.reach import Answer, reach
from landline.proof.traffic import asked
from landline.proof.verdict import Access, AccessEntry, Finding, NotChecked, Verdict
from landline.proof.verify import verify

__all__ = [
    "NO_VPC",
    "OPTIONAL",
    "RULES",
    "Access",
    "AccessEntry",
    "Answer",
    "Difference",
    "Finding",
    "Grant",
    "Grants",
    "NotChecked",
    "Verdict",
    "asked",
    "described",
    "difference",
    "reach",
    "read_grants",
    "verify",
]
