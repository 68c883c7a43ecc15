"""What the crispy-forms template pack "ralli" needs beyond crispy's own tags."""

from typing import NamedTuple

from django import forms, template

register = template.Library()

# Read from the left and short, whatever the page's language: digits, addresses, passwords.
LEFT_TO_RIGHT = {"number", "tel", "email", "url", "password", "date", "time", "datetime-local"}
SHORT = {"number", "tel", "date", "time", "datetime-local"}
SHORT_WIDGETS = (forms.NumberInput, forms.DateInput, forms.TimeInput, forms.DateTimeInput)
DJANGO_ROWS = "10"


@register.simple_tag
def control(field, widget=None):
    """The field's widget in our style; hint and error are tied to it by the ids that Django itself gives.

    A number is typed into a text box that asks the phone for digits: `type="number"` refuses the digits of Urdu, loses
    what it cannot read, and changes its value when somebody scrolls.
    """
    widget = widget or field.field.widget
    attrs = dict(widget.attrs)
    input_type = attrs.get("type") or getattr(widget, "input_type", "")
    if isinstance(widget, forms.NumberInput):
        widget.input_type = "text"
        attrs.setdefault("inputmode", "numeric" if attrs.get("step") in (None, 1, "1") else "decimal")
        for name in ("min", "max", "step"):
            attrs.pop(name, None)
            widget.attrs.pop(name, None)
    if input_type in LEFT_TO_RIGHT or isinstance(widget, SHORT_WIDGETS):
        attrs.setdefault("dir", "ltr")
    if isinstance(widget, forms.Textarea) and attrs.get("rows") == DJANGO_ROWS:
        attrs["rows"] = "4"
    is_short = input_type in SHORT or isinstance(widget, SHORT_WIDGETS) or "inputmode" in attrs
    ours = "" if isinstance(widget, forms.CheckboxInput) else "ctl s" if is_short else "ctl"
    if named := f"{ours} {attrs.pop('class', '')}".strip():
        attrs["class"] = named
    if field.use_fieldset:
        attrs.setdefault("aria-label", field.label)
    return field.as_widget(widget=widget, attrs=attrs)


@register.simple_tag
def file_control(field):
    """The file box alone: what is kept already is named beside it, and opened only where its reader is checked."""
    return control(field, forms.FileInput(attrs=field.field.widget.attrs))


@register.filter
def target(field):
    """The id that a link in the error summary leads to: the control, or the first choice of several."""
    if field.is_hidden:
        return ""
    widget = field.field.widget
    if isinstance(widget, forms.MultiWidget):
        return f"{field.auto_id}{widget.widgets_names[0]}"
    return field.id_for_label or field.subwidgets[0].id_for_label or ""


# Of an error that is a question: nothing is wrong. The answer is one of those offered, or the same once more.
QUESTIONS = frozenset({"several", "sure"})


@register.filter
def is_asked(field):
    """Whether all that is said to this field is a question."""
    codes = [error.code for error in field.errors.as_data()]
    return bool(codes) and QUESTIONS.issuperset(codes)


class Problem(NamedTuple):
    id: str
    label: str
    message: str
    is_asked: bool = False


@register.filter
def any_chosen(options):
    """Whether one of these choices is chosen: then it is not folded away."""
    return any(option["selected"] for option in options)


@register.filter
def are_asked(found):
    """Whether nothing is to be put right, and something to be answered."""
    return all(problem.is_asked for problem in found)


@register.filter
def fields_among(found):
    """How many of the problems are of a field; what stands above them says only what they have in common."""
    return sum(bool(problem.id) for problem in found) or 1


@register.filter
def named(found):
    """The problems, each naming its field first: in the summary nothing else says what "Choose one." is about.

    A field that nobody sees is not named.
    """
    return [problem._replace(label=str(problem.label).rstrip("?؟:") if problem.id else "") for problem in found]


@register.simple_tag
def problems(form):
    """Every error of a form in the order of its fields: where it is, whose it is, and what to do.

    Of several fields with one label the form says in `named_as` which is which.
    """
    if not form.is_bound:
        return []
    names = getattr(form, "named_as", {})
    above = form.errors.get("__all__")
    asked = [error.code in QUESTIONS for error in above.as_data()] if above else []
    return [Problem("", "", message, mark) for message, mark in zip(above or (), asked, strict=True)] + [
        Problem(target(field), names.get(field.name, field.label), message, is_asked(field))
        for field in form
        for message in field.errors
    ]


@register.simple_tag
def formset_problems(formset):
    """Every error of a formset: its own first, then form by form."""
    if not formset.is_bound:
        return []
    found = [Problem("", "", message) for message in formset.non_form_errors()]
    for form in formset.forms:
        found += problems(form)
    return found


@register.filter
def says_optional(field, form_method):
    """Whether the label says that the field may be left empty. A filter form asks for nothing at all.

    Of two of which one is needed, neither is: their form names them in `one_of`.
    """
    if field.name in getattr(field.form, "one_of", ()):
        return False
    return not field.field.required and form_method != "get" and not field.field.disabled


@register.filter
def file_name(value):
    """The name of a file that is kept, without the folders it lies in."""
    return str(getattr(value, "name", value)).rpartition("/")[2]


@register.filter
def words_only(classes):
    """The classes that a layout adds to a button, without those that other packs style."""
    return " ".join(name for name in classes.split() if name not in {"btn", "btn-primary", "btn-inverse"})
