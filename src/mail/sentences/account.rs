//! Letters about one's own account, and to those who are invited.

use super::sentences;

sentences! {
    html letter_reset(company) {
        en "Set another password at {company}"
        de "Ein neues Passwort bei {company}"
        ar "كلمة سر جديدة لدى {company}"
    }
    html letter_asked_for_password(handle, company) {
        en "Somebody, probably you, asked for another password for <b>{handle}</b> at {company}."
        de "Jemand, wahrscheinlich du, hat um ein neues Passwort für <b>{handle}</b> bei {company} gebeten."
        ar "طلب أحدهم، ولعله أنت، كلمة سر جديدة للحساب <b>{handle}</b> لدى {company}."
    }
    count_html letter_set_within(n) {
        en { one "Set it within one minute. The link works once." other "Set it within {n} minutes. The link works once." }
        de {
            one "Setze es innerhalb einer Minute. Der Link funktioniert nur einmal."
            other "Setze es innerhalb von {n} Minuten. Der Link funktioniert nur einmal."
        }
        ar {
            zero "عيّنها الآن. يعمل الرابط مرة واحدة."
            one "عيّنها خلال دقيقة واحدة. يعمل الرابط مرة واحدة."
            two "عيّنها خلال دقيقتين. يعمل الرابط مرة واحدة."
            few "عيّنها خلال {n} دقائق. يعمل الرابط مرة واحدة."
            many "عيّنها خلال {n} دقيقة. يعمل الرابط مرة واحدة."
            other "عيّنها خلال {n} دقيقة. يعمل الرابط مرة واحدة."
        }
    }
    say letter_set_password() { en "Set another password" de "Neues Passwort setzen" ar "عيّن كلمة سر جديدة" }
    html letter_reset_ends() {
        en "Every app and every browser is signed out with it, and your passkeys are removed."
        de "Damit werden alle Apps und alle Browser abgemeldet und deine Passkeys entfernt."
        ar "وبذلك تخرج كل التطبيقات والمتصفحات من حسابك، وتُزال مفاتيح المرور الخاصة بك."
    }
    html letter_not_asked() {
        en "If you did not ask for this, do nothing: your password stays as it is."
        de "Wenn du nicht darum gebeten hast, tu nichts: Dein Passwort bleibt, wie es ist."
        ar "إن لم تطلب هذا فلا تفعل شيئًا: تبقى كلمة سرك كما هي."
    }
    html letter_passkey_was_added(company) {
        en "A passkey was added to your account at {company}"
        de "Zu deinem Konto bei {company} wurde ein Passkey hinzugefügt"
        ar "أُضيف مفتاح مرور إلى حسابك لدى {company}"
    }
    html letter_passkey_was_removed(company) {
        en "A passkey was removed from your account at {company}"
        de "Von deinem Konto bei {company} wurde ein Passkey entfernt"
        ar "أُزيل مفتاح مرور من حسابك لدى {company}"
    }
    html letter_passkey_added(name, handle, company, moment) {
        en "The passkey “<b>{name}</b>” was added to the account <b>{handle}</b> at {company}, on {moment}."
        de "Der Passkey „<b>{name}</b>“ wurde am {moment} zum Konto <b>{handle}</b> bei {company} hinzugefügt."
        ar "أُضيف مفتاح المرور «<b>{name}</b>» إلى الحساب <b>{handle}</b> لدى {company}، في {moment}."
    }
    html letter_passkey_removed(name, handle, company, moment) {
        en "The passkey “<b>{name}</b>” was removed from the account <b>{handle}</b> at {company}, on {moment}."
        de "Der Passkey „<b>{name}</b>“ wurde am {moment} vom Konto <b>{handle}</b> bei {company} entfernt."
        ar "أُزيل مفتاح المرور «<b>{name}</b>» من الحساب <b>{handle}</b> لدى {company}، في {moment}."
    }
    html letter_if_not_you_added() {
        en "If that was you, there is nothing to do. If it was not, remove it and set another password: a new password also ends all passkeys, apps and browsers."
        de "Wenn du das warst, ist nichts zu tun. Wenn nicht, entferne ihn und setze ein neues Passwort: Damit enden auch alle Passkeys, Apps und Browser."
        ar "إن كنت أنت فلا شيء عليك. وإلا فأزله وعيّن كلمة سر جديدة: تنتهي بها أيضًا كل مفاتيح المرور والتطبيقات والمتصفحات."
    }
    html letter_if_not_you_removed() {
        en "If that was you, there is nothing to do. If it was not, set another password: a new password also ends all passkeys, apps and browsers."
        de "Wenn du das warst, ist nichts zu tun. Wenn nicht, setze ein neues Passwort: Damit enden auch alle Passkeys, Apps und Browser."
        ar "إن كنت أنت فلا شيء عليك. وإلا فعيّن كلمة سر جديدة: تنتهي بها أيضًا كل مفاتيح المرور والتطبيقات والمتصفحات."
    }
    say letter_your_account() { en "Look at your account" de "Dein Konto ansehen" ar "عرض حسابك" }
    html letter_come(company) { en "Come to {company}" de "Komm zu {company}" ar "تعال إلى {company}" }
    html letter_invites(by, company) {
        en "<b>{by}</b> invites you to have an account at {company}."
        de "<b>{by}</b> lädt dich ein, bei {company} ein Konto zu haben."
        ar "يدعوك <b>{by}</b> إلى أن يكون لك حساب لدى {company}."
    }
    html letter_invites_to_work(by, company) {
        en "<b>{by}</b> invites you to have an account at {company}, as somebody who works there."
        de "<b>{by}</b> lädt dich ein, bei {company} ein Konto zu haben, als jemand, der dort arbeitet."
        ar "يدعوك <b>{by}</b> إلى أن يكون لك حساب لدى {company} بوصفك ممن يعملون هناك."
    }
    html letter_invited(company) {
        en "You are invited to have an account at {company}."
        de "Du bist eingeladen, bei {company} ein Konto zu haben."
        ar "أنت مدعو إلى أن يكون لك حساب لدى {company}."
    }
    html letter_invited_to_work(company) {
        en "You are invited to have an account at {company}, as somebody who works there."
        de "Du bist eingeladen, bei {company} ein Konto zu haben, als jemand, der dort arbeitet."
        ar "أنت مدعو إلى أن يكون لك حساب لدى {company} بوصفك ممن يعملون هناك."
    }
    html letter_come_until(day) {
        en "The link works until {day} (UTC)."
        de "Der Link gilt bis zum {day} (UTC)."
        ar "يعمل الرابط حتى {day} (UTC)."
    }
    say letter_choose_name() {
        en "Choose a username and a password"
        de "Benutzernamen und Passwort wählen"
        ar "اختر اسم مستخدم وكلمة سر"
    }
    html letter_for_you_alone() {
        en "The link is for you alone: whoever has it can come in your place. If you did not expect this letter, do nothing, and nothing happens."
        de "Der Link ist nur für dich: Wer ihn hat, kann an deiner Stelle kommen. Wenn du diesen Brief nicht erwartet hast, tu nichts, und nichts geschieht."
        ar "الرابط لك وحدك: من يحمله يمكنه أن يأتي مكانك. وإن لم تكن تنتظر هذه الرسالة فلا تفعل شيئًا، ولن يحدث شيء."
    }
}
