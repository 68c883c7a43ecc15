from collections.abc import Iterable
from itertools import count
from urllib.parse import urlencode

from crispy_forms.bootstrap import PrependedText
from crispy_forms.layout import Fieldset, Row, Submit
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework import plan_lines
from casework.actions.business_plans import NOTHING_LACKS
from casework.forms.parts import CHOOSE, helper_of
from casework.models import BusinessPlan, Part, Trade
from kit import words
from kit.fields import LongTextField, RupeesField, TextField, VersionField, WholeNumberField

MOST, MOST_LENT = 100_000_000, 10_000_000
# Lines in own words, beside those that the trade asks for.
OWN_ROWS, MOST_ROWS = 2, 50
# Where another trade takes over the lines of this one, they stand behind all in own words.
MOST_SENT = 2 * MOST_ROWS
# What the buttons beside the plan's form belong to.
FORM = "plan"
TITLES = {
    Part.START: gettext_lazy("What is needed, and its price"),
    Part.COSTS: gettext_lazy("Costs in a month"),
    Part.SALES: gettext_lazy("Sales in a month"),
}


class TradeForm(forms.Form):
    """Of which work the page asks. Sent with the plan's form, so that what was typed there already is not lost."""

    trade = forms.ChoiceField(
        label=gettext_lazy("Kind of work"), error_messages=CHOOSE, widget=forms.Select(attrs={"form": FORM})
    )

    def __init__(self, *args, trades: Iterable[Trade], **kwargs):
        super().__init__(*args, auto_id="choose_%s", **kwargs)
        self.fields["trade"].choices = [(trade.code, trade.label) for trade in trades]

    @cached_property
    def helper(self):
        show = Submit("show", gettext_lazy("Show its lines"), css_class="alt", form=FORM, formnovalidate=True)
        helper = helper_of("trade", show)
        helper.form_tag, helper.disable_csrf = False, True
        return helper


def amount_field(line=None):
    label = line.label if line else gettext_lazy("Amount")
    hint = line.in_language("hint") if line else ""
    return RupeesField(label=label, help_text=hint, min_value=0, max_value=MOST, required=False)


