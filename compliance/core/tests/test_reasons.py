"""The tests of a rule in its groups: together they come to what the rule says."""

from hypothesis import given

from compliance.core import audience, reasons
from compliance.core.audience import All, Any, Check, Groups, Kinds, Not, OnLeave

from .makers import person, post
from .test_audience import TODAY, people, rules


@given(rules, people)
def test_the_groups_of_the_tests_come_to_what_the_rule_says(rule, who):
    (whole,) = reasons.grouped(rule, audience.explain(rule, who, TODAY))
    assert whole.is_met is (audience.match(rule, who, TODAY) is not None)
    assert tuple(_tests(whole)) == audience.explain(rule, who, TODAY)


def _tests(part):
    if isinstance(part, Check):
        return [part]
    return [check for each in part.parts for check in _tests(each)]


def test_what_no_part_of_the_rule_says_stands_before_its_groups():
    rule = All((Kinds(("staff",)), Not(Any((Groups(("LASER",)), OnLeave())))))
    by_hand, who = Check("included", "Bo", True), person(1, post("staff"))
    first, whole = reasons.grouped(rule, (by_hand, *audience.explain(rule, who, TODAY)))
    assert first == by_hand
    assert (whole.word, whole.parts[1].word) == ("all", "none")
    nobody = audience.explain(rule, person(1, is_active=False), TODAY)
    assert reasons.grouped(rule, nobody) == nobody
