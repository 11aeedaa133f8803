//! Letters to those who sign up, and to those who answer them.

use super::sentences;

sentences! {
    html letter_account_at(company) { en "Your account at {company}" de "Dein Konto bei {company}" ar "حسابك لدى {company}" }
    html letter_wants_to_be(handle, company) {
        en "Somebody, probably you, wants to be <b>{handle}</b> at {company}, and gave this address."
        de "Jemand, wahrscheinlich du, möchte bei {company} <b>{handle}</b> sein und hat diese Adresse angegeben."
        ar "يريد أحدهم، ولعله أنت، أن يكون <b>{handle}</b> لدى {company}، وذكر هذا العنوان."
    }
    count_html letter_confirm_within(n) {
        en { one "Confirm it within one day." other "Confirm it within {n} days." }
        de { one "Bestätige sie innerhalb eines Tages." other "Bestätige sie innerhalb von {n} Tagen." }
        ar {
            zero "أكّده اليوم."
            one "أكّده خلال يوم واحد."
            two "أكّده خلال يومين."
            few "أكّده خلال {n} أيام."
            many "أكّده خلال {n} يومًا."
            other "أكّده خلال {n} يوم."
        }
    }
    say letter_confirm() { en "Confirm this address" de "Diese Adresse bestätigen" ar "أكّد هذا العنوان" }
    html letter_no_account_without() {
        en "If that was not you, do nothing: without this there is no account."
        de "Wenn du das nicht warst, tu nichts: Ohne das gibt es kein Konto."
        ar "إن لم تكن أنت فلا تفعل شيئًا: لا حساب دون هذا."
    }
    html letter_has_account(company, handle) {
        en "Somebody, probably you, wanted an account at {company} and gave this address. You have one already: <b>{handle}</b>."
        de "Jemand, wahrscheinlich du, wollte ein Konto bei {company} und hat diese Adresse angegeben. Du hast schon eines: <b>{handle}</b>."
        ar "أراد أحدهم، ولعله أنت، حسابًا لدى {company} وذكر هذا العنوان. ولك حساب بالفعل: <b>{handle}</b>."
    }
    say letter_sign_in() { en "Sign in" de "Anmelden" ar "تسجيل الدخول" }
    say letter_forgotten() { en "Forgotten your password?" de "Passwort vergessen?" ar "نسيت كلمة سرك؟" }
    html letter_account_stays() {
        en "If that was not you, do nothing: your account stays as it is."
        de "Wenn du das nicht warst, tu nichts: Dein Konto bleibt, wie es ist."
        ar "إن لم تكن أنت فلا تفعل شيئًا: يبقى حسابك كما هو."
    }
    count_html letter_people_want(n, company) {
        en { one "Somebody wants an account at {company}" other "{n} people want an account at {company}" }
        de { one "Jemand möchte ein Konto bei {company}" other "{n} Menschen möchten ein Konto bei {company}" }
        ar {
            zero "لا أحد يريد حسابًا لدى {company}"
            one "يريد شخص حسابًا لدى {company}"
            two "يريد شخصان حسابًا لدى {company}"
            few "يريد {n} أشخاص حسابًا لدى {company}"
            many "يريد {n} شخصًا حسابًا لدى {company}"
            other "يريد {n} شخص حسابًا لدى {company}"
        }
    }
    count_html letter_people_wait(n, company) {
        en {
            one "Somebody wants an account at {company}, and waits for an answer."
            other "{n} people want an account at {company}, and wait for an answer."
        }
        de {
            one "Jemand möchte ein Konto bei {company} und wartet auf eine Antwort."
            other "{n} Menschen möchten ein Konto bei {company} und warten auf eine Antwort."
        }
        ar {
            zero "لا أحد ينتظر جوابًا على طلب حساب لدى {company}."
            one "يريد شخص حسابًا لدى {company} وينتظر جوابًا."
            two "يريد شخصان حسابًا لدى {company} وينتظران جوابًا."
            few "يريد {n} أشخاص حسابًا لدى {company} وينتظرون جوابًا."
            many "يريد {n} شخصًا حسابًا لدى {company} وينتظرون جوابًا."
            other "يريد {n} شخص حسابًا لدى {company} وينتظرون جوابًا."
        }
    }
    html letter_who_waits(api) {
        en "Whoever runs the server sees who with <code>guildhall account waiting</code>; apps and scripts at {api}."
        de "Wer den Server betreibt, sieht mit <code>guildhall account waiting</code>, wer es ist; Apps und Skripte unter {api}."
        ar "يرى من يدير الخادم من هم بالأمر <code>guildhall account waiting</code>؛ وتراهم التطبيقات والبرامج في {api}."
    }
    html letter_welcome(company) { en "Welcome to {company}" de "Willkommen bei {company}" ar "مرحبًا بك لدى {company}" }
    html letter_have_account(company, handle) {
        en "You have an account at {company} now: <b>{handle}</b>."
        de "Du hast jetzt ein Konto bei {company}: <b>{handle}</b>."
        ar "لك الآن حساب لدى {company}: <b>{handle}</b>."
    }
    html letter_about_account(company) {
        en "About your account at {company}"
        de "Zu deinem Konto bei {company}"
        ar "بشأن حسابك لدى {company}"
    }
    html letter_refused(company) {
        en "You wanted an account at {company}. You do not get one."
        de "Du wolltest ein Konto bei {company}. Du bekommst keines."
        ar "أردت حسابًا لدى {company}. ولن تحصل عليه."
    }
    html letter_refused_because(company) {
        en "You wanted an account at {company}. You do not get one:"
        de "Du wolltest ein Konto bei {company}. Du bekommst keines:"
        ar "أردت حسابًا لدى {company}. ولن تحصل عليه:"
    }
    html letter_told_is_deleted() {
        en "What you told us is deleted."
        de "Was du uns gesagt hast, ist gelöscht."
        ar "حُذف ما أخبرتنا به."
    }
}
