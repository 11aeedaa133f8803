//! QuoteRequest and what answers it (FEP-044f).

use super::{Activity, Applied, Need, create};
use crate::{
    db::Tx,
    domain::{
        PostId, QuoteId, Site,
        actors::Actor,
        posts::{self, QuoteState},
    },
    error::{Kind, Result},
    federation::incoming::values::{id, id_of, list, one_origin},
};

/// Somebody asks to quote one of our posts with one of theirs.
pub(super) fn request(tx: &mut Tx<'_>, site: &Site, signer: &Actor, activity: &Activity) -> Result<Applied> {
    let Some(uri) = activity.object_id().filter(|uri| site.owns(uri)) else {
        return Ok(Applied::Ignored("not one of ours"));
    };
    let Some(quoted) = posts::find_by_uri(tx.conn(), uri)? else { return Ok(Applied::Ignored("no such post")) };
    let (Some(request), Some(quoting)) = (&activity.uri, id(&activity.document, "instrument")) else {
        return Ok(Applied::Ignored("a request without an id or a post"));
    };
    if !one_origin(quoting, &signer.uri) {
        return Ok(Applied::Ignored("somebody else's post"));
    }
    let by = activity.by(signer);
    let known = activity.find_post(tx.conn(), quoting)?.map(|post| post.id);
    let mut answered = posts::asked(tx, &by, quoted.id, request, (quoting, known));
    // It is stored for whoever may quote, and for nobody else.
    if matches!(answered, Ok(true))
        && let Some(carried) = carried(tx, site, signer, activity, quoting)?
    {
        answered = posts::asked(tx, &by, quoted.id, request, (quoting, Some(carried)));
    }
    match answered {
        Ok(true) => Ok(Applied::Needs(Need::Post(quoting.to_owned()))),
        Ok(false) => Ok(Applied::Done),
        Err(error) if matches!(error.kind(), Kind::NotFound | Kind::Invalid) => {
            Ok(Applied::Ignored("what may not be quoted like this"))
        }
        Err(error) => Err(error),
    }
}

/// The post that quotes, when its author sent it whole.
fn carried(tx: &mut Tx<'_>, site: &Site, signer: &Actor, activity: &Activity, quoting: &str) -> Result<Option<PostId>> {
    let Some(incoming) = activity.post(signer).filter(|post| post.uri == quoting && post.author == signer.uri) else {
        return Ok(None);
    };
    if incoming.is_vote {
        return Ok(None);
    }
    create::store(tx, site, signer, activity, incoming, None).map(Some)
}

/// Accept or Reject of a request of ours; nothing when it answers something else. Counts only from whom we asked: what
/// they signed is as good as what they write at the address that they name.
pub(super) fn answer(
    tx: &mut Tx<'_>,
    site: &Site,
    signer: &Actor,
    activity: &Activity,
    yes: bool,
) -> Result<Option<Applied>> {
    let object = list(&activity.document, "object").into_iter().find_map(id_of);
    let Some(id_of_request) = object.and_then(|uri| site.local_id(uri, "activities")) else { return Ok(None) };
    let Some(quote) = posts::find_quote_to_answer(tx.conn(), QuoteId(id_of_request), signer.id)? else {
        return Ok(None);
    };
    if !yes {
        posts::rejected_elsewhere(tx, quote.id)?;
        return Ok(Some(Applied::Done));
    }
    let Some(approval) = id(&activity.document, "result").filter(|uri| one_origin(uri, &signer.uri)) else {
        return Ok(Some(Applied::Ignored("an approval that cannot be read anywhere")));
    };
    let counted = quote.state == QuoteState::Accepted || posts::accepted_elsewhere(tx, quote.id, approval)?;
    Ok(Some(if counted { Applied::Done } else { Applied::Ignored("it was answered before") }))
}
