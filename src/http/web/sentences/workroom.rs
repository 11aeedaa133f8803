//! What stands in the place of the workroom where it was not built.

super::sentences! {
    say the_workroom() { en "The workroom" de "Der Arbeitsraum" ar "غرفة العمل" }
    say not_in_this_server() { en "It is not in this server yet." de "Er ist noch nicht in diesem Server." ar "ليست في هذا الخادم بعد." }
    say workroom_is_not_here() {
        en "The workroom is not in this server."
        de "Der Arbeitsraum ist nicht in diesem Server."
        ar "غرفة العمل ليست في هذا الخادم."
    }
    say made_by_node(company) {
        en "Its screens are made by Node, which was not there when the server was built. Everything else works: apps, the command line, and the pages of {company}."
        de "Seine Ansichten macht Node, das beim Bauen des Servers nicht da war. Alles andere geht: Apps, die Befehlszeile und die Seiten von {company}."
        ar "تصنع Node شاشاتها، ولم تكن موجودة حين بُني الخادم. وكل ما عدا ذلك يعمل: التطبيقات وسطر الأوامر وصفحات {company}."
    }
    html install_node() {
        en "Whoever runs the server installs Node 22.17 or newer with npm, and runs <code>make build</code> once more."
        de "Wer den Server betreibt, installiert Node 22.17 oder neuer mit npm und ruft noch einmal <code>make build</code> auf."
        ar "على من يدير الخادم أن يثبت Node 22.17 أو أحدث مع npm ثم يشغّل <code>make build</code> مرة أخرى."
    }

    html wrote_this_for(author, brand) {
        en r#"<bdi>{author}</bdi> wrote this for <span class="addr">@{brand}</span>."#
        de r#"<bdi>{author}</bdi> hat das für <span class="addr">@{brand}</span> geschrieben."#
        ar r#"كتب <bdi>{author}</bdi> هذا باسم <span class="addr">@{brand}</span>."#
    }
    say also_for_team() { en "It is posted inside as well, for a team." de "Es erscheint auch im Haus, für ein Team." ar "يُنشر في الداخل أيضًا، لفريق." }
    say also_for_company() { en "It is posted inside as well, for the company." de "Es erscheint auch im Haus, für die Firma." ar "يُنشر في الداخل أيضًا، للشركة." }
    say also_for_team_with() {
        en "It is posted inside as well, for a team, with these words below it:"
        de "Es erscheint auch im Haus, für ein Team, mit diesen Worten darunter:"
        ar "يُنشر في الداخل أيضًا، لفريق، وتحته هذه الكلمات:"
    }
    say also_for_company_with() {
        en "It is posted inside as well, for the company, with these words below it:"
        de "Es erscheint auch im Haus, für die Firma, mit diesen Worten darunter:"
        ar "يُنشر في الداخل أيضًا، للشركة، وتحته هذه الكلمات:"
    }
    count with_files(n) {
        en { one "With {n} file." other "With {n} files." }
        de { one "Mit {n} Datei." other "Mit {n} Dateien." }
        ar { zero "بلا ملفات." one "معه ملف واحد." two "معه ملفان." few "معه {n} ملفات." many "معه {n} ملفًا." other "معه {n} ملف." }
    }
    count approvals_of(needed, approved) {
        en { one "{approved} of {needed} approval." other "{approved} of {needed} approvals." }
        de { one "{approved} von {needed} Freigabe." other "{approved} von {needed} Freigaben." }
        ar {
            zero "الموافقات: {approved} من {needed}."
            one "الموافقات: {approved} من {needed}."
            two "الموافقات: {approved} من {needed}."
            few "الموافقات: {approved} من {needed}."
            many "الموافقات: {approved} من {needed}."
            other "الموافقات: {approved} من {needed}."
        }
    }
    say still_being_written() { en "This is still being written" de "Daran wird noch geschrieben" ar "ما زال هذا يُكتب" }
    say not_handed_in() { en "It was not handed in yet." de "Es wurde noch nicht zur Freigabe gegeben." ar "لم يُقدَّم للموافقة بعد." }
    say waits_for_approval() { en "This waits for approval" de "Das wartet auf Freigabe" ar "ينتظر هذا الموافقة" }
    say how_to_approve() {
        en "It is not published. Who approves for the brand agrees by liking it in an app; it is published as soon as enough do, or when a colleague who publishes for the brand does so."
        de "Es ist nicht veröffentlicht. Wer für die Marke freigibt, stimmt zu, indem er in einer App „Gefällt mir“ sagt; veröffentlicht wird es, sobald es genug tun, oder wenn jemand es tut, der für die Marke veröffentlicht."
        ar "لم يُنشر. من يوافق عن العلامة يوافق بالإعجاب به في تطبيق؛ ويُنشر حين يكفي عددهم، أو حين ينشره زميل ينشر باسم العلامة."
    }
    say changes_wanted() {
        en "Somebody asked for changes of this"
        de "Jemand wünscht sich daran Änderungen"
        ar "طلب أحد تعديل هذا"
    }
    say edit_it() {
        en "It is not published. Edit it: it is handed in again with that."
        de "Es ist nicht veröffentlicht. Ändere es: Damit wird es wieder zur Freigabe gegeben."
        ar "لم يُنشر. عدّله، فيُقدَّم بذلك للموافقة من جديد."
    }
    say is_approved() { en "This is approved" de "Das ist freigegeben" ar "تمت الموافقة على هذا" }
    say colleague_publishes() {
        en "It is not published yet. A colleague who publishes for the brand does so."
        de "Es ist noch nicht veröffentlicht. Das tut jemand aus dem Kollegium, der für die Marke veröffentlicht."
        ar "لم يُنشر بعد. ينشره زميل ينشر باسم العلامة."
    }
    say waits_for_its_time() { en "This waits for its time" de "Das wartet auf seine Zeit" ar "ينتظر هذا وقته" }
    say published_by_itself() {
        en "It is approved, and is published by itself."
        de "Es ist freigegeben und wird von selbst veröffentlicht."
        ar "تمت الموافقة عليه، ويُنشر من تلقاء نفسه."
    }
    say could_not_be_published() {
        en "This could not be published"
        de "Das konnte nicht veröffentlicht werden"
        ar "تعذر نشر هذا"
    }
    say is_published() { en "This is published" de "Das ist veröffentlicht" ar "نُشر هذا" }
    say everybody_can_read_it() {
        en "Everybody for whom it is can read it."
        de "Alle, für die es ist, können es lesen."
        ar "يستطيع قراءته كل من كُتب لهم."
    }
    say was_thrown_away() { en "This was thrown away" de "Das wurde verworfen" ar "أُلغي هذا" }
    say is_not_published() { en "It is not published." de "Es ist nicht veröffentlicht." ar "لم يُنشر." }
}
