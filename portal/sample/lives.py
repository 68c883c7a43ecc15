"""How sample people live: each life is a generator that waits for a moment, then does the next thing.

`yield moment` means: go on at that moment. The loader keeps all lives in one order of time, so that offices, weekly
loads and waiting lists see each other as they would have.
"""

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from casework.actions import business_plans, contacts, notes, plans, referrals
from casework.actions.assignment import manager_of
from casework.models import BusinessPlan, Case, Channel, Present, Step, StepKind
from casework.pages.business_plan import trades_for
from enterprises.actions import enterprises, people, phones
from enterprises.models import Enterprise, Help, Person, Sector, Sex
from loans.actions import applications, committee, guarantors, loans, receipts
from loans.models import Application, Loan, Product, RefusalReason
from loans.slips import Slip
from places.calendar import OFFICE, on_time_until
from places.models import District
from portal.sample import funds, names, needing, papers, slips
from portal.sample.endings import end
from portal.sample.organisation import Town
from portal.sample.sides import VISIT, other_side
from reports.actions import months
from reports.periods import Month
from training.actions import enrolments
from training.models import CourseRun, Enrolment

# Where a life stops, in the order of the way; "repaying" goes on to this day.
STAGES = (
    "uncalled", "contacted", "planned", "plan_submitted", "plan_approved", "referred", "received", "visited",
    "guaranteed", "approved", "refused", "withdrawn", "closed", "repaying",
)  # fmt: skip
# How long ago somebody registered who stands at this stage today: long enough to have come so far.
DAYS_AGO = {
    "uncalled": 1, "contacted": 3, "planned": 8, "plan_submitted": 15, "plan_approved": 18, "referred": 20,
    "received": 23, "visited": 28, "guaranteed": 34, "approved": 40, "refused": 41, "withdrawn": 28, "closed": 70,
}  # fmt: skip
# Steps that somebody says are done; the others close by themselves.
BY_HAND = ("bank-account", "cash-book", "photos", "prices")
OWN = Person.PhoneOwner.SELF
BEYOND_REFERRAL = STAGES[STAGES.index("received") :]


@dataclass
class World:
    """What all lives share."""

    rng: object
    organisation: object
    today: object
    registered: int = 0

    def officer(self, role: str, office) -> User:
        return self.organisation.one(role, office.code)

    def reader(self, plan: BusinessPlan) -> User:
        """Who reads it: the manager above where it is read there, else a colleague of the office, never the author."""
        if plan.read_at is not None:
            return manager_of(plan.read_at, today=timezone.localdate())
        office = plan.case.office
        offices = [office.code, office.parent.code] if office.parent else [office.code]
        pool = [
            user
            for code in offices
            for role in (Role.ADVISOR, Role.REGIONAL_MANAGER)
            for user in self.organisation.at.get((role, code), [])
        ]
        return next(user for user in pool if user.pk not in plan.all_writers)


def later(rng, moment: datetime, days: int, *, spread: int = 0) -> datetime:
    """Some days on, at an hour when offices are open, never on a Sunday."""
    day = (moment + timedelta(days=days + rng.randint(0, spread))).date()
    if day.isoweekday() == 7:  # Sunday
        day += timedelta(days=1)
    return timezone.make_aware(datetime.combine(day, time(rng.randint(9, 16), rng.randrange(60))))


def client(world: World, *, town: Town, begins: datetime, stage: str, number: int, is_in_town: bool = False, **repays):
    """One entrepreneur, from registration to `stage`; of the town's own district with a phone of their own, or any."""
    rng = world.rng
    yield begins
    shares = stage in BEYOND_REFERRAL or stage == "referred"
    enterprise, purpose = register(world, town, number, shares=shares, is_in_town=is_in_town)
    world.registered += 1
    case = Case.objects.select_related("advisor", "office__parent", "enterprise__district").get(enterprise=enterprise)
    if stage == "uncalled":
        return
    yield (moment := later(rng, begins, 1))
    if stage == "closed":
        yield from short_life(world, case, moment)
        return
    log(world, case, channel=Channel.PHONE, next_on=(moment + timedelta(days=5)).date())
    ask_about_phone(case, number)
    if stage != "contacted":
        yield from planned_life(world, case, moment, town=town, stage=stage, number=number, purpose=purpose, **repays)


def short_life(world: World, case: Case, moment: datetime):
    """Somebody who wanted no loan: a course and one step, or somebody who could not be found again."""
    rng = world.rng
    log(world, case, channel=Channel.PHONE)
    outcome = rng.choice([Case.Outcome.UNTRACEABLE, Case.Outcome.DROPPED_OUT])
    if rng.random() < 0.7:
        yield (moment := later(rng, moment, 3))
        steps = agree(world, case, moment, codes=[rng.choice(BY_HAND)])
        join_course(world, case)
        yield (moment := later(rng, moment, 18, spread=8))
        close_by_hand(case, steps)
        log(world, case, channel=Channel.VISIT)
        outcome = Case.Outcome.GRADUATED
    yield later(rng, moment, 20, spread=12)
    end(case, outcome)


