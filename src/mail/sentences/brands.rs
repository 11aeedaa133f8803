//! Letters about what is written for brands and among colleagues, and about crisis mode.

use super::sentences;

sentences! {
    html letter_overridden(brand) {
        en "Published as {brand} without approval"
        de "Als {brand} ohne Freigabe veröffentlicht"
        ar "نُشر باسم {brand} دون موافقة"
    }
    html letter_published_without(by, brand) {
        en "<b>{by}</b> published as <b>{brand}</b> without the approvals that this brand asks for, and gave this reason:"
        de "<b>{by}</b> hat als <b>{brand}</b> ohne die Freigaben veröffentlicht, die diese Marke verlangt, und nannte diesen Grund:"
        ar "نشر <b>{by}</b> باسم <b>{brand}</b> دون الموافقات التي تشترطها هذه العلامة، وذكر هذا السبب:"
    }
    say letter_see_post() { en "Look at the post" de "Beitrag ansehen" ar "عرض المنشور" }
    html letter_as_manager(brand, company) {
        en "You get this letter because you are a manager of {brand} at {company}. It is written down in the audit log."
        de "Du bekommst diesen Brief, weil du {brand} bei {company} leitest. Es steht im Protokoll."
        ar "تصلك هذه الرسالة لأنك تدير {brand} لدى {company}. وهذا مدوّن في السجل."
    }
    html letter_held(brand) {
        en "A post of {brand} was not published"
        de "Ein Beitrag von {brand} wurde nicht veröffentlicht"
        ar "لم يُنشر منشور من {brand}"
    }
    html letter_is_held(brand, draft) {
        en "What was to be published as <b>{brand}</b> (draft {draft}) could not be published, and is held. The reason:"
        de "Was als <b>{brand}</b> veröffentlicht werden sollte (Entwurf {draft}), konnte nicht veröffentlicht werden und ist angehalten. Der Grund:"
        ar "ما كان سيُنشر باسم <b>{brand}</b> (المسودة {draft}) لم يمكن نشره، وهو موقوف. السبب:"
    }
    html letter_is_held_see_why(brand, draft) {
        en "What was to be published as <b>{brand}</b> (draft {draft}) could not be published, and is held. The reason stands beside the draft."
        de "Was als <b>{brand}</b> veröffentlicht werden sollte (Entwurf {draft}), konnte nicht veröffentlicht werden und ist angehalten. Der Grund steht beim Entwurf."
        ar "ما كان سيُنشر باسم <b>{brand}</b> (المسودة {draft}) لم يمكن نشره، وهو موقوف. والسبب مذكور عند المسودة."
    }
    html letter_stays_draft() {
        en "It stays a draft: hand it in again when the reason is gone."
        de "Es bleibt ein Entwurf: Gib ihn wieder zur Freigabe, wenn der Grund weg ist."
        ar "يبقى مسودة: سلّمها من جديد حين يزول السبب."
    }
    html letter_as_writer(company) {
        en "You get this letter because you wrote this draft at {company} or gave it its time. It is written down in the audit log."
        de "Du bekommst diesen Brief, weil du diesen Entwurf bei {company} geschrieben oder ihm seine Zeit gegeben hast. Es steht im Protokoll."
        ar "تصلك هذه الرسالة لأنك كتبت هذه المسودة لدى {company} أو حددت موعدها. وهذا مدوّن في السجل."
    }
    html letter_weakened(brand) {
        en "The rules of {brand} are weaker now"
        de "Die Regeln von {brand} sind jetzt schwächer"
        ar "قواعد {brand} أضعف الآن"
    }
    html letter_rules_made_weaker(by, brand) {
        en "<b>{by}</b> made the rules weaker by which <b>{brand}</b> publishes. Nobody else may change them who could have agreed. The reason given:"
        de "<b>{by}</b> hat die Regeln geschwächt, nach denen <b>{brand}</b> veröffentlicht. Es gibt niemanden sonst, der sie ändern darf und hätte zustimmen können. Der genannte Grund:"
        ar "أضعف <b>{by}</b> القواعد التي تنشر بها <b>{brand}</b>. ولا أحد غيره يحق له تغييرها كان يمكنه أن يوافق. السبب المذكور:"
    }
    html letter_with_role(brand, company) {
        en "You get this letter because you have a role on {brand} at {company}. What was changed is written down in the audit log."
        de "Du bekommst diesen Brief, weil du bei {company} eine Rolle für {brand} hast. Was geändert wurde, steht im Protokoll."
        ar "تصلك هذه الرسالة لأن لك دورًا في {brand} لدى {company}. وما تغيّر مدوّن في السجل."
    }
    say letter_somebody() { en "Somebody" de "Jemand" ar "أحدهم" }
    say letter_whoever_runs_it() { en "Whoever runs the server" de "Jemand vom Serverbetrieb" ar "من يدير الخادم" }
    html letter_crisis_on(company) {
        en "Crisis mode is on at {company}"
        de "Bei {company} ist der Krisenmodus an"
        ar "بدأ وضع الأزمة لدى {company}"
    }
    html letter_crisis_shall_end(company) {
        en "Shall crisis mode end at {company}?"
        de "Soll der Krisenmodus bei {company} enden?"
        ar "هل ينتهي وضع الأزمة لدى {company}؟"
    }
    html letter_crisis_over(company) {
        en "Crisis mode is over at {company}"
        de "Bei {company} ist der Krisenmodus vorbei"
        ar "انتهى وضع الأزمة لدى {company}"
    }
    html letter_began_crisis(by, company) {
        en "<b>{by}</b> began crisis mode at {company}."
        de "<b>{by}</b> hat bei {company} den Krisenmodus begonnen."
        ar "بدأ <b>{by}</b> وضع الأزمة لدى {company}."
    }
    html letter_asks_to_end(by, company) {
        en "<b>{by}</b> asks to end crisis mode at {company}."
        de "<b>{by}</b> bittet darum, den Krisenmodus bei {company} zu beenden."
        ar "يطلب <b>{by}</b> إنهاء وضع الأزمة لدى {company}."
    }
    html letter_ended_crisis(by, company) {
        en "<b>{by}</b> ended crisis mode at {company}."
        de "<b>{by}</b> hat den Krisenmodus bei {company} beendet."
        ar "أنهى <b>{by}</b> وضع الأزمة لدى {company}."
    }
    html letter_reason_given() { en "The reason given:" de "Der genannte Grund:" ar "السبب المذكور:" }
    html letter_in_crisis() {
        en "Whatever brands had scheduled is held. Everything that a brand publishes, answers and small corrections too, needs the approval of somebody else, given from now on. Your own posts are yours, as ever."
        de "Was Marken geplant hatten, ist angehalten. Alles, was eine Marke veröffentlicht, auch Antworten und kleine Korrekturen, braucht die Freigabe von jemand anderem, die ab jetzt gegeben wird. Deine eigenen Beiträge gehören dir, wie immer."
        ar "أُوقف كل ما جدولته العلامات. وكل ما تنشره علامة، حتى الأجوبة والتصحيحات الصغيرة، يحتاج إلى موافقة شخص آخر تُعطى من الآن. أما منشوراتك فهي لك كالعادة."
    }
    html letter_confirm_end() {
        en "It takes a second person. Confirm it within an hour if you agree, or withdraw it if you do not."
        de "Es braucht eine zweite Person. Bestätige es innerhalb einer Stunde, wenn du zustimmst, oder nimm es zurück, wenn nicht."
        ar "يحتاج هذا إلى شخص ثانٍ. أكّده خلال ساعة إن كنت توافق، أو اسحبه إن كنت لا توافق."
    }
    html letter_after_crisis() {
        en "What was held stays held. Look at each draft and scheduled post of yours, and give it another time if it is still right."
        de "Was angehalten wurde, bleibt angehalten. Sieh jeden deiner Entwürfe und geplanten Beiträge an, und gib ihm eine neue Zeit, wenn er noch stimmt."
        ar "ما أُوقف يبقى موقوفًا. انظر في كل مسودة ومنشور مجدول لك، وحدد له موعدًا آخر إن كان لا يزال صحيحًا."
    }
    html letter_of_crisis(company) {
        en "You get this letter because you speak for a brand of {company}, or run its server. What was done is written down in the audit log."
        de "Du bekommst diesen Brief, weil du für eine Marke von {company} sprichst oder den Server betreibst. Was getan wurde, steht im Protokoll."
        ar "تصلك هذه الرسالة لأنك تتحدث باسم علامة لدى {company} أو تدير خادمها. وما جرى مدوّن في السجل."
    }
    count_html letter_drafts_wait(n, company) {
        en {
            one "A draft at {company} waits for you"
            other "{n} drafts at {company} wait for you"
        }
        de {
            one "Ein Entwurf bei {company} wartet auf dich"
            other "{n} Entwürfe bei {company} warten auf dich"
        }
        ar {
            zero "لا مسودات لدى {company} تنتظرك"
            one "مسودة لدى {company} تنتظرك"
            two "مسودتان لدى {company} تنتظرانك"
            few "{n} مسودات لدى {company} تنتظرك"
            many "{n} مسودة لدى {company} تنتظرك"
            other "{n} مسودة لدى {company} تنتظرك"
        }
    }
    html letter_approved(brand) {
        en "Your draft for {brand} is approved"
        de "Dein Entwurf für {brand} ist freigegeben"
        ar "مسودتك لـ{brand} نالت الموافقة"
    }
    html letter_returned(brand) {
        en "Your draft for {brand} needs changes"
        de "Dein Entwurf für {brand} braucht Änderungen"
        ar "مسودتك لـ{brand} تحتاج إلى تعديل"
    }
    html letter_changed(brand) {
        en "Your draft for {brand} was changed"
        de "Dein Entwurf für {brand} wurde geändert"
        ar "غُيّرت مسودتك لـ{brand}"
    }
    html letter_is_approved(brand, company, by) {
        en "Your draft for <b>{brand}</b> at {company} is approved. The last to agree was {by}."
        de "Dein Entwurf für <b>{brand}</b> bei {company} ist freigegeben. Zuletzt hat {by} zugestimmt."
        ar "نالت مسودتك لـ<b>{brand}</b> لدى {company} الموافقة. وآخر من وافق {by}."
    }
    html letter_next_waits() {
        en "It waits for somebody to publish it, or to give it a time."
        de "Er wartet darauf, dass ihn jemand veröffentlicht oder ihm eine Zeit gibt."
        ar "وهي تنتظر من ينشرها أو يحدد لها موعدًا."
    }
    html letter_next_at(moment) {
        en "It is published by itself at {moment}."
        de "Er wird von selbst veröffentlicht: {moment}."
        ar "وتُنشر من نفسها في {moment}."
    }
    html letter_next_out() { en "It is published." de "Er ist veröffentlicht." ar "وقد نُشرت." }
    html letter_asks_for_changes(by, brand, company) {
        en "{by} asks for changes of your draft for <b>{brand}</b> at {company}. What they wrote stands beside it. Change it, and hand it in again."
        de "{by} bittet um Änderungen an deinem Entwurf für <b>{brand}</b> bei {company}. Was dazu geschrieben wurde, steht beim Entwurf. Ändere ihn und gib ihn wieder zur Freigabe."
        ar "يطلب {by} تعديل مسودتك لـ<b>{brand}</b> لدى {company}. وما كتبه مذكور عندها. عدّلها وسلّمها من جديد."
    }
    html letter_changed_draft(by, brand, company) {
        en "{by} changed your draft for <b>{brand}</b> at {company}. What they did stands on its page. You are told of further changes when you have looked at it."
        de "{by} hat deinen Entwurf für <b>{brand}</b> bei {company} geändert. Was geändert wurde, steht auf seiner Seite. Von weiteren Änderungen hörst du, wenn du ihn angesehen hast."
        ar "غيّر {by} مسودتك لـ<b>{brand}</b> لدى {company}. وما فعله مذكور في صفحتها. وتُخبر بما يتغير بعد ذلك حين تنظر فيها."
    }
    say letter_see_it() { en "Sign in and look at it" de "Anmelden und ansehen" ar "سجّل الدخول للاطلاع" }
    html letter_no_words_of_drafts() {
        en "What drafts say is not written here: letters leave the company."
        de "Was in Entwürfen steht, steht hier nicht: Briefe verlassen die Firma."
        ar "لا يُكتب هنا ما في المسودات: فالرسائل تخرج من الشركة."
    }
    count_html letter_look_again(n, company) {
        en {
            one "An internal post at {company} to look at again"
            other "{n} internal posts at {company} to look at again"
        }
        de {
            one "Ein interner Beitrag bei {company} zur erneuten Durchsicht"
            other "{n} interne Beiträge bei {company} zur erneuten Durchsicht"
        }
        ar {
            zero "لا منشورات داخلية لدى {company} للنظر فيها من جديد"
            one "منشور داخلي لدى {company} للنظر فيه من جديد"
            two "منشوران داخليان لدى {company} للنظر فيهما من جديد"
            few "{n} منشورات داخلية لدى {company} للنظر فيها من جديد"
            many "{n} منشورًا داخليًا لدى {company} للنظر فيها من جديد"
            other "{n} منشور داخلي لدى {company} للنظر فيها من جديد"
        }
    }
    count_html letter_posts_wait(n, company) {
        en {
            one "An internal post of yours at {company} waits to be looked at again."
            other "{n} internal posts of yours at {company} wait to be looked at again."
        }
        de {
            one "Ein interner Beitrag von dir bei {company} wartet darauf, dass du ihn noch einmal ansiehst."
            other "{n} interne Beiträge von dir bei {company} warten darauf, dass du sie noch einmal ansiehst."
        }
        ar {
            zero "لا منشورات داخلية لك لدى {company} تنتظر أن تنظر فيها من جديد."
            one "منشور داخلي لك لدى {company} ينتظر أن تنظر فيه من جديد."
            two "منشوران داخليان لك لدى {company} ينتظران أن تنظر فيهما من جديد."
            few "{n} منشورات داخلية لك لدى {company} تنتظر أن تنظر فيها من جديد."
            many "{n} منشورًا داخليًا لك لدى {company} ينتظر أن تنظر فيه من جديد."
            other "{n} منشور داخلي لك لدى {company} تنتظر أن تنظر فيها من جديد."
        }
    }
    html letter_keep_or_copy() {
        en "Keep what is still meant for colleagues alone, publish a copy of what may be public by now, or delete what nobody needs. Nothing changes until you answer."
        de "Behalte, was noch für Kolleginnen und Kollegen allein gedacht ist, veröffentliche eine Kopie von dem, was inzwischen öffentlich sein darf, oder lösche, was niemand braucht. Nichts ändert sich, bis du antwortest."
        ar "أبقِ ما لا يزال للزملاء وحدهم، أو انشر نسخة مما يجوز أن يكون عامًا الآن، أو احذف ما لا يحتاج إليه أحد. ولا يتغير شيء حتى تجيب."
    }
    html letter_consent(company) {
        en "Somebody at {company} asks for your consent"
        de "Jemand bei {company} bittet um deine Zustimmung"
        ar "يطلب أحدهم لدى {company} موافقتك"
    }
    html letter_asks_consent(company) {
        en "A colleague at {company} wants to publish a text of their own in the place of an internal post that you wrote, or in which you are named. They ask whether you agree to it."
        de "Jemand bei {company} möchte einen eigenen Text veröffentlichen, an der Stelle eines internen Beitrags, den du geschrieben hast oder in dem du genannt bist, und fragt, ob du zustimmst."
        ar "يريد أحد الزملاء لدى {company} أن ينشر نصًا من عنده مكان منشور داخلي كتبته أو ذُكرت فيه، ويسأل هل توافق."
    }
    html letter_never_without_you() {
        en "It is not published before you do, and never if you decline."
        de "Vorher wird er nicht veröffentlicht, und nie, wenn du ablehnst."
        ar "لا يُنشر قبل أن توافق، ولا يُنشر أبدًا إن رفضت."
    }
    html letter_no_words_of_posts() {
        en "What this is about is not written here: letters leave the company."
        de "Worum es geht, steht hier nicht: Briefe verlassen die Firma."
        ar "لا يُكتب هنا ما الأمر: فالرسائل تخرج من الشركة."
    }
}
