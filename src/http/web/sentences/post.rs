//! Posts: one by itself, in a conversation, in a list.

super::sentences! {
    say works_at(company) { en "works at {company}" de "arbeitet bei {company}" ar "يعمل لدى {company}" }
    say corrected() { en "corrected" de "geändert" ar "عُدِّل" }
    say pinned() { en "Pinned" de "Angeheftet" ar "مثبت" }
    html shared_by(name) {
        en r#"shared by <span dir="auto">{name}</span>"#
        de r#"geteilt von <span dir="auto">{name}</span>"#
        ar r#"شاركه <span dir="auto">{name}</span>"#
    }
    html to_whom(name) {
        en r#"To <span dir="auto">{name}</span>."#
        de r#"An <span dir="auto">{name}</span>."#
        ar r#"إلى <span dir="auto">{name}</span>."#
    }
    html in_answer_to(name) {
        en r#"to <span dir="auto">{name}</span>"#
        de r#"an <span dir="auto">{name}</span>"#
        ar r#"إلى <span dir="auto">{name}</span>"#
    }
    count answers(n) {
        en { one "{n} answer" other "{n} answers" }
        de { one "{n} Antwort" other "{n} Antworten" }
        ar { zero "لا أجوبة" one "جواب واحد" two "جوابان" few "{n} أجوبة" many "{n} جوابًا" other "{n} جواب" }
    }
    html answer_from_own(name) {
        en r#"Answer<span class="hidden"> {name} from your own server</span>"#
        de r#"Antworten<span class="hidden"> an {name}, von deinem eigenen Server aus</span>"#
        ar r#"أجب<span class="hidden"> {name} من خادمك</span>"#
    }
    say like() { en "Like" de "Gefällt mir" ar "إعجاب" }
    say share() { en "Share" de "Teilen" ar "شارك" }
    say like_from_own_of(name) {
        en "this post by {name} from your own server"
        de "sagst du zum Beitrag von {name} von deinem eigenen Server aus"
        ar "بمنشور {name} هذا، من خادمك"
    }
    say share_from_own_of(name) {
        en "this post by {name} from your own server"
        de "kannst du den Beitrag von {name} von deinem eigenen Server aus"
        ar "منشور {name} هذا، من خادمك"
    }
    count liked(n, name) {
        en {
            one "like. Like this post by {name} from your own server"
            other "likes. Like this post by {name} from your own server"
        }
        de {
            one "Mal „Gefällt mir“. Dir gefällt der Beitrag von {name}? Sag es von deinem eigenen Server aus"
            other "Mal „Gefällt mir“. Dir gefällt der Beitrag von {name}? Sag es von deinem eigenen Server aus"
        }
        ar {
            zero "إعجاب. أعجبك منشور {name}؟ قل ذلك من خادمك"
            one "إعجاب. أعجبك منشور {name}؟ قل ذلك من خادمك"
            two "إعجاب. أعجبك منشور {name}؟ قل ذلك من خادمك"
            few "إعجابات. أعجبك منشور {name}؟ قل ذلك من خادمك"
            many "إعجابًا. أعجبك منشور {name}؟ قل ذلك من خادمك"
            other "إعجاب. أعجبك منشور {name}؟ قل ذلك من خادمك"
        }
    }
    count shared(n, name) {
        en {
            one "share. Share this post by {name} from your own server"
            other "shares. Share this post by {name} from your own server"
        }
        de {
            one "Mal geteilt. Teile den Beitrag von {name} von deinem eigenen Server aus"
            other "Mal geteilt. Teile den Beitrag von {name} von deinem eigenen Server aus"
        }
        ar {
            zero "مشاركة. شارك منشور {name} من خادمك"
            one "مشاركة. شارك منشور {name} من خادمك"
            two "مشاركة. شارك منشور {name} من خادمك"
            few "مشاركات. شارك منشور {name} من خادمك"
            many "مشاركة. شارك منشور {name} من خادمك"
            other "مشاركة. شارك منشور {name} من خادمك"
        }
    }
    say read_whole_text() { en "Read the whole text" de "Den ganzen Text lesen" ar "اقرأ النص كله" }
    count votes(n) {
        en { one "{n} vote" other "{n} votes" }
        de { one "{n} Stimme" other "{n} Stimmen" }
        ar { zero "لا أصوات" one "صوت واحد" two "صوتان" few "{n} أصوات" many "{n} صوتًا" other "{n} صوت" }
    }
    say picture() { en "Picture" de "Bild" ar "صورة" }
    say video() { en "Video" de "Video" ar "فيديو" }
    say sound() { en "Sound" de "Ton" ar "صوت" }
    say file() { en "File" de "Datei" ar "ملف" }
    say quoted_post() {
        en "The post that this one quotes"
        de "Der Beitrag, den dieser zitiert"
        ar "المنشور الذي يقتبسه هذا"
    }
    say which_is_quoted() {
        en ", the post that this one quotes"
        de ", der Beitrag, den dieser zitiert"
        ar "، المنشور الذي يقتبسه هذا"
    }
    say post_without_words() { en "A post without words" de "Ein Beitrag ohne Worte" ar "منشور بلا كلمات" }

    html one_says(name) { en "<bdi>{name}</bdi> says" de "<bdi>{name}</bdi> sagt" ar "يقول <bdi>{name}</bdi>" }
    html two_talk(one, other) {
        en "<bdi>{one}</bdi> and <bdi>{other}</bdi> talk"
        de "<bdi>{one}</bdi> und <bdi>{other}</bdi> sprechen"
        ar "<bdi>{one}</bdi> و<bdi>{other}</bdi> يتحدثان"
    }
    html three_talk(one, other, third) {
        en "<bdi>{one}</bdi>, <bdi>{other}</bdi> and <bdi>{third}</bdi> talk"
        de "<bdi>{one}</bdi>, <bdi>{other}</bdi> und <bdi>{third}</bdi> sprechen"
        ar "<bdi>{one}</bdi> و<bdi>{other}</bdi> و<bdi>{third}</bdi> يتحدثون"
    }
    count many_talk(others, one, other) {
        en { one "{one}, {other} and {others} other talk" other "{one}, {other} and {others} others talk" }
        de { one "{one}, {other} und {others} andere Person sprechen" other "{one}, {other} und {others} andere sprechen" }
        ar {
            zero "{one} و{other} يتحدثان"
            one "{one} و{other} وشخص آخر يتحدثون"
            two "{one} و{other} وشخصان آخران يتحدثون"
            few "{one} و{other} و{others} آخرون يتحدثون"
            many "{one} و{other} و{others} شخصًا آخر يتحدثون"
            other "{one} و{other} و{others} شخص آخر يتحدثون"
        }
    }
    count messages(n) {
        en { one "{n} message" other "{n} messages" }
        de { one "{n} Nachricht" other "{n} Nachrichten" }
        ar { zero "لا رسائل" one "رسالة واحدة" two "رسالتان" few "{n} رسائل" many "{n} رسالة" other "{n} رسالة" }
    }
    count persons(n) {
        en { one "{n} person" other "{n} people" }
        de { one "{n} Person" other "{n} Personen" }
        ar { zero "لا أحد" one "شخص واحد" two "شخصين" few "{n} أشخاص" many "{n} شخصًا" other "{n} شخص" }
    }
    say messages_by(messages, people) {
        en "{messages} by {people} in this conversation"
        de "{messages} von {people} in diesem Gespräch"
        ar "{messages} من {people} في هذه المحادثة"
    }
    say conversation() { en "The conversation" de "Das Gespräch" ar "المحادثة" }
    say earlier_answers() { en "Earlier answers" de "Frühere Antworten" ar "أجوبة أسبق" }
    say more_answers() { en "More answers" de "Weitere Antworten" ar "أجوبة أخرى" }
    say join_in() { en "Join in" de "Sprich mit" ar "شارك في الحديث" }
}
