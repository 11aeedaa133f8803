// The parts of both APIs that the screens read. Ids are text: they do not fit in a number.

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
}

export type DraftState =
  | 'draft'
  | 'in_review'
  | 'changes_requested'
  | 'approved'
  | 'scheduled'
  | 'publishing'
  | 'published'
  | 'held'
  | 'discarded';

export interface Somebody {
  account: string;
  username: string;
  display_name: string;
}

export interface DraftMedia {
  id: string;
  type: string;
  url: string;
  preview_url: string | null;
  description: string;
}

export type InternalReason = 'customer_data' | 'unreleased' | 'people' | 'draft_thinking' | 'other';

export interface Said {
  body: string;
  format: 'plain' | 'markdown';
  content_warning: string;
  sensitive: boolean;
  language: string | null;
  audience: string;
  reply_to: string | null;
  quote_of: string | null;
  poll: { options: string[]; expires_in: number; multiple: boolean } | null;
  /** What is said of the same inside; nothing where it is not. */
  also_internal?: { audience: string; text: string };
  /** Why it stays inside, and when it is looked at again, where that is said. */
  reason?: InternalReason;
  review_at?: string;
}

export interface Draft extends Said {
  id: string;
  actor: { id: string; username: string | null };
  author: Somebody;
  state: DraftState;
  version: number;
  media: DraftMedia[];
  signature: string | null;
  approvals: { needed: number; by: Somebody[]; objections: Somebody[]; until: string | null; topics: string };
  reviews: { by: Somebody; verdict: string; comment: string | null; current: boolean; at: string }[];
  writing: Somebody[];
  scheduled_at: string | null;
  held: string | null;
  post: { id: string; url: string | null } | null;
  created_at: string;
  updated_at: string;
}

export interface PastText extends Said {
  version: number;
  by: Somebody;
  at: string;
}

export const GRANT_ROLES = [
  'contributor',
  'responder',
  'publisher',
  'approver',
  'manager',
  'owner',
  'analyst',
  'auditor',
] as const;
export type GrantRole = (typeof GRANT_ROLES)[number];

export interface Login {
  id: string;
  actor: string;
  username: string;
  display_name: string;
  kind: 'employee' | 'customer' | 'partner' | 'press';
  role: 'owner' | 'admin' | 'moderator' | 'member';
  created_at: string;
  suspended_at: string | null;
  limited: boolean;
  grants: { actor: string; role: GrantRole }[];
  department: { id: string; name: string } | null;
}

export interface Invitation {
  id: string;
  state: 'open' | 'used' | 'expired' | 'revoked';
  kind: 'employee' | 'customer';
  role: string;
  grants: { actor: string; role: GrantRole }[];
  email: string | null;
  people: number;
  accepted_by: { account: string; username: string | null; at?: string }[];
  invited_by: { account: string; username: string | null } | null;
  created_at: string;
  expires_at: string;
  link?: string;
}

export interface SignUp {
  id: string;
  username: string;
  display_name: string;
  email: string;
  reason: string;
  created_at: string;
}

export interface Grant {
  account: string;
  actor: string;
  username: string;
  display_name: string;
  role: GrantRole;
  suspended: boolean;
}

/** Of what not everybody speaks without asking; in `may` the accounts who do. */
export interface Topic {
  name: string;
  words: string[];
  may: string[];
}

export type Lane = 'free' | 'approval' | 'closed';

/** What one may say for a brand. */
export interface Authority {
  posts: Lane;
  replies: Lane;
  edits: Lane;
  approvals: number;
  topics: { name: string; words: string[]; may: boolean }[];
  crisis_since: string | null;
  /** What one lacks for answers to be free, or for one's own approvals to count. */
  missing: { step: 'certificate_to_answer' | 'certificate_to_approve' }[];
}

/** Whom a post would reach. */
export interface Preview {
  audience: string;
  followers: number | null;
  people: number | null;
  servers: number;
  hosts: string[];
  /** Whom it names elsewhere that nobody here has met. */
  unknown: string[];
}

export interface Policy {
  actor: string;
  min_approvals: number;
  self_approve: boolean;
  approval_hours: number;
  reply_lane: 'free' | 'certified' | 'approval';
  /** Approvals count only of who holds a certificate for it. */
  certified_approvers: boolean;
  signature: 'none' | 'initials' | 'name' | 'name_link' | 'mention';
  /** The name is followed by the department. */
  signature_department: boolean;
  typo_lane: boolean;
  topics: Topic[];
  version: number;
  crisis: { since: string; min_approvals: number } | null;
  proposal: {
    id: string;
    account: string;
    wished: Record<string, unknown>;
    reason: string | null;
    at: string;
  } | null;
  role: GrantRole;
}

export const RUNGS = ['listen', 'reply', 'publish'] as const;
export type Exposure = (typeof RUNGS)[number];

export interface Reach {
  level: Exposure;
  company: Exposure;
  counts: Exposure;
  may_set: boolean;
}

export interface Crisis {
  active: boolean;
  since: string | null;
  started_by: { account: string; username: string } | null;
  reason: string | null;
  held_drafts: number;
  held_posts: number;
  statement: string | null;
  statement_post: string | null;
  end: {
    asked_by: { account: string; username: string } | null;
    asked_at: string | null;
    until: string;
    reason: string | null;
  } | null;
  may_handle: boolean;
}

export const SERVER_STATES = ['failing', 'paused', 'blocked', 'fine'] as const;
/** Another server that we know, and how well sending to it goes. */
export interface Server {
  host: string;
  state: (typeof SERVER_STATES)[number];
  blocked_at: string | null;
  block_reason: string | null;
  limited_at: string | null;
  limit_reason: string | null;
  software: string | null;
  /** Failed tries in a row. */
  failures: number;
  paused_until: string | null;
  last_success_at: string | null;
  last_failure_at: string | null;
  last_error: string | null;
  seen_at: string;
  /** How many deliveries wait, and how many were given up. */
  waiting: number;
  failed: number;
}

export const DELIVERY_STATES = ['failed', 'waiting', 'delivered'] as const;
export interface Delivery {
  id: string;
  host: string;
  state: (typeof DELIVERY_STATES)[number];
  attempts: number;
  last_status: number | null;
  last_error: string | null;
  /** When it is tried next, while it waits. */
  next_at: string | null;
  done_at: string | null;
}

/** Work that was given up. */
export interface Parked {
  id: string;
  kind: string;
  attempts: number;
  last_error: string | null;
  created_at: string;
}

export interface Finding {
  id: string;
  /** English, as everything that the doctor says. */
  name: string;
  result: 'ok' | 'warning' | 'failed' | 'skipped';
  found: string;
  advice?: string;
}

export interface Examined {
  healthy: boolean;
  checked_at: string;
  checks: Finding[];
}

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
  guildhall: { failed: string | null };
}

export interface Act {
  id: string;
  at: string;
  by: { account: string; username: string | null } | null;
  act: string;
  /** To what, such as `account:12` or `server:social.example`. */
  about: string;
  /** The brand that it concerns. */
  actor: string | null;
  reason: string | null;
  details: unknown;
  hash: string;
}