def planned_life(
    world: World,
    case: Case,
    moment: datetime,
    *,
    town,
    stage,
    number,
    purpose,
    pays="well",
    months=12,
    product="family-enterprise",
    due_day=None,
):
    """From the agreed plan to the referral, and on to the lender."""
    rng = world.rng
    yield (moment := later(rng, moment, 4))
    steps = agree(world, case, moment, codes=["business-plan", rng.choice(BY_HAND), "loan-application"])
    log(world, case, channel=Channel.VISIT)
    if number % 4 == 0:
        papers.hand_in(case, by=case.advisor)
    if number % 8 == 0 and stage == "planned":
        papers.ask(case, by=case.advisor)
    if rng.random() < 0.4:
        notes.write(case=case, by=case.advisor, text=rng.choice(names.AGREED), is_shared=rng.random() < 0.6)
    if stage == "planned":
        if rng.random() < 0.8:
            yield (moment := later(rng, moment, 2))
            join_course(world, case)
        return
    yield (moment := later(rng, moment, 3, spread=4))
    plan = write_plan(world, case, purpose, months)
    if rng.random() < 0.8:
        join_course(world, case)
    if stage == "plan_submitted":
        return
    yield (moment := later(rng, moment, 2))
    plan = BusinessPlan.objects.select_related("case__office__parent", "read_at").get(pk=plan.pk)
    business_plans.approve(plan=plan, by=world.reader(plan), version=plan.version)
    close_by_hand(case, steps)
    if stage == "plan_approved":
        return
    yield (moment := later(rng, moment, 1))
    fresh(case)
    told = {"version": case.version, "is_told": True, "by": case.advisor}
    branch = referrals.branches_for(case).get(code=f"aim-{town.code}")
    referral = referrals.refer_to_lender(case=case, to_office=branch, **told)
    if stage != "referred":
        loan = {"pays": pays, "product": product, "due_day": due_day}
        yield from loan_life(world, referral, moment, stage=stage, number=number, **loan)


def register(world: World, town: Town, number: int, *, shares: bool, is_in_town: bool = False):
    rng = world.rng
    sex = Sex.WOMAN if rng.random() < 0.58 else Sex.MAN
    fits = [trade for trade in names.TRADES if trade[3] in {"both", "w" if sex == Sex.WOMAN else "m"}]
    sector, business, what, _fits, purpose = rng.choice(fits)
    district = District.objects.get(code=town.districts[0] if is_in_town else rng.choice(town.districts))
    first_digit = {"PB": 3, "SD": 4, "KP": 1, "BA": 5, "IS": 6, "JK": 8, "GB": 7}[district.province.code]
    system = User.objects.system()
    person, _is_new = people.find_or_register_person(
        cnic=f"{first_digit}{rng.randrange(1000, 9999)}{number:07d}{2 if sex == Sex.WOMAN else 1}",
        name=names.of_person(rng, is_woman=sex == Sex.WOMAN),
        sex=sex,
        by=system,
        phone=f"+92301{number:07d}",
        parent_name=rng.choice(names.FATHERS),
        parent_relation=Person.Relation.HUSBAND if sex == Sex.WOMAN and rng.random() < 0.6 else Person.Relation.FATHER,
        birth_year=world.today.year - rng.randint(21, 54),
        phone_owner=rng.choice([OWN, OWN, OWN if is_in_town else Person.PhoneOwner.SPOUSE]),
        language="ur" if rng.random() < 0.8 else "en",
    )
    stage = Enterprise.Stage.RUNNING if rng.random() < 0.85 else Enterprise.Stage.IDEA
    enterprise = enterprises.register(
        person=person,
        business=enterprises.Business(
            stage=stage,
            sector=Sector.objects.get(code=sector),
            district=district,
            name=business,
            what=what,
            place=rng.choice(names.VILLAGES),
            help_wanted=tuple(rng.sample([Help.LOAN, Help.COURSE, Help.PAPERS, Help.ACCOUNTS, Help.CUSTOMERS], 2)),
        ),
        by=system,
        consented=["contact", "share"] if shares or rng.random() < 0.5 else ["contact"],
    )
    return enterprise, purpose


def fresh(case: Case) -> Case:
    case.refresh_from_db(fields=["version", "state"])
    return case


