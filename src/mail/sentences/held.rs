//! Why a draft is held: what the codes of refusals say that can keep it from being published. What is not here stands
//! beside the draft.

use super::sentences;

sentences! {
    say held_broken() {
        en "A fault of this server kept it from being published. Look at it, and give it another time."
        de "Ein Fehler dieses Servers verhinderte die Veröffentlichung. Sieh dir den Entwurf an und gib ihm eine neue Zeit."
        ar "منع خلل في هذا الخادم نشرها. انظر فيها وأعطها موعدًا آخر."
    }
    say held_by_crisis() {
        en "Crisis mode is on: nothing goes out for brands by itself."
        de "Der Krisenmodus ist an: Für Marken geht nichts von selbst hinaus."
        ar "وضع الأزمة قائم: لا يخرج باسم العلامات شيء من تلقاء نفسه."
    }
    say held_without_approvals() {
        en "It lacks approvals that the brand asks for."
        de "Ihm fehlen Freigaben, die die Marke verlangt."
        ar "ينقصها من الموافقات ما تشترطه العلامة."
    }
    say held_by_objection() {
        en "Somebody asked for changes of this draft."
        de "Jemand bat um Änderungen an diesem Entwurf."
        ar "طلب أحدهم تعديلًا في هذه المسودة."
    }
    say held_without_rights() {
        en "Whoever wrote or scheduled it may not do so any more."
        de "Wer ihn geschrieben oder geplant hat, darf es nicht mehr."
        ar "لم يعد لمن كتبها أو جدولها الحق في ذلك."
    }
    say held_without_consent() {
        en "Somebody whose consent it needs has not agreed to what it says now."
        de "Jemand, dessen Zustimmung er braucht, hat dem jetzigen Text nicht zugestimmt."
        ar "لم يوافق على نصها الحالي من تلزم موافقته."
    }
    say held_without_file() {
        en "One of its files is not there any more, or another post has it."
        de "Eine der Dateien gibt es nicht mehr, oder ein anderer Beitrag hat sie."
        ar "أحد ملفاتها لم يعد موجودًا، أو هو في منشور آخر."
    }
    say held_without_post() {
        en "The post that it answers, quotes or changes is not there any more, or is not for the brand to see."
        de "Den Beitrag, den er beantwortet, zitiert oder ändert, gibt es nicht mehr, oder er ist nicht für die Augen der Marke."
        ar "المنشور الذي ترد عليه أو تقتبسه أو تغيّره لم يعد موجودًا، أو ليس للعلامة أن تراه."
    }
    say held_without_team() {
        en "The team for which it is is not there any more, or does not let the brand in."
        de "Das Team, für das er ist, gibt es nicht mehr, oder die Marke gehört nicht dazu."
        ar "الفريق الذي كُتبت له لم يعد موجودًا، أو ليست العلامة فيه."
    }
    say held_too_long() {
        en "It is longer than posts may be here."
        de "Er ist länger, als Beiträge hier sein dürfen."
        ar "هي أطول مما يُسمح به للمنشورات هنا."
    }
    say held_by_reach() {
        en "The company does not reach that far at the moment: nothing of it goes out."
        de "So weit reicht die Firma zurzeit nicht: Davon geht nichts hinaus."
        ar "لا يصل مدى الشركة الآن إلى ذلك: لا يخرج منه شيء."
    }
}
