//! What every page has around it: the company's name, colour and logo, and the ways to its other pages.

use super::{assets, sentences::Html, words::Moment};
use crate::{
    db::Conn,
    domain::{
        Site,
        actors::{self, Actor},
        crisis,
        org::{self, Colour, Company, LEGAL_TEXTS, LegalText, Registrations, Statement},
    },
    error::Result,
    http::extract::{Language, Reader},
    text,
};

/// How many brands a front page shows.
const BRANDS: i64 = 12;

/// What every page has around it.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The company.
    pub company: Company,
    /// Its brands, the first one first.
    pub brands: Vec<Actor>,
    /// Where we are.
    pub site: Site,
    /// There are pages to go to.
    pub open: bool,
    /// What stands on top of every page during a crisis.
    pub notice: Option<Notice>,
    /// In which language the page says what it says.
    pub say: Language,
    /// Where this page can be had in each language; nothing where it cannot be opened by an address.
    languages: Vec<(Language, String)>,
}

/// What stands on top of every page during a crisis.
#[derive(Debug, Clone)]
pub struct Notice {
    /// Clean HTML.
    pub html: String,
    /// The post that it is, where it is one.
    pub link: Option<String>,
    /// When that was said.
    pub said: Option<Moment>,
}

impl Notice {
    /// A statement as it is shown. One query, where it is a post; nothing, where that was taken back.
    fn of(conn: &mut Conn, site: &Site, statement: &Statement, say: Language) -> Result<Option<Self>> {
        if let Statement::Text(source) = statement {
            let links = text::Links { mention: &|_, _| None, hashtag: &|name| site.tag_url(name) };
            let html = text::render(source, text::Format::Markdown, &links).html;
            return Ok(Some(Self { html, link: None, said: None }));
        }
        let post = crisis::statement_post(conn, statement)?;
        Ok(post.map(|post| {
            let said = Some(Moment::of(post.published_at, say));
            Self { html: post.content, link: post.url, said }
        }))
    }
}

impl Frame {
    /// The company of this database. Two queries; one more where a post stands on top of every page.
    pub fn load(conn: &mut Conn, site: &Site, reader: &Reader) -> Result<Self> {
        let company = org::company(conn, &site.domain)?;
        let notice = match &company.statement {
            Some(statement) => Notice::of(conn, site, statement, reader.language)?,
            None => None,
        };
        let brands = actors::list_brands(conn, BRANDS)?;
        let (say, languages) = (reader.language, languages(reader));
        Ok(Self { notice, company, brands, site: site.clone(), open: true, say, languages })
    }

    /// For when the database cannot be asked, or there is no company yet.
    pub fn bare(site: &Site, name: &str, reader: &Reader) -> Self {
        let company = Company {
            name: name.to_owned(),
            headline: None,
            description: None,
            website: None,
            colour: Colour::DEFAULT,
            logo: None,
            registrations: Registrations::Closed,
            statement: None,
        };
        let (say, languages) = (reader.language, languages(reader));
        Self { company, brands: Vec::new(), site: site.clone(), open: false, notice: None, say, languages }
    }

    /// The first brand: the company's own voice.
    pub fn brand(&self) -> Option<&Actor> {
        self.brands.first()
    }

    /// The company's web site without what every address has.
    pub fn website_host(&self) -> &str {
        let website = self.company.website.as_deref().unwrap_or_default();
        let bare = website.trim_start_matches("https://").trim_start_matches("http://");
        bare.trim_end_matches('/')
    }

    /// The legal texts, with what their links say.
    pub fn legal(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        LEGAL_TEXTS.iter().map(|text| (text.as_str(), title(self.say, *text)))
    }

    /// Their links one behind the other.
    pub fn legal_links(&self) -> Html {
        let links = self.legal().map(|(kind, title)| Html::of(format!("<a href=\"/legal/{kind}\">{title}</a>")));
        links.reduce(|links, next| self.say.list_of(links, next)).unwrap_or_default()
    }

    /// Where this page can be had in each language.
    pub fn languages(&self) -> &[(Language, String)] {
        &self.languages
    }

    /// Whether people may sign up who were not invited.
    pub fn takes_sign_ups(&self) -> bool {
        self.open && self.company.registrations != Registrations::Closed
    }

    /// The style sheets, in order.
    pub fn sheets(&self) -> [String; 2] {
        [assets::style(), assets::colours(self.company.colour)]
    }

    /// The font of what people write.
    pub fn font(&self) -> String {
        assets::font()
    }

    /// The picture in a browser's tab.
    pub fn icon(&self) -> String {
        assets::icon(self.company.logo.as_ref(), self.company.colour)
    }

    /// The script that remembers the visitor's address.
    pub fn script(&self) -> String {
        assets::script()
    }

    /// The script that asks a browser for a passkey.
    pub fn passkey_script(&self) -> String {
        assets::passkey_script()
    }

    /// A whole address of ours.
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.site.base_url)
    }

    /// A picture for the cards that other sites make of our pages; they take no SVG.
    pub fn card_picture(&self) -> Option<String> {
        self.company.logo.as_ref().filter(|logo| logo.ending != "svg").map(|_| self.address(&self.icon()))
    }
}

/// What a legal text is called.
pub(super) fn title(say: Language, text: LegalText) -> &'static str {
    match text {
        LegalText::Imprint => say.imprint(),
        LegalText::Privacy => say.your_data_here(),
        LegalText::Rules => say.house_rules(),
    }
}

fn languages(reader: &Reader) -> Vec<(Language, String)> {
    if reader.at.is_empty() {
        return Vec::new();
    }
    Language::ALL.into_iter().map(|language| (language, reader.address_in(language))).collect()
}
