//! What is done later.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Change, Room};
use crate::{
    db::{Later, Timestamp},
    domain::{
        AccountId, ActorId, CertificateId, DraftId, InvitationId, MediaId, NotificationId, PostId, PublishRequestId,
        RefusalId, SignUpId, SubscriptionId,
    },
    error::Result,
};

/// One thing to do after the commit. The name of the variant is the job's kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "snake_case")]
pub enum Job {
    /// Tell other servers what one of our actors did.
    Federate {
        /// Who did it; the lane in which its changes leave in order.
        actor: ActorId,
        /// What happened.
        change: Change,
    },
    /// Go on with an activity that was stored before its 202, because something must be fetched for it.
    Inbound {
        /// The signer's id, as it was verified.
        signer: String,
        /// The activity, byte for byte.
        activity: String,
        /// The id of what must be fetched.
        needs: String,
        /// Whose inbox it came to, when it was not everybody's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        inbox: Option<ActorId>,
    },
    /// Fetch a post that others refer to, and its parents.
    FetchPost {
        /// Its id.
        uri: String,
        /// How many fetches this chain may still make.
        budget: u8,
        /// The id of whoever referred to it.
        sender: String,
    },
    /// Fetch an actor again because what we know is old.
    RefreshActor {
        /// Its id.
        uri: String,
    },
    /// Read a post that we have again, at its own server.
    RefreshPost {
        /// Its id.
        uri: String,
        /// The id of whoever said that it changed.
        sender: String,
    },
    /// Read the page behind a link, for what posts show of it.
    FetchCard {
        /// Its address.
        url: String,
        /// The id of whoever wrote the post, where that is somebody elsewhere.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sender: Option<String>,
        /// How many seconds it waits first: a post reaches many servers at the same moment, and none of them should
        /// ask at the same moment.
        #[serde(default)]
        wait: u8,
    },
    /// Ask again for whom a page names as its author, whose server did not answer when the page was read.
    FindCreator {
        /// The address of the page.
        url: String,
        /// The host of the handle.
        home: String,
    },
    /// Fetch what a post of somebody elsewhere quotes, and find out whether that may be.
    CheckQuote {
        /// The post that quotes.
        post: PostId,
        /// The id of its author.
        sender: String,
        /// How many quotes lead to it.
        depth: u8,
    },
    /// Check the links in an actor's profile fields for a rel=me link back.
    VerifyFields {
        /// Whose fields.
        actor: ActorId,
        /// The host of the actor's handle; empty for our own.
        host: String,
    },
    /// Tell how a poll of ours stands: once for all the votes that come together.
    TellVotes {
        /// The post that asks.
        post: PostId,
    },
    /// End a poll whose time is up.
    EndPoll {
        /// The post that asks.
        post: PostId,
        /// Not before this moment.
        at: Timestamp,
    },
    /// Ask whether internal posts of an actor stay inside whose date has come; one job for all of them.
    LookAgain {
        /// Whose.
        actor: ActorId,
        /// Not before this moment.
        at: Timestamp,
    },
    /// Tell somebody by letter how many internal posts wait for their answer.
    TellOfReviews {
        /// Who is told.
        account: AccountId,
    },
    /// Ask somebody by letter whether they agree to a copy of an internal post.
    AskForConsent {
        /// To which.
        request: PublishRequestId,
        /// Who is asked.
        account: AccountId,
    },
    /// Hold what waits for its time and would be refused as things stand: somebody on whom it hangs has another role.
    HoldUnready {
        /// The brand.
        actor: ActorId,
    },
    /// Publish what an actor scheduled, one after the other; one job for all of it.
    PublishScheduled {
        /// As whom.
        actor: ActorId,
        /// Not before this moment.
        at: Timestamp,
    },
    /// Publish the drafts of a brand whose time has come, one after the other; one job for all of them.
    PublishDrafts {
        /// As whom.
        actor: ActorId,
        /// Not before this moment.
        at: Timestamp,
    },
    /// Tell somebody by letter of what a colleague did with a brand.
    TellOfAct {
        /// The entry of the audit log that says it.
        entry: i64,
        /// Who is told.
        account: AccountId,
    },
    /// Tell somebody by letter which drafts that were handed in wait for their approval.
    TellOfDrafts {
        /// Who is told.
        account: AccountId,
        /// Only those that were handed in since.
        since: Timestamp,
    },
    /// Tell the author of a draft by letter that somebody else changed what it says.
    TellOfChange {
        /// The author.
        account: AccountId,
        /// The draft.
        draft: DraftId,
    },
    /// Tell somebody by letter that they have another role.
    TellOfRole {
        /// Who is told.
        account: AccountId,
        /// With which brand; with the house, where none is named.
        brand: Option<ActorId>,
        /// The one before; who has that again by then is told nothing.
        before: Option<String>,
    },
    /// Look which certificates end, or have ended, of which nobody was told; one job for all of them.
    LookAtCertificates {
        /// Not before this moment.
        at: Timestamp,
    },
    /// Tell somebody by letter that certificates end: their own, or those that they may give anew.
    TellOfCertificates {
        /// Who is told.
        account: AccountId,
        /// Of which.
        certificates: Vec<CertificateId>,
        /// They have ended, and count for some days more.
        ended: bool,
    },
    /// Tell somebody by letter that a passkey of theirs was added or removed.
    TellOfPasskey {
        /// Who is told.
        account: AccountId,
        /// What it is called.
        name: String,
        /// It was added.
        added: bool,
        /// When.
        at: Timestamp,
    },
    /// Take away what an actor that was deleted leaves behind.
    EraseActor {
        /// Who is gone.
        actor: ActorId,
    },
    /// End the follows between somebody and a server that they shun.
    PartFrom {
        /// Who shuns it.
        actor: ActorId,
        /// The server.
        host: String,
    },
    /// Delete the files of uploads that are gone.
    DropFiles,
    /// Find out what a film or a sound is, and make a picture of it.
    ReadFilm {
        /// The upload.
        media: MediaId,
    },
    /// Send a link by which another password is set to whoever is meant, if it is anybody.
    SendReset {
        /// As somebody typed it.
        name: String,
    },
    /// Send an invitation to the address that it is for.
    SendInvitation {
        /// Which.
        invitation: InvitationId,
    },
    /// Send somebody who signed up a link by which they confirm their address.
    SendSignUp {
        /// Who.
        sign_up: SignUpId,
    },
    /// Tell somebody who may answer that people wait for an account.
    TellOfSignUps {
        /// Who is told.
        account: AccountId,
    },
    /// Tell somebody that they have the account that they asked for.
    SendWelcome {
        /// Who.
        account: AccountId,
    },
    /// Tell somebody that they do not get one.
    SendRefusal {
        /// Who.
        refusal: RefusalId,
    },
    /// Let posts be found by their words that were here before the index was, latest first.
    IndexPosts {
        /// Only those before this one.
        before: PostId,
    },
    /// Put direct posts into conversations that were here before those were, latest first.
    Converse {
        /// Only those before this one.
        before: PostId,
    },
    /// Tell somebody more of what waited by a sender whom they let in.
    LetIn {
        /// Who is told.
        owner: ActorId,
        /// Who was let in.
        from: ActorId,
    },
    /// Tell an app that is not open of a notification.
    Push {
        /// Which app: where it is told.
        subscription: SubscriptionId,
        /// Of what.
        notification: NotificationId,
        /// The address of its push service.
        endpoint: String,
        /// Not before this moment: the service takes nothing until then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<Timestamp>,
    },
    /// Delete what has outlived its use; comes again every day.
    Prune,
}

