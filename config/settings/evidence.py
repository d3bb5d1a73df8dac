"""Proof of training done elsewhere."""

from config import env

# Working days within which a review is in time, at universities that have not set their own; learners and reviewers
# read it, and late ones are chased.
EVIDENCE_REVIEW_DAYS = env.number("EVIDENCE_REVIEW_DAYS", 5)
