"""What people call the columns of their lists, beside the labels of our own template."""

from kit.text import ascii_digits
from places import matching

# By the key of the column, in either language. Each is compared by `bare`.
CALLED: dict[str, tuple[str, ...]] = {
    key: tuple(names.split(" | "))
    for key, names in {
        "name": "name | full name | applicant | applicant name | نام | پورا نام | درخواست گزار کا نام",
        "cnic": "cnic | cnic no | nic | id card | شناختی کارڈ | شناختی کارڈ کا نمبر | قومی شناختی کارڈ نمبر",
        "sex": "gender | جنس",
        "parent_relation": "relation | رشتہ | ساتھ کس کا نام",
        "parent_name": (
            "father name | fathers name | husband name | husbands name | father/husband name | s/o | "
            "w/o | d/o | والد کا نام | شوہر کا نام | خاوند کا نام | والد/شوہر کا نام | والد | شوہر | "
            "ولدیت"
        ),
        "birth_year": "date of birth | dob | birth year | تاریخ پیدائش | سال پیدائش | پیدائش | پیدائش کی تاریخ",
        "phone": (
            "phone | phone no | phone number | mobile | mobile no | cell | contact | contact no | فون | "
            "فون نمبر | فون کا نمبر | موبائل | موبائل کا نمبر | رابطہ نمبر"
        ),
        "phone_owner": (
            "phone owner | owner of phone | whose phone | whose phone is this | whose mobile | "
            "whose mobile is it | فون کس کا | موبائل کس کا | یہ موبائل کس کا | نمبر کس کا | "
            "یہ نمبر کس کا | کس کا فون | کس کا موبائل"
        ),
        "language": "language | زبان | پیغامات کی زبان",
        "stage": "stage | business or idea | کاروبار یا خیال | کاروبار یا آئیڈیا",
        "sector": "sector | trade | work | kind of business | کاروبار کی قسم | کام | پیشہ | شعبہ",
        "business": "business | business name | shop name | کاروبار | دکان کا نام",
        "what": (
            "products | product | what | what they make or sell | کیا بناتے یا بیچتے ہیں | "
            "کیا بناتے ہیں | کیا بیچتے ہیں | مصنوعات"
        ),
        "started_on": "since | started | start date | established | آغاز | کب سے | کب شروع کیا",
        "district": "zila | ضلع کا نام",
        "place": "address | place | village | town | پتہ | پتا | گاؤں | شہر | محلہ | گاؤں یا شہر",
        "contact": (
            "contact consent | consent | consent to contact | permission | may contact | "
            "may be contacted | agrees to contact | agreed to be contacted | اجازت | رابطے کی اجازت | "
            "رابطہ کی اجازت | رابطے کی رضامندی | فون کرنے کی اجازت | رضامندی"
        ),
        "share": (
            "share consent | lender consent | consent to share | may be passed to the lender | "
            "قرض دینے والے کو بتانے کی اجازت | ادارے کو بتانے کی اجازت | بینک کو بتانے کی اجازت"
        ),
    }.items()
}
# Whether a head is put as a question makes no difference.
FILLERS = frozenset(matching.words_of("ہے ہیں کیا"))


def bare(head: str) -> str:
    """A head as it is compared."""
    return "".join(word for word in matching.words_of(ascii_digits(head)) if word not in FILLERS)