/// How long votes gather before others are told how a poll stands: as long as on Mastodon.
const VOTES_GATHER: Duration = Duration::from_secs(180);

/// How long those who sign up gather before those who may answer are told: however many come, nobody gets more letters.
const SIGN_UPS_GATHER: Duration = Duration::from_secs(3600);

/// How long internal posts that are to be looked at again gather before their author gets a letter about all of them.
const REVIEWS_GATHER: Duration = Duration::from_secs(24 * 3600);

/// How long drafts that are handed in gather before those who may approve them get a letter about all of them.
const DRAFTS_GATHER: Duration = Duration::from_secs(300);

/// How long changes of a role gather before a letter tells of what came of them.
const ROLES_GATHER: Duration = Duration::from_secs(300);

impl Job {
    /// The kinds without which something that arrived has no effect.
    pub const ARRIVED: &'static [&'static str] = &["inbound"];
    /// The kind of a message to an app.
    pub const PUSH: &'static str = "push";

    /// The name under which the job is stored.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Federate { .. } => "federate",
            Self::Inbound { .. } => "inbound",
            Self::FetchPost { .. } => "fetch_post",
            Self::RefreshActor { .. } => "refresh_actor",
            Self::RefreshPost { .. } => "refresh_post",
            Self::FetchCard { .. } => "fetch_card",
            Self::FindCreator { .. } => "find_creator",
            Self::CheckQuote { .. } => "check_quote",
            Self::VerifyFields { .. } => "verify_fields",
            Self::TellVotes { .. } => "tell_votes",
            Self::EndPoll { .. } => "end_poll",
            Self::LookAgain { .. } => "look_again",
            Self::TellOfReviews { .. } => "tell_of_reviews",
            Self::AskForConsent { .. } => "ask_for_consent",
            Self::PublishScheduled { .. } => "publish_scheduled",
            Self::PublishDrafts { .. } => "publish_drafts",
            Self::HoldUnready { .. } => "hold_unready",
            Self::TellOfAct { .. } => "tell_of_act",
            Self::TellOfDrafts { .. } => "tell_of_drafts",
            Self::TellOfChange { .. } => "tell_of_change",
            Self::TellOfRole { .. } => "tell_of_role",
            Self::LookAtCertificates { .. } => "look_at_certificates",
            Self::TellOfCertificates { .. } => "tell_of_certificates",
            Self::TellOfPasskey { .. } => "tell_of_passkey",
            Self::EraseActor { .. } => "erase_actor",
            Self::PartFrom { .. } => "part_from",
            Self::DropFiles => "drop_files",
            Self::ReadFilm { .. } => "read_film",
            Self::SendReset { .. } => "send_reset",
            Self::SendInvitation { .. } => "send_invitation",
            Self::SendSignUp { .. } => "send_sign_up",
            Self::TellOfSignUps { .. } => "tell_of_sign_ups",
            Self::SendWelcome { .. } => "send_welcome",
            Self::SendRefusal { .. } => "send_refusal",
            Self::IndexPosts { .. } => "index_posts",
            Self::Converse { .. } => "converse",
            Self::LetIn { .. } => "let_in",
            Self::Push { .. } => Self::PUSH,
            Self::Prune => "prune",
        }
    }

    /// Where it is done.
    const fn place(&self) -> Room {
        match self {
            Self::Inbound { .. } => Room::Arrived,
            Self::FetchPost { .. }
            | Self::RefreshActor { .. }
            | Self::RefreshPost { .. }
            | Self::FetchCard { .. }
            | Self::FindCreator { .. }
            | Self::CheckQuote { .. }
            | Self::VerifyFields { .. } => Room::LookedUp,
            Self::SendReset { .. }
            | Self::SendInvitation { .. }
            | Self::SendSignUp { .. }
            | Self::TellOfSignUps { .. }
            | Self::SendWelcome { .. }
            | Self::SendRefusal { .. }
            | Self::TellOfAct { .. }
            | Self::TellOfDrafts { .. }
            | Self::TellOfChange { .. }
            | Self::TellOfRole { .. }
            | Self::TellOfReviews { .. }
            | Self::AskForConsent { .. }
            | Self::TellOfCertificates { .. }
            | Self::TellOfPasskey { .. } => Room::Letters,
            Self::Push { .. } => Room::Pushes,
            Self::Federate { .. }
            | Self::TellVotes { .. }
            | Self::EndPoll { .. }
            | Self::LookAgain { .. }
            | Self::PublishScheduled { .. }
            | Self::PublishDrafts { .. }
            | Self::HoldUnready { .. }
            | Self::LookAtCertificates { .. }
            | Self::EraseActor { .. }
            | Self::PartFrom { .. }
            | Self::DropFiles
            | Self::ReadFilm { .. }
            | Self::IndexPosts { .. }
            | Self::Converse { .. }
            | Self::LetIn { .. }
            | Self::Prune => Room::Own,
        }
    }
}

