"""The answer to one question, by the numbers that its choices have on the paper."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lms.learning.queries import Answered


class AnswerForm(forms.Form):
    """Radio buttons for one answer, boxes for several. Nothing chosen leaves the question open."""

    def __init__(self, shown: Answered, data: Any = None) -> None:
        super().__init__(data)
        self._is_single = shown.is_single
        choices = [(str(choice.number), choice.text) for choice in shown.choices]
        chosen = [str(choice.number) for choice in shown.chosen]
        refusal = {"invalid_choice": _("This is not one of the answers. Choose again.")}
        if shown.is_single:
            self.fields["choice"] = forms.ChoiceField(
                choices=choices,
                widget=forms.RadioSelect,
                required=False,
                initial=chosen[0] if chosen else None,
                label=_("Choose one answer"),
                error_messages=refusal,
            )
        else:
            self.fields["choice"] = forms.MultipleChoiceField(
                choices=choices,
                widget=forms.CheckboxSelectMultiple,
                required=False,
                initial=chosen,
                label=_("Choose all that apply"),
                error_messages=refusal,
            )

    @property
    def chosen(self) -> list[int]:
        """The numbers that were chosen."""
        value = self.cleaned_data["choice"]
        given = [value] if self._is_single and value else value or []
        return [int(each) for each in given]
