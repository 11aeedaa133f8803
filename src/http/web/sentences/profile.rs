//! The page of a person or a brand, and of a hashtag.

super::sentences! {
    say about_name(name) { en "About {name}" de "Über {name}" ar "عن {name}" }
    say writes_and_answers(name) {
        en "{name} writes and answers here."
        de "Hier schreibt und antwortet {name}."
        ar "هنا يكتب {name} ويجيب."
    }
    say one_writes(name) { en "{name} writes here" de "Hier schreibt {name}" ar "يكتب هنا {name}" }
    say two_write(one, other) {
        en "{one} and {other} write here"
        de "Hier schreiben {one} und {other}"
        ar "يكتب هنا {one} و{other}"
    }
    count many_write(n) {
        en { one "{n} of us writes here" other "{n} of us write here" }
        de { one "Hier schreibt {n} von uns" other "Hier schreiben {n} von uns" }
        ar {
            zero "لا يكتب هنا أحد منا"
            one "يكتب هنا واحد منا"
            two "يكتب هنا اثنان منا"
            few "يكتب هنا {n} منا"
            many "يكتب هنا {n} منا"
            other "يكتب هنا {n} منا"
        }
    }
    say posts_and_answers() { en "Posts and answers" de "Beiträge und Antworten" ar "المنشورات والأجوبة" }
    say nothing_is_older() { en "Nothing is older than this." de "Älteres gibt es nicht." ar "لا شيء أقدم من هذا." }
    say nothing_in_public() {
        en "Nothing has been written in public yet."
        de "Noch ist nichts öffentlich geschrieben."
        ar "لم يُكتب شيء في العلن بعد."
    }
    say older_posts() { en "Older posts" de "Ältere Beiträge" ar "منشورات أقدم" }
    say that_is_all() { en "That is everything." de "Das ist alles." ar "هذا كل شيء." }
    say follow_name(name) { en "Follow {name}" de "{name} folgen" ar "تابع {name}" }
    say does_it_listen() { en "Does it listen?" de "Hört sie zu?" ar "هل تصغي؟" }
    count answers_to_people(n) {
        en { one "{n} answer to people" other "{n} answers to people" }
        de { one "{n} Antwort an Menschen" other "{n} Antworten an Menschen" }
        ar {
            zero "لا أجوبة للناس"
            one "جواب واحد للناس"
            two "جوابان للناس"
            few "{n} أجوبة للناس"
            many "{n} جوابًا للناس"
            other "{n} جواب للناس"
        }
    }
    count announcements(n) {
        en { one "{n} announcement" other "{n} announcements" }
        de { one "{n} Ankündigung" other "{n} Ankündigungen" }
        ar { zero "لا إعلانات" one "إعلان واحد" two "إعلانان" few "{n} إعلانات" many "{n} إعلانًا" other "{n} إعلان" }
    }
    say of_the_last_28_days() {
        en "Public posts of the last 28 days."
        de "Öffentliche Beiträge der letzten 28 Tage."
        ar "المنشورات العلنية في آخر 28 يومًا."
    }
    say proof() { en "Proof" de "Belege" ar "إثبات" }
    say more() { en "More" de "Mehr" ar "المزيد" }
    say links_back() { en "links back here" de "verweist hierher zurück" ar "يشير إلى هنا" }
    say in_numbers() { en "In numbers" de "In Zahlen" ar "بالأرقام" }
    say followers_since(followers, day) {
        en "{followers}. Here since {day}."
        de "{followers}. Hier seit {day}."
        ar "{followers}. هنا منذ {day}."
    }
    say what_is_written(name, company) {
        en "What {name} writes and answers, at {company}."
        de "Was {name} schreibt und antwortet, bei {company}."
        ar "ما يكتبه {name} وما يجيب به، لدى {company}."
    }

    say said_about_it() {
        en "What is said about it in public, here and where we listen."
        de "Was öffentlich darüber gesagt wird, hier und wo wir zuhören."
        ar "ما يقال عنه في العلن، هنا وحيث نصغي."
    }
    say posts() { en "Posts" de "Beiträge" ar "المنشورات" }
    say follow_this_word() { en "Follow this word" de "Diesem Hashtag folgen" ar "تابع هذا الوسم" }
    html follow_tag(tag, feed) {
        en r##"On your own server search for <b>#{tag}</b>, or read it as a <a href="{feed}">feed</a>."##
        de r##"Suche auf deinem eigenen Server nach <b>#{tag}</b>, oder lies es als <a href="{feed}">Feed</a>."##
        ar r##"ابحث على خادمك عن <b>#{tag}</b>، أو اقرأه عبر <a href="{feed}">الخلاصة</a>."##
    }
    say said_about_tag(tag, company) {
        en "What is said about #{tag} at {company}."
        de "Was bei {company} über #{tag} gesagt wird."
        ar "ما يقال عن #{tag} لدى {company}."
    }
}
