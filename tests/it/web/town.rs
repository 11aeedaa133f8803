//! A company with people, brands and conversations, as a visitor finds it.
//!
//! Not the story of the demo, of which `tests/it/demo.rs` has its own look in a browser: that one is three servers that
//! wait for each other over real connections. Here one is filled in a moment, on both databases, and with what the story
//! has not: an article, a warning, a poll, people of servers that let nobody find them.

use guildhall::{
    app::App,
    domain::{
        ActorId, By, PostId,
        accounts::{self, AccountKind, GrantRole, NewAccount, Role},
        actors::{self, Actor, Field, Profile, RemoteActor},
        org::{self, Edit},
        posts::{self, Attachment, Audience, Details, Draft, ReplyTo},
    },
    error::Result,
};

use crate::support::people::remote;

/// A link to the company's web site, as it stands in a profile.
const WEB_SITE: &str = "<a href=\"https://larkfield.example/\" rel=\"nofollow noopener noreferrer\" target=\"_blank\">larkfield.example</a>";

/// The people and the posts of the town.
pub struct Town {
    pub brand: Actor,
    pub jonas: Actor,
    pub ruth: Actor,
    /// What the brand answered.
    pub answer: PostId,
    /// What the brand announced with a hashtag.
    pub news: PostId,
    /// An article by a person.
    pub article: PostId,
}

impl Town {
    /// Fills the company of this app.
    pub async fn fill(app: &App, brand: &str) -> Self {
        let (site, name) = (app.site.clone(), brand.to_owned());
        let brand = write(app, move |tx| {
            org::edit_company(tx, &larkfield())?;
            let brand = actors::find_local(tx.conn(), &name)?.unwrap();
            let summary = "<p>We build cargo bikes in Aarhus that you can repair with six tools. This account is written by several of us; every post says who.</p>";
            let proof = Field { name: "Web site".to_owned(), value: WEB_SITE.to_owned(), verified_at: None };
            let plain = Field { name: "House".to_owned(), value: "Havnegade 4, Aarhus".to_owned(), verified_at: None };
            let profile = Profile { name: Some("Larkfield".to_owned()), summary: Some((String::new(), summary.to_owned())), fields: Some(vec![proof, plain]), ..Profile::default() };
            actors::edit_profile(tx, brand.id, &profile)?;
            actors::mark_field_verified(tx, brand.id, WEB_SITE, true)?;
            actors::get(tx.conn(), brand.id)
        })
        .await;
        let mut people = Vec::new();
        for (username, name, about) in [
            ("jonas", "Jonas Holm", "Workshop. Frames and drivetrain."),
            ("anaf", "Ana Ferreira", "Support, mornings. I ride the blue long-tail."),
            ("idris", "Idris Bello", "Product. Batteries, and why we stopped gluing them."),
            ("mette", "Mette Skov", "Founder. Reads here every morning."),
        ] {
            let (site, brand) = (site.clone(), brand.id);
            people.push(
                write(app, move |tx| {
                    let new = NewAccount {
                        username: username.to_owned(),
                        display_name: name.to_owned(),
                        email: Some(format!("{username}@company.example")),
                        password_hash: None,
                        kind: AccountKind::Employee,
                        role: Role::Member,
                    };
                    let (account, actor) = accounts::create(tx, &site, &new)?;
                    accounts::grant(tx, account.id, brand, GrantRole::Publisher)?;
                    let profile =
                        Profile { summary: Some((about.to_owned(), format!("<p>{about}</p>"))), ..Profile::default() };
                    actors::edit_profile(tx, actor.id, &profile)?;
                    actors::get(tx.conn(), actor.id)
                })
                .await,
            );
        }
        let ruth = stranger(app, "ruth", "hillfolk.example", "Ruth Okafor", true).await;
        let paul = stranger(app, "pauldw", "fietsers.example", "Paul de Wit", true).await;
        let rosa = stranger(app, "rosa", "lemmy.rodas.example", "Rosa Almeida", false).await;
        let (jonas, mette) = (people[0].clone(), people[3].clone());
        let mut wanted = Draft::note(Audience::Public, "<p>My Heron 2 squeaks under load and the tensioner arm has play. The shop in Leeds says the part is discontinued.</p><p>The Heron 3 arm looks the same in the photos. Before I spend £38: does it bolt straight on?</p>".to_owned());
        wanted.mentions = vec![brand.id];
        wanted.attachments = vec![Attachment {
            kind: "image".to_owned(),
            url: "https://hillfolk.example/media/arm.jpg".to_owned(),
            description: Some("The tensioner arm, with the worn bolt".to_owned()),
            ..Attachment::default()
        }];
        let question = arrives(app, &ruth, wanted, None).await;
        let hint = Draft::note(Audience::Public, "<p>I did this last winter. The arm fits, the bolt does not: Heron 2 takes an M6, the new arm expects an M8. A sleeve from the hardware shop solved it, 2,000 km so far.</p>".to_owned());
        let hint = arrives(app, &paul, hint, Some(question)).await;
        arrives(
            app,
            &rosa,
            Draft::note(
                Audience::Public,
                "<p>Careful with sleeves made of aluminium, mine walked out after a month. Steel or nothing.</p>"
                    .to_owned(),
            ),
            Some(hint),
        )
        .await;
        let answer = says(app, brand.id, "<p>Paul is right about the bolt, and we should have said so on the parts page. The arm has been identical since March 2021.</p><p>You need the step washer LF-0417. Write me your address in a direct message and I will post you two. Torque 9 Nm, dry.</p><p>— Jonas Holm, Workshop</p>", Some(question), Audience::Public).await;
        arrives(
            app,
            &ruth,
            Draft::note(Audience::Public, "<p>Fitted in ten minutes. Silence at last. Thank you both.</p>".to_owned()),
            Some(answer),
        )
        .await;
        says(app, jonas.id, "<p>For the next person who finds this: I put the washer and the torque on the parts page, under Heron 2. It should have been there since 2021, sorry.</p>", Some(question), Audience::Public).await;
        let mut news = Draft::note(Audience::Public, "<p>Heron 2 riders: the parts page was missing the step washer LF-0417. It is listed now, 40 cents, with the torque. <a href=\"/tags/heron\" class=\"mention hashtag\">#<span>Heron</span></a></p>".to_owned());
        news.hashtags = vec!["heron".to_owned()];
        news.details = Details {
            options: vec![("Six tools".to_owned(), Some(41)), ("Seven, with the pump".to_owned(), Some(12))],
            ..Details::default()
        };
        let news = post(app, By::Local { actor: brand.id, account: None }, news).await;
        let mut article = Draft::note(Audience::Public, "<p>In March a customer in Ghent asked, in public, why a brake lever costs €61. I didn’t know. I asked around the house, and nobody else knew either.</p><h2>What happened to the money</h2><p>We lost a little over €38,000 in margin from June to October. We also sold 2.3 times as many parts, so the hole is smaller than our accountant feared and larger than I had hoped.</p><blockquote><p>Why is it still 3.2 times what you pay?</p></blockquote><p>The shelf, mostly. We buy 300 at once and they age.</p>".to_owned());
        article.kind = "article".to_owned();
        article.title = Some("Our spare-part prices are public now. Here is what it cost us.".to_owned());
        article.language = Some("en".to_owned());
        let article = post(app, By::Local { actor: mette.id, account: None }, article).await;
        let mut warned = Draft::note(
            Audience::Public,
            "<p>The battery that arrived on Monday had been dropped. Please look at yours before you charge it.</p>"
                .to_owned(),
        );
        warned.summary = "Damaged battery, with a picture".to_owned();
        post(app, By::Local { actor: people[2].id, account: None }, warned).await;
        says(app, brand.id, "<p>Inside the house: the spring colours are a secret.</p>", None, Audience::Followers)
            .await;
        let inside =
            Draft::note(Audience::Company, "<p>Inside the house: the spring colours are a secret.</p>".to_owned());
        post(app, By::Local { actor: jonas.id, account: None }, inside).await;
        Self { brand, jonas, ruth, answer, news, article }
    }
}

