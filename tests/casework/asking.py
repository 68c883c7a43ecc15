"""What tests ask the journal."""

from journal.models import Event


def names_of(model, pk):
    """The names of the events about the record, or about its enterprise, oldest first."""
    label = model._meta.label_lower
    events = Event.objects.filter(target_label=label, target_id=pk)
    if label == "enterprises.enterprise":
        events = Event.objects.filter(enterprise_id=pk)
    return list(events.order_by("id").values_list("name", flat=True))
