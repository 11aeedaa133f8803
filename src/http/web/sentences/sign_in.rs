//! Signing in and up, and a forgotten password.

super::sentences! {
    say sign_in_at(company) { en "Sign in at {company}" de "Anmelden bei {company}" ar "تسجيل الدخول لدى {company}" }
    say for_people_with_account() { en "For people with an account here." de "Für Menschen mit einem Konto hier." ar "لمن لهم حساب هنا." }
    say for_people_at(company) {
        en "For people with an account at {company}."
        de "Für Menschen mit einem Konto bei {company}."
        ar "لمن لهم حساب لدى {company}."
    }
    say app_sent_you() {
        en "An app sent you here to be let in. It does not see your password."
        de "Eine App schickt dich her, um eingelassen zu werden. Dein Passwort sieht sie nicht."
        ar "أرسلك تطبيق إلى هنا ليُسمح له بالدخول. وهو لا يرى كلمة سرك."
    }
    say signing_in_takes_place() {
        en "Whoever signs in here takes that place."
        de "Wer sich hier anmeldet, tritt an diese Stelle."
        ar "من يسجّل الدخول هنا يحل محله."
    }
    say forgotten_or_never_had() {
        en "Forgotten, or never had one?"
        de "Vergessen oder nie eines gehabt?"
        ar "نسيتها أم لم تكن لك قط؟"
    }
    html no_account_yet() {
        en r#"No account yet? <a href="/sign-up">Sign up</a>."#
        de r#"Noch kein Konto? <a href="/sign-up">Registriere dich</a>."#
        ar r#"لا حساب لك بعد؟ <a href="/sign-up">أنشئ حسابًا</a>."#
    }
    say sign_in_with_passkey() { en "Sign in with a passkey" de "Mit einem Passkey anmelden" ar "ادخل بمفتاح مرور" }
    say no_passkeys_at_address() {
        en "Your browser uses no passkeys at this address."
        de "Dein Browser benutzt an dieser Adresse keine Passkeys."
        ar "لا يستخدم متصفحك مفاتيح المرور في هذا العنوان."
    }
    say no_passkey_chosen() {
        en "No passkey was chosen. You can try again, or use your password."
        de "Es wurde kein Passkey gewählt. Versuche es noch einmal oder nimm dein Passwort."
        ar "لم يُختر مفتاح مرور. حاول مرة أخرى أو استخدم كلمة سرك."
    }
    say confirmed_but_waiting() {
        en "You confirmed your address. Somebody here still has to say yes; a letter tells you."
        de "Deine Adresse ist bestätigt. Hier muss noch jemand Ja sagen; eine E-Mail sagt es dir."
        ar "أكدت عنوانك. وما زال على أحد هنا أن يوافق، وستخبرك رسالة."
    }
    say confirm_first() {
        en "Confirm your e-mail address first: open the link in the letter that we sent you."
        de "Bestätige zuerst deine E-Mail-Adresse: Öffne den Link in der E-Mail, die wir dir geschickt haben."
        ar "أكد بريدك الإلكتروني أولًا: افتح الرابط في الرسالة التي أرسلناها إليك."
    }
    say name_and_password_differ() {
        en "This name and this password do not belong together."
        de "Dieser Name und dieses Passwort gehören nicht zusammen."
        ar "هذا الاسم وكلمة السر هذه لا يتوافقان."
    }
    count too_many_tries(minutes) {
        en {
            one "These were too many tries. Please wait {minutes} minute."
            other "These were too many tries. Please wait {minutes} minutes."
        }
        de {
            one "Das waren zu viele Versuche. Bitte warte {minutes} Minute."
            other "Das waren zu viele Versuche. Bitte warte {minutes} Minuten."
        }
        ar {
            zero "كانت المحاولات كثيرة. انتظر قليلًا من فضلك."
            one "كانت المحاولات كثيرة. انتظر دقيقة واحدة من فضلك."
            two "كانت المحاولات كثيرة. انتظر دقيقتين من فضلك."
            few "كانت المحاولات كثيرة. انتظر {minutes} دقائق من فضلك."
            many "كانت المحاولات كثيرة. انتظر {minutes} دقيقة من فضلك."
            other "كانت المحاولات كثيرة. انتظر {minutes} دقيقة من فضلك."
        }
    }
    say and_the_code() { en "And the code" de "Und der Code" ar "والرمز" }
    say code_to_sign_in() { en "A code to sign in with." de "Ein Code zum Anmelden." ar "رمز لتسجيل الدخول." }
    html password_was_right(handle) {
        en r#"The password of <b class="addr">@{handle}</b> was right."#
        de r#"Das Passwort von <b class="addr">@{handle}</b> war richtig."#
        ar r#"كلمة سر <b class="addr">@{handle}</b> صحيحة."#
    }
    say code_or_recovery() {
        en "Code of your app, or a recovery code"
        de "Code deiner App oder ein Wiederherstellungscode"
        ar "رمز تطبيقك أو رمز استرداد"
    }
    say lost_both() {
        en "Lost both? Whoever runs this server can turn the second step off."
        de "Beides verloren? Wer diesen Server betreibt, kann den zweiten Schritt ausschalten."
        ar "فقدت كليهما؟ يستطيع من يدير هذا الخادم إيقاف الخطوة الثانية."
    }
    say code_is_wrong() {
        en "This code is not right, or it was used before. Your app shows the next one soon."
        de "Dieser Code stimmt nicht oder wurde schon benutzt. Deine App zeigt bald den nächsten."
        ar "هذا الرمز غير صحيح أو استُخدم من قبل. يعرض تطبيقك الرمز التالي قريبًا."
    }

    say forgotten_password() { en "Forgotten password" de "Passwort vergessen" ar "نسيت كلمة السر" }
    say link_for_another() {
        en "A link to set another password."
        de "Ein Link, um ein anderes Passwort zu setzen."
        ar "رابط لوضع كلمة سر أخرى."
    }
    say say_who_you_are() {
        en "Say who you are, and a letter with a link goes to your e-mail address."
        de "Sag, wer du bist, und eine E-Mail mit einem Link geht an deine Adresse."
        ar "قل من أنت، فتذهب رسالة فيها رابط إلى بريدك الإلكتروني."
    }
    html sends_no_email_or_password(command) {
        en "This server sends no e-mail, so no link comes to you. Ask whoever owns or runs it for another password: they set one on the command line, with <code>{command}</code>."
        de "Dieser Server sendet keine E-Mail, also kommt auch kein Link zu dir. Bitte die Menschen, denen er gehört oder die ihn betreiben, um ein anderes Passwort: Sie setzen es auf der Kommandozeile mit <code>{command}</code>."
        ar "لا يرسل هذا الخادم بريدًا، فلن يصل إليك رابط. اطلب كلمة سر أخرى ممن يملكه أو يديره: يضعها من سطر الأوامر بالأمر <code>{command}</code>."
    }
    say sends_no_email() {
        en "This server sends no e-mail. Whoever runs it finds the letter among its files."
        de "Dieser Server sendet keine E-Mail. Wer ihn betreibt, findet sie unter seinen Dateien."
        ar "لا يرسل هذا الخادم بريدًا. يجد من يديره الرسالة بين ملفاته."
    }
    say send_the_letter() { en "Send the letter" de "E-Mail senden" ar "أرسل الرسالة" }
    say look_at_email() { en "Look at your e-mail" de "Sieh in deine E-Mail" ar "انظر في بريدك" }
    say letter_may_be_on_its_way() {
        en "If there is such an account and we know its e-mail address, a letter is on its way. Its link works for an hour, once."
        de "Wenn es so ein Konto gibt und wir seine E-Mail-Adresse kennen, ist eine E-Mail unterwegs. Ihr Link gilt eine Stunde lang, einmal."
        ar "إن كان هناك حساب كهذا وكنا نعرف بريده الإلكتروني فالرسالة في طريقها. يعمل رابطها ساعة، مرة واحدة."
    }
    say no_letter_ask() {
        en "No letter? Look among unwanted mail, wait a few minutes, or ask whoever runs this server."
        de "Keine E-Mail? Sieh beim Spam nach, warte ein paar Minuten oder frage die Menschen, die diesen Server betreiben."
        ar "لا رسالة؟ انظر في البريد غير المرغوب، أو انتظر بضع دقائق، أو اسأل من يدير هذا الخادم."
    }
    say another_password() { en "Another password" de "Ein anderes Passwort" ar "كلمة سر أخرى" }
    html reset_for(handle) {
        en r#"For <b class="addr">@{handle}</b>. Every app that you let in and every browser is signed out with it, and your passkeys are removed."#
        de r#"Für <b class="addr">@{handle}</b>. Jede App, die du eingelassen hast, und jeder Browser wird damit abgemeldet, und deine Passkeys werden entfernt."#
        ar r#"لحساب <b class="addr">@{handle}</b>. يخرج معها كل تطبيق سمحت له وكل متصفح، وتُزال مفاتيح مرورك."#
    }
    say the_new_one() { en "The new one" de "Das neue" ar "كلمة السر الجديدة" }
    say change_it() { en "Change it" de "Ändern" ar "غيّرها" }
    say link_has_ended() { en "This link has ended" de "Dieser Link gilt nicht mehr" ar "انتهى هذا الرابط" }
    say reset_has_ended() {
        en "It was used already, a newer password was set, or it is older than an hour."
        de "Er wurde schon benutzt, es gibt inzwischen ein neueres Passwort, oder er ist älter als eine Stunde."
        ar "استُخدم من قبل، أو وُضعت كلمة سر أحدث، أو مضت عليه أكثر من ساعة."
    }
    say ask_for_another_letter() { en "Ask for another letter" de "Noch eine E-Mail anfordern" ar "اطلب رسالة أخرى" }
    say that_is_your_password() {
        en "That is your password now"
        de "Das ist jetzt dein Passwort"
        ar "هذه كلمة سرك الآن"
    }
    say everything_was_signed_out() {
        en "Every app and every browser was signed out, and your passkeys were removed."
        de "Jede App und jeder Browser wurde abgemeldet, und deine Passkeys wurden entfernt."
        ar "خرج كل تطبيق وكل متصفح، وأُزيلت مفاتيح مرورك."
    }

    say sign_up_at(company) { en "Sign up at {company}" de "Registrieren bei {company}" ar "إنشاء حساب لدى {company}" }
    say for_people_who_want_one() {
        en "For people who want an account here."
        de "Für Menschen, die hier ein Konto möchten."
        ar "لمن يريد حسابًا هنا."
    }
    say what_an_account_is_for(company) {
        en "For an account of your own at {company}, with which you talk with us and with everybody on the Fediverse."
        de "Für ein eigenes Konto bei {company}, mit dem du mit uns und mit allen im Fediverse sprichst."
        ar "لحساب خاص بك لدى {company}، تتحدث به معنا ومع كل من في الفديفرس."
    }
    say somebody_reads_it() {
        en "Somebody here reads what you write and answers by e-mail."
        de "Hier liest jemand, was du schreibst, und antwortet per E-Mail."
        ar "يقرأ أحد هنا ما تكتبه ويجيبك بالبريد."
    }
    html have_one_already() {
        en r#"Have one already? <a href="/sign-in">Sign in</a>."#
        de r#"Du hast schon eines? <a href="/sign-in">Melde dich an</a>."#
        ar r#"لك حساب بالفعل؟ <a href="/sign-in">سجّل الدخول</a>."#
    }
    say link_comes_there() {
        en "A link comes there that confirms it. Only those who run this server see it."
        de "Dorthin kommt ein Link, der sie bestätigt. Nur wer diesen Server betreibt, sieht sie."
        ar "يصل إليه رابط يؤكده. ولا يراه إلا من يدير هذا الخادم."
    }
    say why_come() { en "Why do you want to come?" de "Warum möchtest du dazukommen?" ar "لماذا تريد الانضمام؟" }
    say who_reads_why() {
        en "Those who answer you read it, and nobody else."
        de "Das lesen die, die dir antworten, und sonst niemand."
        ar "يقرؤه من يجيبونك، ولا أحد سواهم."
    }
    say i_agree() { en "I agree to what holds here" de "Ich bin mit dem einverstanden, was hier gilt" ar "أوافق على ما يسري هنا" }
    say nobody_can_sign_up() {
        en "Nobody can sign up here now"
        de "Hier kann sich gerade niemand registrieren"
        ar "لا يمكن لأحد إنشاء حساب هنا الآن"
    }
    say ask_for_invitation(company) {
        en "Ask somebody at {company} for an invitation."
        de "Bitte jemanden bei {company} um eine Einladung."
        ar "اطلب دعوة من أحد لدى {company}."
    }
    html letter_goes_to(email) {
        en r#"A letter goes to <b class="addr">{email}</b>."#
        de r#"Eine E-Mail geht an <b class="addr">{email}</b>."#
        ar r#"تذهب رسالة إلى <b class="addr">{email}</b>."#
    }
    count open_within(days) {
        en { one "Open the link in it within {days} day." other "Open the link in it within {days} days." }
        de { one "Öffne den Link darin innerhalb von {days} Tag." other "Öffne den Link darin innerhalb von {days} Tagen." }
        ar {
            zero "افتح الرابط الذي فيها اليوم."
            one "افتح الرابط الذي فيها خلال يوم واحد."
            two "افتح الرابط الذي فيها خلال يومين."
            few "افتح الرابط الذي فيها خلال {days} أيام."
            many "افتح الرابط الذي فيها خلال {days} يومًا."
            other "افتح الرابط الذي فيها خلال {days} يوم."
        }
    }
    say no_letter_send_another() {
        en "No letter? Look among unwanted mail, wait a few minutes, or have another one sent, to another address if that one was wrong."
        de "Keine E-Mail? Sieh beim Spam nach, warte ein paar Minuten oder lass dir noch eine senden, an eine andere Adresse, wenn jene falsch war."
        ar "لا رسالة؟ انظر في البريد غير المرغوب، أو انتظر بضع دقائق، أو اطلب رسالة أخرى، إلى عنوان آخر إن كان ذاك خطأ."
    }
    say send_another_letter() { en "Send another letter" de "Noch eine E-Mail senden" ar "أرسل رسالة أخرى" }
    say is_this_you() { en "Is this you?" de "Bist du das?" ar "هل هذا أنت؟" }
    html you_want_to_be(handle) {
        en r#"You want to be <b class="addr">@{handle}</b>, and this letter reached you."#
        de r#"Du möchtest <b class="addr">@{handle}</b> sein, und diese E-Mail hat dich erreicht."#
        ar r#"تريد أن تكون <b class="addr">@{handle}</b>، وقد وصلتك هذه الرسالة."#
    }
    say confirm_my_address() { en "Confirm my address" de "Meine Adresse bestätigen" ar "أكّد عنواني" }
    say if_you_did_not_sign_up() {
        en "If you did not sign up, close this page: without this there is no account."
        de "Wenn du dich nicht registriert hast, schließe diese Seite: Ohne dies gibt es kein Konto."
        ar "إن لم تنشئ حسابًا فأغلق هذه الصفحة: بدون هذا لا يوجد حساب."
    }
    say you_have_an_account() { en "You have an account" de "Du hast ein Konto" ar "صار لك حساب" }
    say address_is_confirmed() { en "Your address is confirmed." de "Deine Adresse ist bestätigt." ar "تأكد عنوانك." }
    say address_confirmed() { en "Your address is confirmed" de "Deine Adresse ist bestätigt" ar "تأكد عنوانك" }
    say somebody_decides(company) {
        en "Somebody at {company} reads what you wrote, and a letter tells you what they say."
        de "Jemand bei {company} liest, was du geschrieben hast, und eine E-Mail sagt dir die Antwort."
        ar "يقرأ أحد لدى {company} ما كتبت، وتخبرك رسالة بالجواب."
    }
    say confirmation_has_ended() {
        en "It was used already, it went to an address that you changed, or it is too old. If you confirmed your address already, you may have an account."
        de "Er wurde schon benutzt, ging an eine Adresse, die du geändert hast, oder ist zu alt. Wenn du deine Adresse schon bestätigt hast, hast du vielleicht ein Konto."
        ar "استُخدم من قبل، أو ذهب إلى عنوان غيّرته، أو مضى عليه وقت طويل. إن كنت قد أكدت عنوانك فقد يكون لك حساب."
    }
}