fn larkfield() -> Edit {
    Edit {
        name: Some("Larkfield Bicycle Works".to_owned()),
        headline: Some("Ask the people who weld your bike.".to_owned()),
        description: Some("Five of us answer here, in the open, with our names.".to_owned()),
        website: Some("https://larkfield.example".to_owned()),
        colour: Some("#F2572B".to_owned()),
        ..Edit::default()
    }
}

async fn write<T: Send + 'static>(
    app: &App,
    work: impl Fn(&mut guildhall::db::Tx<'_>) -> Result<T> + Send + 'static,
) -> T {
    app.db.write(work).await.unwrap()
}

/// Somebody on another server.
pub async fn stranger(app: &App, name: &str, host: &str, shown: &str, indexable: bool) -> Actor {
    let remote = RemoteActor {
        shared_inbox: None,
        url: Some(format!("https://{host}/@{name}")),
        name: shown.to_owned(),
        icon: Some(format!("https://{host}/media/portrait.png")),
        indexable,
        ..remote(name, host, None)
    };
    write(app, move |tx| actors::upsert_remote(tx, &remote)).await.actor
}

/// Somebody publishes.
pub async fn post(app: &App, by: By, draft: Draft) -> PostId {
    let site = app.site.clone();
    write(app, move |tx| posts::create(tx, &site, &by, &draft)).await
}

/// One of ours says something.
pub async fn says(app: &App, actor: ActorId, html: &str, to: Option<PostId>, audience: Audience) -> PostId {
    let mut draft = Draft::note(audience, html.to_owned());
    draft.reply_to = to.map(|post| ReplyTo { post: Some(post), uri: None });
    post(app, By::Local { actor, account: None }, draft).await
}

/// Something arrives from elsewhere.
pub async fn arrives(app: &App, author: &Actor, mut draft: Draft, to: Option<PostId>) -> PostId {
    static NUMBER: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(1);
    let number = NUMBER.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    draft.uri = Some(format!("{}/notes/{number}", author.uri));
    draft.url = Some(format!("https://{}/@{}/{number}", author.host, author.username));
    draft.reply_to = to.map(|post| ReplyTo { post: Some(post), uri: None });
    post(app, By::Remote { actor: author.id, activity: None }, draft).await
}
