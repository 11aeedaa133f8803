//! Letting apps in, and what they may.

super::sentences! {
    html let_name_in(name) {
        en r#"Let <span dir="auto">{name}</span> in?"#
        de r#"<span dir="auto">{name}</span> einlassen?"#
        ar r#"هل تسمح لـ <span dir="auto">{name}</span> بالدخول؟"#
    }
    say let_in(name) { en "Let {name} in?" de "{name} einlassen?" ar "هل تسمح لـ {name} بالدخول؟" }
    say app_asks() { en "An app asks to act for you." de "Eine App möchte für dich handeln." ar "يطلب تطبيق أن يتصرف نيابة عنك." }
    say sign_in_as_another() {
        en "Sign in as somebody else"
        de "Als jemand anderes anmelden"
        ar "ادخل بحساب آخر"
    }
    html app_says_it_is_from(website) {
        en r#"The app says that it is from <a href="{website}" rel="nofollow noopener">{website}</a>"#
        de r#"Die App sagt, sie sei von <a href="{website}" rel="nofollow noopener">{website}</a>"#
        ar r#"يقول التطبيق إنه من <a href="{website}" rel="nofollow noopener">{website}</a>"#
    }
    say as_whom() { en "As whom?" de "Als wer?" ar "بصفة من؟" }
    say acts_as_you() {
        en "You speak for no brand here, so the app acts as you."
        de "Du sprichst hier für keine Marke, also handelt die App als du."
        ar "لا تتحدث هنا باسم أي علامة، فيتصرف التطبيق بصفتك."
    }
    say acts_as_chosen() {
        en "The app sees and does everything as the one that you choose. It ends at once when you may not speak for a brand any more."
        de "Die App sieht und tut alles als die, die du wählst. Es endet sofort, wenn du nicht mehr für eine Marke sprechen darfst."
        ar "يرى التطبيق ويفعل كل شيء بصفة من تختار. وينتهي ذلك فورًا إذا لم يعد لك أن تتحدث باسم علامة."
    }
    say yourself() { en "yourself" de "du selbst" ar "أنت نفسك" }
    say drafts_only() { en "drafts only" de "nur Entwürfe" ar "مسودات فقط" }
    say it_may() { en "It may" de "Sie darf" ar "يُسمح له أن" }
    say cannot_run_as_brand() {
        en "As a brand it cannot run this server."
        de "Als Marke kann sie diesen Server nicht betreiben."
        ar "لا يستطيع بصفة علامة أن يدير هذا الخادم."
    }
    html or_another(first, last) { en "{first} or {last}" de "{first} oder {last}" ar "{first} أو {last}" }
    html one_brand(name) {
        en r#"<b dir="auto">{name}</b>"#
        de r#"<b dir="auto">{name}</b>"#
        ar r#"<b dir="auto">{name}</b>"#
    }
    html likes_approve(brands) {
        en "Likes approve: when the app likes, as {brands}, a post that waits for approval, you have approved it."
        de "„Gefällt mir“ gibt frei: Wenn die App als {brands} zu einem Beitrag, der auf Freigabe wartet, „Gefällt mir“ sagt, hast du ihn freigegeben."
        ar "الإعجاب موافقة: إذا أعجب التطبيق، بصفة {brands}، بمنشور ينتظر الموافقة فقد وافقت عليه."
    }
    html writes_drafts(brands) {
        en "Drafts only: what the app posts as {brands} waits, and only the team sees it. It is published, with your name where the brand’s rules say so, when a colleague approves it. The app cannot publish, like, follow or read private messages as that brand, whatever else it may. With another role it may at once what that role may."
        de "Nur Entwürfe: Was die App als {brands} schreibt, wartet, und nur das Team sieht es. Veröffentlicht wird es, mit deinem Namen, wo die Regeln der Marke es sagen, wenn jemand aus dem Kollegium es freigibt. Die App kann als diese Marke nichts veröffentlichen, nicht „Gefällt mir“ sagen, nicht folgen und keine privaten Nachrichten lesen, was immer sie sonst darf. Mit einer anderen Rolle darf sie sofort, was diese Rolle darf."
        ar "مسودات فقط: ما ينشره التطبيق بصفة {brands} ينتظر، ولا يراه إلا الفريق. ويُنشر، باسمك حيث تقول قواعد العلامة ذلك، حين يوافق عليه زميل. لا يستطيع التطبيق أن ينشر أو يعجب أو يتابع أو يقرأ الرسائل الخاصة بصفة تلك العلامة، أيًا كان ما سُمح له به. ومع دور آخر يُسمح له فورًا بما يُسمح لذلك الدور."
    }
    say code_to_copy() {
        en "You get a code to copy into the app. Do not give it to anybody."
        de "Du bekommst einen Code, den du in die App kopierst. Gib ihn niemandem."
        ar "تحصل على رمز تنسخه في التطبيق. لا تعطه لأحد."
    }
    html sent_to(place) {
        en r#"Afterwards you are sent to <b class="addr">{place}</b>"#
        de r#"Danach geht es weiter zu <b class="addr">{place}</b>"#
        ar r#"بعد ذلك تُرسل إلى <b class="addr">{place}</b>"#
    }
    html sent_to_app(scheme) {
        en r#"Afterwards you are sent to <b>the app “{scheme}” on this device</b>"#
        de r#"Danach geht es weiter zu <b>der App „{scheme}“ auf diesem Gerät</b>"#
        ar r#"بعد ذلك تُرسل إلى <b>تطبيق «{scheme}» على هذا الجهاز</b>"#
    }
    say let_it_in() { en "Let it in" de "Einlassen" ar "اسمح له" }
    say cancel() { en "Cancel" de "Abbrechen" ar "إلغاء" }
    html end_it_at_any_time() {
        en r#"You can end this at any time on <a href="/account">your account’s page</a>."#
        de r#"Beenden kannst du das jederzeit auf <a href="/account">der Seite deines Kontos</a>."#
        ar r#"يمكنك إنهاء ذلك في أي وقت من <a href="/account">صفحة حسابك</a>."#
    }
    say your_code() { en "Your code" de "Dein Code" ar "رمزك" }
    say code_for_an_app() { en "A code for an app." de "Ein Code für eine App." ar "رمز لتطبيق." }
    say copy_this_code() {
        en "Copy this code into the app"
        de "Kopiere diesen Code in die App"
        ar "انسخ هذا الرمز في التطبيق"
    }
    say the_code() { en "The code" de "Der Code" ar "الرمز" }
    say code_works_once() {
        en "It works once, for ten minutes. Do not give it to anybody: with it the app that you let in acts for you."
        de "Er gilt einmal, zehn Minuten lang. Gib ihn niemandem: Mit ihm handelt die App, die du einlässt, für dich."
        ar "يعمل مرة واحدة، عشر دقائق. لا تعطه لأحد: به يتصرف التطبيق الذي سمحت له نيابة عنك."
    }

    say may_profile() { en "see your name and picture" de "deinen Namen und dein Bild sehen" ar "يرى اسمك وصورتك" }
    say may_read() {
        en "read everything that you can read: timelines, notifications, lists, what you like"
        de "alles lesen, was du lesen kannst: Zeitleisten, Mitteilungen, Listen, was dir gefällt"
        ar "يقرأ كل ما تستطيع قراءته: الخطوط الزمنية والإشعارات والقوائم وما يعجبك"
    }
    say may_read_accounts() { en "see accounts" de "Konten sehen" ar "يرى الحسابات" }
    say may_read_blocks() { en "see whom you block" de "sehen, wen du blockierst" ar "يرى من تحظر" }
    say may_read_bookmarks() { en "see your bookmarks" de "sehen, was du dir gemerkt hast" ar "يرى ما حفظت" }
    say may_read_favourites() { en "see what you like" de "sehen, was dir gefällt" ar "يرى ما يعجبك" }
    say may_read_filters() { en "see your filters" de "deine Filter sehen" ar "يرى مرشحاتك" }
    say may_read_follows() { en "see whom you follow" de "sehen, wem du folgst" ar "يرى من تتابع" }
    say may_read_lists() { en "see your lists" de "deine Listen sehen" ar "يرى قوائمك" }
    say may_read_mutes() { en "see whom you mute" de "sehen, wen du stummschaltest" ar "يرى من تكتم" }
    say may_read_notifications() { en "see your notifications" de "deine Mitteilungen sehen" ar "يرى إشعاراتك" }
    say may_read_search() { en "search as you" de "als du suchen" ar "يبحث بصفتك" }
    say may_read_statuses() {
        en "read all posts that you can read"
        de "alle Beiträge lesen, die du lesen kannst"
        ar "يقرأ كل المنشورات التي تستطيع قراءتها"
    }
    say may_write() {
        en "do everything that you can do: post, answer, follow, delete, change your profile"
        de "alles tun, was du tun kannst: schreiben, antworten, folgen, löschen, dein Profil ändern"
        ar "يفعل كل ما تستطيع فعله: ينشر ويجيب ويتابع ويحذف ويغير ملفك"
    }
    say may_write_accounts() { en "change your profile" de "dein Profil ändern" ar "يغير ملفك" }
    say may_write_blocks() { en "block accounts and servers" de "Konten und Server blockieren" ar "يحظر حسابات وخوادم" }
    say may_write_bookmarks() { en "bookmark posts" de "Beiträge merken" ar "يحفظ منشورات" }
    say may_write_conversations() {
        en "mute and delete conversations"
        de "Gespräche stummschalten und löschen"
        ar "يكتم المحادثات ويحذفها"
    }
    say may_write_favourites() { en "like posts" de "zu Beiträgen „Gefällt mir“ sagen" ar "يعجب بمنشورات" }
    say may_write_filters() { en "change your filters" de "deine Filter ändern" ar "يغير مرشحاتك" }
    say may_write_follows() { en "follow and unfollow" de "folgen und nicht mehr folgen" ar "يتابع ويلغي المتابعة" }
    say may_write_lists() { en "change your lists" de "deine Listen ändern" ar "يغير قوائمك" }
    say may_write_media() {
        en "upload pictures and other files"
        de "Bilder und andere Dateien hochladen"
        ar "يرفع صورًا وملفات أخرى"
    }
    say may_write_mutes() {
        en "mute accounts and conversations"
        de "Konten und Gespräche stummschalten"
        ar "يكتم حسابات ومحادثات"
    }
    say may_write_notifications() { en "clear your notifications" de "deine Mitteilungen leeren" ar "يمسح إشعاراتك" }
    say may_write_reports() { en "report others" de "andere melden" ar "يبلغ عن آخرين" }
    say may_write_statuses() {
        en "post, edit and delete"
        de "schreiben, ändern und löschen"
        ar "ينشر ويعدّل ويحذف"
    }
    say may_follow() {
        en "follow, block and mute"
        de "folgen, blockieren und stummschalten"
        ar "يتابع ويحظر ويكتم"
    }
    say may_push() { en "send you notifications" de "dir Mitteilungen senden" ar "يرسل إليك إشعارات" }
    say may_approve() {
        en "approve in your name what colleagues wrote for a brand, and publish in an emergency without approval"
        de "in deinem Namen freigeben, was im Kollegium für eine Marke geschrieben wurde, und im Notfall ohne Freigabe veröffentlichen"
        ar "يوافق باسمك على ما كتبه الزملاء لعلامة، وينشر في الطوارئ بلا موافقة"
    }
    say may_admin_read() {
        en "see what those who run this server see"
        de "sehen, was sieht, wer diesen Server betreibt"
        ar "يرى ما يراه من يديرون هذا الخادم"
    }
    say may_admin_write() {
        en "run this server as you may: people, servers, rules"
        de "diesen Server betreiben, soweit du es darfst: Menschen, Server, Regeln"
        ar "يدير هذا الخادم بقدر ما يُسمح لك: الناس والخوادم والقواعد"
    }
    say may_something_else() {
        en "do something that this page has no words for"
        de "etwas tun, wofür diese Seite keine Worte hat"
        ar "يفعل شيئًا ليس لدى هذه الصفحة كلمات له"
    }
}
