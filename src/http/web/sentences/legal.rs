//! What holds here, until the company has written it in its own words.

super::sentences! {
    html reach(handle) {
        en "You reach it by a post or a message to <b>@{handle}</b>."
        de "Du erreichst es durch einen Beitrag oder eine Nachricht an <b>@{handle}</b>."
        ar "تصل إليها بمنشور أو رسالة إلى <b>‎@{handle}‎</b>."
    }
    html who_runs_it(company, domain) {
        en "{company} runs this server, {domain}, and answers for what its brands say here."
        de "{company} betreibt diesen Server, {domain}, und steht für das ein, was die eigenen Marken hier sagen."
        ar "تدير {company} هذا الخادم، {domain}، وتُسأل عما تقوله علاماتها هنا."
    }
    html reading_here() {
        en "<b>Reading.</b> These pages set no cookies, load nothing from other companies, and do not watch you. Only a language that you choose is remembered, by a cookie that says nothing else. The server sees your network address while it answers, as every server does; it is not written down."
        de "<b>Lesen.</b> Diese Seiten setzen keine Cookies, laden nichts von anderen Firmen und beobachten dich nicht. Nur eine Sprache, die du wählst, wird gemerkt, in einem Cookie, das sonst nichts sagt. Der Server sieht deine Netzadresse, während er antwortet, wie jeder Server; aufgeschrieben wird sie nicht."
        ar "<b>القراءة.</b> لا تضع هذه الصفحات ملفات تعريف ارتباط، ولا تحمّل شيئًا من شركات أخرى، ولا تراقبك. ولا يُحفظ إلا لغة تختارها، في ملف لا يقول شيئًا سواها. يرى الخادم عنوانك الشبكي حين يجيب، ككل خادم، ولا يدوّنه."
    }
    html acting_from_own() {
        en "<b>Acting from your own server.</b> The address that you type is sent here once, so that we can ask your server for its door, and is not kept. Your own browser remembers it until you delete it."
        de "<b>Handeln vom eigenen Server aus.</b> Die Adresse, die du eintippst, wird einmal hierher gesendet, damit wir deinen Server nach seiner Tür fragen können, und nicht behalten. Dein eigener Browser merkt sie sich, bis du sie löschst."
        ar "<b>التصرف من خادمك.</b> يُرسل العنوان الذي تكتبه إلى هنا مرة واحدة كي نسأل خادمك عن بابه، ولا يُحفظ. ويتذكره متصفحك حتى تحذفه."
    }
    html writing_to_us(company) {
        en "<b>Writing to us.</b> What you send to {company} from another server is kept here with your public profile, and shown to those whom you addressed. When you delete it there, it is deleted here."
        de "<b>Uns schreiben.</b> Was du von einem anderen Server an {company} sendest, wird hier mit deinem öffentlichen Profil aufbewahrt und denen gezeigt, an die du es gerichtet hast. Löschst du es dort, wird es hier gelöscht."
        ar "<b>الكتابة إلينا.</b> ما ترسله إلى {company} من خادم آخر يُحفظ هنا مع ملفك العلني، ويُعرض على من وجهته إليهم. وإذا حذفته هناك حُذف هنا."
    }
    html named_people() {
        en "<b>Messages to named people</b> go to the servers of those people. Whoever runs these servers could read them."
        de "<b>Nachrichten an genannte Personen</b> gehen an die Server dieser Personen. Wer diese Server betreibt, könnte sie lesen."
        ar "<b>الرسائل إلى أشخاص مسمَّين</b> تذهب إلى خوادمهم. ويستطيع من يدير تلك الخوادم أن يقرأها."
    }
    html your_rights(company) {
        en "<b>Your rights.</b> Ask {company} what is kept about you, and to correct or delete it."
        de "<b>Deine Rechte.</b> Frage {company}, was über dich gespeichert ist, und lass es berichtigen oder löschen."
        ar "<b>حقوقك.</b> اسأل {company} عما يُحفظ عنك، واطلب تصحيحه أو حذفه."
    }
    html as_in_a_house() {
        en "Speak as you would in somebody’s house."
        de "Sprich so, wie du es im Haus anderer tätest."
        ar "تحدّث كما تتحدث في بيت غيرك."
    }
    html no_insults() {
        en "No insults, no threats, no hate; nothing that makes others afraid to speak."
        de "Keine Beleidigungen, keine Drohungen, kein Hass; nichts, wovor andere sich zu sprechen fürchten."
        ar "لا إهانات ولا تهديد ولا كراهية، ولا ما يخيف الآخرين من الكلام."
    }
    html nothing_private() {
        en "Do not publish what others told you in private, and do not pretend to be somebody else."
        de "Veröffentliche nicht, was andere dir im Vertrauen gesagt haben, und gib dich nicht für jemand anderen aus."
        ar "لا تنشر ما أسرّ به إليك غيرك، ولا تنتحل شخصية أحد."
    }
    html no_advertising() {
        en "No advertising in other people’s conversations."
        de "Keine Werbung in den Gesprächen anderer."
        ar "لا إعلانات في محادثات الآخرين."
    }
    html who_breaks_rules(company) {
        en "Whoever does it all the same may be silenced or shut out by {company}. You can ask why."
        de "Wer es trotzdem tut, kann von {company} stummgeschaltet oder ausgeschlossen werden. Du kannst fragen, warum."
        ar "من فعل ذلك مع هذا فقد تكتمه {company} أو تمنعه. ويمكنك أن تسأل عن السبب."
    }
}
