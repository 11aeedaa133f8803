// ما ينظر فيه الطبيب وما العمل، بحسب رموزه. وبالإنجليزية يقوله الخادم.

import type { doctor as german } from './de.ts';

export const doctor: Record<keyof typeof german, string> = {
  'advice.backup': 'شغّل «guildhall backup FILE» كل يوم، بواسطة cron أو مؤقِّت، واحفظ الملفات على جهاز آخر.',
  'advice.blocks': 'انظر في «guildhall server list»، واسمح بالاسم من جديد بـ«guildhall server allow».',
  'advice.bug': 'لا ينبغي أن يحدث هذا. انظر في السجل، وأخبر صانعي Guildhall.',
  'advice.cache':
    'ذاكرة مؤقتة بين الشبكة وهذا الخادم تخلط بين الوثائق والصفحات. اجعلها تراعي «Vary: Accept»، أو لا تحفظ ‎/@…‎ و‎/ap/…‎ أبدًا.',
  'advice.cause_address':
    'السبب هو العنوان: يعمل هذا الخادم على {listen}، ولا أحد يقبل الاتصالات في {there}. صحّح {correct}، أو ما يمرر الاتصالات هناك.',
  'advice.cause_busy':
    'السبب هو الخادم أو الوكيل: أحدهما يقول إنه لا يستطيع الجواب الآن. يعمل الخادم على {listen}. انظر أولًا في سجله.',
  'advice.cause_certificate':
    'السبب هو شهادة التشفير التي تظهر في {there}. اجعل للوكيل شهادة للاسم {host}: يحصل عليها Caddy من نفسه، ويتولى ذلك certbot مع nginx.',
  'advice.cause_dns':
    'السبب هو DNS: لا عنوان للاسم {host}. أضف سجل A، وسجل AAAA إن كان عندكم IPv6. وإن كان الاسم نفسه خطأ فأعدّ الشركة من جديد بالاسم الصحيح.',
  'advice.cause_no_server':
    'السبب هو الخادم: يقبل أحدهم الاتصالات في {there}، ولا يجيب خلفه خادم لنا على {listen}. شغّله بـ«guildhall serve» أو «systemctl start guildhall»، وسجله يقول ما الذي يمنعه.',
  'advice.cause_nobody':
    'السبب هو {correct} أو الوكيل أو الخادم: يجيب في {there} موقع آخر أو Guildhall آخر، ولا أحد على {listen}. شغّل الخادم، وانظر إلى أين يقود {correct} والوكيل، وهل لهذا الأمر إعدادات الخادم وقاعدة بياناته.',
  'advice.cause_other_site':
    'السبب هو الوكيل أو {correct}: يعمل الخادم على {listen}، ويجيب في {there} موقع آخر أو صفحة من الوكيل. اجعل الوكيل يقود هذا الاسم إلى {listen}. وإن كان {there} جهازًا آخر فصحّح {correct}. وإن كان Guildhall فتأكد أن لهذا الأمر الإعدادات وقاعدة البيانات نفسها.',
  'advice.cause_proxy_lost':
    'السبب هو الوكيل: يجيب الخادم على {listen}، ولا يصل إليه الوكيل الذي في {there}. اجعل الوكيل يقود إلى هناك، وفي nginx بالسطر «‎proxy_pass http://{listen};‎».',
  'advice.cause_proxy_silent':
    'السبب هو الوكيل أو {correct}: يعمل الخادم على {listen}، ولا أحد يقبل الاتصالات في {there}. شغّل الوكيل واجعله يستمع هناك، وافتح المنفذ في الجدار الناري. وإن لم يكن {there} المكان الصحيح فصحّح {correct}.',
  'advice.cause_server':
    'السبب هو الخادم: لا أحد على {listen}. شغّله بـ«guildhall serve» أو «systemctl start guildhall»، وسجله يقول ما الذي يمنعه.',
  'advice.cause_server_and_dns':
    'السبب هو الخادم وDNS معًا. لا أحد على {listen}: شغّل الخادم بـ«guildhall serve» أو «systemctl start guildhall». ولا عنوان للاسم {host}: أضف سجل A، وسجل AAAA إن كان عندكم IPv6.',
  'advice.cause_server_and_proxy':
    'السبب هو الخادم والوكيل معًا: لا أحد على {listen}، ولا أحد في {there}. شغّل الخادم بـ«guildhall serve» أو «systemctl start guildhall»، ثم شغّل الوكيل. وإن لم يكن {there} المكان الصحيح فصحّح {correct}.',
  'advice.certificate':
    'ترفض الخوادم الأخرى ما لا تستطيع التحقق منه. اجعل الوكيل يعرض لهذا الاسم شهادة من جهة تعرفها المتصفحات، مع الشهادات الوسيطة، ويجددها من نفسه: يفعل ذلك Caddy، ويفعله nginx مع certbot.',
  'advice.chown': 'شغّل هذا الأمر بمستخدم الخدمة، واجعل المجلد ملكًا له (chown -R).',
  'advice.clock': 'اجعل الجهاز يضبط ساعته من الشبكة (systemd-timesyncd أو chrony)، فالتوقيعات تحمل الوقت.',
  'advice.data_dir': 'شغّل هذا الأمر بإعدادات الخادم (data_dir).',
  'advice.database_runs': 'تأكد أن قاعدة البيانات تعمل وأن الوصول إليها ممكن.',
  'advice.delivery_room':
    'يبيّن «guildhall server show HOST» السبب. وحين يقبل الخادم من جديد يرسل «guildhall server retry HOST» ما ينتظر. وإن ذهب بلا رجعة فـ«guildhall server block HOST» ينهي تسجيل شيء له.',
  'advice.disk': 'أفرغ مكانًا أو أعط الجهاز قرصًا أكبر. فعلى قرص ممتلئ لا يُستقبل شيء ولا يُكتب.',
  'advice.dns': 'أضف في DNS سجل A، وسجل AAAA إن كان عندكم IPv6.',
  'advice.films': 'ثبّت ffmpeg واذكره في media.ffmpeg. ويجب أن يكون ffprobe في المجلد نفسه.',
  'advice.folder_read': 'تأكد أن قراءة المجلد ممكنة.',
  'advice.given_up':
    'يعرضها «guildhall jobs deliveries ‎--state‎ failed». وحين يزول السبب يرسل الأمر نفسه مع «‎--host HOST‎ ‎--retry‎» ما كان لخادم بعينه. وإن كان خادم يرفضنا عمدًا فاسأل من يديره.',
  'advice.https': 'قدّم الشركة عبر https. وعنوانها ثابت منذ الإعداد.',
  'advice.inboxes':
    'اجعل الوكيل والحماية التي أمامه يمرران كل POST بنوع application/activity+json تحت ‎/ap/‎ بلا اختبار ولا صفحة من عندهما.',
  'advice.indexable': 'إن أردتم أن يجد الناس الشركة فاسمحوا في ملف العلامة بأن تعرضها محركات البحث.',
  'advice.inside':
    'ربما تبدو شبكتكم هكذا من الداخل. تأكد أن العالم يُعطى عنوانًا عامًا، وشغّل الطبيب مع «‎--at ADDRESS:PORT‎» ليسأل هناك.',
  'advice.jobs':
    'يعرضها «guildhall jobs parked». وحين يزول السبب حاولها من جديد بـ«guildhall jobs retry ID»، أو في «الخوادم الأخرى».',
  'advice.large_bodies':
    'اسمح بما يبلغ 1 MiB وأكثر: client_max_body_size 110m في nginx، وSecRequestBodyLimit في ModSecurity، وإلا ففي إعدادات الحماية عندكم.',
  'advice.mail': 'قارن mail.smtp_url بما يقوله مزود البريد: المضيف والمنفذ والتشفير والمستخدم وكلمة السر.',
  'advice.mangled':
    'شيء بين الشبكة وهذا الخادم يغيّر ما يقوله. اسأل العنوان نفسه بـcurl على منفذ الخادم نفسه (listen) وقارن، واجعل الوكيل أو الحماية التي أمامه يمرران كل ما تحت ‎/ap/‎ و‎/.well-known/‎ كما هو.',
  'advice.mend_database': 'أصلح ذلك وانظر من جديد. ما يحتاج إلى قاعدة البيانات لم يُنظر فيه.',
  'advice.migrate': 'أعد تشغيل الخادم بهذا الإصدار، أو شغّل «guildhall migrate».',
  'advice.most_servers':
    'إذا تعذر الوصول إلى معظم الخوادم فالسبب هنا: تأكد أن هذا الجهاز يستطيع فتح اتصالات إلى المنفذ 443 في الخارج، وأن DNS عنده يعمل.',
  'advice.no_header':
    'لا يرسل هذا الخادم ترويسة كهذه مع الصفحات، فشيء أمامه يضيفها. أزلها هناك: في nginx سطر «add_header X-Robots-Tag»، وفي Caddy سطر يبدأ بـ«header»، ولشبكات توزيع المحتوى إعداد لذلك.',
  'advice.no_mail': 'عيّن mail.smtp_url ليساعد نفسه من نسي كلمة السر.',
  'advice.nobody_sends': 'لا أحد يرسلها. شغّل الخادم، وإن كان يعمل فسجله يقول ما الذي يمنعه من الإرسال.',
  'advice.nobody_works': 'لا أحد ينجزها. شغّل الخادم، وإن كان يعمل فسجله يقول ما الذي يمنعه من العمل.',
  'advice.pass_on':
    'اجعل الوكيل يمرر الطريقة والمسار والاستعلام والمحتوى وكل الترويسات كما تأتي. في nginx تكون proxy_pass إلى ‎http://127.0.0.1:8080‎ بلا مسار بعد المنفذ ولا حتى /، مع «‎proxy_set_header Host $http_host;‎». وفي Caddy يفعل reverse_proxy ذلك من نفسه.',
  'advice.pass_pages':
    'اجعل الوكيل يمرر ‎/robots.txt‎ و‎/sitemap.xml‎ وكل ما تحت ‎/sitemap/‎ والخلاصات إلى هذا الخادم كما هي. وقارن بـcurl بما يجيب به الخادم على منفذه نفسه (listen).',
  'advice.plain_http':
    'هذا للاختبار والعرض. وللشبكة العامة أعدّ الشركة من جديد: بعنوان https في base_url، وبمجلد آخر (data_dir) أو قاعدة بيانات أخرى.',
  'advice.proxies': 'اذكر عناوين وكلائكم فقط، مثل 127.0.0.0/8 و‎::1/128‎ وحدهما.',
  'advice.redirect': 'اجعل الوكيل يجيب على المنفذ 80 بتحويل (301) إلى العنوان نفسه عبر https.',
  'advice.rel_me': 'ضع في كل صفحة من هذه رابطًا إلى الملف الشخصي مع rel="me"، ثم احفظ الملف من جديد.',
  'advice.renew': 'جددها الآن، وانظر لماذا لا يحدث ذلك من نفسه.',
  'advice.restart': 'أعد تشغيل الخادم ليعمل ما هو مثبّت.',
  'advice.restore':
    'أوقف الخادم، واحتفظ بنسخة من قاعدة البيانات كما هي، ثم استعد آخر نسخة احتياطية (guildhall restore)، أو انتقل إلى قاعدة أخرى كما يصف دليل التشغيل.',
  'advice.rewritten':
    'شيء بين الشبكة وهذا الخادم يغيّر الصفحات. قارن بـcurl بما يجيب به الخادم على منفذه نفسه (listen)، وأوقف ما يصغّر الصفحات أو يعيد كتابتها أو يحفظها بينهما.',
  'advice.run': 'شغّل هذا: {command}',
  'advice.same_version': 'استعمل طبيب الإصدار الذي عند الخادم.',
  'advice.say_who':
    'اجعل الوكيل يضيف X-Forwarded-For. في nginx بجوار proxy_pass ضع «‎proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;‎». وفي Caddy يفعل reverse_proxy ذلك من نفسه.',
  'advice.secret_key':
    'أعد secret.key من نسختكم الاحتياطية. فمن دونه لا تُقرأ المفاتيح الخاصة في قاعدة البيانات، ولا يستطيع أحد هنا التوقيع.',
  'advice.send_on':
    'اجعل خادم الويب لذلك النطاق يحوّل ‎/.well-known/webfinger‎ و‎/.well-known/host-meta‎ و‎/.well-known/nodeinfo‎ مع استعلامها إلى عنوان الشركة. والأسطر في دليل التشغيل.',
  'advice.servers':
    'يُحاوَل معها من جديد أيامًا من تلقاء نفسنا. أما ما تُرك في الأثناء فيرسله «guildhall server retry HOST». ويعرضها كلها «guildhall server list».',
  'advice.settings': 'غيّر الإعدادات المذكورة، إلا إن كان هذا الخادم للاختبار.',
  'advice.signatures':
    'هكذا يُرفض ما يرسله كل خادم آخر. يقول «تصل الطلبات كما أُرسلت» ما الذي يضيع في الطريق، وتقول الساعة إن كان السبب الوقت، ويقول المفتاح السري إن كان هو السبب.',
  'advice.silent': 'من يُعطى هذا العنوان لا يصل إليكم. أزله من DNS، أو اجعل الخادم يستمع هناك.',
  'advice.start_database':
    'شغّل قاعدة البيانات (systemctl start postgresql)، وتأكد أن database_url يقود إليها. ما يحتاج إليها لم يُنظر فيه.',
  'advice.too_slow': 'أصلح ما ليس بخير غير هذا، ثم انظر من جديد. وفي سطر الأوامر ينتظر «guildhall doctor» مدة أطول.',
  'advice.trust':
    'إن كان هذا وكيلكم فأضف {peer} إلى server.trusted_proxies، مع ‎/32‎ لـIPv4 أو ‎/128‎ لـIPv6 بعد العنوان.',
  'advice.try_out':
    'هذا للتجربة. وللشركة الحقيقية ضع أمامه وكيلًا له شهادة، وأعدّها من جديد: بمجلد آخر (data_dir) أو قاعدة بيانات أخرى، وبعنوان https للوكيل في base_url.',
  'advice.usual_port': 'قدّم الشركة على المنفذ المعتاد لـhttps. وعنوانها ثابت منذ الإعداد.',
  'found.answers': 'يجيب {url} بالحالة {status}.',
  'found.base_http': 'عنوان الشركة بلا https.',
  'found.deliveries_wait': 'عدد الإرسالات المنتظرة {count}، وحان وقت أحدها منذ {since}.',
  'found.inside': 'يقود الاسم من هنا إلى عنوان داخلي: {addresses}.',
  'found.jobs_wait': 'عدد الأعمال المنتظرة {count}، وحان وقت أحدها منذ {since}.',
  'found.no_address': 'لا عنوان للاسم {name}.',
  'found.no_backup': 'لم يُشغَّل «guildhall backup» قط.',
  'found.no_json': 'يجيب {url} بما ليس JSON.',
  'found.no_mail': 'لم يُعيَّن خادم بريد: تُكتب الرسائل في {folder} ولا تصل إلى أحد.',
  'found.nobody': 'لا أحد يجيب في {addresses}.',
  'found.not_asked': 'لم يُنظر فيه لأن {check} ليس بخير.',
  'found.not_signed': 'لم يُنظر فيه لأن secret_key ليس بخير: لا يُوقَّع شيء من دون المفتاح.',
  'found.not_us': 'يجيب {url} بالحالة {status}، وليس كما يجيب هذا الخادم.',
  'found.old_backup': 'آخر نسخة بتاريخ {when}.',
  'found.plain_http': 'يجري الحديث مع الخوادم الأخرى بلا https.',
  'found.silent': 'لا يجيب {url}: {why}',
  'found.too_slow': 'لم يأت الجواب قبل انتهاء وقت كل شيء، وهو {seconds} ثانية.',
  'name.addresses': 'كل عنوان في DNS يقود إلى خادم.',
  'name.backup': 'توجد نسخة احتياطية حديثة.',
  'name.blocks': 'لا نرفض أنفسنا.',
  'name.certificate': 'شهادة التشفير سليمة.',
  'name.clock': 'الساعة مضبوطة.',
  'name.collections': 'يمكن عد المتابعين والمنشورات.',
  'name.data_folder': 'مجلد البيانات لنا وحدنا.',
  'name.database': 'قاعدة البيانات سليمة.',
  'name.deliveries': 'يُرسل ما ينتظر للخوادم الأخرى.',
  'name.delivery_room': 'يوجد متسع لما سيُرسل.',
  'name.disk': 'في القرص متسع.',
  'name.email': 'يمكن إرسال البريد الإلكتروني.',
  'name.federation': 'يتحدث هذا الخادم مع خوادم أخرى.',
  'name.feeds': 'تذكر الصفحة خلاصتها ويمكن قراءتها.',
  'name.films': 'يمكن قراءة الأفلام.',
  'name.front_door': 'يجيب هذا الخادم في عنوان الشركة.',
  'name.given_up': 'لم يُترك إرسال في الآونة الأخيرة.',
  'name.gotosocial': 'المفاتيح حيث يبحث عنها GoToSocial.',
  'name.host_meta': 'يقول host-meta أين يُسأل عن الأسماء.',
  'name.https_redirect': 'من يأتي بلا https يُقاد إلى https.',
  'name.indexable': 'يُسمح لمحركات البحث بعرض الشركة.',
  'name.jobs': 'تُنجز الأعمال في وقتها.',
  'name.large_bodies': 'يدخل ما يبلغ 1 MiB.',
  'name.lemmy': 'عند العلامة ما يحتاجه Lemmy.',
  'name.mastodon': 'عند العلامة ما يحتاجه Mastodon.',
  'name.misskey': 'عند العلامة ما يحتاجه Misskey.',
  'name.negotiation': 'تصل الخوادمَ وثائق ويصل الناسَ صفحات.',
  'name.newest_post': 'يمكن جلب أحدث منشور.',
  'name.nodebb': 'عند العلامة ما يحتاجه NodeBB.',
  'name.nodeinfo': 'يقول NodeInfo ما الذي يعمل هنا.',
  'name.profiles_listed': 'تقول الصفحات من يجوز لمحركات البحث عرضه.',
  'name.proofs': 'مفتاح الإثبات منشور.',
  'name.rel_me': 'روابط الملفات الشخصية مثبتة.',
  'name.rel_me_shown': 'تقول الصفحات أي الصفحات الأخرى للشركة نفسها.',
  'name.requests_intact': 'تصل الطلبات كما أُرسلت.',
  'name.robots': 'يسمح robots.txt لمحركات البحث.',
  'name.secret_key': 'يفتح المفتاح السري المفاتيح التي في قاعدة البيانات.',
  'name.server_actor': 'يستطيع الجميع قراءة صفحة الخادم نفسه.',
  'name.servers': 'يمكن الوصول إلى الخوادم الأخرى.',
  'name.settings': 'الإعدادات للاستعمال اليومي.',
  'name.shared_inbox': 'تجيب صناديق الوارد.',
  'name.signed_cavage': 'يُقبل التوقيع المعتاد.',
  'name.signed_get': 'يُقبل الجلب الموقَّع.',
  'name.signed_rfc9421': 'يُقبل التوقيع الأحدث (RFC 9421).',
  'name.sitemap': 'يمكن قراءة خريطة الموقع.',
  'name.split_domain': 'يحوّل نطاق الأسماء الأسئلة إلى الخادم.',
  'name.visitors': 'يُميَّز الزوار خلف الوكيل.',
  'name.webfinger': 'يقود اسم العلامة إليها.',
  'name.webfinger_back': 'تقود العلامة إلى اسمها.',
};
