"""The crispy-forms template pack, against crispy's own layout objects."""

import inspect
import re

import pytest
from crispy_forms import bootstrap, layout
from crispy_forms.helper import FormHelper
from crispy_forms.utils import render_crispy_form
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import Context, Template, TemplateDoesNotExist
from django.test.html import parse_html
from django.utils import translation

CHOICES = [("me", "Only me"), ("family", "I share it")]
HINT = "As it is on your CNIC"
# One of each kind: how it is made, and what it refuses.
KINDS = {
    "text": (forms.CharField, {}, ""),
    "textarea": (forms.CharField, {"widget": forms.Textarea}, ""),
    "email": (forms.EmailField, {}, "nobody"),
    "url": (forms.URLField, {"assume_scheme": "https"}, "no address"),
    "password": (forms.CharField, {"widget": forms.PasswordInput}, ""),
    "integer": (forms.IntegerField, {"min_value": 1}, "many"),
    "decimal": (forms.DecimalField, {}, "much"),
    "date": (forms.DateField, {}, "some day"),
    "time": (forms.TimeField, {}, "later"),
    "moment": (forms.DateTimeField, {}, "soon"),
    "select": (forms.ChoiceField, {"choices": CHOICES}, "nobody"),
    "select several": (forms.MultipleChoiceField, {"choices": CHOICES}, ["nobody"]),
    "radios": (forms.ChoiceField, {"choices": CHOICES, "widget": forms.RadioSelect}, "nobody"),
    "checkboxes": (forms.MultipleChoiceField, {"choices": CHOICES, "widget": forms.CheckboxSelectMultiple}, ["nobody"]),
    "grouped": (forms.ChoiceField, {"choices": [("Home", CHOICES)], "widget": forms.RadioSelect}, "nobody"),
    "checkbox": (forms.BooleanField, {}, ""),
    "file": (forms.FileField, {}, ""),
    "day and time": (forms.SplitDateTimeField, {}, ""),
    "three lists": (forms.DateField, {"widget": forms.SelectDateWidget(years=[2026])}, ""),
}
SEVERAL = {"radios", "checkboxes", "grouped", "day and time", "three lists"}
# Layouts that hide fields behind a click that needs a script: an error in them would not be seen.
LEFT_OUT = {"Tab", "TabHolder", "Modal"}


def form_of(field, data=None, **kwargs):
    return type("OneField", (forms.Form,), {"who": field})(data, **kwargs)


def drawn(form, *parts, **settings):
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    for name, value in settings.items():
        setattr(helper, name, value)
    helper.layout = layout.Layout(*(parts or form.fields))
    with translation.override("en"):
        return render_crispy_form(form, helper)


def same(left, right):
    return parse_html(left) == parse_html(right)


def typed(kind, value):
    return {"who_0": "no day", "who_1": "no time"} if kind == "day and time" else {"who": value}


def test_field_is_label_hint_error_control():
    form = form_of(forms.CharField(label="Full name", help_text=HINT), {"who": ""})

    assert same(
        drawn(form, form_show_errors=True).split("</div>", 1)[1],
        """
        <div class="fld bad">
          <label for="id_who">Full name</label>
          <p class="hint" id="id_who_helptext">As it is on your CNIC</p>
          <p class="err" id="id_who_error">
            <svg class="i" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 3 2 21h20zM12 10v5M12 18v.2"/></svg>
            <span>This field is required.</span>
          </p>
          <input type="text" name="who" required aria-invalid="true" id="id_who" class="ctl"
                 aria-describedby="id_who_helptext id_who_error">
        </div>
        """,
    )


def test_group_of_choices_is_a_fieldset_whose_rows_are_the_targets():
    form = form_of(forms.ChoiceField(label="Who uses it?", choices=CHOICES, widget=forms.RadioSelect, help_text=HINT))

    assert same(
        drawn(form),
        """
        <fieldset class="fld" aria-describedby="id_who_helptext">
          <legend>Who uses it?</legend>
          <p class="hint" id="id_who_helptext">As it is on your CNIC</p>
          <label class="opt" for="id_who_0">
            <input type="radio" name="who" value="me" id="id_who_0" required><span>Only me</span>
          </label>
          <label class="opt" for="id_who_1">
            <input type="radio" name="who" value="family" id="id_who_1" required><span>I share it</span>
          </label>
        </fieldset>
        """,
    )


def test_one_checkbox_stands_beside_its_words():
    form = form_of(forms.BooleanField(label="SMEDA may keep these details", required=False))

    assert same(
        drawn(form),
        """
        <div class="fld">
          <label class="opt" for="id_who">
            <input type="checkbox" name="who" id="id_who"><span>SMEDA may keep these details</span>
          </label>
        </div>
        """,
    )


