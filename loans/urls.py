from django.urls import path

from loans.views import (
    applications,
    arrears,
    committee,
    counter,
    disbursement,
    funds,
    guarantors,
    loans,
    misfortunes,
    my,
    receipts,
    referrals,
    requests,
)

app_name = "loans"
APPLICATION, LOAN, RECEIPT = "loans/applications/<int:pk>", "loans/<int:pk>", "loans/receipts/<int:pk>"
MISFORTUNE = "loans/misfortunes/<int:pk>"

urlpatterns = [
    path("loans/", loans.desk, name="desk"),
    path("loans/due/", loans.loan_list, name="loan-list"),
    path("loans/counter/", counter.counter, name="counter"),
    path("loans/funds/", funds.fund_list, name="fund-list"),
    path("loans/funds/<int:pk>/", funds.fund_detail, name="fund-detail"),
    path("loans/funds/<int:pk>/money/", funds.money_create, name="money-create"),
    path("loans/funds/money/<int:pk>/agree/", funds.money_agree, name="money-agree"),
    path("loans/referrals/<int:pk>/", referrals.referral_detail, name="referral-detail"),
    path("loans/referrals/<int:pk>/decline/", referrals.referral_decline, name="referral-decline"),
    path(f"{APPLICATION}/", applications.application_detail, name="application-detail"),
    path(f"{APPLICATION}/visit/", applications.application_visit, name="application-visit"),
    path(f"{APPLICATION}/guarantors/", guarantors.application_guarantors, name="application-guarantors"),
    path(f"{APPLICATION}/verify/", guarantors.application_verify, name="application-verify"),
    path(f"{APPLICATION}/vote/", committee.application_vote, name="application-vote"),
    path(f"{APPLICATION}/refuse/", applications.application_refuse, name="application-refuse"),
    path(f"{APPLICATION}/withdraw/", applications.application_withdraw, name="application-withdraw"),
    path(f"{APPLICATION}/disburse/", disbursement.application_disburse, name="application-disburse"),
    path(f"{APPLICATION}/ask/", requests.request_create, name="request-create"),
    path("loans/requests/<int:pk>/", requests.request_detail, name="request-detail"),
    path(f"{LOAN}/", loans.loan_detail, name="loan-detail"),
    path(f"{LOAN}/late/visit/", arrears.late_visit, name="late-visit"),
    path(f"{LOAN}/late/agree/", arrears.day_agree, name="day-agree"),
    path(f"{LOAN}/late/guarantor/", arrears.guarantor_speak, name="guarantor-speak"),
    path(f"{LOAN}/receipts/new/", receipts.receipt_create, name="receipt-create"),
    path(f"{LOAN}/misfortune/", misfortunes.misfortune_create, name="misfortune-create"),
    path(f"{MISFORTUNE}/", misfortunes.misfortune_detail, name="misfortune-detail"),
    path(f"{MISFORTUNE}/visit/", misfortunes.misfortune_visit, name="misfortune-visit"),
    path(f"{MISFORTUNE}/waiver/", misfortunes.misfortune_propose, name="misfortune-propose"),
    path(f"{MISFORTUNE}/forgive/", misfortunes.misfortune_waive, name="misfortune-waive"),
    path(f"{MISFORTUNE}/end/", misfortunes.misfortune_end, name="misfortune-end"),
    path(f"{RECEIPT}/", receipts.receipt_detail, name="receipt-detail"),
    path(f"{RECEIPT}/reverse/", receipts.receipt_reverse, name="receipt-reverse"),
    path("my/loan/<int:pk>/", my.my_loan, name="my-loan"),
    path("my/request/<int:pk>/", requests.my_request, name="my-request"),
    path("my/application/<int:pk>/", my.my_application, name="my-application"),
]
