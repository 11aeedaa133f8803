// Was der Doktor ansieht, und was zu tun ist, nach seinen Codes. Auf Englisch sagt es der Server.

export const doctor = {
  'advice.backup':
    'Führe jeden Tag „guildhall backup DATEI“ aus, etwa mit cron oder einem Timer, und bewahre die Dateien auf einer anderen Maschine auf.',
  'advice.blocks': 'Sieh mit „guildhall server list“ nach, und lass den Namen mit „guildhall server allow“ wieder zu.',
  'advice.bug': 'Das sollte nicht geschehen. Sieh ins Protokoll, und sag es den Leuten, die Guildhall machen.',
  'advice.cache':
    'Ein Zwischenspeicher zwischen dem Netz und diesem Server verwechselt Dokumente und Seiten. Lass ihn „Vary: Accept“ beachten, oder lass ihn /@… und /ap/… nicht aufheben.',
  'advice.cause_address':
    'Es liegt an der Adresse: Dieser Server läuft auf {listen}, und unter {there} nimmt niemand Verbindungen an. Berichtige {correct} oder was die Verbindungen dort weiterreicht.',
  'advice.cause_busy':
    'Es liegt am Server oder am Proxy: Einer von beiden sagt, dass er gerade nicht antworten kann. Der Server läuft auf {listen}. Sieh zuerst in sein Protokoll.',
  'advice.cause_certificate':
    'Es liegt am Zertifikat, das unter {there} gezeigt wird. Gib dem Proxy eines für {host}: Caddy holt es von selbst, für nginx tut es certbot.',
  'advice.cause_dns':
    'Es liegt am DNS: {host} hat keine Adresse. Trag dort einen A-Eintrag ein, und einen AAAA-Eintrag, wo ihr IPv6 habt. Ist der Name selbst falsch, richte die Firma unter dem richtigen neu ein.',
  'advice.cause_no_server':
    'Es liegt am Server: Unter {there} nimmt jemand Verbindungen an, und dahinter antwortet auf {listen} kein Server von uns. Starte ihn mit „guildhall serve“ oder „systemctl start guildhall“; sein Protokoll sagt, was ihn hindert.',
  'advice.cause_nobody':
    'Es liegt an {correct}, am Proxy oder am Server: Unter {there} antwortet eine andere Website oder ein anderes Guildhall, und niemand auf {listen}. Starte den Server, sieh nach, wohin {correct} und der Proxy führen, und ob dieser Befehl dieselben Einstellungen und dieselbe Datenbank hat.',
  'advice.cause_other_site':
    'Es liegt am Proxy oder an {correct}: Der Server läuft auf {listen}, und unter {there} antwortet eine andere Website oder eine Seite des Proxys. Lass den Proxy für diesen Namen zu {listen} führen. Ist {there} eine andere Maschine, berichtige {correct}. Ist es ein Guildhall, sieh nach, ob dieser Befehl dieselben Einstellungen und dieselbe Datenbank hat.',
  'advice.cause_proxy_lost':
    'Es liegt am Proxy: Der Server antwortet auf {listen}, und der Proxy unter {there} erreicht ihn nicht. Lass den Proxy dorthin führen. In nginx: proxy_pass http://{listen};',
  'advice.cause_proxy_silent':
    'Es liegt am Proxy oder an {correct}: Der Server läuft auf {listen}, und unter {there} nimmt niemand Verbindungen an. Starte den Proxy, lass ihn dort lauschen und öffne den Port in der Firewall. Ist {there} nicht der richtige Ort, berichtige {correct}.',
  'advice.cause_server':
    'Es liegt am Server: Auf {listen} ist niemand. Starte ihn mit „guildhall serve“ oder „systemctl start guildhall“; sein Protokoll sagt, was ihn hindert.',
  'advice.cause_server_and_dns':
    'Es liegt am Server und am DNS. Auf {listen} ist niemand: Starte den Server mit „guildhall serve“ oder „systemctl start guildhall“. Und {host} hat keine Adresse: Trag einen A-Eintrag ein, und einen AAAA-Eintrag, wo ihr IPv6 habt.',
  'advice.cause_server_and_proxy':
    'Es liegt am Server und am Proxy: Niemand ist auf {listen}, und niemand unter {there}. Starte den Server mit „guildhall serve“ oder „systemctl start guildhall“, danach den Proxy. Ist {there} nicht der richtige Ort, berichtige {correct}.',
  'advice.certificate':
    'Andere Server weisen ab, was sie nicht prüfen können. Lass den Proxy für diesen Namen ein Zertifikat einer Stelle zeigen, die Browser kennen, mit den Zertifikaten dazwischen, und es von selbst erneuern: Caddy tut das, nginx mit certbot.',
  'advice.chown': 'Führe diesen Befehl als Benutzer des Dienstes aus, und gib diesem Benutzer den Ordner (chown -R).',
  'advice.clock':
    'Lass die Maschine ihre Uhr nach dem Netz stellen (systemd-timesyncd oder chrony): Unterschriften enthalten die Zeit.',
  'advice.data_dir': 'Führe diesen Befehl mit den Einstellungen des Servers aus (data_dir).',
  'advice.database_runs': 'Sieh nach, ob die Datenbank läuft und zu erreichen ist.',
  'advice.delivery_room':
    'Mit „guildhall server show HOST“ siehst du, warum. Nimmt der Server wieder etwas an, sendet „guildhall server retry HOST“, was wartet. Ist er für immer weg, endet mit „guildhall server block HOST“, dass für ihn etwas aufgeschrieben wird.',
  'advice.disk':
    'Schaff Platz, oder gib der Maschine eine größere Platte. Auf einer vollen wird nichts angenommen und nichts geschrieben.',
  'advice.dns': 'Trag im DNS einen A-Eintrag ein, und einen AAAA-Eintrag, wo ihr IPv6 habt.',
  'advice.films': 'Installiere ffmpeg, und nenne es in media.ffmpeg. ffprobe muss im selben Ordner sein.',
  'advice.folder_read': 'Sieh nach, ob der Ordner gelesen werden kann.',
  'advice.given_up':
    'Mit „guildhall jobs deliveries --state failed“ siehst du sie. Ist der Grund behoben, sendet derselbe Befehl mit „--host HOST --retry“, was für einen Server war. Weist uns einer absichtlich ab, frag die Leute, die ihn betreiben.',
  'advice.https': 'Biete die Firma über https an. Ihre Adresse steht seit der Einrichtung fest.',
  'advice.inboxes':
    'Lass den Proxy und den Schutz davor jedes POST mit application/activity+json unterhalb von /ap/ durch, ohne Prüfung und ohne eigene Seite.',
  'advice.indexable': 'Sollen Menschen die Firma finden, erlaube im Profil der Marke, dass Suchmaschinen sie zeigen.',
  'advice.inside':
    'Vielleicht sieht euer Netz von innen so aus. Stell sicher, dass die Welt eine öffentliche Adresse bekommt, und lass den Doktor mit „--at ADRESSE:PORT“ dort fragen.',
  'advice.jobs':
    'Mit „guildhall jobs parked“ siehst du sie. Ist der Grund behoben, versuche sie mit „guildhall jobs retry ID“ noch einmal, oder unter „Andere Server“.',
  'advice.large_bodies':
    'Erlaube Sendungen von 1 MiB und mehr: client_max_body_size 110m in nginx, SecRequestBodyLimit in ModSecurity, sonst in den Einstellungen eures Schutzes.',
  'advice.mail':
    'Vergleiche mail.smtp_url mit dem, was euer Mailanbieter sagt: Host, Port, Verschlüsselung, Benutzer und Passwort.',
  'advice.mangled':
    'Etwas zwischen dem Netz und diesem Server ändert, was er sagt. Frag mit curl dieselbe Adresse am eigenen Port des Servers (listen), vergleiche, und lass den Proxy oder den Schutz davor alles unterhalb von /ap/ und /.well-known/ so durch, wie es ist.',
  'advice.mend_database':
    'Bring das in Ordnung, und sieh noch einmal nach. Was die Datenbank braucht, wurde nicht angesehen.',
  'advice.migrate': 'Starte den Server mit dieser Version neu, oder führe „guildhall migrate“ aus.',
  'advice.most_servers':
    'Wenn die meisten Server nicht zu erreichen sind, liegt es hier: Sieh nach, ob diese Maschine nach außen Verbindungen zu Port 443 öffnen darf, und ob ihr DNS geht.',
  'advice.no_header':
    'Dieser Server sendet mit Seiten keine solche Kopfzeile, also fügt sie etwas davor hinzu. Nimm sie dort heraus: in nginx eine Zeile „add_header X-Robots-Tag“, in Caddy eine, die mit „header“ beginnt; Auslieferungsnetze haben eine Einstellung.',
  'advice.no_mail': 'Setze mail.smtp_url, damit sich selbst helfen kann, wer das Passwort vergessen hat.',
  'advice.nobody_sends':
    'Niemand sendet sie. Starte den Server; läuft er schon, sagt sein Protokoll, was ihn am Senden hindert.',
  'advice.nobody_works':
    'Niemand erledigt sie. Starte den Server; läuft er schon, sagt sein Protokoll, was ihn daran hindert.',
  'advice.pass_on':
    'Lass den Proxy Methode, Pfad, Abfrage, Inhalt und alle Kopfzeilen so weiterreichen, wie sie kommen. In nginx: „proxy_pass http://127.0.0.1:8080;“ ohne Pfad hinter dem Port, auch ohne „/“ am Ende, und „proxy_set_header Host $http_host;“. In Caddy tut es reverse_proxy von selbst.',
  'advice.pass_pages':
    'Lass den Proxy /robots.txt, /sitemap.xml, alles unterhalb von /sitemap/ und die Feeds an diesen Server weiterreichen, so wie sie sind. Vergleiche mit curl, was der Server an seinem eigenen Port (listen) antwortet.',
  'advice.plain_http':
    'Das ist für Tests und zum Vorführen. Für das öffentliche Netz richte die Firma neu ein: mit einer https-Adresse als base_url und mit einem anderen Ordner (data_dir) oder einer anderen Datenbank.',
  'advice.proxies': 'Nenne nur die Adressen eurer Proxys, etwa ["127.0.0.0/8", "::1/128"].',
  'advice.redirect':
    'Lass den Proxy an Port 80 mit einer Weiterleitung (301) auf dieselbe Adresse mit https antworten.',
  'advice.rel_me':
    'Setz auf jede dieser Seiten einen Link zum Profil mit rel="me", und speichere das Profil danach noch einmal.',
  'advice.renew': 'Erneuere es jetzt, und sieh nach, warum das nicht von selbst geschieht.',
  'advice.restart': 'Starte den Server neu, damit läuft, was installiert ist.',
  'advice.restore':
    'Halte den Server an, heb die Datenbank auf, wie sie ist, und spiel die letzte Sicherung ein (guildhall restore), oder wechsle die Datenbank, wie es die Anleitung für den Betrieb beschreibt.',
  'advice.rewritten':
    'Etwas zwischen dem Netz und diesem Server ändert Seiten. Vergleiche mit curl, was der Server an seinem eigenen Port (listen) antwortet, und schalte aus, was dazwischen Seiten verkleinert, umschreibt oder aufhebt.',
  'advice.run': 'Führe das aus: {command}',
  'advice.same_version': 'Nimm den Doktor der Version, die der Server hat.',
  'advice.say_who':
    'Lass den Proxy X-Forwarded-For hinzufügen. In nginx neben proxy_pass: „proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;“. In Caddy tut es reverse_proxy von selbst.',
  'advice.secret_key':
    'Leg secret.key aus eurer Sicherung zurück. Ohne die Datei lassen sich die privaten Schlüssel in der Datenbank nicht lesen, und niemand hier kann unterzeichnen.',
  'advice.send_on':
    'Lass den Webserver dieser Domain /.well-known/webfinger, /.well-known/host-meta und /.well-known/nodeinfo mit ihrer Abfrage zur Adresse der Firma weiterleiten. Die Zeilen stehen in der Anleitung für den Betrieb.',
  'advice.servers':
    'Sie werden tagelang von selbst wieder versucht. Was inzwischen aufgegeben wurde, nicht: Das sendet „guildhall server retry HOST“. „guildhall server list“ zeigt alle.',
  'advice.settings': 'Ändere die genannten Einstellungen, außer dieser Server ist zum Testen da.',
  'advice.signatures':
    'So wird abgewiesen, was jeder andere Server sendet. „Anfragen kommen an, wie sie gesendet wurden“ sagt, was unterwegs verloren geht; die Uhr, ob es an der Zeit liegt; der geheime Schlüssel, ob es an ihm liegt.',
  'advice.silent':
    'Wer diese Adresse bekommt, erreicht euch nicht. Nimm sie aus dem DNS, oder lass den Server dort lauschen.',
  'advice.start_database':
    'Starte die Datenbank (systemctl start postgresql), und sieh nach, ob database_url zu ihr führt. Was die Datenbank braucht, wurde nicht angesehen.',
  'advice.too_slow':
    'Bring in Ordnung, was sonst nicht gut ist, und sieh noch einmal nach. Auf der Kommandozeile wartet „guildhall doctor“ länger.',
  'advice.trust':
    'Ist das euer Proxy, setze server.trusted_proxies = ["{peer}"], mit /32 (IPv4) oder /128 (IPv6) hinter der Adresse.',
  'advice.try_out':
    'Das ist zum Ausprobieren. Für die echte Firma stell einen Proxy mit Zertifikat davor, und richte sie neu ein: mit einem anderen Ordner (data_dir) oder einer anderen Datenbank und mit der https-Adresse des Proxys als base_url.',
  'advice.usual_port': 'Biete die Firma am üblichen Port von https an. Ihre Adresse steht seit der Einrichtung fest.',
  'found.answers': '{url} antwortet mit Status {status}.',
  'found.base_http': 'Die Adresse der Firma ist ohne https.',
  'found.deliveries_wait': '{count} Zustellungen warten, und eine davon ist seit {since} fällig.',
  'found.inside': 'Von hier aus führt der Name zu einer Adresse im eigenen Netz: {addresses}.',
  'found.jobs_wait': '{count} Aufgaben warten, und eine davon ist seit {since} fällig.',
  'found.no_address': '{name} hat keine Adresse.',
  'found.no_backup': '„guildhall backup“ wurde noch nie ausgeführt.',
  'found.no_json': '{url} antwortet mit etwas, das kein JSON ist.',
  'found.no_mail': 'Kein Mailserver ist eingestellt: Briefe werden in {folder} geschrieben und erreichen niemanden.',
  'found.nobody': 'Unter {addresses} antwortet niemand.',
  'found.not_asked': 'Nicht angesehen, weil {check} nicht gut ist.',
  'found.not_signed':
    'Nicht angesehen, weil secret_key nicht gut ist: Ohne den Schlüssel lässt sich nichts unterzeichnen.',
  'found.not_us': '{url} antwortet mit Status {status}, und nicht so, wie dieser Server es täte.',
  'found.old_backup': 'Die letzte ist vom {when}.',
  'found.plain_http': 'Mit anderen Servern wird ohne https gesprochen.',
  'found.silent': '{url} antwortet nicht: {why}',
  'found.too_slow': 'Darauf kam keine Antwort, bevor die Zeit für alles vorbei war: {seconds} s.',
  'name.addresses': 'Jede Adresse im DNS führt zu einem Server.',
  'name.backup': 'Es gibt eine frische Sicherung.',
  'name.blocks': 'Wir weisen uns nicht selbst ab.',
  'name.certificate': 'Das Zertifikat ist gut.',
  'name.clock': 'Die Uhr geht richtig.',
  'name.collections': 'Folgende und Beiträge lassen sich zählen.',
  'name.data_folder': 'Der Datenordner gehört nur uns.',
  'name.database': 'Die Datenbank ist heil.',
  'name.deliveries': 'Was anderen Servern zusteht, wird gesendet.',
  'name.delivery_room': 'Für das, was zu senden ist, ist Platz.',
  'name.disk': 'Auf der Platte ist Platz.',
  'name.email': 'E-Mail lässt sich senden.',
  'name.federation': 'Dieser Server spricht mit anderen Servern.',
  'name.feeds': 'Die Seite nennt ihren Feed, und er lässt sich lesen.',
  'name.films': 'Filme lassen sich lesen.',
  'name.front_door': 'Unter der Adresse der Firma antwortet dieser Server.',
  'name.given_up': 'In letzter Zeit wurde keine Zustellung aufgegeben.',
  'name.gotosocial': 'Die Schlüssel sind, wo GoToSocial sie sucht.',
  'name.host_meta': 'host-meta sagt, wo nach Namen gefragt wird.',
  'name.https_redirect': 'Wer ohne https kommt, wird zu https geführt.',
  'name.indexable': 'Suchmaschinen dürfen die Firma zeigen.',
  'name.jobs': 'Aufgaben werden rechtzeitig erledigt.',
  'name.large_bodies': 'Sendungen bis 1 MiB kommen herein.',
  'name.lemmy': 'Die Marke hat, was Lemmy braucht.',
  'name.mastodon': 'Die Marke hat, was Mastodon braucht.',
  'name.misskey': 'Die Marke hat, was Misskey braucht.',
  'name.negotiation': 'Server bekommen Dokumente, Menschen bekommen Seiten.',
  'name.newest_post': 'Der neueste Beitrag lässt sich abrufen.',
  'name.nodebb': 'Die Marke hat, was NodeBB braucht.',
  'name.nodeinfo': 'NodeInfo sagt, was hier läuft.',
  'name.profiles_listed': 'Seiten sagen, wen Suchmaschinen zeigen dürfen.',
  'name.proofs': 'Der Schlüssel der Nachweise ist veröffentlicht.',
  'name.rel_me': 'Links in Profilen sind nachgewiesen.',
  'name.rel_me_shown': 'Seiten sagen, welche anderen zur selben Firma gehören.',
  'name.requests_intact': 'Anfragen kommen an, wie sie gesendet wurden.',
  'name.robots': 'robots.txt lässt Suchmaschinen herein.',
  'name.secret_key': 'Der geheime Schlüssel öffnet die Schlüssel in der Datenbank.',
  'name.server_actor': 'Den Server selbst können alle lesen.',
  'name.servers': 'Andere Server sind zu erreichen.',
  'name.settings': 'Die Einstellungen sind für den Alltag.',
  'name.shared_inbox': 'Die Postfächer antworten.',
  'name.signed_cavage': 'Eine Unterschrift der üblichen Art wird angenommen.',
  'name.signed_get': 'Unterschriebenes Abrufen wird angenommen.',
  'name.signed_rfc9421': 'Eine Unterschrift der neueren Art (RFC 9421) wird angenommen.',
  'name.sitemap': 'Die Sitemap lässt sich lesen.',
  'name.split_domain': 'Die Domain der Namen schickt Fragen an den Server weiter.',
  'name.visitors': 'Besucher werden hinter dem Proxy unterschieden.',
  'name.webfinger': 'Der Name der Marke führt zu ihr.',
  'name.webfinger_back': 'Die Marke führt zu ihrem Namen zurück.',
};
