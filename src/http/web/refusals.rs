//! What people read on a page when they are refused, in their language.
//!
//! The sentences of errors are English: they are made where no page is near. Those that people meet in forms are said
//! here in the other languages, by their code. The rest is shown as it is, and marked as English.

use crate::{error::Error, http::extract::Language};

/// A code, in German and in Arabic.
type Refusal = (&'static str, &'static str, &'static str);

const REFUSALS: [Refusal; 41] = [
    (
        "account.email",
        "Das ist keine E-Mail-Adresse. Sie sieht aus wie name@company.com.",
        "هذا ليس بريدًا إلكترونيًا. يبدو هكذا: ‎name@company.com‎.",
    ),
    (
        "account.email_taken",
        "Mit dieser E-Mail-Adresse gibt es schon ein Konto.",
        "يوجد حساب بهذا البريد الإلكتروني بالفعل.",
    ),
    (
        "account.password_changed",
        "Das Passwort wurde gerade geändert. Bitte melde dich noch einmal an.",
        "غُيّرت كلمة السر قبل لحظة. سجّل الدخول من جديد من فضلك.",
    ),
    (
        "form.token",
        "Dieses Formular war zu lange offen, oder dein Browser behält keine Cookies. Geh zurück, lade die Seite neu und sende es noch einmal.",
        "بقي هذا النموذج مفتوحًا أطول مما ينبغي، أو أن متصفحك لا يحفظ ملفات تعريف الارتباط. ارجع وأعد تحميل الصفحة وأرسله من جديد.",
    ),
    (
        "interact.origin",
        "Darum kann nur ein Formular auf unseren eigenen Seiten bitten.",
        "لا يطلب هذا إلا نموذج على صفحاتنا.",
    ),
    (
        "invitation.expired",
        "Die Zeit dieser Einladung ist um. Bitte die Person, von der du sie hast, um eine neue.",
        "انتهت مدة هذه الدعوة. اطلب دعوة أخرى ممن أعطاك إياها.",
    ),
    (
        "invitation.not_found",
        "So eine Einladung gibt es nicht. Sieh nach, ob der ganze Link kopiert wurde, oder bitte die Person, von der du ihn hast, um einen neuen.",
        "لا توجد دعوة كهذه. انظر هل نُسخ الرابط كله، أو اطلب رابطًا جديدًا ممن أعطاك إياه.",
    ),
    (
        "invitation.revoked",
        "Diese Einladung wurde zurückgenommen. Frage die Person, von der du sie hast, was geschehen ist.",
        "سُحبت هذه الدعوة. اسأل من أعطاك إياها عما حدث.",
    ),
    (
        "invitation.used",
        "Diese Einladung wurde schon benutzt. Wenn du das warst, melde dich an. Wenn nicht, bitte die Person, von der du sie hast, um eine neue.",
        "استُخدمت هذه الدعوة من قبل. إن كنت أنت من فعل فسجّل الدخول. وإلا فاطلب دعوة أخرى ممن أعطاك إياها.",
    ),
    (
        "invitation.void",
        "Wer diese Einladung gemacht hat, darf so nicht mehr einladen. Bitte jemand anderen in der Firma um eine neue.",
        "لم يعد لصاحب هذه الدعوة أن يدعو هكذا. اطلب دعوة أخرى من غيره في الشركة.",
    ),
    (
        "oauth.access_denied",
        "Du hast die App nicht eingelassen. Schließe diese Seite.",
        "لم تسمح للتطبيق بالدخول. أغلق هذه الصفحة.",
    ),
    (
        "oauth.invalid_redirect_uri",
        "Die App will dich an eine Adresse schicken, die sie nicht angemeldet hat. Das muss in Ordnung bringen, wer die App gemacht hat; erlaubt wurde nichts.",
        "يريد التطبيق أن يرسلك إلى عنوان لم يسجله. على صانع التطبيق أن يصلح ذلك؛ ولم يُسمح بشيء.",
    ),
    (
        "passkey.challenge",
        "Diese Seite war zu lange offen. Bitte versuche es noch einmal.",
        "بقيت هذه الصفحة مفتوحة أطول مما ينبغي. حاول مرة أخرى من فضلك.",
    ),
    (
        "passkey.challenge_used",
        "Das wurde schon einmal gesendet. Bitte versuche es noch einmal.",
        "أُرسل هذا من قبل. حاول مرة أخرى من فضلك.",
    ),
    (
        "passkey.changed",
        "Inzwischen hat sich etwas geändert. Bitte versuche es noch einmal.",
        "تغير شيء في هذه الأثناء. حاول مرة أخرى من فضلك.",
    ),
    ("passkey.known", "Diesen Passkey gibt es hier schon.", "أضيف مفتاح المرور هذا من قبل."),
    (
        "passkey.name",
        "Gib dem Passkey einen Namen, höchstens 60 Zeichen lang.",
        "أعط مفتاح المرور اسمًا لا يزيد على 60 حرفًا.",
    ),
    (
        "passkey.not_yours",
        "Das ist kein Passkey von dir. Nimm einen, den du hier hinzugefügt hast.",
        "ليس هذا مفتاح مرور لك. اختر مفتاحًا أضفته هنا.",
    ),
    (
        "passkey.signed_out",
        "Du wurdest inzwischen abgemeldet. Melde dich an und beginne noch einmal.",
        "سُجّل خروجك في هذه الأثناء. سجّل الدخول وابدأ من جديد.",
    ),
    (
        "passkey.too_many",
        "Mehr Passkeys kannst du nicht haben. Entferne zuerst einen.",
        "لا يمكن أن يكون لك مزيد من مفاتيح المرور. أزل واحدًا أولًا.",
    ),
    (
        "passkey.unknown",
        "Diesen Passkey kennt man hier nicht mehr. Melde dich mit deinem Passwort an.",
        "لم يعد مفتاح المرور هذا معروفًا هنا. ادخل بكلمة سرك.",
    ),
    (
        "passkey.wrong",
        "Dieser Passkey hat nicht richtig geantwortet. Bitte versuche es noch einmal.",
        "لم يجب مفتاح المرور هذا جوابًا صحيحًا. حاول مرة أخرى من فضلك.",
    ),
    (
        "password.length",
        "Ein Passwort hat mindestens 12 Zeichen. Ein Satz ist leicht zu merken.",
        "في كلمة السر 12 حرفًا على الأقل. والجملة يسهل تذكرها.",
    ),
    (
        "password.too_long",
        "Dieses Passwort ist zu lang. Nimm ein kürzeres.",
        "كلمة السر هذه طويلة جدًا. اختر أقصر منها.",
    ),
    ("profile.too_long", "Dieser Name ist zu lang. Nimm einen kürzeren.", "هذا الاسم طويل جدًا. اختر أقصر منه."),
    (
        "second_step.begin",
        "Das wurde nicht hier begonnen, oder es ist zu lange her. Beginne noch einmal.",
        "لم يبدأ هذا هنا، أو مضى عليه وقت طويل. ابدأ من جديد.",
    ),
    (
        "second_step.on",
        "Der zweite Schritt ist schon an. Schalte ihn zuerst aus.",
        "الخطوة الثانية مفعّلة بالفعل. أوقفها أولًا.",
    ),
    (
        "setup.domain",
        "So kann kein Name hier enden: Dazu gehört eine Domain mit einem Punkt, etwa company.com, und nicht die Adresse einer Maschine.",
        "لا يصلح هذا نهايةً للأسماء: يلزم نطاق فيه نقطة مثل company.com، لا عنوان جهاز.",
    ),
    ("setup.name", "Die Firma braucht einen Namen von 1 bis 100 Zeichen.", "تحتاج الشركة إلى اسم من حرف إلى 100 حرف."),
    (
        "setup.same_username",
        "Die Marke und du brauchen verschiedene Benutzernamen.",
        "تحتاج العلامة وأنت إلى اسمي مستخدم مختلفين.",
    ),
    (
        "setup.token",
        "Dieser Link gilt nicht. Nimm den, den der Server zuletzt ausgegeben hat.",
        "هذا الرابط لا يعمل. استخدم آخر رابط طبعه الخادم.",
    ),
    (
        "sign_in.changed",
        "Das Passwort wurde inzwischen geändert. Melde dich noch einmal an.",
        "غُيّرت كلمة السر في هذه الأثناء. سجّل الدخول من جديد.",
    ),
    (
        "sign_in.suspended",
        "Dieses Konto ist gesperrt. Frage die Menschen, die diesen Server betreiben.",
        "هذا الحساب موقوف. اسأل من يدير هذا الخادم.",
    ),
    (
        "sign_up.agreement",
        "Ein Konto bekommst du hier, wenn du den Regeln zustimmst.",
        "ليكون لك حساب هنا وافق على القواعد.",
    ),
    (
        "sign_up.closed",
        "Hier kann sich gerade niemand registrieren. Bitte jemanden in der Firma um eine Einladung.",
        "لا يمكن لأحد إنشاء حساب هنا الآن. اطلب دعوة من أحد في الشركة.",
    ),
    ("sign_up.confirmed", "Diese E-Mail-Adresse ist schon bestätigt.", "تأكد هذا البريد الإلكتروني من قبل."),
    (
        "sign_up.reason",
        "Sag, warum du dazukommen möchtest: Hier liest es jemand und antwortet.",
        "قل لماذا تريد الانضمام: يقرأ ذلك أحد هنا ويجيب.",
    ),
    ("sign_up.reason_too_long", "Das ist zu lang. Höchstens 1.000 Zeichen.", "هذا طويل جدًا. 1,000 حرف على الأكثر."),
    (
        "username.invalid",
        "Ein Benutzername hat Buchstaben von a bis z, Ziffern und _; innen auch Punkte und Bindestriche.",
        "في اسم المستخدم حروف من a إلى z وأرقام والعلامة _، ونقاط وشرطات في الوسط.",
    ),
    (
        "username.reserved",
        "Dieser Benutzername ist nicht zu haben. Nimm einen anderen.",
        "اسم المستخدم هذا غير متاح. اختر غيره.",
    ),
    ("username.taken", "Dieser Benutzername ist vergeben. Nimm einen anderen.", "اسم المستخدم هذا مأخوذ. اختر غيره."),
];

/// Why somebody is refused, in their language; nothing where only English has words for it.
pub(super) fn said(say: Language, error: &Error) -> Option<&str> {
    let found = || REFUSALS.iter().find(|(code, ..)| *code == error.code());
    match say {
        Language::English => Some(error.safe()),
        Language::German => found().map(|(_, german, _)| *german),
        Language::Arabic => found().map(|(.., arabic)| *arabic),
    }
}

/// The same, and in English where there is nothing else.
pub(super) fn words(say: Language, error: &Error) -> String {
    said(say, error).unwrap_or_else(|| error.safe()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_is_said_once_and_not_in_english() {
        assert!(REFUSALS.is_sorted_by(|one, next| one.0 < next.0));
        for (code, german, arabic) in REFUSALS {
            let error = Error::invalid(code, "No.");
            assert_eq!(said(Language::English, &error), Some("No."));
            assert_eq!((said(Language::German, &error), said(Language::Arabic, &error)), (Some(german), Some(arabic)));
            assert!(german.ends_with('.') && arabic.chars().any(|c| ('\u{600}'..='\u{6ff}').contains(&c)), "{code}");
        }
        let other = Error::invalid("other.code", "Something else.");
        assert_eq!(
            (said(Language::German, &other), words(Language::Arabic, &other).as_str()),
            (None, "Something else.")
        );
    }
}
