//! The front page.

super::sentences! {
    say home_lead(company) {
        en "The people of {company} write and answer here, in the open and with their names."
        de "Hier schreiben und antworten die Menschen von {company}, offen und mit ihrem Namen."
        ar "هنا يكتب أهل {company} ويجيبون، في العلن وبأسمائهم."
    }
    say home_headline(company) {
        en "Talk with the people of {company}."
        de "Sprich mit den Menschen von {company}."
        ar "تحدّث مع أهل {company}."
    }
    say talk_with_us() {
        en "Talk with us from where you are"
        de "Sprich mit uns von dort, wo du bist"
        ar "تحدّث معنا من حيث أنت"
    }
    html talk_with_us_hint(handle) {
        en r#"Your address on Mastodon, Lemmy or wherever you are. Or write to <b class="addr">@{handle}</b>; it lands in the same place."#
        de r#"Deine Adresse bei Mastodon, Lemmy oder wo immer du bist. Oder schreib an <b class="addr">@{handle}</b>; es kommt am selben Ort an."#
        ar r#"عنوانك على Mastodon أو Lemmy أو حيثما كنت. أو اكتب إلى <b class="addr">@{handle}</b>، فيصل إلى المكان نفسه."#
    }
    say who_answers() { en "Who answers here" de "Wer hier antwortet" ar "من يجيب هنا" }
    say brands() { en "Brands" de "Marken" ar "العلامات" }
    say being_talked_about() { en "Being talked about" de "Worüber gesprochen wird" ar "ما يُتحدث عنه" }
    say silent_house() {
        en "Nobody has written in public yet. What our people write and answer will stand here."
        de "Noch hat niemand öffentlich geschrieben. Was unsere Leute schreiben und antworten, wird hier stehen."
        ar "لم يكتب أحد في العلن بعد. سيظهر هنا ما يكتبه أهلنا وما يجيبون به."
    }
    say follow_us() { en "Follow us from where you are" de "Folge uns von dort, wo du bist" ar "تابعنا من حيث أنت" }
    say account_of_your_own() { en "An account of your own" de "Ein eigenes Konto" ar "حساب خاص بك" }
    html sign_up_here() {
        en r#"<a href="/sign-up">Sign up here</a>, if you have none on the Fediverse yet."#
        de r#"<a href="/sign-up">Registriere dich hier</a>, wenn du im Fediverse noch keines hast."#
        ar r#"<a href="/sign-up">أنشئ حسابك هنا</a>، إن لم يكن لك حساب في الفديفرس بعد."#
    }
    say more_about_us() { en "More about us" de "Mehr über uns" ar "المزيد عنا" }
    say keep_our_word() { en "How we keep our word" de "Wie wir Wort halten" ar "كيف نفي بوعدنا" }
    say answers_lately() {
        en "Answers to people, last 28 days"
        de "Antworten an Menschen, letzte 28 Tage"
        ar "أجوبة للناس، آخر 28 يومًا"
    }
    say announcements_lately() {
        en "Announcements, last 28 days"
        de "Ankündigungen, letzte 28 Tage"
        ar "إعلانات، آخر 28 يومًا"
    }
    say reached_at() { en "We can be reached at" de "Wir sind erreichbar unter" ar "تصل إلينا على" }

    say no_window_is_lit() {
        en "Each lit window is one answer we gave in the last 28 days. None is lit yet."
        de "Jedes helle Fenster ist eine Antwort, die wir in den letzten 28 Tagen gegeben haben. Noch ist keines hell."
        ar "كل نافذة مضاءة جواب أجبنا به في آخر 28 يومًا. لم تُضَأ واحدة بعد."
    }
    say one_window_is_lit() {
        en "Each lit window is one answer we gave in the last 28 days. One is lit."
        de "Jedes helle Fenster ist eine Antwort, die wir in den letzten 28 Tagen gegeben haben. Eines ist hell."
        ar "كل نافذة مضاءة جواب أجبنا به في آخر 28 يومًا. واحدة مضاءة."
    }
    say windows_are_lit(answers) {
        en "Each lit window is one answer we gave in the last 28 days. {answers} are lit."
        de "Jedes helle Fenster ist eine Antwort, die wir in den letzten 28 Tagen gegeben haben. {answers} sind hell."
        ar "كل نافذة مضاءة جواب أجبنا به في آخر 28 يومًا. عدد المضاءة: {answers}."
    }
    say windows_stand_for(each, answers) {
        en "Each lit window stands for {each} of the {answers} answers we gave in the last 28 days."
        de "Jedes helle Fenster steht für {each} der {answers} Antworten, die wir in den letzten 28 Tagen gegeben haben."
        ar "تمثل كل نافذة مضاءة {each} من أجوبتنا في آخر 28 يومًا، وعددها {answers}."
    }
    count in_conversation(people) {
        en { one "{people} person in this conversation" other "{people} people in this conversation" }
        de { one "{people} Person in diesem Gespräch" other "{people} Personen in diesem Gespräch" }
        ar {
            zero "لا أحد في هذه المحادثة"
            one "شخص واحد في هذه المحادثة"
            two "شخصان في هذه المحادثة"
            few "{people} أشخاص في هذه المحادثة"
            many "{people} شخصًا في هذه المحادثة"
            other "{people} شخص في هذه المحادثة"
        }
    }
    say many_in_conversation(people) {
        en "{people}+ people in this conversation"
        de "Mehr als {people} Personen in diesem Gespräch"
        ar "أكثر من {people} في هذه المحادثة"
    }
    count followers(people) {
        en { one "{people} follower" other "{people} followers" }
        de { one "{people} folgt" other "{people} Folgende" }
        ar {
            zero "لا متابعين"
            one "متابع واحد"
            two "متابعان"
            few "{people} متابعين"
            many "{people} متابعًا"
            other "{people} متابع"
        }
    }
}
