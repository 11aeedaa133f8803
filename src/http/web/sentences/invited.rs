//! Coming by an invitation.

super::sentences! {
    say come_to(company) { en "Come to {company}" de "Komm zu {company}" ar "تعال إلى {company}" }
    say for_the_invited() {
        en "For people who were invited to have an account here."
        de "Für Menschen, die zu einem Konto hier eingeladen sind."
        ar "لمن دُعوا إلى أن يكون لهم حساب هنا."
    }
    html invited_by(name) {
        en r#"<b dir="auto">{name}</b> invites you to have an account here."#
        de r#"<b dir="auto">{name}</b> lädt dich ein, hier ein Konto zu haben."#
        ar r#"يدعوك <b dir="auto">{name}</b> إلى أن يكون لك حساب هنا."#
    }
    html you_are_invited() {
        en "You are invited to have an account here."
        de "Du bist eingeladen, hier ein Konto zu haben."
        ar "أنت مدعو إلى أن يكون لك حساب هنا."
    }
    html invited_to_work(by, company) {
        en r#"<b dir="auto">{by}</b> invites you to have an account here, as somebody who works at {company}."#
        de r#"<b dir="auto">{by}</b> lädt dich ein, hier ein Konto zu haben, als jemand, der bei {company} arbeitet."#
        ar r#"يدعوك <b dir="auto">{by}</b> إلى أن يكون لك حساب هنا بوصفك ممن يعملون لدى {company}."#
    }
    html you_are_invited_to_work(company) {
        en "You are invited to have an account here, as somebody who works at {company}."
        de "Du bist eingeladen, hier ein Konto zu haben, als jemand, der bei {company} arbeitet."
        ar "أنت مدعو إلى أن يكون لك حساب هنا بوصفك ممن يعملون لدى {company}."
    }
    html come_until(exact, moment) {
        en r#"You can come until <time datetime="{exact}">{moment}</time>."#
        de r#"Du kannst bis <time datetime="{exact}">{moment}</time> kommen."#
        ar r#"يمكنك المجيء حتى <time datetime="{exact}">{moment}</time>."#
    }
    html will_be_owner() { en "You will be owner of this server." de "Dieser Server wird dir gehören." ar "ستكون مالك هذا الخادم." }
    html will_be_admin() { en "You will be admin of this server." de "Du wirst diesen Server verwalten." ar "ستدير هذا الخادم." }
    html will_be_moderator() { en "You will be moderator of this server." de "Du wirst dich auf diesem Server um Meldungen kümmern." ar "ستعالج البلاغات على هذا الخادم." }
    html will_be_of_brand(role, brand) {
        en r#"You will be {role} of <b class="addr">@{brand}</b>."#
        de r#"Deine Rolle bei <b class="addr">@{brand}</b>: {role}."#
        ar r#"دورك لدى <b class="addr">@{brand}</b>: {role}."#
    }
    say role_owner() { en "owner" de "Inhaber" ar "مالك" }
    say role_manager() { en "manager" de "Leitung" ar "مدير" }
    say role_approver() { en "approver" de "Freigabe" ar "موافِق" }
    say role_publisher() { en "publisher" de "Veröffentlichen" ar "ناشر" }
    say role_contributor() { en "contributor" de "Schreiben" ar "كاتب" }
    say role_responder() { en "responder" de "Antworten" ar "مجيب" }
    say role_analyst() { en "analyst" de "Zahlen" ar "محلل" }
    say role_auditor() { en "auditor" de "Prüfung" ar "مدقق" }
    html will_be_in_team(team) {
        en r#"You will be in the team <b dir="auto">{team}</b>."#
        de r#"Du wirst im Team <b dir="auto">{team}</b> sein."#
        ar r#"ستكون في الفريق <b dir="auto">{team}</b>."#
    }
    say invited_takes_place() {
        en "Whoever comes by this invitation takes that place."
        de "Wer mit dieser Einladung kommt, tritt an diese Stelle."
        ar "من يأتي بهذه الدعوة يحل محله."
    }
    say only_those_who_run_it_see() {
        en "Only those who run this server see it. A link comes there when you forget your password."
        de "Nur wer diesen Server betreibt, sieht sie. Dorthin kommt ein Link, wenn du dein Passwort vergisst."
        ar "لا يراه إلا من يدير هذا الخادم. ويصل إليه رابط إذا نسيت كلمة سرك."
    }
    say what_holds_here() { en "What holds here:" de "Was hier gilt:" ar "ما يسري هنا:" }
    say make_the_account() { en "Make the account" de "Konto anlegen" ar "أنشئ الحساب" }
    say invitation_is_unknown() {
        en "This link leads to no invitation"
        de "Dieser Link führt zu keiner Einladung"
        ar "هذا الرابط لا يقود إلى دعوة"
    }
    say sign_in_or_up() {
        en "If you have an account here, sign in. Without an invitation you can sign up, too."
        de "Wenn du hier ein Konto hast, melde dich an. Registrieren kannst du dich auch ohne Einladung."
        ar "إن كان لك حساب هنا فسجّل الدخول. ويمكنك أيضًا إنشاء حساب دون دعوة."
    }
    say sign_in_if_you_can() {
        en "If you have an account here, sign in."
        de "Wenn du hier ein Konto hast, melde dich an."
        ar "إن كان لك حساب هنا فسجّل الدخول."
    }
    say invitation_is_over() { en "This invitation is over" de "Diese Einladung gilt nicht mehr" ar "انتهت هذه الدعوة" }
}