impl Later for Job {
    fn kind(&self) -> &'static str {
        self.name()
    }

    fn lane(&self) -> Option<String> {
        match self {
            // Followers are told that somebody is gone before they are forgotten.
            Self::Federate { actor, .. } | Self::EraseActor { actor } | Self::PartFrom { actor, .. } => {
                Some(format!("federate:{actor}"))
            }
            Self::FetchPost { uri, .. } => Some(format!("fetch_post:{uri}")),
            Self::RefreshActor { uri } => Some(format!("refresh_actor:{uri}")),
            Self::RefreshPost { uri, .. } => Some(format!("refresh_post:{uri}")),
            Self::FetchCard { url, .. } => Some(format!("fetch_card:{url}")),
            Self::FindCreator { url, .. } => Some(format!("find_creator:{url}")),
            Self::CheckQuote { post, .. } => Some(format!("check_quote:{post}")),
            Self::VerifyFields { actor, .. } => Some(format!("verify_fields:{actor}")),
            Self::TellVotes { post } => Some(format!("tell_votes:{post}")),
            Self::EndPoll { post, .. } => Some(format!("end_poll:{post}")),
            Self::DropFiles => Some("drop_files".to_owned()),
            // Films take a processor for a while: one after the other.
            Self::ReadFilm { .. } => Some("read_film".to_owned()),
            Self::IndexPosts { .. } => Some("index_posts".to_owned()),
            Self::Converse { .. } => Some("converse".to_owned()),
            Self::LetIn { owner, from } => Some(format!("let_in:{owner}:{from}")),
            Self::LookAgain { actor, .. } => Some(format!("look_again:{actor}")),
            Self::TellOfReviews { account } => Some(format!("tell_of_reviews:{account}")),
            Self::AskForConsent { request, account } => Some(format!("ask_for_consent:{request}:{account}")),
            Self::PublishScheduled { actor, .. } => Some(format!("publish_scheduled:{actor}")),
            Self::PublishDrafts { actor, .. } => Some(format!("publish_drafts:{actor}")),
            Self::HoldUnready { actor } => Some(format!("hold_unready:{actor}")),
            Self::TellOfAct { entry, account } => Some(format!("tell_of_act:{entry}:{account}")),
            Self::TellOfDrafts { account, .. } => Some(format!("tell_of_drafts:{account}")),
            Self::TellOfChange { account, draft } => Some(format!("tell_of_change:{account}:{draft}")),
            Self::TellOfRole { account, brand: Some(brand), .. } => Some(format!("tell_of_role:{account}:{brand}")),
            Self::TellOfRole { account, brand: None, .. } => Some(format!("tell_of_role:{account}")),
            Self::LookAtCertificates { .. } => Some("look_at_certificates".to_owned()),
            Self::TellOfCertificates { account, .. } => Some(format!("tell_of_certificates:{account}")),
            Self::TellOfPasskey { account, .. } => Some(format!("tell_of_passkey:{account}")),
            Self::SendReset { name } => Some(format!("send_reset:{name}")),
            Self::SendInvitation { invitation } => Some(format!("send_invitation:{invitation}")),
            Self::SendSignUp { sign_up } => Some(format!("send_sign_up:{sign_up}")),
            Self::TellOfSignUps { account } => Some(format!("tell_of_sign_ups:{account}")),
            Self::SendWelcome { account } => Some(format!("send_welcome:{account}")),
            Self::SendRefusal { refusal } => Some(format!("send_refusal:{refusal}")),
            // What arrived is applied by the state of things, whatever comes first: one address that does not answer
            // must not hold up what needs another.
            Self::Inbound { .. } | Self::Push { .. } | Self::Prune => None,
        }
    }

    fn room(&self) -> &'static str {
        self.place().name()
    }

    fn origin(&self) -> Option<String> {
        match self {
            Self::Inbound { signer: uri, .. }
            | Self::FetchPost { sender: uri, .. }
            | Self::RefreshActor { uri }
            | Self::RefreshPost { sender: uri, .. }
            | Self::CheckQuote { sender: uri, .. } => machine_in(uri),
            Self::FetchCard { sender, .. } => sender.as_deref().and_then(machine_in),
            Self::VerifyFields { host, .. } => machine_in(&format!("https://{host}/")),
            Self::Federate { .. }
            | Self::FindCreator { .. }
            | Self::TellVotes { .. }
            | Self::EndPoll { .. }
            | Self::LookAgain { .. }
            | Self::TellOfReviews { .. }
            | Self::AskForConsent { .. }
            | Self::PublishScheduled { .. }
            | Self::PublishDrafts { .. }
            | Self::HoldUnready { .. }
            | Self::TellOfAct { .. }
            | Self::TellOfDrafts { .. }
            | Self::TellOfChange { .. }
            | Self::TellOfRole { .. }
            | Self::LookAtCertificates { .. }
            | Self::TellOfCertificates { .. }
            | Self::TellOfPasskey { .. }
            | Self::EraseActor { .. }
            | Self::PartFrom { .. }
            | Self::DropFiles
            | Self::ReadFilm { .. }
            | Self::SendReset { .. }
            | Self::SendInvitation { .. }
            | Self::SendSignUp { .. }
            | Self::TellOfSignUps { .. }
            | Self::SendWelcome { .. }
            | Self::SendRefusal { .. }
            | Self::IndexPosts { .. }
            | Self::Converse { .. }
            | Self::LetIn { .. }
            | Self::Push { .. }
            | Self::Prune => None,
        }
    }

    fn target(&self) -> Option<String> {
        match self {
            Self::Inbound { needs: uri, .. }
            | Self::FetchPost { uri, .. }
            | Self::RefreshActor { uri }
            | Self::RefreshPost { uri, .. }
            | Self::FetchCard { url: uri, .. }
            | Self::Push { endpoint: uri, .. } => machine_in(uri),
            Self::FindCreator { home, .. } => machine_in(&format!("https://{home}/")),
            Self::VerifyFields { .. }
            | Self::CheckQuote { .. }
            | Self::Federate { .. }
            | Self::TellVotes { .. }
            | Self::EndPoll { .. }
            | Self::LookAgain { .. }
            | Self::TellOfReviews { .. }
            | Self::AskForConsent { .. }
            | Self::PublishScheduled { .. }
            | Self::PublishDrafts { .. }
            | Self::HoldUnready { .. }
            | Self::TellOfAct { .. }
            | Self::TellOfDrafts { .. }
            | Self::TellOfChange { .. }
            | Self::TellOfRole { .. }
            | Self::LookAtCertificates { .. }
            | Self::TellOfCertificates { .. }
            | Self::TellOfPasskey { .. }
            | Self::EraseActor { .. }
            | Self::PartFrom { .. }
            | Self::DropFiles
            | Self::ReadFilm { .. }
            | Self::SendReset { .. }
            | Self::SendInvitation { .. }
            | Self::SendSignUp { .. }
            | Self::TellOfSignUps { .. }
            | Self::SendWelcome { .. }
            | Self::SendRefusal { .. }
            | Self::IndexPosts { .. }
            | Self::Converse { .. }
            | Self::LetIn { .. }
            | Self::Prune => None,
        }
    }

    fn once(&self) -> bool {
        matches!(
            self,
            Self::FetchPost { .. }
                | Self::RefreshActor { .. }
                | Self::RefreshPost { .. }
                | Self::FetchCard { .. }
                | Self::FindCreator { .. }
                | Self::CheckQuote { .. }
                | Self::VerifyFields { .. }
                | Self::TellVotes { .. }
                | Self::EndPoll { .. }
                | Self::LookAgain { .. }
                | Self::TellOfReviews { .. }
                | Self::TellOfDrafts { .. }
                | Self::TellOfChange { .. }
                | Self::TellOfRole { .. }
                | Self::AskForConsent { .. }
                | Self::DropFiles
                | Self::PublishScheduled { .. }
                | Self::PublishDrafts { .. }
                | Self::HoldUnready { .. }
                | Self::LookAtCertificates { .. }
                | Self::SendReset { .. }
                | Self::SendSignUp { .. }
                | Self::TellOfSignUps { .. }
        )
    }

    fn delay(&self) -> Duration {
        match self {
            Self::TellVotes { .. } => VOTES_GATHER,
            Self::TellOfSignUps { .. } => SIGN_UPS_GATHER,
            Self::TellOfReviews { .. } => REVIEWS_GATHER,
            Self::TellOfDrafts { .. } | Self::TellOfChange { .. } => DRAFTS_GATHER,
            Self::TellOfRole { .. } => ROLES_GATHER,
            Self::FetchCard { wait, .. } => Duration::from_secs(u64::from(*wait)),
            _ => Duration::ZERO,
        }
    }

    fn due(&self) -> Option<Timestamp> {
        match self {
            Self::EndPoll { at, .. }
            | Self::LookAgain { at, .. }
            | Self::PublishScheduled { at, .. }
            | Self::PublishDrafts { at, .. }
            | Self::LookAtCertificates { at } => Some(*at),
            Self::Push { at, .. } => *at,
            _ => None,
        }
    }

    fn payload(&self) -> Result<String> {
        Ok(serde_json::to_string(self)?)
    }
}

/// The machine that an address names, whatever the port: what counts as one server where many ask for a share.
pub fn machine_in(address: &str) -> Option<String> {
    let url = url::Url::parse(address).ok()?;
    url.host_str().map(|host| host.trim_end_matches('.').to_owned())
}
