//! Acting from one's own server, and from here.

super::sentences! {
    say your_address() { en "Your address" de "Deine Adresse" ar "عنوانك" }
    say your_address_example() { en "@you@your.server" de "@du@dein.server" ar "@اسمك@خادمك" }
    say follow_from_own() { en "Follow from your own server" de "Vom eigenen Server aus folgen" ar "تابع من خادمك" }
    say write_from_own() { en "Write from your own server" de "Vom eigenen Server aus schreiben" ar "اكتب من خادمك" }
    say answer_from_own_server() { en "Answer from your own server" de "Vom eigenen Server aus antworten" ar "أجب من خادمك" }
    say like_from_own() { en "Like from your own server" de "Vom eigenen Server aus „Gefällt mir“ sagen" ar "عبّر عن إعجابك من خادمك" }
    say share_from_own() { en "Share from your own server" de "Vom eigenen Server aus teilen" ar "شارك من خادمك" }
    say follow() { en "Follow" de "Folgen" ar "تابع" }
    say open_it_there() { en "Open it there" de "Dort öffnen" ar "افتحه هناك" }
    say like_it_there() { en "Like it there" de "Dort „Gefällt mir“ sagen" ar "أعجِب به هناك" }
    say share_it_there() { en "Share it there" de "Dort teilen" ar "شاركه هناك" }
    say conversation_opens_there() {
        en "We open this conversation on your server. You answer there, and it appears here."
        de "Wir öffnen dieses Gespräch auf deinem Server. Du antwortest dort, und es erscheint hier."
        ar "نفتح هذه المحادثة على خادمك. تجيب هناك، فيظهر جوابك هنا."
    }
    say confirm_there() {
        en "We send you to your own server to confirm. No account here, no cookies."
        de "Wir schicken dich zum Bestätigen auf deinen eigenen Server. Kein Konto hier, keine Cookies."
        ar "نرسلك إلى خادمك لتؤكد. بلا حساب هنا وبلا ملفات تعريف ارتباط."
    }
    say or_begin_a_post() {
        en "Or write a post there that begins so"
        de "Oder schreib dort einen Beitrag, der so beginnt"
        ar "أو اكتب هناك منشورًا يبدأ هكذا"
    }
    say or_search_for_this() {
        en "Or search for this in your app"
        de "Oder suche in deiner App danach"
        ar "أو ابحث عن هذا في تطبيقك"
    }
    say no_address_yet() {
        en "No address on the open social web yet? Any Mastodon, Lemmy or other server gives you one, and with it you can follow and answer here."
        de "Noch keine Adresse im offenen sozialen Netz? Jeder Server von Mastodon, Lemmy oder anderen gibt dir eine, und mit ihr kannst du hier folgen und antworten."
        ar "لا عنوان لك بعد في الشبكة الاجتماعية المفتوحة؟ أي خادم من Mastodon أو Lemmy أو غيرهما يعطيك عنوانًا تتابع به هنا وتجيب."
    }
    say address_looks_like() {
        en "An address looks like @kim@server.example: a name, and after the second @ the server."
        de "Eine Adresse sieht aus wie @kim@server.example: ein Name und nach dem zweiten @ der Server."
        ar "يبدو العنوان هكذا: ‎@kim@server.example‎: اسم، وبعد @ الثانية الخادم."
    }
    say host_alone(host) {
        en "{host} alone does not tell us where its door is. Type your whole address, @you@{host}."
        de "{host} allein sagt uns nicht, wo seine Tür ist. Gib deine ganze Adresse ein, @du@{host}."
        ar "{host} وحده لا يدلنا على بابه. اكتب عنوانك كاملًا: ‎@you@{host}‎."
    }
    say door_is_closed(host) {
        en "{host} does not tell us where its door is. Is the address right? If it is, copy what stands below and search for it there."
        de "{host} sagt uns nicht, wo seine Tür ist. Stimmt die Adresse? Wenn ja, kopiere, was unten steht, und suche dort danach."
        ar "لا يدلنا {host} على بابه. هل العنوان صحيح؟ إن كان كذلك فانسخ ما في الأسفل وابحث عنه هناك."
    }
    say to_host(host) { en "To {host}" de "Zu {host}" ar "إلى {host}" }
    say own_server_opens() {
        en "Your own server opens now, and asks you to confirm there."
        de "Jetzt öffnet sich dein eigener Server und bittet dich, dort zu bestätigen."
        ar "يُفتح خادمك الآن، ويطلب منك التأكيد هناك."
    }
    say go_to_host(host) { en "Go to {host}" de "Weiter zu {host}" ar "اذهب إلى {host}" }

    say follow_from_here() { en "Follow from here" de "Von hier aus folgen" ar "تابع من هنا" }
    say like_from_here() { en "Like from here" de "Von hier aus „Gefällt mir“ sagen" ar "عبّر عن إعجابك من هنا" }
    say share_from_here() { en "Share from here" de "Von hier aus teilen" ar "شارك من هنا" }
    say write_from_here() { en "Write from here" de "Von hier aus schreiben" ar "اكتب من هنا" }
    say answer_from_here() { en "Answer from here" de "Von hier aus antworten" ar "أجب من هنا" }
    say open_from_here() { en "Open it from here" de "Von hier aus öffnen" ar "افتحه من هنا" }
    say begins_so() {
        en "Write a post there that begins so."
        de "Schreib dort einen Beitrag, der so beginnt."
        ar "اكتب هناك منشورًا يبدأ هكذا."
    }
    say search_for_it() {
        en "Search for it there. What is found can be followed, answered, liked or shared."
        de "Suche dort danach. Dem Gefundenen kannst du folgen, antworten, „Gefällt mir“ sagen, oder du teilst es."
        ar "ابحث عنه هناك. وما تجده يمكنك متابعته أو الرد عليه أو الإعجاب به أو مشاركته."
    }
    say how_it_begins() { en "How your post begins" de "So beginnt dein Beitrag" ar "بداية منشورك" }
    say the_address() { en "The address" de "Die Adresse" ar "العنوان" }
    say what_you_want_to_say() { en "What you want to say" de "Was du sagen möchtest" ar "ما تريد قوله" }
    say sent_without_reason() {
        en "The page that sent you here did not say what it is about. Go back, and copy the address of what you want into the search of your app."
        de "Die Seite, die dich hierher geschickt hat, sagt nicht, worum es geht. Geh zurück und kopiere die Adresse dessen, was du willst, in die Suche deiner App."
        ar "لم تذكر الصفحة التي أرسلتك إلى هنا ما الأمر. ارجع، وانسخ عنوان ما تريده في بحث تطبيقك."
    }
    say with_account_at(company) {
        en "With an account at {company}"
        de "Mit einem Konto bei {company}"
        ar "بحساب لدى {company}"
    }
    say go_on_in_workroom() { en "Go on in the workroom" de "Im Arbeitsraum weitermachen" ar "تابع في غرفة العمل" }
    say or_in_an_app() { en "Or in an app:" de "Oder in einer App:" ar "أو في تطبيق:" }
    html open_the_app(host) {
        en r#"Open the app in which you are signed in at <b class="addr">{host}</b>. Any app for Mastodon will do: tell it this server, and sign in."#
        de r#"Öffne die App, in der du bei <b class="addr">{host}</b> angemeldet bist. Jede App für Mastodon taugt dazu: Nenne ihr diesen Server und melde dich an."#
        ar r#"افتح التطبيق الذي دخلت به إلى <b class="addr">{host}</b>. أي تطبيق لـ Mastodon يكفي: أعطه اسم هذا الخادم وسجّل الدخول."#
    }
    say account_and_apps() {
        en "Your account, and the apps that may use it"
        de "Dein Konto, und welche Apps es benutzen dürfen"
        ar "حسابك والتطبيقات المسموح لها باستخدامه"
    }
    say with_account_elsewhere() {
        en "With an account on another server"
        de "Mit einem Konto auf einem anderen Server"
        ar "بحساب على خادم آخر"
    }
    say do_the_same_there(company) {
        en "Open that server or its app, and do the same there: {company} need not be part of it."
        de "Öffne jenen Server oder seine App und mach dort dasselbe: {company} muss daran nicht beteiligt sein."
        ar "افتح ذلك الخادم أو تطبيقه وافعل الشيء نفسه هناك: لا حاجة إلى {company} في ذلك."
    }
    say copy() { en "Copy" de "Kopieren" ar "انسخ" }
    say copied() { en "Copied." de "Kopiert." ar "نُسخ." }
    say marked_to_copy() { en "It is marked: copy it." de "Es ist markiert: Kopiere es." ar "حُدِّد: انسخه." }
}
