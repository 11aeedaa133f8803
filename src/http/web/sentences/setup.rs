//! The first run.

super::sentences! {
    say set_up_company() { en "Set up your company" de "Richte deine Firma ein" ar "جهّز شركتك" }
    say first_run() { en "The first run of Guildhall." de "Der erste Start von Guildhall." ar "أول تشغيل لـ Guildhall." }
    say company_is_open() { en "Your company is open" de "Deine Firma ist eröffnet" ar "شركتك مفتوحة" }
    html its_brand_is(handle) {
        en r#"Its brand is <b class="addr">@{handle}</b>."#
        de r#"Ihre Marke ist <b class="addr">@{handle}</b>."#
        ar r#"علامتها هي <b class="addr">@{handle}</b>."#
    }
    say search_from_anywhere() {
        en "Search for it from any server of the open social web."
        de "Suche von einem beliebigen Server des offenen sozialen Netzes danach."
        ar "ابحث عنها من أي خادم في الشبكة الاجتماعية المفتوحة."
    }
    say go_on_with_setup() {
        en "Go on: colour, colleagues, first post"
        de "Weiter: Farbe, Kollegium, erster Beitrag"
        ar "تابع: اللون والزملاء وأول منشور"
    }
    say look_at_its_page() { en "Look at its page" de "Ihre Seite ansehen" ar "انظر إلى صفحتها" }
    say four_questions_left() {
        en "You are signed in. Four short questions are left; whatever you skip can be answered later."
        de "Du bist angemeldet. Vier kurze Fragen sind noch offen; was du überspringst, lässt sich später beantworten."
        ar "أنت داخل. بقيت أربعة أسئلة قصيرة، وما تتخطاه يمكن الإجابة عنه لاحقًا."
    }
    html colour_by_command(command) {
        en "Give it your colour and your logo with <code>{command}</code>."
        de "Gib ihr deine Farbe und dein Logo mit <code>{command}</code>."
        ar "أعطها لونك وشعارك بالأمر <code>{command}</code>."
    }
    html write_with_any_app(handle) {
        en r#"Write with any Mastodon app: tell it this server, sign in, and choose to write as yourself or as @{handle}. <a href="/account">Your account</a> shows which apps may."#
        de r#"Schreib mit einer beliebigen Mastodon-App: Nenne ihr diesen Server, melde dich an und wähle, ob du als du selbst oder als @{handle} schreibst. <a href="/account">Dein Konto</a> zeigt, welche Apps das dürfen."#
        ar r#"اكتب بأي تطبيق لـ Mastodon: أعطه اسم هذا الخادم وسجّل الدخول واختر أن تكتب بصفتك أو بصفة ‎@{handle}‎. ويعرض <a href="/account">حسابك</a> التطبيقات المسموح لها."#
    }
    html addresses_will_end_in(domain) {
        en r#"Addresses will end in <b class="addr">@{domain}</b>: the brand will be <b class="addr">@username@{domain}</b>, with the username that you choose here. Other servers remember both, so neither can be changed later."#
        de r#"Adressen werden auf <b class="addr">@{domain}</b> enden: Die Marke wird <b class="addr">@username@{domain}</b> heißen, mit dem Benutzernamen, den du hier wählst. Andere Server merken sich beides, darum lässt sich keines davon später ändern."#
        ar r#"ستنتهي العناوين بـ <b class="addr">@{domain}</b>: وستكون العلامة <b class="addr">@username@{domain}</b> باسم المستخدم الذي تختاره هنا. تتذكر الخوادم الأخرى كليهما، فلا يمكن تغيير أي منهما لاحقًا."#
    }
    say what_is_company_called() {
        en "What is your company called?"
        de "Wie heißt deine Firma?"
        ar "ما اسم شركتك؟"
    }
    say username_of_brand() { en "Username of the brand" de "Benutzername der Marke" ar "اسم مستخدم العلامة" }
    say brand_username_hint() {
        en "Letters from a to z, digits and _; dots and hyphens inside. The company speaks under this name."
        de "Buchstaben von a bis z, Ziffern und _; innen auch Punkte und Bindestriche. Unter diesem Namen spricht die Firma."
        ar "حروف من a إلى z وأرقام والعلامة _، ونقاط وشرطات في الوسط. بهذا الاسم تتحدث الشركة."
    }
    say your_own_username() { en "Your own username" de "Dein eigener Benutzername" ar "اسم المستخدم الخاص بك" }
    say passkey_instead() { en "Take a passkey instead" de "Lieber einen Passkey nehmen" ar "استخدم مفتاح مرور بدلًا منها" }
    say password_instead() { en "Or a password" de "Oder ein Passwort" ar "أو كلمة سر" }
    html passkey_and_no_password(command) {
        en r#"You sign in with your passkey and have no password. If you ever lose the passkey, ask for a link on <a href="/sign-in/forgotten">the page for forgotten passwords</a>, which comes by e-mail, or let whoever runs this server give you a password: <code>{command}</code>."#
        de r#"Du meldest dich mit deinem Passkey an und hast kein Passwort. Geht der Passkey verloren, fordere auf <a href="/sign-in/forgotten">der Seite für vergessene Passwörter</a> einen Link an, der per E-Mail kommt, oder lass dir von denen, die diesen Server betreiben, ein Passwort geben: <code>{command}</code>."#
        ar r#"تدخل بمفتاح مرورك وليست لك كلمة سر. إن فقدت المفتاح فاطلب رابطًا من <a href="/sign-in/forgotten">صفحة كلمات السر المنسية</a> يصلك بالبريد، أو اطلب ممن يدير هذا الخادم أن يعطيك كلمة سر: <code>{command}</code>."#
    }
    say open_the_company() { en "Open the company" de "Firma eröffnen" ar "افتح الشركة" }
    html not_federating(base) {
        en r#"This instance serves <bdi dir="ltr">{base}</bdi> but does not talk with other servers, because they could not reach it safely there. To federate, set base_url to an https address before you set the company up. What was set up here cannot move: begin anew with another folder (data_dir) or another database."#
        de r#"Dieser Server ist unter <bdi dir="ltr">{base}</bdi> zu finden, spricht aber nicht mit anderen Servern, weil sie ihn dort nicht sicher erreichen könnten. Soll er es tun, setze base_url auf eine https-Adresse, bevor du die Firma einrichtest. Was hier eingerichtet wurde, kann nicht umziehen: Beginne dann neu, mit einem anderen Ordner (data_dir) oder einer anderen Datenbank."#
        ar r#"يخدم هذا الخادم <bdi dir="ltr">{base}</bdi> لكنه لا يتحدث مع خوادم أخرى، لأنها لا تستطيع الوصول إليه هناك بأمان. وليفعل ذلك اضبط base_url على عنوان https قبل أن تجهّز الشركة. ما جُهّز هنا لا ينتقل: ابدأ من جديد بمجلد آخر (data_dir) أو بقاعدة بيانات أخرى."#
    }
    html several_instances() {
        en r#"For several instances on one machine set <bdi dir="ltr">federation.allow_http = true</bdi>."#
        de r#"Für mehrere Server auf einer Maschine setze <bdi dir="ltr">federation.allow_http = true</bdi>."#
        ar r#"لعدة خوادم على جهاز واحد اضبط <bdi dir="ltr">federation.allow_http = true</bdi>."#
    }
    say set_up_already() {
        en "This company is set up already, and the link has done its work. Sign in to go on."
        de "Diese Firma ist schon eingerichtet, und der Link hat seinen Dienst getan. Melde dich an, um weiterzumachen."
        ar "جُهّزت هذه الشركة من قبل، وأدى الرابط عمله. سجّل الدخول لتتابع."
    }
    say username_shape() {
        en "Letters from a to z, digits and _; dots and hyphens only inside."
        de "Buchstaben von a bis z, Ziffern und _; Punkte und Bindestriche nur innen."
        ar "حروف من a إلى z وأرقام والعلامة _، والنقاط والشرطات في الوسط فقط."
    }
    say not_set_up_yet() {
        en "This server is not set up yet. Open the first-run link that it printed when it started."
        de "Dieser Server ist noch nicht eingerichtet. Öffne den Link, den er beim ersten Start ausgegeben hat."
        ar "لم يُجهّز هذا الخادم بعد. افتح رابط أول تشغيل الذي طبعه عند بدئه."
    }
    say set_base_url(reason) {
        en "{reason} Set base_url or domain, and start again."
        de "{reason} Setze base_url oder domain und starte neu."
        ar "{reason} اضبط base_url أو domain ثم شغّله من جديد."
    }
}
