import uuid

from django import template
from django.utils.html import format_html

from journal.once import FIELD

register = template.Library()


@register.simple_tag(takes_context=True)
def request_key(context):
    """Put the form's hidden key; a form shown again with errors keeps the key it came with."""
    request = context.get("request")
    sent = (request.POST or getattr(request, "refused", None) or {}) if request else {}
    typed = sent.get(FIELD, "")
    try:
        key = uuid.UUID(typed)
    except ValueError:
        key = uuid.uuid4()
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, key)
