"""Save a record so that what the database refuses is said in words."""

from typing import Any

from django.db import IntegrityError, transaction


def save(item: Any, *, update_fields: list[str] | None = None, force_insert: bool = False) -> None:
    """Clean the fields that are to be written, save, and raise `ValidationError` where a constraint refuses.

    `full_clean` asks the database about each constraint before it saves, and then the database checks them again. Here
    it checks them once, and is asked which one it was only when it refused: also when somebody else came between.
    """
    kept = set() if update_fields is None else {field.name for field in item._meta.fields} - set(update_fields)
    item.clean_fields(exclude=kept)
    item.clean()
    try:
        with transaction.atomic():
            item.save(update_fields=update_fields, force_insert=force_insert)
    except IntegrityError:
        item.validate_unique()
        item.validate_constraints()
        raise
