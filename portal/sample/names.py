"""Invented people and trades. Any likeness is chance: first names and trades are drawn together at random."""

WOMEN = (
    "نسرین بی بی", "رخسانہ کوثر", "شازیہ پروین", "طاہرہ نور", "صائمہ بتول", "فرزانہ یاسمین", "زاہدہ خاتون",
    "مہوش اقبال", "سمیرا رانی", "کلثوم بی بی", "عابدہ سلطانہ", "نازیہ کنول", "ثریا بیگم", "حنا رشید", "ارم شہزادی",
    "بشریٰ ناز", "روبینہ اختر", "شمائلہ گل", "زرینہ بلوچ", "گل ناز", "ماریہ سموں", "حلیمہ خٹک", "بی بی سکینہ",
    "Nasreen Bibi", "Saima Batool", "Rukhsana Kausar", "Shazia Parveen", "Zarina Baloch", "Gul Naz", "Halima",
)  # fmt: skip
MEN = (
    "محمد اسلم", "عبدالستار", "غلام یٰسین", "کاشف محمود", "عمران علی", "شبیر احمد", "محمد اکرم", "نذیر حسین",
    "فیصل شہزاد", "ظفر اقبال", "گل محمد", "شیر زمان", "میر حمزہ بلوچ", "علی مراد", "امیر بخش", "حاجی خان",
    "Muhammad Aslam", "Abdul Sattar", "Ghulam Yasin", "Kashif Mehmood", "Sher Zaman", "Ali Murad", "Akbar Khan",
    "Muhammad Hussain", "Imtiaz Ahmed",
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
    "منصوبے کے دو قدم طے ہوئے۔ اگلی بار کاغذات ساتھ لائیں گے۔",
    "Agreed to get prices from two shops before the next call.",
    "فون پر بات ہوئی، کورس میں دلچسپی ہے۔",
)
ANSWERS = (
    "Explained how to register and what the course is about.",
    "قرض کی شرائط بتائیں: سود نہیں، فیس نہیں، دو ضامن۔",
    "Sent to the facilitation counter for the NTN with the list of papers.",
    "بتایا کہ اندراج مفت ہے اور مشیر خود فون کرے گا۔",
)
STAFF = (
    ("Sadia Anwar", "سعدیہ انور"), ("Hina Raza", "حنا رضا"), ("Ayesha Siddiqui", "عائشہ صدیقی"),
    ("Nadia Karim", "نادیہ کریم"), ("Farah Naz", "فرح ناز"), ("Rabia Yousaf", "رابعہ یوسف"), ("Sana Tariq", "ثنا طارق"),
    ("Bilal Ahmed", "بلال احمد"), ("Imran Khalid", "عمران خالد"), ("Usman Ghani", "عثمان غنی"),
    ("Tariq Mehmood", "طارق محمود"), ("Asif Nawaz", "آصف نواز"), ("Waqas Haider", "وقاص حیدر"),
    ("Javed Iqbal", "جاوید اقبال"),
)  # fmt: skip