def log(world: World, case: Case, *, channel, next_on=None):
    fresh(case)
    is_visit = channel == Channel.VISIT
    # Every third of them was a word in passing, and counts in no report.
    counts = (case.pk + case.version) % 3 != 0
    contacts.log(
        case=case,
        by=case.advisor,
        version=case.version,
        channel=channel,
        agreed=world.rng.choice(names.AGREED),
        next_on=next_on and on_time_until(next_on, calendar=OFFICE),
        minutes=world.rng.choice([10, 15, 20, 30]),
        travel_minutes=40 if is_visit else 0,
        present=[Present.CLIENT, Present.RELATIVE] if is_visit else [],
        is_substantive=counts,
        is_specific=counts,
    )


def ask_about_phone(case: Case, number: int) -> None:
    """Who reads on it, and whether a message may name a loan; of every fifth nobody asked yet."""
    person = case.person
    if number % 5 == 0:
        return
    phones.describe(
        person=person,
        by=case.advisor,
        version=person.version,
        phone_owner=person.phone_owner,
        phone_reader=Person.PhoneReader.SELF if person.has_phone_of_own else Person.PhoneReader.OTHER,
        safe_from=None,
        safe_until=None,
        loans_may_be_named=person.has_phone_of_own,
    )


def agree(world: World, case: Case, moment: datetime, *, codes: list[str]) -> list[Step]:
    """Agree these steps, and return those that a person closes."""
    fresh(case)
    kinds = {kind.code: kind for kind in StepKind.objects.all()}
    codes = [*codes, *other_side(case, [kinds[code].owner for code in codes])]
    plans.agree(
        case=case,
        steps=[
            plans.PlannedStep(kind=kinds[code], due_on=(moment + timedelta(days=kinds[code].days)).date())
            for code in codes
        ],
        by=case.advisor,
        version=case.version,
    )
    steps = case.steps.select_related("kind").exclude(kind__code=VISIT)
    return [step for step in steps if step.kind.closed_by_hand]


def close_by_hand(case: Case, steps: list[Step]):
    for step in steps:
        plans.close_step(step=step, by=case.advisor)


def join_course(world: World, case: Case):
    """Take a seat in a course within reach, where there is one."""
    if runs := runs_within_reach(case):
        enrolments.enrol(run=world.rng.choice(runs), enterprise=case.enterprise, person=case.person, by=case.advisor)


def runs_within_reach(case: Case) -> list[CourseRun]:
    """The courses to come that the client may join and has not, the next one first."""
    reach = CourseRun.objects.upcoming(on=timezone.localdate()).within_reach(case.enterprise.district_id)
    if case.person.sex != Sex.WOMAN:
        reach = reach.filter(women_only=False)
    joined = Enrolment.objects.live().filter(person=case.person).values("run_id")
    return list(reach.exclude(pk__in=joined).select_related("course").order_by("starts_on", "id"))


