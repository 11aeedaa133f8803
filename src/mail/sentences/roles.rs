//! Letters about what somebody may do for a brand or with the house.

use super::sentences;

sentences! {
    html letter_role_with(brand, company) {
        en "Your role with {brand} at {company} changed"
        de "{company}: Deine Rolle bei {brand} hat sich geändert"
        ar "تغيّر دورك في {brand} لدى {company}"
    }
    html letter_role_here(company) {
        en "Your role with the house at {company} changed"
        de "{company}: Deine Rolle im Haus hat sich geändert"
        ar "تغيّر دورك في البيت لدى {company}"
    }
    html letter_role_is(brand, role) {
        en "Your role with <b>{brand}</b> is {role} now."
        de "Deine Rolle bei <b>{brand}</b> ist jetzt: {role}."
        ar "دورك في <b>{brand}</b> الآن: {role}."
    }
    html letter_role_gone(brand) {
        en "You have no role with <b>{brand}</b> any more."
        de "Du hast bei <b>{brand}</b> keine Rolle mehr."
        ar "لم يعد لك دور في <b>{brand}</b>."
    }
    html letter_house_role_is(role) {
        en "Your role with the house is {role} now."
        de "Deine Rolle im Haus ist jetzt: {role}."
        ar "صار دورك في البيت الآن: {role}."
    }
    html letter_house_role_gone() {
        en "You have no role with the house any more."
        de "Du hast im Haus keine Rolle mehr."
        ar "لم يعد لك دور في البيت."
    }
    html letter_role_by(by) {
        en "<b>{by}</b> changed it."
        de "Geändert hat das <b>{by}</b>."
        ar "أجرى هذا التغيير <b>{by}</b>."
    }
    html letter_role_counts(company) {
        en "It counts from now on, on all your devices, at {company}. If you expected something else, ask a colleague who manages the brand, or whoever runs the server."
        de "Das gilt ab jetzt bei {company}, auf allen deinen Geräten. Wenn du etwas anderes erwartet hast, frag jemanden, der die Marke leitet oder den Server betreibt."
        ar "يسري ذلك من الآن لدى {company} على كل أجهزتك. وإن كنت تنتظر غير هذا فاسأل زميلًا يدير العلامة أو من يدير الخادم."
    }
    say letter_role_owner() { en "owner" de "Inhaberschaft" ar "مالك الخادم" }
    say letter_role_admin() { en "admin" de "Verwaltung" ar "مدير الخادم" }
    say letter_role_moderator() { en "moderator" de "Moderation" ar "مشرف البلاغات" }
    say letter_role_member() { en "member" de "Mitglied" ar "عضو" }
    say letter_role_manager() { en "manager" de "Leitung" ar "مدير" }
    say letter_role_approver() { en "approver" de "Freigabe" ar "موافِق" }
    say letter_role_publisher() { en "publisher" de "Veröffentlichen" ar "ناشر" }
    say letter_role_contributor() { en "contributor" de "Schreiben" ar "كاتب" }
    say letter_role_responder() { en "responder" de "Antworten" ar "مجيب" }
    say letter_role_analyst() { en "analyst" de "Zahlen" ar "محلل" }
    say letter_role_auditor() { en "auditor" de "Prüfung" ar "مدقق" }
}
