"""Sample values for every component: a name of a file in templates/components/, and what it is drawn with."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.timezone import get_default_timezone

from kit.charts import patch_states

TODAY = date(2026, 11, 24)


@dataclass(frozen=True)
class Words:
    """The same words in each language of the portal."""

    en: str
    ur: str


def day(of_month: int, month: int = 11) -> date:
    return date(2026, month, of_month)


def at(of_month: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, of_month, hour, minute, tzinfo=get_default_timezone())


NASREEN = Words("Nasreen Bibi", "نسرین بی بی")
SADIA = Words("Sadia Anwar", "سعدیہ انور")
FULL_NAME = Words("Full name", "پورا نام")
LOAN = Words("Loan", "قرض")
MONTHS = [
    (Words("Jan", "جنوری"), 471),
    (Words("Feb", "فروری"), 455),
    (Words("Mar", "مارچ"), 502),
    (Words("Apr", "اپریل"), 540),
    (Words("May", "مئی"), 528),
    (Words("Jun", "جون"), 566),
    (Words("Jul", "جولائی"), 601),
    (Words("Aug", "اگست"), 588),
    (Words("Sep", "ستمبر"), 634),
    (Words("Oct", "اکتوبر"), 702),
]
ACTIONS = [
    {"label": Words("Yes, Tuesday 11 am", "جی، منگل 11 بجے"), "url": "#", "icon": "check"},
    {"label": Words("Another day", "کوئی اور دن"), "url": "#", "icon": "calendar"},
]
JOURNEY = [
    {"label": Words("Registered", "اندراج"), "note": Words("3 Feb 2026", "3 فروری 2026"), "state": "done"},
    {"label": Words("Plan made", "لائحہ عمل بنا"), "note": Words("12 Feb 2026", "12 فروری 2026"), "state": "done"},
    {
        "label": Words("Business papers", "کاروبار کے کاغذات"),
        "note": Words("2 of 3 done", "3 میں سے 2 مکمل"),
        "state": "now",
    },
    {"label": Words("Grown", "ترقی"), "note": Words("Next loan", "اگلا قرض"), "state": "todo"},
]
STAFF_NOTE = {
    "text": Words(
        "Her brother-in-law wants the loan in her name. Ask her alone.", "دیور ان کے نام پر قرض چاہتا ہے۔ اکیلے پوچھیں۔"
    ),
    "name": NASREEN,
    "is_staff_only": True,
}
SHARED_NOTE = {"text": Words("Bring the electricity bill on Tuesday.", "منگل کو بجلی کا بل لائیں۔"), "name": NASREEN}
ENTRIES: list[dict[str, Any]] = [
    {"kind": Words("Note", "نوٹ"), "at": at(20, 15, 40), "who": SADIA, "note": STAFF_NOTE},
    {"kind": Words("Note", "نوٹ"), "at": at(18, 11), "who": SADIA, "note": SHARED_NOTE},
    {
        "kind": LOAN,
        "at": at(9, 10, 15),
        "who": Words("Akhuwat, Gulgasht", "اخوت، گلگشت"),
        "text": Words("Instalment 6 of 15 paid, Rs 4,000", "15 میں سے قسط 6 ادا، 4,000 روپے"),
        "url": "#",
        "label": Words("See it", "دیکھیں"),
    },
]


def desk_row(*, tone: str, late: Words, who: Words, trade: Words, what: Words, due: Words) -> dict[str, Any]:
    return {
        "cells": [
            {"kind": "days", "text": late, "tone": tone},
            {"kind": "who", "text": who, "small": trade, "url": "#"},
            {"kind": "what", "text": what},
            {"text": Words("You", "آپ"), "label": Words("With", "کس کے پاس")},
            {"text": due, "small": LOAN, "label": Words("Due", "تاریخ")},
        ]
    }


RUKHSANA = desk_row(
    tone="late",
    late=Words("10 days late", "10 دن دیر"),
    who=Words("Rukhsana Kausar", "رخسانہ کوثر"),
    trade=Words("Pickles and chutney", "اچار چٹنی"),
    what=Words("First phone call not made", "پہلا فون نہیں ہوا"),
    due=Words("13 Nov", "13 نومبر"),
)
TAHIRA = desk_row(
    tone="soon",
    late=Words("Today", "آج"),
    who=Words("Tahira Noor", "طاہرہ نور"),
    trade=Words("Blue pottery", "نیلی کاشی گری"),
    what=Words("Visit at 2 pm: agree the plan", "2 بجے ملاقات: لائحہ عمل طے کرنا"),
    due=Words("24 Nov", "24 نومبر"),
)
COLUMNS = [
    {"label": Words("Late", "دیر"), "url": "#", "sort": "descending"},
    {"label": Words("Client", "کلائنٹ"), "url": "#"},
    {"label": Words("What they wait for", "کس چیز کا انتظار ہے")},
    {"label": Words("Who has it", "کس کے پاس ہے")},
    {"label": Words("Due", "تاریخ")},
]
SLIP_LINES = [
    {"label": Words("Receipt", "رسید"), "text": "118/0801"},
    {"label": Words("Name", "نام"), "text": Words("Abdul Rehman", "عبد الرحمٰن")},
    {"label": Words("Received", "وصول ہوئے"), "text": Words("Rs 3,000", "3,000 روپے"), "is_sum": True},
    {"label": Words("Left to pay", "باقی"), "text": Words("Rs 9,000", "9,000 روپے")},
]

SAMPLES: dict[str, list[dict[str, Any]]] = {
    "clock": [
        {
            "line": {
                "holder": Words("Sadia Anwar, your advisor", "سعدیہ انور، آپ کی مشیر"),
                "office": Words("SMEDA Multan", "سمیڈا ملتان"),
                "phone": "+92619200000",
                "since": day(18),
                "until": day(26),
                "after": Words("After that her manager is told", "اس کے بعد ان کے افسر کو بتایا جاتا ہے"),
            },
            "with_until": True,
        },
    ],
    "next_step": [
        {
            "id": "next-step",
            "title": Words(
                "Get your tax number (NTN) from FBR, with Sadia",
                "سعدیہ کے ساتھ ایف بی آر سے اپنا ٹیکس نمبر (این ٹی این) لیں",
            ),
            "holder": Words("Sadia Anwar, your advisor", "سعدیہ انور، آپ کی مشیر"),
            "office": Words("SMEDA Multan", "سمیڈا ملتان"),
            "since": day(18),
            "today": TODAY,
            "until": day(26),
            "after": Words("After that her manager takes over", "اس کے بعد ان کے افسر خود دیکھیں گے"),
            "bring": [
                Words("CNIC", "شناختی کارڈ"),
                Words("electricity bill", "بجلی کا بل"),
                Words("this phone", "یہی فون"),
            ],
            "actions": ACTIONS,
        },
        {
            "id": "late-step",
            "title": Words("Sadia phones you", "سعدیہ آپ کو فون کریں گی"),
            "holder": Words("Bilal Ahmed, manager", "بلال احمد، افسر"),
            "since": day(18),
            "today": TODAY,
            "until": TODAY - timedelta(days=2),
            "is_late": True,
        },
    ],
    "facts": [
        {
            "facts": [
                {
                    "icon": "pin",
                    "label": Words("Where", "کہاں"),
                    "text": Words("SMEDA office, Multan", "سمیڈا دفتر، ملتان"),
                },
                {"icon": "clock", "label": Words("How long", "کتنی دیر"), "text": Words("40 minutes", "40 منٹ")},
            ],
            "is_wide": True,
        }
    ],
    "actions": [{"actions": ACTIONS}],
    "tag": [
        {"text": Words("On time", "بروقت"), "icon": "check"},
        {"text": Words("Due in 4 days", "4 دن باقی"), "tone": "soon", "icon": "clock"},
        {"text": Words("6 days late", "6 دن دیر"), "tone": "late", "icon": "alert"},
        {"text": Words("Women only", "صرف خواتین"), "tone": "idle"},
    ],
    "dots": [{"parts": [NASREEN, Words("Stitching House", "سلائی گھر"), Words("Multan", "ملتان")]}],
    "say": [
        {
            "title": Words("Nobody may ask you for a fee.", "کوئی آپ سے فیس نہیں مانگ سکتا۔"),
            "icon": "shield",
            "url": "#",
            "text": Words("If someone does,", "اگر کوئی مانگے تو"),
            "label": Words("tell us here", "ہمیں یہاں بتائیں"),
        },
        {"text": Words("Receipt 118/0735 is saved.", "رسید 118/0735 محفوظ ہو گئی۔"), "tone": "good"},
        {
            "text": Words(
                "This receipt number is already used. Look in the book.",
                "یہ رسید نمبر پہلے استعمال ہو چکا ہے۔ رسید بک دیکھیں۔",
            ),
            "tone": "bad",
        },
    ],
    "thread": [{"steps": JOURNEY}, {"steps": JOURNEY, "is_wide": True, "is_tight": True}],
    "plan": [
        {
            "steps": [
                {
                    "label": Words("Bank account", "بینک اکاؤنٹ"),
                    "note": Words("Done on 30 Oct", "30 اکتوبر کو مکمل"),
                    "state": "done",
                },
                {
                    "label": Words("NTN from FBR", "ایف بی آر سے این ٹی این"),
                    "note": Words("You, by 26 Nov", "آپ، 26 نومبر تک"),
                    "state": "now",
                    "url": "#",
                },
                {
                    "label": Words("Photos of 10 designs", "10 ڈیزائنوں کی تصویریں"),
                    "note": Words("You, by 5 Dec", "آپ، 5 دسمبر تک"),
                    "state": "todo",
                },
            ]
        }
    ],
    "patches": [
        {"states": patch_states(paid=6, total=15), "paid": 6, "total": 15, "left": 36_000},
        {"states": patch_states(paid=6, total=15, late=2), "paid": 6, "total": 15, "left": 36_000},
    ],
    "steps": [{"number": 2, "total": 4}],
    "answers": [
        {
            "answers": [
                {"label": FULL_NAME, "text": NASREEN, "url": "#"},
                {"label": Words("CNIC", "شناختی کارڈ"), "text": "36302-4829105-6", "url": "#"},
                {
                    "label": Words("You want help with", "آپ کو کس میں مدد چاہیے"),
                    "text": [LOAN, Words("accounts", "حساب کتاب")],
                    "url": "#",
                },
            ]
        },
        {
            "is_narrow": True,
            "answers": [
                {"label": Words("Phone", "فون"), "text": "0300-0001234", "small": Words("shared", "مشترکہ")},
                {
                    "label": Words("District", "ضلع"),
                    "text": Words("Multan", "ملتان"),
                    "source": Words("your registration", "آپ کے اندراج"),
                    "on": day(3, 2),
                },
            ],
        },
    ],
    "field_source": [{"source": Words("your registration", "آپ کے اندراج"), "on": day(3, 2)}],
    "reference": [{"reference": "MUL-4827", "sent_to": "+923000001234"}],
    "count": [
        {
            "counts": [
                {
                    "number": 4,
                    "label": Words("late for the client", "کلائنٹ کو دیر ہو چکی"),
                    "url": "#",
                    "is_current": True,
                    "is_late": True,
                },
                {"number": 3, "label": Words("due today", "آج کے کام"), "url": "#"},
                {"number": 9, "label": Words("due in seven days", "سات دنوں کے کام"), "url": "#"},
                {"number": 6, "label": Words("waiting for others", "دوسروں کے پاس"), "url": "#"},
            ]
        }
    ],
    "chips": [
        {
            "label": Words("Saved views", "محفوظ فہرستیں"),
            "is_rolling": True,
            "chips": [
                {"label": Words("Late first", "دیر والے پہلے"), "url": "#", "is_current": True},
                {"label": Words("No contact for 14 days", "14 دن سے رابطہ نہیں"), "url": "#"},
                {"label": Words("Save this view", "یہ فہرست محفوظ کریں"), "url": "#", "icon": "plus"},
            ],
        }
    ],
    "rows": [
        {
            "caption": Words("22 open items, the most late first", "22 کھلے کام، زیادہ دیر والے پہلے"),
            "columns": COLUMNS,
            "groups": [
                {"title": Words("Late", "دیر ہو چکی"), "rows": [RUKHSANA]},
                {"title": Words("Today", "آج"), "rows": [TAHIRA]},
            ],
        }
    ],
    "pager": [{"previous_url": "#", "next_url": "#", "export_url": "#", "export_count": 22}],
    "timeline": [{"entries": ENTRIES}],
    "note": [STAFF_NOTE, SHARED_NOTE],
    "figure": [
        {
            "title": Words("Businesses registered", "رجسٹرڈ کاروبار"),
            "value": "1,184",
            "points": [702, 790, 861, 842, 985, 1038, 1088, 1184],
            "trend": Words("▲ 96 more than September", "▲ ستمبر سے 96 زیادہ"),
            "url": "#",
        },
        {
            "title": Words("Portfolio at risk over 30 days", "30 دن سے زیادہ تاخیر والا قرض"),
            "value": "2.8%",
            "trend": Words("▲ 0.3 points worse. Goal: under 3%", "▲ 0.3 پوائنٹ بڑھا، یہ اچھا نہیں۔ ہدف: 3% سے کم"),
            "tone": "soon",
        },
    ],
    "chart_bars": [
        {
            "id": "bars",
            "title": Words("More loans each month: 702 in October", "ہر ماہ زیادہ قرض: اکتوبر میں 702"),
            "points": [{"label": label, "value": value} for label, value in MONTHS],
            "head": [Words("Month", "مہینہ"), Words("Loans", "قرض")],
            "summary": Words(
                "Loans given each month, from 471 in January to 702 in October",
                "ہر ماہ دیے گئے قرض، جنوری میں 471 سے اکتوبر میں 702 تک",
            ),
            "sentence": Words(
                "702 loans, Rs 4.84 crore, 61% of them to women.", "702 قرض، 4.84 کروڑ روپے، 61% خواتین کو۔"
            ),
        },
    ],
    "chart_rows": [
        {
            "id": "stripes",
            "title": Words(
                "One in three who register now repays on time",
                "رجسٹر ہونے والے ہر تین میں سے ایک بروقت ادائیگی کر رہا ہے",
            ),
            "points": [
                {"label": Words("Registered", "اندراج"), "value": 2140},
                {"label": Words("Plan agreed", "لائحہ عمل طے"), "value": 1702},
                {"label": Words("Paying on time", "بروقت ادائیگی"), "value": 731},
            ],
            "head": [Words("Stage", "مرحلہ"), Words("People", "لوگ")],
            "summary": Words(
                "Of 2,140 who registered, 731 now repay on time", "2,140 میں سے 731 بروقت ادائیگی کر رہے ہیں"
            ),
        },
    ],
    "chart_radar": [
        {
            "id": "radar",
            "title": Words("Business check: 58 of 100", "کاروبار کا جائزہ: 100 میں سے 58"),
            "points": [
                {"label": Words("Records", "حساب"), "value": 67, "text": "67%", "before": 33, "before_text": "33%"},
                {"label": Words("Money", "پیسہ"), "value": 33, "text": "33%", "before": 33, "before_text": "33%"},
                {"label": Words("Market", "گاہک"), "value": 75, "text": "75%", "before": 50, "before_text": "50%"},
            ],
            "head": [Words("Area", "پہلو"), Words("Now", "اب"), Words("Before", "پہلے")],
            "summary": Words("Records 67, money 33, market 75", "حساب 67، پیسہ 33، گاہک 75"),
        },
    ],
    "figures_table": [
        {"head": [Words("Stage", "مرحلہ"), Words("People", "لوگ")], "points": [{"label": LOAN, "value": 960}]}
    ],
    "progress": [
        {
            "label": Words("Reading the file", "فائل پڑھی جا رہی ہے"),
            "done": 640,
            "total": 1000,
            "note": Words("You may close this page.", "آپ یہ صفحہ بند کر سکتے ہیں۔"),
        }
    ],
    "slip": [
        {
            "title": Words("Akhuwat Islamic Microfinance", "اخوت اسلامک مائیکروفنانس"),
            "copies": [
                Words("Gulgasht, borrower's copy", "گلگشت، قرض دار کی نقل"),
                Words("Gulgasht, branch copy", "گلگشت، شاخ کی نقل"),
            ],
            "lines": SLIP_LINES,
            "foot": Words(
                "No interest. No fee. No penalty. Check: 7K4-QD2", "نہ سود، نہ فیس، نہ جرمانہ۔ تصدیق: 7K4-QD2"
            ),
        }
    ],
    "empty": [
        {
            "title": Words("No courses yet", "ابھی کوئی کورس نہیں"),
            "text": Words("Choose one near you. Each is free.", "اپنے قریب کا کورس چنیں۔ ہر کورس مفت ہے۔"),
            "actions": [{"label": Words("See the courses", "کورس دیکھیں"), "url": "#", "icon": "course"}],
            "is_quiet": True,
        }
    ],
    "back": [{"url": "#"}],
    "print": [{}],
    "quilt": [{}],
}
