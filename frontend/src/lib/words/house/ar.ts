// إدارة البيت، بالعربية.

import type { HouseWords } from './en.ts';

const n = (value: number) => value.toLocaleString('ar');
const rules = new Intl.PluralRules('ar');

/** The form for this count: one, two, few (3 to 10), and all others. */
function many(value: number, one: string, two: string, few: string, other: string): string {
  switch (rules.select(value)) {
    case 'one':
      return one;
    case 'two':
      return two;
    case 'few':
      return `${n(value)} ${few}`;
    default:
      return `${n(value)} ${other}`;
  }
}
const deliveries = (count: number) => many(count, 'إرسال واحد', 'إرسالان', 'إرسالات', 'إرسالًا');

export const run: HouseWords = {
  servers: {
    title: 'الخوادم الأخرى',
    more: 'مع من يتحدث هذا البيت، وكيف يسير ذلك، وما الذي ينتظر.',
    wayMore: 'كيف يسير الإرسال، وما ينتظر، والطبيب',
    find: 'اسم خادم',
    findHint: 'تقصر القائمة وأنت تكتب. و«افتح» يأخذك إلى صاحب هذا الاسم بعينه.',
    open: 'افتح',
    which: 'أي الخوادم',
    all: 'الكل',
    state: { fine: 'بخير', failing: 'لا يجيب', paused: 'متوقف مؤقتًا', blocked: 'محظور' },
    means: {
      fine: 'ما نرسله يصل.',
      failing: 'لم تنجح آخر محاولة. سنحاول مجددًا من تلقاء أنفسنا.',
      paused: 'لم يجب مرات عدة، فننتظر قبل أن نحاول مجددًا. لا يضيع شيء في أثناء ذلك.',
      blocked: 'نرفضه: لا يذهب إليه شيء ولا يأتي منه شيء.',
    },
    limited: 'مقيَّد',
    waiting: (count) => `ينتظر ${deliveries(count)}`,
    failed: (count) => `تُرك ${deliveries(count)}`,
    retry: 'حاول مجددًا',
    retryAll: (count) => `حاول الآن مجددًا: ${deliveries(count)}`,
    retried: (count, host) =>
      count === 0 ? `لا شيء ينتظر لأجل ${host}.` : `في الطريق مجددًا إلى ${host}: ${deliveries(count)}.`,
    none: 'لا نعرف خادمًا آخر بعد.',
    noneMore: 'تابع شخصًا في مكان آخر، أو دع أحدًا يتابعك، فيظهر خادمه هنا.',
    noneSo: 'لا خادم في هذه الحال.',
    noneSoMore: 'اختر «الكل» لترى البقية.',
    notHere: (q) => `لا اسم في هذه القائمة فيه «${q}».`,
    notHereMore: 'اضغط «افتح» للبحث عن هذا الاسم بعينه، أو أظهر المزيد من القائمة.',
    unknown: (host) => `لا نعرف ${host}.`,
    unknownMore: 'تحقق من كتابته. يُعرف الخادم متى التقى شخص هناك بشخص هنا.',
    software: 'يعمل عليه',
    lastSuccess: 'آخر وصول',
    lastFailure: 'آخر إخفاق',
    pausedUntil: 'متوقف حتى',
    blockedSince: 'محظور منذ',
    limitedSince: 'مقيَّد منذ',
    why: 'السبب',
    limit: 'قيّد هذا الخادم',
    limitSure: (host) => `تقييد ${host}؟`,
    limitMore: 'لا يجد أهله إلا من يتابعهم. لا يُخبَرون بذلك، ويمكنك إنهاؤه في أي وقت.',
    reason: 'السبب',
    reasonHint: 'لزملائك. يُكتب في سجل الأفعال.',
    limitDone: (host) => `صار ${host} مقيَّدًا.`,
    unlimit: 'أنهِ التقييد',
    unlimitDone: (host) => `لم يعد ${host} مقيَّدًا.`,
    owed: 'ما نرسله إليه',
    owedWhich: 'أي الإرسالات',
    noOwed: 'لا توجد إرسالات كهذه.',
    noOwedMore: 'ما وصل يُنسى بعد حين.',
    jobs: 'أعمال تُركت',
    jobsMore: 'حاول البيت هذه مرات عدة. انظر في السبب وأصلحه ثم حاول مجددًا.',
    jobsRetry: 'حاولها كلها مجددًا',
    jobsRetried: (count) => `يُحاوَل مجددًا: ${many(count, 'عمل واحد', 'عملان', 'أعمال', 'عملًا')}.`,
    noJobs: 'لم يُترك شيء.',
  },
  doctor: {
    title: 'الطبيب',
    more: 'ينظر إلى هذا البيت كما تراه الخوادم الأخرى ومحركات البحث والزوار.',
    looking: 'ننظر الآن. قد يستغرق ذلك نصف دقيقة.',
    well: 'كل شيء بخير.',
    troubles: (count) => `${many(count, 'أمر واحد يحتاج', 'أمران يحتاجان', 'أمور تحتاج', 'أمرًا يحتاج')} إليك.`,
    looked: 'آخر نظرة',
    result: { failed: 'ليس بخير', warning: 'يمكن تحسينه', ok: 'بخير', skipped: 'لم يُنظر فيه' },
    advice: 'ما العمل',
    again: 'انظر مجددًا',
    fine: (count) => `ما هو بخير (${n(count)})`,
    skipped: (count) => `ما لم يمكن النظر فيه (${n(count)})`,
  },
  receipts: {
    title: 'من وصله',
    more: 'أي الخوادم عندها هذا المنشور، وأيها ما زال ينتظره، ولماذا.',
    state: { delivered: 'وصل', waiting: 'ينتظر', failed: 'تُرك' },
    tries: (count) => many(count, 'محاولة واحدة', 'محاولتان', 'محاولات', 'محاولة'),
    next: (when) => `المحاولة التالية ${when}`,
    servers: (count, whole) => `${n(count)}${whole ? '' : '+'}`,
    retry: 'حاول مجددًا',
    retryAll: 'حاول مجددًا كل ما لم يصل',
    retried: (count) => (count === 0 ? 'لا شيء ينتظر.' : `في الطريق مجددًا: ${deliveries(count)}.`),
    none: 'لم يُرسل هذا المنشور إلى خادم آخر.',
    noneMore: 'لم يذهب إلى أحد في مكان آخر: لم يكن أحد هناك يتابع أو مذكورًا حين نُشر.',
  },
};
