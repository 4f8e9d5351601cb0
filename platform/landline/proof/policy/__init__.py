"""Endpoint policies: whether one lets a request cross the perimeter, and what is odd about it."""

from landline.proof.policy.asked import Answer, Asked, answers
from landline.proof.policy.decision import ASSUMPTIONS, Decision, Verdict, decide
from landline.proof.policy.lint import Lint, lint
from landline.proof.policy.scenario import Perimeter
from landline.proof.policy.witness import Witness

__all__ = [
    "ASSUMPTIONS",
    "Answer",
    "Asked",
    "Decision",
    "Lint",
    "Perimeter",
    "Verdict",
    "Witness",
    "answers",
    "decide",
    "lint",
]
