// The parts of both APIs that the screens read. Ids are text: they do not fit in a number. Those of our own API are
// known from its document.

import type { Ours } from './ours.ts';

import type { OfInside } from './copies.ts';

export interface Account {
  id: string;
  username: string;
  acct: string;
  display_name: string;
  url: string;
  avatar: string;
  header: string;
  note: string;
  locked: boolean;
  bot: boolean;
  group: boolean;
  followers_count: number;
  following_count: number;
  statuses_count: number;
  fields: { name: string; value: string; verified_at: string | null }[];
  emojis: Emoji[];
  guildhall: { kind: string };
  /** Until when they are muted; only in the list of those who are. */
  mute_expires_at?: string | null;
}

export interface Tag {
  name: string;
  url: string;
  history: { day: string; uses: string; accounts: string }[];
  following?: boolean;
}

export const REPLIES = ['list', 'followed', 'none'] as const;
export interface List {
  id: string;
  title: string;
  replies_policy: (typeof REPLIES)[number];
  exclusive: boolean;
}

export interface Talk {
  id: string;
  unread: boolean;
  accounts: Account[];
  last_status: Status | null;
}

export const CONTEXTS = ['home', 'notifications', 'public', 'thread', 'account'] as const;
export type FilterContext = (typeof CONTEXTS)[number];
export const FILTER_ACTIONS = ['warn', 'hide', 'blur'] as const;
export type FilterAction = (typeof FILTER_ACTIONS)[number];

export interface Keyword {
  id: string;
  keyword: string;
  whole_word: boolean;
}

export interface Filter {
  id: string;
  title: string;
  context: FilterContext[];
  expires_at: string | null;
  filter_action: FilterAction;
  keywords?: Keyword[];
  statuses?: { id: string; status_id: string }[];
}

/** Oneself, with what one typed. */
export interface Credentials extends Account {
  discoverable: boolean;
  source: {
    privacy: string;
    sensitive: boolean;
    language: string | null;
    note: string;
    fields: { name: string; value: string }[];
    follow_requests_count: number;
    hide_collections: boolean;
    discoverable: boolean;
    indexable: boolean;
    quote_policy: string;
  };
}

export const POLICIES = ['accept', 'filter', 'drop'] as const;
export const UNTOLD = [
  'for_not_following',
  'for_not_followers',
  'for_new_accounts',
  'for_private_mentions',
  'for_limited_accounts',
] as const;
export type NoticePolicy = Record<(typeof UNTOLD)[number], (typeof POLICIES)[number]> & {
  summary: { pending_requests_count: number; pending_notifications_count: number };
};

export interface NoticeRequest {
  id: string;
  created_at: string;
  updated_at: string;
  notifications_count: string;
  account: Account;
  last_status: Status | null;
}

export interface Emoji {
  shortcode: string;
  url: string;
  static_url: string;
}

export interface Media {
  id: string;
  type: 'image' | 'video' | 'gifv' | 'audio' | 'unknown';
  url: string | null;
  preview_url: string | null;
  description: string | null;
  meta: { original?: { width?: number; height?: number }; focus?: { x: number; y: number } };
}

export interface Poll {
  id: string;
  expires_at: string | null;
  expired: boolean;
  multiple: boolean;
  votes_count: number;
  voters_count: number | null;
  voted?: boolean;
  own_votes?: number[];
  options: { title: string; votes_count: number | null }[];
}

export interface Status {
  id: string;
  created_at: string;
  edited_at: string | null;
  in_reply_to_id: string | null;
  in_reply_to_account_id: string | null;
  sensitive: boolean;
  spoiler_text: string;
  visibility: 'public' | 'unlisted' | 'private' | 'direct';
  language: string | null;
  url: string;
  uri: string;
  content: string;
  reblog: Status | null;
  account: Account;
  media_attachments: Media[];
  mentions: { id: string; username: string; url: string; acct: string }[];
  emojis: Emoji[];
  card: { url: string; title: string; description: string; image: string | null; provider_name: string } | null;
  poll: Poll | null;
  quote: { state: string; quoted_status?: Status | null } | null;
  replies_count: number;
  reblogs_count: number;
  favourites_count: number;
  favourited?: boolean;
  reblogged?: boolean;
  bookmarked?: boolean;
  pinned?: boolean;
  muted?: boolean;
  /** The reader's filters that it matches. */
  filtered?: { filter: Filter; keyword_matches: string[] | null }[];
  quote_approval?: { current_user: string };
  tags: { name: string; url: string }[];
  local_only: boolean;
  guildhall: OfInside & {
    audience: string;
    approval: { id: string; state: DraftState; needed: number; approved: number } | null;
    /** Who wrote a post of a brand; only for colleagues who may read its drafts, of a post that is asked for alone. */
    author?: Somebody | null;
    /** Who agreed to it; only for the same. */
    approved_by?: Somebody[];
    /** Who looks after the answers, a person or a team; only for the same. */
    reply_owner?: Somebody;
    reply_team?: { id: string; name: string };
  };
}