def write_plan(world: World, case: Case, purpose: str, months: int) -> BusinessPlan:
    rng = world.rng
    sales = rng.randrange(30, 140) * 1000
    loan = rng.choice([20, 25, 30, 40, 50, 60, 75, 100]) * 1000
    costs = int(sales * rng.uniform(0.55, 0.75)) // 500 * 500
    plan = business_plans.write(
        case=case,
        by=case.advisor,
        purpose=purpose,
        trade=trades_for(case.enterprise, asked="").chosen,
        lines=[
            {"part": "start", "code": "", "name": purpose, "amount": loan + loan // 4},
            {"part": "costs", "code": "", "name": "مال اور کرایہ", "amount": costs},
            {"part": "sales", "code": "", "name": "عام مہینے کی بکری", "amount": sales},
        ],
        own_share=loan // 4,
        months=months,
    )
    return business_plans.submit(plan=plan, by=case.advisor, version=plan.version)


def loan_life(
    world: World, referral, moment: datetime, *, stage: str, pays: str, number: int, product: str, due_day: int | None
):
    """From the branch's desk to the committee, the money, and the instalments; on `due_day`, or the product's own."""
    rng, branch = world.rng, referral.to_office
    officer = world.officer(Role.LOAN_OFFICER, branch)
    yield (moment := later(rng, moment, 1))
    wanted = referral.business_plan.loan_wanted
    application = applications.receive(
        referral=referral,
        version=referral.version,
        offer=funds.offer_for(product, amount=wanted, number=number),
        amount=wanted,
        months=referral.business_plan.months,
        by=officer,
    )
    if stage == "received":
        return
    yield (moment := later(rng, moment, 3, spread=3))
    if stage == "withdrawn":
        applications.withdraw(application=application, version=application.version, by=officer)
        return
    application = visit(world, application, by=officer)
    needing.ask(application, number=number, by=officer)
    if stage == "visited":
        return
    yield (moment := later(rng, moment, 2, spread=3))
    needing.answer(application, by=referral.case.advisor)
    vouch(world, application, number=number, by=officer)
    application.refresh_from_db()
    application = guarantors.verify_guarantors(application=application, version=application.version, by=officer)
    if stage == "guaranteed":
        return
    yield (moment := later(rng, moment, 2, spread=3))
    application = decide(world, application, approves=stage != "refused")
    if stage != "approved" or number % 2:
        papers.complete(application, by=referral.case.advisor)
    if stage == "refused":
        yield later(rng, moment, 1, spread=2)
        log(world, referral.case, channel=Channel.PHONE)
    if stage in {"approved", "refused"}:
        return
    yield (moment := later(rng, moment, 2, spread=2))
    cashier = world.officer(Role.CASHIER, branch)
    with due_on_day(product, due_day):
        loan = loans.disburse(
            application=application, version=application.version, instrument=f"CHQ-{100000 + number}", by=cashier
        )
    yield from repay(world, loan, cashier, pays=pays, number=number)


def visit(world: World, application: Application, *, by: User) -> Application:
    """The officer meets the family and sees the card."""
    return applications.record_visit(
        application=application,
        version=application.version,
        visit_place=Application.Place.BOTH,
        whom_met=world.rng.choice(["Husband and mother-in-law", "گھر کے سب لوگ", "Brother, and two neighbours"]),
        household_agrees=True,
        is_card_seen=True,
        by=by,
    )


@contextmanager
def due_on_day(product: str, day: int | None):
    """The product's due day, as an administrator may change it between two loans."""
    offered = Product.objects.filter(code=product)
    usual = offered.values_list("due_day", flat=True).get()
    offered.update(due_day=day or usual)
    yield
    offered.update(due_day=usual)


def vouch(world: World, application: Application, *, number: int, by: User):
    """Two neighbours guarantee, as the lender asks."""
    rng = world.rng
    for which in (1, 2):
        guarantors.add_guarantor(
            application=application,
            version=application.version,
            cnic=f"3{rng.randrange(1000, 9999)}{number + 4000000 * which:07d}1",
            name=names.of_person(rng, is_woman=False),
            sex=Sex.MAN,
            phone=f"+9231{which}{number:07d}",
            relation=rng.choice(["neighbour", "trader", "friend"]),
            consent="paper",
            witness=rng.choice(["امام مسجد", "Master Akram"]),
            by=by,
        )


def decide(world: World, application: Application, *, approves: bool) -> Application:
    """Two members vote: the branch's manager and the area's; neither has visited."""
    members = [
        world.officer(Role.BRANCH_MANAGER, application.branch),
        world.officer(Role.AREA_MANAGER, application.branch.parent),
    ]
    reason = None if approves else RefusalReason.objects.filter(needs_text=False).order_by("order").first()
    for member in members:
        application = committee.vote(
            application=application,
            version=application.version,
            approves=approves,
            by=member,
            amount=application.amount_wanted if approves else None,
            refusal=reason,
        )
    return application


def repay(world: World, loan: Loan, cashier: User, *, pays: str, number: int):
    """Pay each instalment as this borrower does: well, sometimes late, or not since some months."""
    rng = world.rng
    stops_after = rng.randint(0, 4) if pays == "stopped" else None
    for at, (due_on, amount) in enumerate(loan.instalments()):
        if stops_after is not None and at >= stops_after:
            return
        if pays == "on the day" and due_on >= world.today:
            return  # so that until its evening it is still to come
        shift = shift_of(rng, pays)
        noon = timezone.make_aware(datetime.combine(due_on, time(11)))
        yield (later(rng, noon, shift) if shift > 0 else noon + timedelta(days=shift))
        slip = slips.slip_for(world, loan.branch, otherwise=Slip(118, number * 100 + at + 1))
        receipts.post_receipt(
            loan=Loan.objects.get(pk=loan.pk),
            amount=amount,
            received_on=timezone.localdate(),
            book=slip.book,
            number=slip.number,
            by=cashier,
        )
    end(Case.objects.select_related("advisor").get(enterprise_id=loan.enterprise_id), Case.Outcome.GRADUATED)


def shift_of(rng, pays: str) -> int:
    """How many days after the due day this borrower pays."""
    if pays == "on the day":
        return 0
    return rng.randint(-4, 0) if pays == "well" or rng.random() < 0.6 else rng.randint(1, 12)


def closing(begin: datetime, now: datetime):
    """Close each month on the third day of the next, as the portal's own job does."""
    month = Month.of(timezone.localdate(begin))
    while month.after(1).begins_at + timedelta(days=2, hours=6) < now:
        yield month.after(1).begins_at + timedelta(days=2, hours=6)
        months.close(month=month, by=User.objects.system())
        month = month.after(1)