@pytest.mark.parametrize("has_hint", [False, True])
@pytest.mark.parametrize("is_wrong", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_field_ties_hint_and_error_to_its_control(kind, is_wrong, has_hint):
    field_class, arguments, refused = KINDS[kind]
    field = field_class(label="Who", help_text=HINT if has_hint else "", **arguments)
    form = form_of(field, typed(kind, refused) if is_wrong else None)

    found = drawn(form).split("</h2>", 1)[-1].split("</ul>", 1)[-1]

    expected = ["id_who_helptext"] * has_hint + ["id_who_error"] * is_wrong
    described = re.search(r'aria-describedby="([^"]*)"', found)
    assert (described[1].split() if described else []) == expected
    assert [f'id="{each}"' in found for each in expected] == [True] * len(expected)
    assert ("<fieldset" in found) == (kind in SEVERAL)
    assert ('aria-invalid="true"' in found) == is_wrong
    assert ('class="fld bad"' in found) == is_wrong
    label = found.index("<legend" if kind in SEVERAL else 'for="id_who')
    control = found.index('name="who') if kind != "checkbox" else len(found)
    order = [label, *(found.index(f'id="{each}"') for each in expected), control]
    assert kind == "checkbox" or order == sorted(order)


@pytest.mark.parametrize("kind", KINDS)
def test_summary_leads_to_a_control_that_is_there(kind):
    field_class, arguments, refused = KINDS[kind]
    form = form_of(field_class(label="Who", **arguments), typed(kind, refused))

    found = drawn(form)

    target = re.search(r'<li><a href="#([^"]+)">', found)[1]
    assert re.search(rf'<(?:input|select|textarea)[^>]* id="{target}"', found)


def test_summary_takes_the_focus_and_counts_what_is_to_put_right():
    form = type("TwoFields", (forms.Form,), {"name": forms.CharField(), "age": forms.IntegerField(required=False)})(
        {"name": "", "age": "many"}
    )
    form.add_error(None, "This receipt number is already used.")

    summary = drawn(form).split("</div>", 1)[0] + "</div>"

    assert same(
        summary,
        """
        <div class="errs" role="alert" tabindex="-1" autofocus aria-labelledby="errors">
          <h2 id="errors"><bdi>3</bdi> things to put right</h2>
          <ul>
            <li><b>This receipt number is already used.</b></li>
            <li><a href="#id_name">Name: This field is required.</a></li>
            <li><a href="#id_age">Age: Enter a whole number.</a></li>
          </ul>
        </div>
        """,
    )


def test_summary_names_the_field_before_what_to_do():
    fields = {"name": forms.CharField(label="Full name"), "who": forms.CharField(label="Who uses this phone?")}

    found = drawn(type("TwoFields", (forms.Form,), fields)({}))

    assert re.findall(r'<a href="#id_\w+">([^<]+)</a>', found) == [
        "Full name: This field is required.",
        "Who uses this phone: This field is required.",
    ]


def test_errors_are_not_shown_where_the_form_hides_them():
    found = drawn(form_of(forms.CharField(), {"who": ""}), form_show_errors=False)

    assert ('class="errs"' in found, 'class="err"' in found) == (False, False)


def test_number_is_typed_in_any_script():
    form = form_of(forms.IntegerField(min_value=1, max_value=9))

    assert '<input type="text" name="who" inputmode="numeric" dir="ltr" class="ctl s" required id="id_who">' in drawn(
        form
    )


def test_field_that_may_stay_empty_says_so_but_not_in_a_filter():
    form = form_of(forms.CharField(label="E-mail", required=False))

    said = ["(optional)" in drawn(form, form_method=method) for method in ("post", "get")]

    assert said == [True, False]


def test_kept_file_is_named_and_may_be_removed():
    kept = SimpleUploadedFile("bills/bill.jpg", b"x")
    kept.url = "/media/bills/bill.jpg"
    form = form_of(forms.FileField(required=False), initial={"who": kept})

    found = drawn(form)

    assert 'We have <span dir="auto">bill.jpg</span>. Choose another only to replace it.' in found
    assert 'name="who-clear"' in found
    assert "/media/" not in found


def test_hidden_field_is_hidden_and_its_error_is_said():
    form = form_of(forms.CharField(widget=forms.HiddenInput), {"who": ""})

    found = drawn(form)

    assert '<input type="hidden" name="who" id="id_who">' in found
    assert "<li><b>This field is required.</b></li>" in found


def test_whole_form_sends_its_token_and_key_and_leaves_the_checking_to_us():
    form = form_of(forms.FileField())
    form.helper = FormHelper()
    form.helper.form_id = "papers"
    form.helper.layout = layout.Layout("who")

    found = Template("{% load crispy_forms_tags %}{% crispy form %}").render(Context({"form": form, "csrf_token": "t"}))

    assert found.strip().startswith('<form id="papers" method="post" enctype="multipart/form-data" novalidate>')
    assert '<input type="hidden" name="csrfmiddlewaretoken" value="t">' in found
    assert '<input type="hidden" name="request_key"' in found


def test_form_that_only_asks_sends_neither():
    form = form_of(forms.CharField())
    form.helper = FormHelper()
    form.helper.form_method = "get"

    found = Template("{% load crispy_forms_tags %}{% crispy form %}").render(Context({"form": form, "csrf_token": "t"}))

    assert ("csrfmiddlewaretoken" in found, "request_key" in found) == (False, False)


@pytest.mark.parametrize("template", [None, "ralli/table_inline_formset.html"])
def test_set_of_forms_says_which_one_and_leads_to_its_fields(template):
    guarantors = forms.formset_factory(
        type("Guarantor", (forms.Form,), {"name": forms.CharField(label="Name")}), extra=2
    )
    data = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0", "form-0-name": "Zahida", "form-1-name": " "}
    formset = guarantors(data, form_kwargs={"empty_permitted": False, "use_required_attribute": False})
    helper = FormHelper()
    helper.item_label = "Guarantor"
    helper.template = template
    with translation.override("en"):
        found = render_crispy_form(formset, helper)

    assert '<li><a href="#id_form-1-name">Name: This field is required.</a></li>' in found
    assert found.count('id="id_form-TOTAL_FORMS"') == 1
    if not template:
        assert re.findall(r"<legend>(.+)</legend>", found) == [
            f"Guarantor <bdi>{number}</bdi> of <bdi>2</bdi>" for number in (1, 2)
        ]


def test_filters_of_crispy_draw_the_same_field():
    form = form_of(forms.CharField(label="Full name"))
    source = "{% load crispy_forms_tags %}"

    whole, field = (
        Template(source + tag).render(Context({"form": form}))
        for tag in ("{{ form|crispy }}", "{{ form.who|as_crispy_field }}")
    )

    assert same(whole, field)


@pytest.mark.parametrize(
    ("button", "markup"),
    [
        (
            layout.Submit("save", "Save"),
            '<button class="btn" type="submit" name="save" value="1" id="submit-id-save">Save</button>',
        ),
        (
            layout.Submit("later", "Later", css_class="quiet"),
            '<button class="btn alt quiet" type="submit" name="later" value="1" id="submit-id-later">Later</button>',
        ),
        (
            layout.Reset("clear", "Clear"),
            '<button class="btn alt" type="reset" name="clear" value="1" id="reset-id-clear">Clear</button>',
        ),
        (
            layout.Button("b", "B", data_x="1"),
            '<button class="btn alt" type="button" name="b" value="1" id="button-id-b" data-x="1">B</button>',
        ),
        (layout.Hidden("step", "2"), '<input type="hidden" name="step" value="2" id="hidden-id-step">'),
    ],
)
def test_buttons(button, markup):
    assert same(drawn(form_of(forms.CharField(required=False)), button), markup)


def every_layout():
    """Crispy's layout objects, each made around one field."""
    ready = {
        "Fieldset": lambda: layout.Fieldset("Legend", "who"),
        "MultiField": lambda: layout.MultiField("Legend", "who"),
        "HTML": lambda: layout.HTML("<p>{{ 1 }}</p>"),
        "BaseInput": lambda: layout.Submit("a", "A"),
        "Submit": lambda: layout.Submit("a", "A"),
        "Button": lambda: layout.Button("a", "A"),
        "Hidden": lambda: layout.Hidden("a", "A"),
        "Reset": lambda: layout.Reset("a", "A"),
        "PrependedAppendedText": lambda: bootstrap.PrependedAppendedText("who", "Rs", "/-"),
        "PrependedText": lambda: bootstrap.PrependedText("who", "Rs"),
        "AppendedText": lambda: bootstrap.AppendedText("who", "%"),
        "FieldWithButtons": lambda: bootstrap.FieldWithButtons("who", bootstrap.StrictButton("Go")),
        "StrictButton": lambda: bootstrap.StrictButton("Go"),
        "Accordion": lambda: bootstrap.Accordion(bootstrap.AccordionGroup("More", "who")),
        "AccordionGroup": lambda: bootstrap.AccordionGroup("More", "who"),
        "Container": lambda: bootstrap.AccordionGroup("More", "who"),
        "Alert": lambda: bootstrap.Alert("Take care"),
    }
    for module in (layout, bootstrap):
        for name, found in inspect.getmembers(module, inspect.isclass):
            if found.__module__ == module.__name__ and hasattr(found, "render") and name not in LEFT_OUT:
                yield name, ready.get(name, lambda found=found: found("who"))


@pytest.mark.parametrize(("name", "make"), list(every_layout()))
def test_every_layout_of_crispy_is_drawn_without_inline_style_or_script(name, make):
    choices = forms.MultipleChoiceField if name == "InlineCheckboxes" else forms.ChoiceField
    widget = {"InlineCheckboxes": forms.CheckboxSelectMultiple, "InlineRadios": forms.RadioSelect}.get(name)
    field = choices(choices=CHOICES, widget=widget) if widget else forms.CharField()

    found = drawn(form_of(field), make())

    assert found.strip()
    assert re.findall(r"<script|<style| style=| on\w+=", found) == []


@pytest.mark.parametrize(
    "make", [lambda: bootstrap.TabHolder(bootstrap.Tab("More", "who")), lambda: bootstrap.Modal("who")]
)
def test_layouts_that_hide_fields_behind_a_script_are_left_out(make):
    with pytest.raises(TemplateDoesNotExist):
        drawn(form_of(forms.CharField()), make())
