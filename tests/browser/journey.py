"""The whole way, from the first look at the portal to a repaid instalment, in the order in which people walk it."""

from tests.browser.parts import advising, lending, registering, reminding, reporting, training
from tests.browser.parts.company import Journey


def the_whole_way(journey: Journey) -> None:
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
