import pytest

from messaging.sealing import Unreadable, seal, unseal


def test_what_is_sealed_can_be_read_again_and_not_before():
    values = {"phone": "+923000001234", "text": "Code 123456 کوڈ"}

    sealed = seal(values)

    assert (unseal(sealed), "123456" in sealed, "+92" in sealed) == (values, False, False)


def test_a_former_key_still_reads(settings):
    sealed = seal({"text": "a"})

    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the next key"

    assert unseal(sealed) == {"text": "a"}


def test_a_forgotten_key_does_not_read(settings):
    sealed = seal({"text": "a"})

    settings.SECRET_KEY = "the next key"

    with pytest.raises(Unreadable):
        unseal(sealed)