export interface Relationship {
  id: string;
  following: boolean;
  followed_by: boolean;
  requested: boolean;
  requested_by: boolean;
  blocking: boolean;
  blocked_by: boolean;
  muting: boolean;
  muting_notifications: boolean;
  muting_expires_at: string | null;
  showing_reblogs: boolean;
  notifying: boolean;
  languages: string[] | null;
  domain_blocking: boolean;
  note: string;
}

export interface NotificationGroup {
  group_key: string;
  notifications_count: number;
  type: string;
  page_max_id: string;
  page_min_id: string;
  latest_page_notification_at: string;
  sample_account_ids: string[];
  status_id: string | null;
  guildhall?: Notified;
}

/** What Mastodon has no place for: one of these. */
export interface Notified {
  draft?: NotifiedDraft;
  role?: NotifiedRole;
}

/** A role of one's own as it is now: with a brand, or with the house where none is named. */
export interface NotifiedRole {
  actor: string | null;
  role: string | null;
  /** Which colleague gave or took it; nobody, where the command line did. */
  by: Somebody | null;
}

/** A draft with which somebody did something. */
export interface NotifiedDraft {
  id: string;
  news: 'changes_requested' | 'changed' | 'approved' | 'scheduled' | 'unscheduled' | 'published' | 'held' | 'discarded';
  /** The brand. */
  actor: string;
  excerpt: string;
}

export interface GroupedNotifications {
  accounts: Account[];
  statuses: Status[];
  notification_groups: NotificationGroup[];
}

export interface Notification {
  id: string;
  type: string;
  created_at: string;
  account: Account;
  status: Status | null;
  guildhall?: Notified;
}

export type DraftState = Ours['DraftState'];

export type Somebody = Ours['Colleague'];

export type DraftMedia = Ours['DraftUpload'];

export type Said = Ours['DraftText'];

export type Draft = Ours['Draft'];

export type PastText = Ours['DraftVersion'];

export const GRANT_ROLES = [
  'contributor',
  'responder',
  'publisher',
  'approver',
  'manager',
  'owner',
  'analyst',
  'auditor',
] as const satisfies GrantRole[];
export type GrantRole = Ours['GrantRole'];

export const HOUSE_ROLES = ['member', 'moderator', 'admin', 'owner'] as const satisfies HouseRole[];
export type HouseRole = Ours['Role'];

export type Login = Ours['Login'];

export type Invitation = Ours['Invitation'];

export type SignUp = Ours['SignUp'];

export type Grant = Ours['Grant'];

/** Of what not everybody speaks without asking; in `may` the accounts who do. */
export type Topic = Ours['Topic'];

export type Lane = Ours['Lane'];

/** What one may say for a brand. */
export type Authority = Ours['Authority'];

/** Whom a post would reach. */
export type Preview = Ours['ReachPreview'];

export type Policy = Ours['Policy'];

export type Exposure = Ours['Exposure'];
export const RUNGS = ['listen', 'reply', 'publish'] as const satisfies Exposure[];

export type Reach = Ours['ExposureStanding'];

export type Crisis = Ours['Crisis'];

export const SERVER_STATES = ['failing', 'paused', 'blocked', 'fine'] as const satisfies Ours['Server']['state'][];
/** Another server that we know, and how well sending to it goes. */
export type Server = Ours['Server'];

export const DELIVERY_STATES = ['failed', 'waiting', 'delivered'] as const satisfies Delivery['state'][];
export type Delivery = Ours['Delivery'];

/** Work that was given up. */
export type Parked = Ours['ParkedJob'];

export type Finding = Ours['DoctorFinding'];

export type Examined = Ours['DoctorReport'];

/** Somebody, as moderators see them. */
export interface Moderated {
  id: string;
  username: string;
  /** Nothing for people of this server. */
  domain: string | null;
  silenced: boolean;
  suspended: boolean;
  account: Account;
}

export interface Report {
  id: string;
  action_taken: boolean;
  action_taken_at: string | null;
  category: 'spam' | 'violation' | 'legal' | 'other';
  comment: string;
  forwarded: boolean;
  created_at: string;
  account: Moderated;
  target_account: Moderated;
  assigned_account: Moderated | null;
  action_taken_by_account: Moderated | null;
  /** As far as the moderator may read them now. */
  statuses: Status[];
  rules: { id: string; text: string }[];
  /** The posts as they were when they were reported. */
  guildhall: {
    reported: { id: string; uri: string | null; content: string }[];
    /** What whoever it is about is here; nothing where they have no login here. */
    target: Pick<Login, 'kind' | 'role'> | null;
  };
}

/** A post that waits for its time. */
export interface Scheduled {
  id: string;
  scheduled_at: string;
  params: { text: string; spoiler_text: string | null };
  guildhall: { failed: string | null; failed_code: string | null };
}

export type Act = Ours['AuditEntry'];