class BusinessPlanForm(forms.Form):
    """One page: what is needed, own money, what goes out and comes in in a month. What follows from it is worked out.

    The lines are those that the trade asks for (`at_<code>`), and some in own words (`say_<part>_1`, `sum_<part>_1`).
    An empty line is not in the plan. What a line of another trade said stands in own words here.
    """

    version = VersionField(required=False)
    purpose = TextField(
        label=gettext_lazy("What the money is for"),
        help_text=gettext_lazy("For instance: a second sewing machine and cloth for a month."),
    )
    own_share = RupeesField(
        label=gettext_lazy("Own money for this"),
        min_value=0,
        max_value=MOST,
        help_text=gettext_lazy("What is still missing is the loan: the plan works it out."),
    )
    months = WholeNumberField(label=gettext_lazy("Months to pay it back"), min_value=1, max_value=60)

    def __init__(
        self, *args, trade: Trade | None, plan: BusinessPlan | None = None, own_rows: int = OWN_ROWS, **kwargs
    ):
        self.asked = list(trade.lines.all()) if trade else []
        self.chosen, self.own_rows = trade, own_rows
        self.lines: list[plan_lines.Line] = []
        initial = initial_of(plan) if plan else {}
        at, own = split(plan.lines or plan_lines.of_sums(plan), asked=self.asked) if plan else ({}, [])
        initial |= {f"at_{code}": amount for code, amount in at.items()}
        super().__init__(*args, initial=initial, **kwargs)
        for line in self.asked:
            self.fields[f"at_{line.code}"] = amount_field(line)
        self.own, self.rows = own, {}
        for part in Part:
            told = plan_lines.of_part(own, part)
            self.rows[part] = max(len(told) + OWN_ROWS, own_rows)
            for row in range(1, self.rows[part] + 1):
                self.add_row(part, row)
            for row, line in enumerate(told, 1):
                self.initial |= {f"say_{part}_{row}": plan_lines.label_of(line), f"sum_{part}_{row}": line["amount"]}

        self.order_fields(self.as_on_the_page())
        # Laid out by the address and the plan, not by what was sent: once refused, it is drawn anew by `kit.again`.
        self.base_fields = dict(self.fields)
        # Unless a colleague took lines out meanwhile: what was typed into those is not lost.
        for part in Part:
            for row in range(self.rows[part] + 1, self.sent_rows(part) + 1):
                self.add_row(part, row)
                self.rows[part] = row
        self.order_fields(self.as_on_the_page())

    def as_on_the_page(self):
        """The fields from top to bottom, as the layout has them: so are their errors listed."""
        lines = {part: [*self.asked_of(part), *(name for pair in self.own_of(part) for name in pair)] for part in Part}
        return ["version", "purpose", *lines[Part.START], "own_share", "months", *lines[Part.COSTS], *lines[Part.SALES]]

    def asked_of(self, part):
        return [f"at_{line.code}" for line in self.asked if line.part == part]

    def own_of(self, part):
        return [(f"say_{part}_{row}", f"sum_{part}_{row}") for row in range(1, self.rows[part] + 1)]

    @property
    def named_as(self):
        """Which of the lines in own words is meant, where their labels stand alone."""
        names = {}
        for part, title in TITLES.items():
            for row, (say, amount) in enumerate(self.own_of(part), 1):
                names[say] = _("{part}, something else, line {row}").format(part=title, row=row)
                names[amount] = _("{part}, amount of line {row}").format(part=title, row=row)
        return names

    def add_row(self, part, row):
        self.fields[f"say_{part}_{row}"] = TextField(label=_("Something else"), max_length=100, required=False)
        self.fields[f"sum_{part}_{row}"] = amount_field()

    def sent_rows(self, part):
        """The last line in own words that was sent."""
        sent = (row for row in range(MOST_SENT, 0, -1) if f"say_{part}_{row}" in (self.data or {}))
        return next(sent, 0)

    def lay_out_for(self, trade):
        """What was sent, as the lines of another trade take it: what that does not ask for stands in own words."""
        asked = {(line.part, line.code) for line in trade.lines.all()}
        self.data = self.data.copy()
        for line in self.asked:
            if (line.part, line.code) not in asked and (amount := "".join(self.data.pop(f"at_{line.code}", []))):
                say, paid = self.free_row(line.part)
                self.data[say], self.data[paid] = line.label, amount
        self.chosen = trade

    def free_row(self, part):
        rows = ((f"say_{part}_{row}", f"sum_{part}_{row}") for row in count(1))
        return next(pair for pair in rows if not any(self.data.get(name) for name in pair))

    def address_of(self):
        """Behind the page's address: the trade and, where what was typed takes more, how many lines in own words."""
        own = max(self.own_rows, *(self.sent_rows(part) for part in Part))
        return {"trade": self.chosen.code} | ({"own": own} if own > OWN_ROWS else {})

    # Not one of these has to be filled in, so that their labels do not say that they may stay empty.
    @property
    def one_of(self):
        return tuple(name for name in self.fields if name.partition("_")[0] in {"at", "say", "sum"})

    def clean(self):
        cleaned = super().clean()
        self.lines = []
        for part in Part:
            asked = [line for line in self.asked if line.part == part and cleaned.get(f"at_{line.code}")]
            self.lines += [as_line(line, amount=cleaned[f"at_{line.code}"]) for line in asked]
            untaken = plan_lines.of_part(self.own, part)
            rows = range(1, self.rows[part] + 1)
            self.lines += [plan_lines.kept(line, untaken) for row in rows if (line := self.own_line(part, row))]
        if not self.errors:
            self.check_sums(plan_lines.sums_of(self.lines, own_share=cleaned["own_share"]))
        return cleaned

    def own_line(self, part, row):
        """A line in own words needs both, and is none without either."""
        say, amount = f"say_{part}_{row}", f"sum_{part}_{row}"
        said, costs = self.cleaned_data.get(say), self.cleaned_data.get(amount)
        if costs and not said and say not in self.errors:
            self.add_error(say, _("Write what this is."))
        if said and costs is None and amount not in self.errors:
            self.add_error(amount, self.fields[amount].error_messages["required"])
        return {"part": str(part), "code": "", "name": said, "amount": costs} if said and costs else None

    def check_sums(self, sums):
        if not plan_lines.of_part(self.lines, Part.START):
            self.add_error(None, _("Write what is needed to start or to grow, with its price."))
        elif sums["loan_wanted"] <= 0:
            self.add_error("own_share", NOTHING_LACKS)
        elif sums["loan_wanted"] > MOST_LENT:
            self.add_error("own_share", too_much(_("the loan"), MOST_LENT))
        for name, title in (("costs", TITLES[Part.COSTS]), ("sales", TITLES[Part.SALES])):
            if sums[name] > MOST:
                self.add_error(None, too_much(title, MOST))

    def facts(self):
        """What is said of the plan, for the action."""
        said = {name: self.cleaned_data[name] for name in ("purpose", "own_share", "months")}
        return said | {"trade": self.chosen, "lines": self.lines}

    def beside(self, plan):
        """What was typed and what the plan says now."""
        said = self.cleaned_data
        yield _("What the money is for"), said["purpose"], plan.purpose
        for part, title in TITLES.items():
            yield str(title), in_words(self.lines, part), in_words(plan.lines or plan_lines.of_sums(plan), part)
        for name in ("own_share", "months"):
            yield str(self.fields[name].label), f"{said[name]:,}", f"{getattr(plan, name):,}"

    @cached_property
    def helper(self):
        start, costs, sales = (Fieldset(title, *self.fields_of(part)) for part, title in TITLES.items())
        helper = helper_of(
            "version",
            "purpose",
            start,
            Fieldset(gettext_lazy("Own money and the loan"), in_rupees("own_share"), "months"),
            costs,
            sales,
            Submit("save", gettext_lazy("Save the plan")),
        )
        helper.form_id = FORM
        if self.chosen:  # whatever trade a colleague chooses meanwhile
            helper.form_action = f"?{urlencode(self.address_of())}"
        return helper

    def fields_of(self, part):
        return [
            *map(in_rupees, self.asked_of(part)),
            *(Row(say, in_rupees(amount)) for say, amount in self.own_of(part)),
        ]


