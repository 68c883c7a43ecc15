"""Whether a product can be lent on these terms: asked when an application is received and when it is decided."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Office
from loans.models import Product
from loans.schedule import ScheduleError, instalment_of


def check_offer(*, product: Product, branch: Office, amount: int, months: int) -> None:
    """Raise `ValidationError`, field by field, unless the branch lends `amount` over `months` under `product`."""
    if not Product.objects.offered_at(branch).filter(pk=product.pk).exists():
        raise ValidationError({"product": _("This branch does not offer this loan.")})
    check_terms(product=product, amount=amount, months=months)


def check_terms(*, product: Product, amount: int, months: int) -> None:
    """Raise `ValidationError`, field by field, unless `product` allows the amount and the months."""
    problems = {}
    if not product.min_amount <= amount <= product.max_amount:
        problems["amount"] = _("This loan is between Rs %(least)s and Rs %(most)s.") % {
            "least": f"{product.min_amount:,}",
            "most": f"{product.max_amount:,}",
        }
    if not product.step_months <= months <= product.max_months:
        problems["product"] = not_over(product, months)
    elif months % product.step_months:
        problems["months"] = ngettext(
            "An instalment falls due every %(step)s month. Choose a number of months that it divides.",
            "An instalment falls due every %(step)s months. Choose a number of months that it divides.",
            product.step_months,
        ) % {"step": product.step_months}
    if not problems:
        try:
            instalment_of(amount, product.counts(months), multiple=product.multiple, rounding=product.rounding)
        except ScheduleError as error:
            problems["months"] = str(error)
    if problems:
        raise ValidationError(problems)


def not_over(product: Product, months: int) -> str:
    """That this kind of loan is not repaid over so many months: the months came with the plan, the kind is chosen."""
    return ngettext(
        "“%(loan)s” is repaid in %(allowed)s, not in %(months)s month. Choose another kind of loan, or other months.",
        "“%(loan)s” is repaid in %(allowed)s, not in %(months)s months. Choose another kind of loan, or other months.",
        months,
    ) % {"loan": product.label, "allowed": product.months_in_words, "months": months}
