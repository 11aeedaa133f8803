//! Coming by an invitation.

super::sentences! {
    say come_to(company) { en "Come to {company}" de "Komm zu {company}" ar "تعال إلى {company}" }
    say for_the_invited() {
        en "For people who were invited to have an account here."
        de "Für Menschen, die zu einem Konto hier eingeladen sind."
        ar "لمن دُعوا إلى أن يكون لهم حساب هنا."
    }
    html invited_by(name) {
        en r#"<b dir="auto">{name}</b> invites you to make an account here."#
        de r#"<b dir="auto">{name}</b> lädt dich ein, hier ein Konto anzulegen."#
        ar r#"يدعوك <b dir="auto">{name}</b> إلى إنشاء حساب هنا."#
    }
    html you_are_invited() {
        en "You are invited to make an account here."
        de "Du bist eingeladen, hier ein Konto anzulegen."
        ar "أنت مدعو إلى إنشاء حساب هنا."
    }
    html come_until(exact, moment) {
        en r#"The invitation is open until <time datetime="{exact}">{moment}</time>."#
        de r#"Die Einladung gilt bis <time datetime="{exact}">{moment}</time>."#
        ar r#"تسري الدعوة حتى <time datetime="{exact}">{moment}</time>."#
    }
    html comes_as_employee(company) {
        en r#"You come as somebody who <b>works at {company}</b>: you read what is written for the company, and write to your colleagues, or to everybody."#
        de r#"Du kommst als jemand, der <b>bei {company} arbeitet</b>: Du liest, was für die Firma geschrieben ist, und schreibst deinen Kolleginnen und Kollegen oder allen."#
        ar r#"تأتي بوصفك ممن <b>يعملون لدى {company}</b>: تقرأ ما يُكتب للشركة، وتكتب لزملائك أو للجميع."#
    }
    html comes_as_customer(company) {
        en r#"You come as a <b>customer</b> of {company}."#
        de r#"Du kommst als <b>Kunde</b> von {company}."#
        ar r#"تأتي بوصفك <b>عميلًا</b> لدى {company}."#
    }
    html comes_as_partner(company) {
        en r#"You come as a <b>partner</b>: somebody who works with {company}."#
        de r#"Du kommst als <b>Partner</b>: als jemand, der mit {company} zusammenarbeitet."#
        ar r#"تأتي بوصفك <b>شريكًا</b>: ممن يعملون مع {company}."#
    }
    html comes_as_press(company) {
        en r#"You come as <b>press</b>: somebody who writes about {company}."#
        de r#"Du kommst als <b>Presse</b>: als jemand, der über {company} schreibt."#
        ar r#"تأتي بوصفك من <b>الصحافة</b>: ممن يكتبون عن {company}."#
    }
    html guests_may() {
        en "You write in your own name: to everybody, to your followers, or to people whom you name. You follow and answer people here and on other servers."
        de "Du schreibst in deinem eigenen Namen: allen, deinen Folgenden oder Menschen, die du nennst. Du folgst Menschen hier und auf anderen Servern und antwortest ihnen."
        ar "تكتب باسمك أنت: للجميع أو لمتابعيك أو لمن تسميهم. وتتابع أناسًا هنا وعلى خوادم أخرى وتجيبهم."
    }
    html guests_may_not(company) {
        en "What people at {company} write for each other stays closed to you, and you speak for no brand."
        de "Was die Leute von {company} füreinander schreiben, bleibt dir verschlossen, und du sprichst für keine Marke."
        ar "ما يكتبه العاملون لدى {company} بعضهم لبعض يبقى مغلقًا أمامك، ولا تتحدث باسم أي علامة."
    }
    html brand_names_writers() {
        en "The public page of a brand names who writes for it, where they let themselves be found and named. You choose that in the workroom under You."
        de "Die öffentliche Seite einer Marke nennt, wer für sie schreibt, wenn diese Menschen sich finden und nennen lassen. Du wählst das im Arbeitsraum unter Du."
        ar "تسمّي الصفحة العامة لعلامة من يكتبون باسمها إن سمحوا بالعثور عليهم وذكرهم. تختار ذلك في غرفة العمل تحت «أنت»."
    }
    html will_be_owner() { en "You will be owner of this server." de "Dieser Server wird dir gehören." ar "ستكون مالك هذا الخادم." }
    html will_be_admin() { en "You will be admin of this server." de "Du wirst diesen Server verwalten." ar "ستدير هذا الخادم." }
    html will_be_moderator() { en "You will be moderator of this server." de "Du wirst dich auf diesem Server um Meldungen kümmern." ar "ستعالج البلاغات على هذا الخادم." }
    html will_be_of_brand(role, brand, may) {
        en r#"You will be {role} of <b class="addr">@{brand}</b>: {may}."#
        de r#"Deine Rolle bei <b class="addr">@{brand}</b>: {role}. {may}."#
        ar r#"دورك لدى <b class="addr">@{brand}</b>: {role}. {may}."#
    }
    say role_owner() { en "owner" de "Inhaberschaft" ar "مالك" }
    say role_manager() { en "manager" de "Leitung" ar "مدير" }
    say role_approver() { en "approver" de "Freigabe" ar "موافِق" }
    say role_publisher() { en "publisher" de "Veröffentlichen" ar "ناشر" }
    say role_contributor() { en "contributor" de "Schreiben" ar "كاتب" }
    say role_responder() { en "responder" de "Antworten" ar "مجيب" }
    say role_analyst() { en "analyst" de "Zahlen" ar "محلل" }
    say role_auditor() { en "auditor" de "Prüfung" ar "مدقق" }
    say may_as_owner() { en "you may do everything, and hand it over" de "Du darfst alles und kannst die Marke übergeben" ar "لك كل شيء، وتسليمها أيضًا" }
    say may_as_manager() { en "you change its rules, and who speaks for it" de "Du änderst die Regeln der Marke und wer für sie spricht" ar "تغيّر قواعدها ومن يتحدث باسمها" }
    say may_as_approver() { en "you say yes to what others wrote, and publish" de "Du sagst Ja zu dem, was andere geschrieben haben, und veröffentlichst" ar "توافق على ما كتبه غيرك وتنشر" }
    say may_as_publisher() { en "you publish what has its approvals" de "Du veröffentlichst, was freigegeben ist" ar "تنشر ما نال الموافقات" }
    say may_as_contributor() { en "you write drafts" de "Du schreibst Entwürfe" ar "تكتب المسودات" }
    say may_as_responder() { en "you answer, and write drafts" de "Du antwortest und schreibst Entwürfe" ar "تجيب وتكتب المسودات" }
    say may_as_analyst() { en "you read its figures" de "Du liest die Zahlen der Marke" ar "تقرأ أرقامها" }
    say may_as_auditor() { en "you read everything, and change nothing" de "Du liest alles und änderst nichts" ar "تقرأ كل شيء ولا تغيّر شيئًا" }
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
        en "Only those who run this server see it."
        de "Nur wer diesen Server betreibt, sieht sie."
        ar "لا يراه إلا من يدير هذا الخادم."
    }
    say link_comes_when_forgotten() {
        en "A link comes there when you forget your password."
        de "Dorthin kommt ein Link, wenn du dein Passwort vergisst."
        ar "ويصل إليه رابط إذا نسيت كلمة سرك."
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
