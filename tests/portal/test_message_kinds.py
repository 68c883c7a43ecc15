from portal.message_kinds import KINDS, TITLES, TO_COLLEAGUES


def test_every_kind_of_message_to_an_entrepreneur_has_a_name():
    assert {kind.name for kind in KINDS} - TO_COLLEAGUES == set(TITLES)


def test_only_answers_to_an_act_of_this_minute_are_sent_at_night():
    assert {kind.name for kind in KINDS if kind.is_prompt} == {
        "enterprises.phone_kept",
        "enterprises.phone_left",
        "enterprises.registered",
        "enterprises.way_in",
        "training.enrolled",
        "loans.decision",
        "loans.disbursed",
        "loans.receipt",
        "loans.receipt_reversed",
    }


def test_nothing_that_a_clock_causes_is_sent_at_night():
    assert [kind.name for kind in KINDS if kind.due and (kind.is_prompt or kind.urgent)] == []
