"""Walking through the registration page by page, as a visitor without JavaScript does."""

import re
import uuid

from messaging.models import Message
from messaging.sealing import unseal

CNIC = "3630248291056"
PHONE = "+923000001234"
PAGES = {
    "who": {"name": "Nasreen Bibi", "cnic": "36302-4829105-6", "sex": "woman"},
    "reach": {
        "phone": "0300-0001234", "phone_owner": "spouse", "district": "multan", "place": "Shah Rukn-e-Alam",
    },
    "what": {
        "sector": "tailoring", "name": "Nasreen Stitching House", "what": "Uniforms", "started_year": "2019",
        "help": ["loan", "course"],
    },
}  # fmt: skip
IDEA = {
    "who": PAGES["who"],
    "reach": {"phone": "0300-0001234", "phone_owner": "self", "district": "multan"},
}


def begin(client, *, stage="running", **more):
    return client.post("/register/", {"stage": stage, "request_key": str(uuid.uuid4())} | more)


def answer(client, pages=PAGES):
    """Begin, and answer every page; returns the addresses that each answer led to."""
    led_to = [begin(client, stage="idea" if pages is IDEA else "running")["Location"]]
    for key, answers in pages.items():
        led_to.append(client.post(f"/register/{key}/", answers)["Location"])
    return led_to


def send(client, pages=PAGES, **permissions):
    """Answer every page and send: the phone then has its code."""
    answer(client, pages)
    return client.post("/register/check/", {"contact": "on"} | permissions)


def code_text():
    """The newest message with a code."""
    return unseal(Message.objects.filter(kind="messaging.code").latest("id").secret)["text"]


def digits():
    """The code in it."""
    return re.search(r"[0-9]{6}", code_text())[0]


def register(client, pages=PAGES, **permissions):
    """The whole way; returns the confirmation."""
    send(client, pages, **permissions)
    client.post("/register/code/", {"code": digits()})
    return client.get("/register/done/")
