"""The answer to one question, by the numbers that its choices have on the paper; and the box above a signature."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lms.learning.queries import Answered


class _OneAnswer(forms.ChoiceField):
    """Wanted, so never called optional; yet a question may stay open until the paper is handed in."""

    widget = forms.RadioSelect

    def validate(self, value: Any) -> None:
        """Only what is chosen is looked at."""
        if value:
            super().validate(value)


class _SeveralAnswers(forms.MultipleChoiceField):
    """As `_OneAnswer`."""

    widget = forms.CheckboxSelectMultiple

    def validate(self, value: Any) -> None:
        """Only what is chosen is looked at."""
        if value:
            super().validate(value)


class AnswerForm(forms.Form):
    """Radio buttons for one answer, boxes for several. Nothing chosen leaves the question open."""

    use_required_attribute = False

    def __init__(self, shown: Answered, data: Any = None) -> None:
        super().__init__(data)
        self._is_single = shown.is_single
        chosen = [str(choice.number) for choice in shown.chosen]
        field = _OneAnswer if shown.is_single else _SeveralAnswers
        self.fields["choice"] = field(
            choices=[(str(choice.number), choice.text) for choice in shown.choices],
            initial=(chosen[0] if chosen else None) if shown.is_single else chosen,
            label=_("Choose one answer") if shown.is_single else _("Choose all that apply"),
            error_messages={"invalid_choice": _("This is not one of the answers. Choose again.")},
        )

    @property
    def chosen(self) -> list[int]:
        """The numbers that were chosen."""
        value = self.cleaned_data["choice"]
        given = [value] if self._is_single and value else value or []
        return [int(each) for each in given]


class SignForm(forms.Form):
    """The box that is ticked before the button signs."""

    use_required_attribute = False

    agreed = forms.BooleanField(
        label=_("I have read this statement and I sign it"),
        error_messages={
            "required": _("Tick the box if you agree. Nothing is signed yet; your lessons are saved.")
        },
    )
