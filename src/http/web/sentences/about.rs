//! Who is here.

super::sentences! {
    say people_of(company) { en "The people of {company}" de "Die Menschen von {company}" ar "أهل {company}" }
    say follow_whom_you_like() {
        en "Follow whom you like; each writes as themselves."
        de "Folge, wem du magst; jede Person schreibt als sie selbst."
        ar "تابع من شئت؛ فكلٌّ يكتب باسمه."
    }
    say who_writes_at(company) {
        en "Who writes and answers at {company}, and how to check it."
        de "Wer bei {company} schreibt und antwortet, und wie sich das prüfen lässt."
        ar "من يكتب ويجيب لدى {company}، وكيف تتحقق من ذلك."
    }
    say nobody_is_listed() { en "Nobody is listed here yet." de "Noch steht hier niemand." ar "لا أحد معروض هنا بعد." }
    say said_together() { en "What we say together" de "Was wir gemeinsam sagen" ar "ما نقوله معًا" }
    say really_us() {
        en "How you can tell it is really us"
        de "Woran du erkennst, dass wirklich wir es sind"
        ar "كيف تعرف أننا نحن حقًا"
    }
    html address_is_ours(domain, roof) {
        en "Every address that ends in <b>@{domain}</b> is ours, and only those. The little roof {roof} beside a name means that this person has an account here as one of our people; when somebody leaves, it is gone."
        de "Jede Adresse, die auf <b>@{domain}</b> endet, ist unsere, und nur solche. Das kleine Dach {roof} neben einem Namen heißt, dass diese Person hier ein Konto als eine von uns hat; wenn jemand geht, ist es fort."
        ar "كل عنوان ينتهي بـ <b>‎@{domain}‎</b> لنا، ولا شيء سواه. والسقف الصغير {roof} بجانب اسم يعني أن لهذا الشخص حسابًا هنا بوصفه واحدًا منا؛ فإذا غادر أحد زال السقف."
    }
    html check_without_us(mark) {
        en "You can check it without us: a profile links to other pages of the same person, and those that link back are marked with {mark} here and on your own server."
        de "Du kannst es ohne uns prüfen: Ein Profil verweist auf andere Seiten derselben Person, und die zurückverweisen, sind mit {mark} gekennzeichnet, hier und auf deinem eigenen Server."
        ar "يمكنك التحقق دوننا: يشير الملف إلى صفحات أخرى للشخص نفسه، وما يشير منها إلى هنا يحمل العلامة {mark} هنا وعلى خادمك."
    }
    say this_server() { en "This server" de "Dieser Server" ar "هذا الخادم" }
    html runs_guildhall(domain, version, source) {
        en r#"{domain} is part of the open social web. It runs Guildhall {version}, free software under the AGPL; <a href="{source}">its source is open</a>."#
        de r#"{domain} gehört zum offenen sozialen Netz. Hier läuft Guildhall {version}, freie Software unter der AGPL; <a href="{source}">ihr Quelltext ist offen</a>."#
        ar r#"{domain} جزء من الشبكة الاجتماعية المفتوحة. يعمل عليه Guildhall {version}، وهو برنامج حر برخصة AGPL، و<a href="{source}">شيفرته مفتوحة</a>."#
    }
}
