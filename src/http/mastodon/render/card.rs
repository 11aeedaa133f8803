//! Pages that posts link to as PreviewCards. Their pictures are handed on by us, so that nobody's app asks there.

use std::collections::HashMap;

use crate::{
    db::Timestamp,
    domain::{
        ActorId, PostId, Site,
        cards::{Card, Linked},
    },
    http::{
        elsewhere,
        mastodon::entities::{Account, CardAuthor, PreviewCard},
    },
};

/// The card that a post shows.
pub(super) fn card(
    site: &Site,
    post: PostId,
    Linked { url, card, creator }: &Linked,
    accounts: &HashMap<ActorId, Account>,
) -> PreviewCard {
    let creator = creator.as_ref().and_then(|creator| accounts.get(&creator.id).cloned());
    let image = card.image.as_deref().map(|image| elsewhere::file_of_post(site, post, image));
    let (width, height) = card.size.unwrap_or_default();
    PreviewCard {
        url: url.clone(),
        title: card.title.clone(),
        description: card.description.clone(),
        language: card.language.clone(),
        kind: if card.photo { "photo" } else { "link" },
        authors: authors(card, creator),
        author_name: card.author.clone(),
        author_url: card.author_url.clone(),
        provider_name: card.provider.clone(),
        provider_url: card.provider_url.clone(),
        html: "",
        width,
        height,
        embed_url: image.clone().filter(|_| card.photo).unwrap_or_default(),
        image,
        image_description: card.image_description.clone(),
        blurhash: None,
        published_at: card.published_at.map(Timestamp::rfc3339),
    }
}

fn authors(card: &Card, account: Option<Account>) -> Vec<CardAuthor> {
    if card.author.is_empty() && card.author_url.is_empty() && account.is_none() {
        return Vec::new();
    }
    vec![CardAuthor { name: card.author.clone(), url: card.author_url.clone(), account }]
}
