//! What stands around every page, and words that several pages share.

super::sentences! {
    say skip() { en "Skip to the content" de "Zum Inhalt" ar "إلى المحتوى" }
    say statement_of(company) { en "Notice from {company}" de "Mitteilung von {company}" ar "بيان من {company}" }
    say read_the_post() { en "Read the post" de "Beitrag lesen" ar "اقرأ المنشور" }
    say talk() { en "Talk" de "Gespräche" ar "المحادثات" }
    say people() { en "People" de "Menschen" ar "الناس" }
    say about_us() { en "About" de "Über uns" ar "من نحن" }
    say your_account() { en "Your account" de "Dein Konto" ar "حسابك" }
    say sign_in() { en "Sign in" de "Anmelden" ar "تسجيل الدخول" }
    say sign_up() { en "Sign up" de "Registrieren" ar "إنشاء حساب" }
    say sign_out() { en "Sign out" de "Abmelden" ar "تسجيل الخروج" }
    say feed() { en "Feed" de "Feed" ar "الخلاصة" }
    say languages() { en "Languages" de "Sprachen" ar "اللغات" }
    say no_account_needed() {
        en "You need no account here: this house speaks with Mastodon, Lemmy and every other server of the open social web."
        de "Du brauchst hier kein Konto: Dieses Haus spricht mit Mastodon, Lemmy und jedem anderen Server des offenen sozialen Netzes."
        ar "لا تحتاج إلى حساب هنا: هذا البيت يتحدث مع Mastodon وLemmy وكل خادم آخر في الشبكة الاجتماعية المفتوحة."
    }
    say imprint() { en "Imprint" de "Impressum" ar "بيانات الناشر" }
    say your_data_here() { en "Your data here" de "Deine Daten hier" ar "بياناتك هنا" }
    say house_rules() { en "House rules" de "Hausregeln" ar "قواعد البيت" }
    say titled(title, company) { en "{title}, {company}" de "{title}, {company}" ar "{title}، {company}" }
    say name_and_handle(name, handle) { en "{name} (@{handle})" de "{name} (@{handle})" ar "{name} (‎@{handle}‎)" }
    say said_by(name, words) { en "{name}: {words}" de "{name}: {words}" ar "{name}: {words}" }
    html list_of(first, next) { en "{first}, {next}" de "{first}, {next}" ar "{first}، {next}" }
    say password() { en "Password" de "Passwort" ar "كلمة السر" }
    say your_password() { en "Your password" de "Dein Passwort" ar "كلمة سرك" }
    say begin() { en "Begin" de "Beginnen" ar "ابدأ" }
    say long_password() {
        en "A password of at least 12 characters"
        de "Ein Passwort mit mindestens 12 Zeichen"
        ar "كلمة سر من 12 حرفًا على الأقل"
    }
    say sentence_is_easy() {
        en "A sentence is easy to remember."
        de "Ein Satz ist leicht zu merken."
        ar "الجملة يسهل تذكرها."
    }
    say long_sentence_is_easy() {
        en "At least 12 characters. A sentence is easy to remember."
        de "Mindestens 12 Zeichen. Ein Satz ist leicht zu merken."
        ar "12 حرفًا على الأقل. والجملة يسهل تذكرها."
    }
    say your_username() { en "Your username" de "Dein Benutzername" ar "اسم المستخدم" }
    html username_hint(domain) {
        en r#"Letters from a to z, digits and _; dots and hyphens inside. Others find you as <span class="addr">@username@{domain}</span>; it cannot be changed later."#
        de r#"Buchstaben von a bis z, Ziffern und _; innen auch Punkte und Bindestriche. Andere finden dich als <span class="addr">@username@{domain}</span>; das lässt sich später nicht ändern."#
        ar r#"حروف من a إلى z وأرقام والعلامة _، ونقاط وشرطات في الوسط. يجدك الآخرون بهذا العنوان: <span class="addr">@username@{domain}</span>، ولا يمكن تغييره لاحقًا."#
    }
    say what_you_are_called() { en "What you are called" de "Wie du heißt" ar "بماذا تُدعى" }
    say may_be_empty() {
        en "May be left empty, and can be changed."
        de "Darf leer bleiben und lässt sich ändern."
        ar "يمكن تركه فارغًا، ويمكن تغييره."
    }
    say your_email() { en "Your e-mail address" de "Deine E-Mail-Adresse" ar "بريدك الإلكتروني" }
    say let_others_find_me() { en "Let others find me" de "Andere dürfen mich finden" ar "ليجدني الآخرون" }
    say email_or_username() {
        en "E-mail address or username"
        de "E-Mail-Adresse oder Benutzername"
        ar "البريد الإلكتروني أو اسم المستخدم"
    }
    html signed_in_as(handle) {
        en r#"You are signed in as <b class="addr">@{handle}</b>."#
        de r#"Du bist angemeldet als <b class="addr">@{handle}</b>."#
        ar r#"أنت داخل بحساب <b class="addr">@{handle}</b>."#
    }
    say own_page_is_found() { en "Visitors and search engines find your own page, too." de "Wer zu Besuch ist und Suchmaschinen finden dann auch deine eigene Seite." ar "يجد الزوار ومحركات البحث صفحتك أنت أيضًا." }
    say profile_changes_this() { en "Your profile can change this." de "In deinem Profil lässt sich das ändern." ar "يمكن تغيير ذلك في ملفك." }
    say list_me() { en "List me among the company’s people" de "Mich unter den Menschen der Firma zeigen" ar "اعرضني ضمن أهل الشركة" }
    say by_search() {
        en "By search, here and elsewhere. Whoever works here finds you by the beginning of your username in any case."
        de "Durch Suchen, hier und anderswo. Wer hier arbeitet, findet dich in jedem Fall am Anfang deines Benutzernamens."
        ar "بالبحث، هنا وفي غير هذا المكان. ومن يعمل هنا يجدك على كل حال ببداية اسم المستخدم."
    }

    say nothing_here() { en "There is nothing at this address." de "Unter dieser Adresse ist nichts." ar "لا شيء في هذا العنوان." }
    say nothing_here_more() {
        en "It may have moved, or never have been public."
        de "Vielleicht ist es umgezogen, oder es war nie öffentlich."
        ar "ربما نُقل، أو لم يكن علنيًا قط."
    }
    say gone() { en "This was here, and is gone." de "Das war hier und ist fort." ar "كان هذا هنا، ولم يعد." }
    say gone_more() { en "Whoever wrote it took it back." de "Wer es geschrieben hat, hat es zurückgenommen." ar "سحبه من كتبه." }
    say our_fault() {
        en "That did not work, and it is our fault."
        de "Das hat nicht geklappt, und es liegt an uns."
        ar "لم ينجح ذلك، والخطأ منا."
    }
    say our_fault_more() {
        en "Nothing was lost. Please try again in a minute."
        de "Nichts ist verloren. Bitte versuche es in einer Minute noch einmal."
        ar "لم يضِع شيء. حاول مرة أخرى بعد دقيقة من فضلك."
    }
    say too_much() { en "That was a little much." de "Das war ein wenig viel." ar "كان ذلك أكثر مما ينبغي." }
    say too_much_more() {
        en "Please wait a minute and try again."
        de "Bitte warte eine Minute und versuche es noch einmal."
        ar "انتظر دقيقة وحاول مرة أخرى من فضلك."
    }
    say did_not_work() { en "That did not work." de "Das hat nicht geklappt." ar "لم ينجح ذلك." }
    say did_not_work_more() {
        en "The server says why:"
        de "Der Server sagt, auf Englisch, woran es liegt:"
        ar "يقول الخادم السبب بالإنجليزية:"
    }
    say to_front_door() { en "To the front door" de "Zur Haustür" ar "إلى الباب الأمامي" }
}
