"""Invented people and trades. Any likeness is chance: first names and trades are drawn together at random."""

URDU_SHARE = 0.75

# (first names, second names) of one script: any first goes with any second.
WOMEN = (
    (
        ("نسرین", "رخسانہ", "شازیہ", "طاہرہ", "صائمہ", "فرزانہ", "زاہدہ", "مہوش", "سمیرا", "کلثوم", "عابدہ", "نازیہ",
         "ثریا", "حنا", "ارم", "بشریٰ", "روبینہ", "شمائلہ", "زرینہ", "ماریہ", "حلیمہ", "سکینہ"),
        ("بی بی", "کوثر", "پروین", "نور", "بتول", "یاسمین", "خاتون", "اقبال", "رانی", "سلطانہ", "کنول", "بیگم", "ناز"),
    ),
    (
        ("Nasreen", "Saima", "Rukhsana", "Shazia", "Zarina", "Gul Naz", "Halima", "Mahnoor", "Shehnaz", "Fozia"),
        ("Bibi", "Batool", "Kausar", "Parveen", "Baloch", "Khatoon", "Begum", "Akhtar"),
    ),
)  # fmt: skip
MEN = (
    (
        ("محمد اسلم", "عبدالستار", "غلام یٰسین", "کاشف", "عمران", "شبیر", "محمد اکرم", "نذیر", "فیصل", "ظفر", "گل محمد",
         "شیر زمان", "میر حمزہ", "علی مراد", "امیر بخش", "حاجی خان"),
        ("محمود", "علی", "احمد", "حسین", "شہزاد", "اقبال", "بلوچ", "خان", "جاوید", "رضا"),
    ),
    (
        ("Muhammad Aslam", "Abdul Sattar", "Ghulam Yasin", "Kashif", "Sher Zaman", "Ali Murad", "Akbar", "Imtiaz"),
        ("Mehmood", "Khan", "Hussain", "Ahmed", "Ali", "Baloch", "Shah"),
    ),
)  # fmt: skip
FATHERS = (
    "محمد رمضان", "اللہ دتہ", "خدا بخش", "عبدالرحمٰن", "محمد شریف", "غلام رسول", "نور محمد", "حبیب اللہ", "کرم الٰہی",
    "Muhammad Ramzan", "Allah Ditta", "Khuda Bakhsh", "Noor Muhammad", "Ghulam Rasool",
)  # fmt: skip
VILLAGES = (
    "بستی نور",
    "محلہ اسلام پورہ",
    "نئی آبادی",
    "پرانا بازار",
    "Railway Road",
    "Station Chowk",
    "Kachi Basti",
    "چک 12",
)

