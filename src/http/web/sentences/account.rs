//! One's own account: where one is signed in, password, second step, passkeys.

super::sentences! {
    say where_you_are_signed_in() { en "Where you are signed in" de "Wo du angemeldet bist" ar "أين دخلت" }
    say account_description() { en "Where you are signed in." de "Wo du angemeldet bist." ar "أين دخلت." }
    say read_and_write() { en "Read and write" de "Lesen und schreiben" ar "القراءة والكتابة" }
    say in_the_workroom() {
        en "In the workroom you read, answer and write in this browser."
        de "Im Arbeitsraum liest, antwortest und schreibst du in diesem Browser."
        ar "في غرفة العمل تقرأ وتجيب وتكتب في هذا المتصفح."
    }
    say open_the_workroom() { en "Open the workroom" de "Arbeitsraum öffnen" ar "افتح غرفة العمل" }
    say apps_let_in() { en "Apps that you let in" de "Apps, die du eingelassen hast" ar "تطبيقات سمحت لها" }
    html no_apps(server) {
        en r#"None. Open the app that you like, and tell it this server’s name: <b class="addr">{server}</b>"#
        de r#"Keine. Öffne die App, die du magst, und nenne ihr den Namen dieses Servers: <b class="addr">{server}</b>"#
        ar r#"لا شيء. افتح التطبيق الذي تحبه وأعطه اسم هذا الخادم: <b class="addr">{server}</b>"#
    }
    html acts_as_since(handle, exact, day) {
        en r#"Acts as <span class="addr">@{handle}</span> since <time datetime="{exact}">{day}</time>"#
        de r#"Handelt als <span class="addr">@{handle}</span> seit <time datetime="{exact}">{day}</time>"#
        ar r#"يتصرف بصفة <span class="addr">@{handle}</span> منذ <time datetime="{exact}">{day}</time>"#
    }
    say what_it_may() { en "What it may" de "Was sie darf" ar "ما يُسمح له به" }
    html end_app(name) {
        en r#"End it<span class="hidden"> for {name}</span>"#
        de r#"Beenden<span class="hidden"> für {name}</span>"#
        ar r#"أنهِ ذلك<span class="hidden"> مع {name}</span>"#
    }
    say this_browser() { en "this one" de "dieser hier" ar "هذا" }
    html since_last_seen(since, day, seen, moment) {
        en r#"Since <time datetime="{since}">{day}</time>, last seen <time datetime="{seen}">{moment}</time>"#
        de r#"Seit <time datetime="{since}">{day}</time>, zuletzt gesehen <time datetime="{seen}">{moment}</time>"#
        ar r#"منذ <time datetime="{since}">{day}</time>، وآخر ظهور <time datetime="{seen}">{moment}</time>"#
    }
    html sign_out_of(name) {
        en r#"Sign out<span class="hidden"> of {name}</span>"#
        de r#"Abmelden<span class="hidden"> von {name}</span>"#
        ar r#"سجّل الخروج<span class="hidden"> من {name}</span>"#
    }
    say password_only_here() {
        en "It is asked for on the pages of this server only; no app needs it."
        de "Danach wird nur auf den Seiten dieses Servers gefragt; keine App braucht es."
        ar "لا تُطلب إلا على صفحات هذا الخادم، ولا يحتاج إليها أي تطبيق."
    }
    say second_step() { en "The second step" de "Der zweite Schritt" ar "الخطوة الثانية" }
    say second_step_is_on() {
        en "It is on: signing in takes your password and a code."
        de "Er ist an: Zum Anmelden braucht es dein Passwort und einen Code."
        ar "مفعّلة: يتطلب الدخول كلمة سرك ورمزًا."
    }
    say second_step_is_off() {
        en "It is off: whoever learns your password can sign in."
        de "Er ist aus: Wer dein Passwort erfährt, kann sich anmelden."
        ar "غير مفعّلة: من عرف كلمة سرك استطاع الدخول."
    }
    say change_that() { en "Change that" de "Das ändern" ar "غيّر ذلك" }
    say turn_it_on() { en "Turn it on" de "Einschalten" ar "فعّلها" }
    say turn_it_off() { en "Turn it off" de "Ausschalten" ar "أوقفها" }
    say passkeys() { en "Passkeys" de "Passkeys" ar "مفاتيح المرور" }
    say no_passkeys() {
        en "You have none: with one you sign in without password and code."
        de "Du hast keinen: Mit einem meldest du dich ohne Passwort und Code an."
        ar "ليس لك مفتاح: به تدخل بلا كلمة سر ولا رمز."
    }
    count have_passkeys(n) {
        en {
            one "You have {n} passkey: each signs you in without password and code."
            other "You have {n} passkeys: each signs you in without password and code."
        }
        de {
            one "Du hast {n} Passkey: Er meldet dich ohne Passwort und Code an."
            other "Du hast {n} Passkeys: Jeder meldet dich ohne Passwort und Code an."
        }
        ar {
            zero "ليس لك مفتاح مرور."
            one "لك مفتاح مرور واحد: تدخل به بلا كلمة سر ولا رمز."
            two "لك مفتاحا مرور: تدخل بكل منهما بلا كلمة سر ولا رمز."
            few "لك {n} مفاتيح مرور: تدخل بكل منها بلا كلمة سر ولا رمز."
            many "لك {n} مفتاح مرور: تدخل بكل منها بلا كلمة سر ولا رمز."
            other "لك {n} مفتاح مرور: تدخل بكل منها بلا كلمة سر ولا رمز."
        }
    }
    say add_one() { en "Add one" de "Einen hinzufügen" ar "أضف مفتاحًا" }
    say something_is_wrong() { en "Something is wrong?" de "Stimmt etwas nicht?" ar "هل من خطب؟" }
    html ends_everything() {
        en r#"Ends every app and signs you out in every browser, this one too. If somebody may know your password, <a href="/account/password">change it</a> instead: that does the same, and removes your passkeys."#
        de r#"Beendet jede App und meldet dich in jedem Browser ab, auch in diesem. Wenn jemand dein Passwort kennen könnte, <a href="/account/password">ändere es</a> stattdessen: Das tut dasselbe und entfernt deine Passkeys."#
        ar r#"ينهي كل تطبيق ويخرجك من كل متصفح، ومنها هذا. وإن كان أحد قد عرف كلمة سرك <a href="/account/password">فغيّرها</a> بدلًا من ذلك: ففي ذلك الأمر نفسه، وتُزال مفاتيح مرورك."#
    }
    say sign_out_everywhere() { en "Sign out everywhere" de "Überall abmelden" ar "سجّل الخروج من كل مكان" }
    say not_your_password() { en "This is not your password." de "Das ist nicht dein Passwort." ar "هذه ليست كلمة سرك." }

    say change_your_password() { en "Change your password." de "Ändere dein Passwort." ar "غيّر كلمة سرك." }
    say changing_signs_out() {
        en "Every app that you let in and every other browser is signed out with it, and your passkeys are removed."
        de "Jede App, die du eingelassen hast, und jeder andere Browser wird damit abgemeldet, und deine Passkeys werden entfernt."
        ar "يخرج معها كل تطبيق سمحت له وكل متصفح آخر، وتُزال مفاتيح مرورك."
    }
    say password_you_have() { en "The password that you have" de "Dein bisheriges Passwort" ar "كلمة سرك الحالية" }

    say code_besides() { en "A code besides the password." de "Ein Code neben dem Passwort." ar "رمز إلى جانب كلمة السر." }
    say recovery_codes() {
        en "It is on. These are your recovery codes: each works once instead of a code of your app, when you have lost it. They are shown only now, so keep them somewhere safe."
        de "Er ist an. Das sind deine Wiederherstellungscodes: Jeder gilt einmal anstelle eines Codes deiner App, wenn du sie verloren hast. Sie werden nur jetzt gezeigt, also bewahre sie sicher auf."
        ar "صارت مفعّلة. هذه رموز الاسترداد: يعمل كل منها مرة واحدة بدل رمز تطبيقك إذا فقدته. لا تُعرض إلا الآن، فاحفظها في مكان آمن."
    }
    say have_kept_them() { en "I have kept them" de "Ich habe sie aufbewahrt" ar "حفظتها" }
    html on_since(exact, day) {
        en r#"On since <time datetime="{exact}">{day}</time>: signing in takes your password and a code."#
        de r#"An seit <time datetime="{exact}">{day}</time>: Zum Anmelden braucht es dein Passwort und einen Code."#
        ar r#"مفعّلة منذ <time datetime="{exact}">{day}</time>: يتطلب الدخول كلمة سرك ورمزًا."#
    }
    count codes_left(n) {
        en { one "You have {n} recovery code left." other "You have {n} recovery codes left." }
        de { one "Dir bleibt {n} Wiederherstellungscode." other "Dir bleiben {n} Wiederherstellungscodes." }
        ar {
            zero "لم يبق لك أي رمز استرداد."
            one "بقي لك رمز استرداد واحد."
            two "بقي لك رمزا استرداد."
            few "بقي لك {n} رموز استرداد."
            many "بقي لك {n} رمز استرداد."
            other "بقي لك {n} رمز استرداد."
        }
    }
    html put_secret(link) {
        en r#"Put this secret into an authenticator app: scan the picture with it, <a href="{link}">open the app on this device</a>, or type it there."#
        de r#"Gib dieses Geheimnis in eine Authenticator-App ein: Lies das Bild mit ihr ein, <a href="{link}">öffne die App auf diesem Gerät</a> oder tippe es dort."#
        ar r#"ضع هذا السر في تطبيق مصادقة: امسح به الصورة، أو <a href="{link}">افتح التطبيق على هذا الجهاز</a>، أو اكتبه هناك."#
    }
    say secret_as_picture() {
        en "The secret as a QR code"
        de "Das Geheimnis als QR-Code"
        ar "السر كرمز QR"
    }
    say the_secret() { en "The secret" de "Das Geheimnis" ar "السر" }
    say code_shown_now() {
        en "The code that the app shows now"
        de "Der Code, den die App jetzt zeigt"
        ar "الرمز الذي يعرضه التطبيق الآن"
    }
    say what_second_step_does() {
        en "With it, signing in takes your password and a code that an app on your phone shows. Whoever learns your password does not get in."
        de "Mit ihm braucht es zum Anmelden dein Passwort und einen Code, den eine App auf deinem Telefon zeigt. Wer nur dein Passwort erfährt, kommt nicht hinein."
        ar "بها يتطلب الدخول كلمة سرك ورمزًا يعرضه تطبيق على هاتفك. ومن عرف كلمة سرك وحدها لا يدخل."
    }
    say code_not_right() {
        en "This code is not right. Is the clock of your device?"
        de "Dieser Code stimmt nicht. Stimmt die Uhr deines Geräts?"
        ar "هذا الرمز غير صحيح. هل ساعة جهازك صحيحة؟"
    }

    say your_passkeys() { en "Your passkeys" de "Deine Passkeys" ar "مفاتيح مرورك" }
    say passkeys_description() { en "Signing in without a password." de "Anmelden ohne Passwort." ar "الدخول بلا كلمة سر." }
    say new_passkey() { en "A new passkey" de "Ein neuer Passkey" ar "مفتاح مرور جديد" }
    say browser_asks_where() {
        en "Your browser asks where to keep it: on this device, in your password manager, on your phone or on a security key."
        de "Dein Browser fragt, wo er ihn aufbewahren soll: auf diesem Gerät, in deinem Passwortmanager, auf deinem Telefon oder auf einem Sicherheitsschlüssel."
        ar "يسألك متصفحك أين يحفظه: على هذا الجهاز أو في مدير كلمات السر أو على هاتفك أو على مفتاح أمان."
    }
    say what_you_call_it() { en "What you call it" de "Wie du ihn nennst" ar "بماذا تسميه" }
    say know_it_again() {
        en "So that you know it again, such as “Phone” or “Key at work”."
        de "Damit du ihn wiedererkennst, etwa „Telefon“ oder „Schlüssel im Büro“."
        ar "لتعرفه من جديد، مثل «الهاتف» أو «مفتاح العمل»."
    }
    say make_the_passkey() { en "Make the passkey" de "Passkey anlegen" ar "أنشئ مفتاح المرور" }
    say passkeys_need_script() {
        en "Passkeys are made by your browser, at the word of a script of this page. Here it did not run: allow scripts for this server, or open this page in another browser. Everything else works without."
        de "Passkeys macht dein Browser, auf das Wort eines Skripts dieser Seite. Hier lief es nicht: Erlaube Skripte für diesen Server oder öffne diese Seite in einem anderen Browser. Alles andere geht ohne."
        ar "ينشئ متصفحك مفاتيح المرور بطلب من نص برمجي في هذه الصفحة. لم يعمل هنا: اسمح بالنصوص البرمجية لهذا الخادم، أو افتح هذه الصفحة في متصفح آخر. وكل ما عدا ذلك يعمل بدونه."
    }
    say what_a_passkey_is() {
        en "A passkey signs you in with a finger, your face or the PIN of your device, or with a security key, instead of your password and a code. It works on this server alone: no other page can get it out of you."
        de "Ein Passkey meldet dich mit einem Finger, deinem Gesicht oder der PIN deines Geräts an, oder mit einem Sicherheitsschlüssel, statt mit Passwort und Code. Er gilt nur auf diesem Server: Keine andere Seite kann ihn dir entlocken."
        ar "يدخلك مفتاح المرور بإصبعك أو وجهك أو رقم جهازك السري، أو بمفتاح أمان، بدل كلمة سرك ورمز. لا يعمل إلا على هذا الخادم: فلا تستطيع صفحة أخرى أن تنتزعه منك."
    }
    html added(exact, day) {
        en r#"Added <time datetime="{exact}">{day}</time>,"#
        de r#"Hinzugefügt <time datetime="{exact}">{day}</time>,"#
        ar r#"أضيف <time datetime="{exact}">{day}</time>،"#
    }
    html last_used(exact, moment) {
        en r#"last used <time datetime="{exact}">{moment}</time>"#
        de r#"zuletzt benutzt <time datetime="{exact}">{moment}</time>"#
        ar r#"آخر استخدام <time datetime="{exact}">{moment}</time>"#
    }
    say never_used() { en "never used" de "nie benutzt" ar "لم يُستخدم قط" }
    say rename() { en "Rename" de "Umbenennen" ar "غيّر الاسم" }
    say remove_it() { en "Remove it" de "Entfernen" ar "أزله" }
    say none_yet() { en "You have none yet." de "Du hast noch keinen." ar "ليس لك أي مفتاح بعد." }
    html lost_a_device() {
        en r#"Who lost a device removes its passkey here; a browser in which it signed in is signed out on <a href="/account">your account</a>. A new password removes all of them."#
        de r#"Wer ein Gerät verloren hat, entfernt hier dessen Passkey; einen Browser, in dem es angemeldet war, meldest du in <a href="/account">deinem Konto</a> ab. Ein neues Passwort entfernt alle."#
        ar r#"من فقد جهازًا أزال مفتاح مروره هنا؛ والمتصفح الذي دخل به يُخرج من <a href="/account">حسابك</a>. وكلمة سر جديدة تزيلها كلها."#
    }
    html password_comes_first() {
        en r#"This takes your password or a passkey, and you have neither. Have a link to set a password sent to you on <a href="/sign-in/forgotten">the page for forgotten passwords</a>."#
        de r#"Dafür brauchst du dein Passwort oder einen Passkey, und du hast keines von beiden. Lass dir auf <a href="/sign-in/forgotten">der Seite für vergessene Passwörter</a> einen Link senden, um ein Passwort zu setzen."#
        ar r#"يتطلب هذا كلمة سرك أو مفتاح مرور، وليس لك أي منهما. اطلب رابطًا لوضع كلمة سر من <a href="/sign-in/forgotten">صفحة كلمات السر المنسية</a>."#
    }
    say go_on_with_passkey() {
        en "Go on with a passkey you have"
        de "Weiter mit einem Passkey, den du hast"
        ar "تابع بمفتاح مرور لديك"
    }
    say no_passkey_answered() {
        en "No passkey was chosen. You can try again."
        de "Es wurde kein Passkey gewählt. Versuche es noch einmal."
        ar "لم يُختر مفتاح مرور. حاول مرة أخرى."
    }
    say has_passkey_already() {
        en "This device has a passkey for your account already."
        de "Dieses Gerät hat schon einen Passkey für dein Konto."
        ar "على هذا الجهاز مفتاح مرور لحسابك بالفعل."
    }
    say passkey_was_added() {
        en "The passkey is there. You can sign in with it from now on."
        de "Der Passkey ist angelegt. Ab jetzt kannst du dich damit anmelden."
        ar "أُضيف مفتاح المرور. يمكنك الدخول به من الآن."
    }
    say no_passkey_made() {
        en "No passkey was made. You can try again."
        de "Es wurde kein Passkey angelegt. Du kannst es noch einmal versuchen."
        ar "لم يُنشأ مفتاح مرور. يمكنك المحاولة مرة أخرى."
    }
}
