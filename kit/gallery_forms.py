"""Forms for the gallery: every kind of field, plain, with a hint and with an error, and the layouts that hold them."""

from crispy_forms.bootstrap import FormActions, InlineRadios, PrependedText
from crispy_forms.helper import FormHelper
from crispy_forms.layout import ButtonHolder, Fieldset, Layout, Reset, Row, Submit
from crispy_forms.utils import render_crispy_form
from django import forms

from kit.fields import CnicField, DayField, PhoneField, RupeesField
from kit.gallery_samples import Words

PASSWORD_BOX = forms.PasswordInput(attrs={"autocomplete": "current-password"})
HINT = Words("13 digits, with or without dashes", "13 ہندسے، ڈیش کے ساتھ یا بغیر")
NAMES = {
    "name": Words("Your full name", "آپ کا پورا نام"),
    "cnic": Words("CNIC number", "شناختی کارڈ نمبر"),
    "phone": Words("Mobile number", "موبائل نمبر"),
    "email": Words("E-mail", "ای میل"),
    "password": Words("Password", "پاس ورڈ"),
    "amount": Words("Amount", "رقم"),
    "count": Words("How many people work with you", "آپ کے ساتھ کتنے لوگ کام کرتے ہیں"),
    "on": Words("Day of the visit", "ملاقات کا دن"),
    "district": Words("District", "ضلع"),
    "help": Words("What do you need help with", "آپ کو کس میں مدد چاہیے"),
    "who": Words("Who uses this phone?", "یہ فون کون استعمال کرتا ہے؟"),
    "sex": Words("You are", "آپ ہیں"),
    "about": Words("Your business in your own words", "اپنے کاروبار کے بارے میں لکھیں"),
    "paper": Words("Photo of the electricity bill", "بجلی کے بل کی تصویر"),
    "agree": Words(
        "SMEDA may keep these details to help my business", "سمیڈا میرے کاروبار کی مدد کے لیے یہ معلومات رکھ سکتا ہے"
    ),
    "session": Words("Day and time", "دن اور وقت"),
}
CHOICES = {
    "district": [("", "–"), ("multan", Words("Multan", "ملتان")), ("khanewal", Words("Khanewal", "خانیوال"))],
    "help": [("loan", Words("A loan", "قرض")), ("accounts", Words("Keeping accounts", "حساب کتاب"))],
    "who": [
        ("me", Words("Only me", "صرف میں")),
        ("family", Words("I share it with my family", "گھر والے بھی استعمال کرتے ہیں")),
    ],
    "sex": [("f", Words("A woman", "عورت")), ("m", Words("A man", "مرد"))],
}
LEGENDS = {
    "rupees": Words("Rs", "روپے"),
    "you": Words("Who are you?", "آپ کون ہیں؟"),
    "business": Words("Your business", "آپ کا کاروبار"),
    "send": Words("Save and continue", "محفوظ کریں اور آگے بڑھیں"),
    "later": Words("Finish later", "بعد میں مکمل کریں"),
    "guarantor": Words("Guarantor", "ضامن"),
    "again": Words("Start again", "دوبارہ شروع کریں"),
}


def say(words: Words | str, code: str) -> str:
    return getattr(words, code, words.en) if isinstance(words, Words) else words


def every_field(code: str, *, hint: Words | None = None) -> dict[str, forms.Field]:
    """One field of each kind, with its label and hint in one language."""

    def named(name):
        return {"label": say(NAMES[name], code), "help_text": say(hint, code) if hint else ""}

    def chosen(name):
        return {**named(name), "choices": [(value, say(label, code)) for value, label in CHOICES[name]]}

    return {
        "name": forms.CharField(**named("name")),
        "cnic": CnicField(**named("cnic")),
        "phone": PhoneField(**named("phone")),
        "email": forms.EmailField(required=False, **named("email")),
        "password": forms.CharField(widget=PASSWORD_BOX, **named("password")),
        "amount": RupeesField(**named("amount")),
        "count": forms.IntegerField(min_value=0, **named("count")),
        "on": DayField(**named("on")),
        "session": forms.SplitDateTimeField(**named("session")),
        "district": forms.ChoiceField(**chosen("district")),
        "who": forms.ChoiceField(widget=forms.RadioSelect, **chosen("who")),
        "sex": forms.ChoiceField(widget=forms.RadioSelect, **chosen("sex")),
        "help": forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, **chosen("help")),
        "about": forms.CharField(widget=forms.Textarea, required=False, **named("about")),
        "paper": forms.FileField(required=False, **named("paper")),
        "agree": forms.BooleanField(**named("agree")),
        "version": forms.CharField(widget=forms.HiddenInput, required=False),
    }


def draw(code: str, state: str, *, data: dict | None = None, hint: Words | None = None) -> str:
    form_class = type("EveryField", (forms.Form,), every_field(code, hint=hint))
    form = form_class(data, prefix=f"{state}-{code}")
    helper = FormHelper()
    helper.is_still = True
    helper.layout = Layout(
        Fieldset(
            say(LEGENDS["you"], code), "name", Row("cnic", "phone"), "email", "password", "who", InlineRadios("sex")
        ),
        Fieldset(
            say(LEGENDS["business"], code),
            PrependedText("amount", say(LEGENDS["rupees"], code)),
            *("count", "on", "session", "district", "help"),
        ),
        "about",
        "paper",
        "agree",
        "version",
        FormActions(
            Submit("send", say(LEGENDS["send"], code), css_class="onward", css_id=f"send-{state}-{code}"),
            Submit("later", say(LEGENDS["later"], code), css_class="quiet", css_id=f"later-{state}-{code}"),
        ),
    )
    return render_crispy_form(form, helper)


def draw_errors(code: str) -> str:
    return draw(code, "errors", data={f"errors-{code}-cnic": "36302-4829105"}, hint=HINT)


def draw_set(code: str) -> str:
    fields = every_field(code)
    form_class = type("Guarantor", (forms.Form,), {"name": fields["name"], "cnic": fields["cnic"]})
    helper = FormHelper()
    helper.is_still = True
    helper.item_label = say(LEGENDS["guarantor"], code)
    helper.layout = Layout(Row("name", "cnic"))
    helper.add_input(Submit("send", say(LEGENDS["send"], code), css_id=f"send-set-{code}"))
    return render_crispy_form(forms.formset_factory(form_class, extra=2)(prefix=f"set-{code}"), helper)


def draw_filter(code: str) -> str:
    fields = every_field(code)
    form_class = type("Filter", (forms.Form,), {"name": fields["name"], "district": fields["district"]})
    helper = FormHelper()
    helper.form_method = "get"
    helper.form_class = "filter"
    helper.layout = Layout(
        "name",
        "district",
        ButtonHolder(
            Submit("show", say(LEGENDS["send"], code), css_id=f"show-{code}"),
            Reset("again", say(LEGENDS["again"], code), css_id=f"again-{code}"),
        ),
    )
    return render_crispy_form(form_class(prefix=f"filter-{code}"), helper)


FORMS = {
    "plain": lambda code: draw(code, "plain"),
    "hints": lambda code: draw(code, "hints", hint=HINT),
    "errors": draw_errors,
    "set": draw_set,
    "filter": draw_filter,
}