# (sector code, name of the business, what it makes or sells, for whom it fits: w, m or both, what the loan buys)
TRADES = (
    ("tailoring", "سلائی گھر", "خواتین اور بچوں کے کپڑے سینا", "w", "دو سلائی مشینیں"),
    ("tailoring", "Embroidery House", "Hand embroidery on dresses", "w", "Cloth and thread for six months"),
    ("food-making", "گھر کا اچار", "آم اور لیموں کا اچار، چٹنی", "w", "بوتلیں، مصالحہ اور آم"),
    ("catering", "ٹفن سروس", "دفتر والوں کے لیے گھر کا کھانا", "w", "بڑا چولہا اور برتن"),
    ("beauty", "بیوٹی پارلر", "دلہن میک اپ، مہندی، بال", "w", "پارلر کی کرسی اور شیشہ"),
    ("handicrafts", "Blue Pottery", "Blue pottery plates and vases", "both", "Glaze, clay and a small kiln"),
    ("handicrafts", "پھلکاری دستکاری", "پھلکاری کی چادریں اور دوپٹے", "w", "کپڑا اور ریشم"),
    ("dairy", "دودھ گھر", "گائے کا تازہ دودھ", "both", "ایک گائے"),
    ("animals", "Goat Farm", "Goats for milk and for Eid", "both", "Six goats and feed"),
    ("poultry", "دیسی مرغیاں", "دیسی انڈے اور مرغیاں", "w", "ایک سو چوزے اور دانہ"),
    ("grocery", "کریانہ اسٹور", "آٹا، چینی، دالیں", "both", "دکان کا سامان"),
    ("street", "Vegetable Cart", "Fresh vegetables from the market", "m", "A new cart and stock"),
    ("repair", "موٹر سائیکل ورکشاپ", "موٹر سائیکل کی مرمت", "m", "اوزار اور پرزے"),
    ("repair", "Mobile Repair", "Repair of mobile phones", "m", "Tools and spare screens"),
    ("transport", "لوڈر رکشہ", "سامان لے جانا", "m", "رکشے کی مرمت اور بیٹری"),
    ("workshop", "لکڑی کا کام", "دروازے، کھڑکیاں، میز", "m", "لکڑی اور برقی آری"),
    ("clothes-shop", "Cloth Shop", "Unstitched cloth for women", "both", "Stock for the wedding season"),
    ("food-making", "خشک میوہ", "خوبانی، اخروٹ، بادام", "both", "خوبانی سکھانے کی جالیاں"),
    ("crops", "سبزی فارم", "ٹماٹر اور مرچ", "m", "بیج، کھاد اور پائپ"),
    ("computer", "Typing and Tuition", "Typing, forms and tuition for children", "both", "A printer and two chairs"),
)
AGREED = (
    "کاروبار دیکھا۔ روز کا حساب لکھنے پر بات ہوئی۔",
    "Went through sales of last month. She will write down daily costs.",
    "لائحہ عمل کے دو قدم طے ہوئے۔ اگلی بار کاغذات ساتھ لائیں گے۔",
    "Agreed to get prices from two shops before the next call.",
    "فون پر بات ہوئی، کورس میں دلچسپی ہے۔",
)
ANSWERS = (
    "Explained how to register and what the course is about.",
    "قرض کی شرائط بتائیں: سود نہیں، فیس نہیں، دو ضامن۔",
    "Sent to the facilitation counter for the NTN with the list of papers.",
    "بتایا کہ اندراج مفت ہے اور مشیر خود فون کریں گے۔",
)
DECLINED = (
    "قرض کی ضرورت اب نہیں رہی۔",
    "The client did not come to the branch, and cannot be reached on the phone.",
)
REMARKS = (
    "کاروبار بند ہو گیا ہے، اس لیے منصوبہ آگے نہیں بھیجا جا سکتا۔",
    "The costs are last year's. Ask the client for those of this month.",
)
STAFF = (
    ("Sadia Anwar", "سعدیہ انور"), ("Hina Raza", "حنا رضا"), ("Ayesha Siddiqui", "عائشہ صدیقی"),
    ("Nadia Karim", "نادیہ کریم"), ("Farah Naz", "فرح ناز"), ("Rabia Yousaf", "رابعہ یوسف"), ("Sana Tariq", "ثنا طارق"),
    ("Bilal Ahmed", "بلال احمد"), ("Imran Khalid", "عمران خالد"), ("Usman Ghani", "عثمان غنی"),
    ("Tariq Mehmood", "طارق محمود"), ("Asif Nawaz", "آصف نواز"), ("Waqas Haider", "وقاص حیدر"),
    ("Javed Iqbal", "جاوید اقبال"), ("Zainab Malik", "زینب ملک"), ("Maryam Shah", "مریم شاہ"),
    ("Amna Javaid", "آمنہ جاوید"), ("Iqra Mansoor", "اقرا منصور"), ("Samina Afzal", "ثمینہ افضل"),
    ("Kamran Akbar", "کامران اکبر"), ("Naveed Aslam", "نوید اسلم"), ("Shahid Latif", "شاہد لطیف"),
    ("Fahad Mirza", "فہد مرزا"), ("Zubair Hashmi", "زبیر ہاشمی"), ("Adnan Qureshi", "عدنان قریشی"),
    ("Hamid Rasheed", "حامد رشید"), ("Salman Butt", "سلمان بٹ"), ("Yasir Arfat", "یاسر عرفات"),
)  # fmt: skip
WOMEN_OF_STAFF = frozenset({
    "Sadia Anwar", "Hina Raza", "Ayesha Siddiqui", "Nadia Karim", "Farah Naz", "Rabia Yousaf", "Sana Tariq",
    "Zainab Malik", "Maryam Shah", "Amna Javaid", "Iqra Mansoor", "Samina Afzal",
})  # fmt: skip


def of_person(rng, *, is_woman: bool) -> str:
    """A name drawn together at random, Urdu mostly; neighbours seldom share one."""
    urdu, latin = WOMEN if is_woman else MEN
    firsts, seconds = urdu if rng.random() < URDU_SHARE else latin
    return f"{rng.choice(firsts)} {rng.choice(seconds)}"
