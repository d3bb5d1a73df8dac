"""Writing, turning on, changing, pausing and retiring requirements. Every action is one transaction."""

from compliance.requirements.actions.drafts import create_draft, discard_draft, edit
from compliance.requirements.actions.lifecycle import pause, retire, turn_on

__all__ = ["create_draft", "discard_draft", "edit", "pause", "retire", "turn_on"]
