"""What people do on the portal, in the order in which they do it: the whole way, and the other ways in."""

from tests.browser.parts import (
    advising,
    arriving,
    day,
    lending,
    owning,
    registering,
    reminding,
    reporting,
    team,
    training,
)
from tests.browser.parts.company import Journey, of_multan, sign_in_as_colleague


def the_whole_way(journey: Journey) -> None:
    """From the first look at the portal to a repaid instalment."""
    # 1. Somebody opens the portal, registers a business, and sees who calls by when.
    registering.register(journey)

    # 2. They sign in with CNIC and one-time code, and see their next step.
    registering.sign_in(journey)

    # 3. An advisor logs an enquiry, finds the new case, calls, plans, and refers the client to the lender.
    advising.find_whose_case(journey)
    advising.log_enquiry(journey)
    advising.make_first_call(journey)
    advising.agree_plan(journey)
    advising.write_business_plan(journey)
    advising.approve_business_plan(journey)
    journey.run_id = training.plan_course(journey)
    advising.enrol_on_course(journey)
    advising.refer_to_lender(journey)

    # 4. A trainer marks attendance; the certificate appears and is verified; the plan's step closes by itself.
    training.mark_attendance(journey)
    training.receive_certificate(journey)
    training.verify_certificate(journey)
    training.find_step_closed(journey)

    # 5. The lender's people decide and pay out; a receipt is posted, told, reversed.
    lending.take_up(journey)
    lending.visit(journey)
    lending.ask_about_family(journey)
    lending.bring_guarantors(journey)
    lending.send_papers(journey)
    lending.decide(journey)
    lending.pay_out(journey)
    lending.read_schedule(journey)
    lending.post_receipt(journey)
    lending.reverse_receipt(journey)

    # 6. Reminders go out once each, and the month's report is written once.
    enrolment_id = training.join_class_to_come(journey)
    reminding.remind(journey, enrolment_id)
    reminding.write_month_report(journey)

    # 7. The programme's figures open to their rows; the administrator cannot touch state and money.
    reporting.read_figures(journey)
    reporting.download_month_report(journey)
    reporting.administer(journey)


def the_other_ways_in(journey: Journey) -> None:
    """An idea, a camp, a list, a call, two with one card, one on file twice; and what the person says of it."""
    arriving.an_idea_stops_and_goes_on_elsewhere(journey)
    journey.advisor = of_multan("advisor1")
    sign_in_as_colleague(journey, "advisor", journey.advisor, first_page="/desk/")
    arriving.at_a_camp(journey)
    arriving.from_a_list(journey)
    arriving.finished_on_the_telephone(journey)
    arriving.two_with_one_card(journey)
    arriving.one_person_twice(journey)
    arriving.looks_at_own_record(journey)


def an_advisors_day(journey: Journey) -> None:
    """What is late first; then one client from the first call to a plan that is read, and what is taken back."""
    day.meet_client(journey)
    day.begin_the_day(journey)
    day.find_by_name_and_father(journey)
    day.log_contact(journey)
    day.make_appointment(journey)
    day.answer_enquiry(journey)
    day.check_business(journey)
    day.take_what_is_suggested(journey)
    day.change_steps(journey)
    day.answer_client(journey)
    day.write_plan_of_the_trade(journey)
    day.mind_and_send(journey)
    day.read_papers_and_results(journey)
    day.print_visit_form(journey)
    day.close_and_undo(journey)


def a_managers_review(journey: Journey) -> None:
    """How the team stands, and what is the manager's to decide; at last the programme's manager on obstacles."""
    team.look_at_team(journey)
    team.read_plans(journey)
    team.answer_transfers(journey)
    team.call_back(journey)
    team.settle_complaint(journey)
    team.pause_and_leave(journey)
    team.type_visits(journey)
    team.replace_who_left(journey)
    team.join_obstacles(journey)


def an_entrepreneurs_page(journey: Journey) -> None:
    """Where everything stands and who has it; then what is asked is answered, and a complaint goes its way."""
    owning.meet_owner(journey)
    owning.read_own_page(journey)
    owning.read_how_it_stands(journey)
    owning.answer_appointments(journey)
    owning.say_how_it_goes(journey)
    owning.confirm_what_was_told(journey)
    owning.write_to_advisor(journey)
    owning.carry_passport(journey)
    owning.complain(journey)