class BusinessPlanChangeForm(BusinessPlanForm):
    """The same page once more, with the version that it was filled from."""

    version = VersionField()


def initial_of(plan):
    return {name: getattr(plan, name) for name in ("version", "purpose", "own_share", "months")}


def split(lines, *, asked):
    """The amounts of the lines that are asked for, by code, and the other lines."""
    codes = {(line.part, line.code) for line in asked}
    known = {line["code"]: line["amount"] for line in lines if (line["part"], line["code"]) in codes}
    return known, [line for line in lines if (line["part"], line["code"]) not in codes]


def as_line(line, *, amount):
    return {"part": line.part, "code": line.code, "name": line.name, "name_ur": line.name_ur, "amount": amount}


def in_words(lines, part):
    """One line of the plan each: Rent: Rs 4,000."""
    of_part = plan_lines.of_part(lines, part)
    return "\n".join(f"{plan_lines.label_of(line)}: {words.plain(words.rupees(line['amount']))}" for line in of_part)


def in_rupees(name):
    return PrependedText(name, _("Rs"))


def too_much(what, most):
    return _("%(what)s: more than Rs %(most)s. Look at the amounts again.") % {"what": what, "most": f"{most:,}"}


class ReturnForm(forms.Form):
    version = VersionField()
    remark = LongTextField(
        label=gettext_lazy("What is missing"),
        max_length=300,
        help_text=gettext_lazy("The author reads this, nobody outside SMEDA."),
    )

    def beside(self, record):
        """What was typed, beside the remark of a colleague who sent it back first; no other change has one."""
        yield self.fields["remark"].label, self.cleaned_data["remark"], record.remark or None

    @cached_property
    def helper(self):
        return helper_of("version", "remark", Submit("return", gettext_lazy("Send back")))
