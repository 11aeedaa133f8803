//! Letters about certificates that end.

use super::sentences;

sentences! {
    say letter_to_answer() { en "responder" de "Antworten" ar "الرد" }
    say letter_to_approve() { en "approver" de "Freigeben" ar "الموافقة" }
    say letter_to_publish() { en "publisher" de "Veröffentlichen" ar "النشر" }
    say letter_to_write() { en "contributor" de "Entwürfe schreiben" ar "كتابة المسودات" }
    say letter_to_manage() { en "manager" de "Regeln ändern" ar "تغيير القواعد" }
    html letter_own_ends(role, company, day) {
        en "Your certificate as {role} at {company} ends on {day}"
        de "Dein Zertifikat bei {company} ({role}) endet am {day}"
        ar "شهادتك لدى {company} ({role}) تنتهي في {day}"
    }
    html letter_one_ends(role, company, day) {
        en "A certificate as {role} at {company} ends on {day}"
        de "Ein Zertifikat bei {company} ({role}) endet am {day}"
        ar "شهادة لدى {company} ({role}) تنتهي في {day}"
    }
    html letter_own_ended(role, company) {
        en "Your certificate as {role} at {company} has ended"
        de "Dein Zertifikat bei {company} ({role}) ist abgelaufen"
        ar "انتهت شهادتك لدى {company} ({role})"
    }
    html letter_one_ended(role, company) {
        en "A certificate as {role} at {company} has ended"
        de "Ein Zertifikat bei {company} ({role}) ist abgelaufen"
        ar "انتهت شهادة لدى {company} ({role})"
    }
    count_html letter_several_end(n, company) {
        en { one "A certificate at {company} ends soon" other "{n} certificates at {company} end soon" }
        de { one "Ein Zertifikat bei {company} endet bald" other "{n} Zertifikate bei {company} enden bald" }
        ar {
            zero "لا شهادات لدى {company} تنتهي قريبًا"
            one "شهادة لدى {company} تنتهي قريبًا"
            two "شهادتان لدى {company} تنتهيان قريبًا"
            few "{n} شهادات لدى {company} تنتهي قريبًا"
            many "{n} شهادة لدى {company} تنتهي قريبًا"
            other "{n} شهادة لدى {company} تنتهي قريبًا"
        }
    }
    count_html letter_several_ended(n, company) {
        en { one "A certificate at {company} has ended" other "{n} certificates at {company} have ended" }
        de { one "Ein Zertifikat bei {company} ist abgelaufen" other "{n} Zertifikate bei {company} sind abgelaufen" }
        ar {
            zero "لم تنته شهادات لدى {company}"
            one "انتهت شهادة لدى {company}"
            two "انتهت شهادتان لدى {company}"
            few "انتهت {n} شهادات لدى {company}"
            many "انتهت {n} شهادة لدى {company}"
            other "انتهت {n} شهادة لدى {company}"
        }
    }
    html letter_own_will_end(role, company, ends, counts) {
        en "Your certificate as {role} at {company} ends on {ends}, and counts until {counts}."
        de "Dein Zertifikat bei {company} ({role}) endet am {ends} und zählt bis zum {counts}."
        ar "شهادتك لدى {company} ({role}) تنتهي في {ends} وتُحسب حتى {counts}."
    }
    html letter_one_will_end(role, company, ends, counts) {
        en "A certificate as {role} at {company} ends on {ends}, and counts until {counts}."
        de "Ein Zertifikat bei {company} ({role}) endet am {ends} und zählt bis zum {counts}."
        ar "شهادة لدى {company} ({role}) تنتهي في {ends} وتُحسب حتى {counts}."
    }
    html letter_own_did_end(role, company, ends, counts) {
        en "Your certificate as {role} at {company} ended on {ends}. It still counts until {counts}."
        de "Dein Zertifikat bei {company} ({role}) endete am {ends}. Es zählt noch bis zum {counts}."
        ar "انتهت شهادتك لدى {company} ({role}) في {ends}. وتُحسب حتى {counts}."
    }
    html letter_one_did_end(role, company, ends, counts) {
        en "A certificate as {role} at {company} ended on {ends}. It still counts until {counts}."
        de "Ein Zertifikat bei {company} ({role}) endete am {ends}. Es zählt noch bis zum {counts}."
        ar "انتهت شهادة لدى {company} ({role}) في {ends}. وتُحسب حتى {counts}."
    }
    html letter_then_no_approvals() {
        en "After that, for brands whose rules ask for a certificate, approvals count no more and answers wait for approval."
        de "Danach zählen bei Marken, deren Regeln ein Zertifikat verlangen, Freigaben nicht mehr, und Antworten warten auf Freigabe."
        ar "بعد ذلك، لدى العلامات التي تشترط قواعدها شهادة، لا تُحسب الموافقات وتنتظر الأجوبة الموافقة."
    }
    html letter_then_answers_wait() {
        en "After that, for brands whose rules ask for a certificate, answers go out at once no more: they wait for approval."
        de "Danach gehen bei Marken, deren Regeln ein Zertifikat verlangen, Antworten nicht mehr sofort hinaus: Sie warten auf Freigabe."
        ar "بعد ذلك، لدى العلامات التي تشترط قواعدها شهادة، لا تخرج الأجوبة فورًا: بل تنتظر الموافقة."
    }
    html letter_then_nothing() {
        en "After that it says nothing any more; no rule of a brand asks for it."
        de "Danach sagt es nichts mehr; keine Regel einer Marke verlangt es."
        ar "بعد ذلك لا تقول شيئًا؛ ولا تشترطها قاعدة لعلامة."
    }
    html letter_ask_for_new() {
        en "Owners and admins of the server give you a new one: ask one of them. It is done in the workroom, at Company, Certificates."
        de "Wer den Server besitzt oder betreibt, gibt dir ein neues: Bitte jemanden darum. Das geschieht im Arbeitsraum, unter Firma, Zertifikate."
        ar "يعطيك شهادة جديدة مالك الخادم أو من يديره: اطلبها من أحدهم. ويكون ذلك في غرفة العمل، تحت الشركة ثم الشهادات."
    }
    html letter_give_new() {
        en "You may give a new one, in the workroom at Company, Certificates. There stands whose it is."
        de "Du kannst ein neues geben, im Arbeitsraum unter Firma, Zertifikate. Dort steht, wem es gehört."
        ar "يمكنك أن تعطي شهادة جديدة في غرفة العمل، تحت الشركة ثم الشهادات. وهناك مذكور لمن هي."
    }
    say letter_certificates() { en "Certificates" de "Zertifikate" ar "الشهادات" }
}
