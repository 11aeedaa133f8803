//! The tables as Diesel sees them. A test compares this file with both migrated databases.

#![expect(missing_docs, reason = "the migrations carry the comments")]

diesel::table! {
    settings (key) {
        key -> Text,
        value -> Text,
    }
}

diesel::table! {
    slots (slot) {
        slot -> Integer,
        holder -> Text,
        leased_until -> BigInt,
    }
}

diesel::table! {
    servers (host) {
        host -> Text,
        blocked -> Bool,
        blocked_at -> Nullable<BigInt>,
        block_reason -> Nullable<Text>,
        software -> Nullable<Text>,
        signature_scheme -> Nullable<Text>,
        get_without_query -> Bool,
        failures -> Integer,
        paused_until -> BigInt,
        pause_asked -> Bool,
        last_success_at -> Nullable<BigInt>,
        last_failure_at -> Nullable<BigInt>,
        last_error -> Nullable<Text>,
        seen_at -> BigInt,
        limited_at -> Nullable<BigInt>,
        limit_reason -> Nullable<Text>,
    }
}

diesel::table! {
    actors (id) {
        id -> BigInt,
        kind -> Text,
        username -> Text,
        username_key -> Text,
        host -> Text,
        uri -> Text,
        url -> Nullable<Text>,
        name -> Text,
        summary -> Text,
        summary_source -> Text,
        icon -> Nullable<Text>,
        header -> Nullable<Text>,
        fields -> Text,
        inbox -> Text,
        shared_inbox -> Nullable<Text>,
        followers_uri -> Nullable<Text>,
        collections -> Text,
        locked -> Bool,
        discoverable -> Bool,
        indexable -> Bool,
        bot -> Bool,
        also_known_as -> Text,
        moved_to -> Nullable<Text>,
        followers_count -> BigInt,
        following_count -> BigInt,
        posts_count -> BigInt,
        last_post_at -> Nullable<BigInt>,
        published_at -> BigInt,
        updated_at -> BigInt,
        fetched_at -> Nullable<BigInt>,
        suspended_at -> Nullable<BigInt>,
        deleted_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    attribution_domains (actor_id, domain) {
        actor_id -> BigInt,
        domain -> Text,
    }
}

diesel::table! {
    emojis (id) {
        id -> BigInt,
        shortcode -> Text,
        category -> Nullable<Text>,
        name -> Text,
        file -> Text,
        still -> Text,
        media_type -> Text,
        url -> Text,
        static_url -> Text,
        visible -> Bool,
        created_at -> BigInt,
    }
}

diesel::table! {
    actor_emojis (actor_id, shortcode) {
        actor_id -> BigInt,
        shortcode -> Text,
        url -> Text,
    }
}

diesel::table! {
    announcements (id) {
        id -> BigInt,
        source -> Text,
        content -> Text,
        ends_at -> Nullable<BigInt>,
        created_at -> BigInt,
        changed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    announcement_reads (announcement_id, actor_id) {
        announcement_id -> BigInt,
        actor_id -> BigInt,
    }
}

diesel::table! {
    refused_actors (actor_id) {
        actor_id -> BigInt,
    }
}

diesel::table! {
    limited_actors (actor_id) {
        actor_id -> BigInt,
        limited_at -> Nullable<BigInt>,
        with_server -> Bool,
    }
}

diesel::table! {
    actor_keys (id) {
        id -> BigInt,
        actor_id -> BigInt,
        key_uri -> Text,
        algorithm -> Text,
        public_key -> Binary,
        private_key -> Nullable<Binary>,
        fetched_at -> BigInt,
    }
}

diesel::table! {
    spare_keys (id) {
        id -> BigInt,
        public_key -> Binary,
        private_key -> Binary,
    }
}

diesel::table! {
    accounts (id) {
        id -> BigInt,
        actor_id -> BigInt,
        email -> Nullable<Text>,
        email_key -> Nullable<Text>,
        password_hash -> Nullable<Text>,
        kind -> Text,
        role -> Text,
        default_language -> Nullable<Text>,
        created_at -> BigInt,
        suspended_at -> Nullable<BigInt>,
        deleted_at -> Nullable<BigInt>,
        named_as -> Text,
        invited_by -> Nullable<BigInt>,
        invitation_id -> Nullable<BigInt>,
        letter_language -> Nullable<Text>,
    }
}

diesel::table! {
    invitations (id) {
        id -> BigInt,
        kind -> Text,
        role -> Text,
        grants -> Text,
        team_id -> Nullable<BigInt>,
        email -> Nullable<Text>,
        email_key -> Nullable<Text>,
        most -> BigInt,
        accepted -> BigInt,
        invited_by -> Nullable<BigInt>,
        created_at -> BigInt,
        expires_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    invitation_links (secret_hash) {
        secret_hash -> Binary,
        invitation_id -> BigInt,
    }
}

diesel::table! {
    sign_ups (id) {
        id -> BigInt,
        username -> Text,
        username_key -> Text,
        display_name -> Text,
        email -> Text,
        email_key -> Text,
        password_hash -> Text,
        reason -> Text,
        listed -> Bool,
        secret_hash -> Binary,
        app_id -> Nullable<BigInt>,
        scopes -> Text,
        created_at -> BigInt,
        confirmed_at -> Nullable<BigInt>,
        language -> Nullable<Text>,
    }
}

diesel::table! {
    sign_up_links (secret_hash) {
        secret_hash -> Binary,
        sign_up_id -> BigInt,
        email_key -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    sign_up_refusals (id) {
        id -> BigInt,
        email -> Text,
        reason -> Text,
        created_at -> BigInt,
        language -> Nullable<Text>,
    }
}

diesel::table! {
    grants (account_id, actor_id) {
        account_id -> BigInt,
        actor_id -> BigInt,
        role -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    tokens (id) {
        id -> BigInt,
        secret_hash -> Binary,
        account_id -> BigInt,
        actor_id -> BigInt,
        scopes -> Text,
        name -> Text,
        created_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
        app_id -> Nullable<BigInt>,
        code_id -> Nullable<BigInt>,
        browser_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    teams (id) {
        id -> BigInt,
        name -> Text,
        name_key -> Text,
        created_at -> BigInt,
        kind -> Text,
    }
}

diesel::table! {
    certificates (id) {
        id -> BigInt,
        account_id -> BigInt,
        role -> Text,
        note -> Nullable<Text>,
        given_by -> Nullable<BigInt>,
        given_at -> BigInt,
        valid_until -> BigInt,
        revoked_at -> Nullable<BigInt>,
        warned_at -> Nullable<BigInt>,
        ended_told_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    team_members (team_id, account_id) {
        team_id -> BigInt,
        account_id -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    follows (id) {
        id -> BigInt,
        follower_id -> BigInt,
        target_id -> BigInt,
        state -> Text,
        uri -> Nullable<Text>,
        show_boosts -> Bool,
        notify -> Bool,
        created_at -> BigInt,
        languages -> Nullable<Text>,
    }
}

diesel::table! {
    blocks (id) {
        id -> BigInt,
        actor_id -> BigInt,
        target_id -> BigInt,
        uri -> Nullable<Text>,
        created_at -> BigInt,
    }
}

diesel::table! {
    mutes (id) {
        id -> BigInt,
        actor_id -> BigInt,
        target_id -> BigInt,
        notifications -> Bool,
        expires_at -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

diesel::table! {
    posts (id) {
        id -> BigInt,
        audience -> Text,
        uri -> Nullable<Text>,
        url -> Nullable<Text>,
        author_id -> BigInt,
        kind -> Text,
        title -> Nullable<Text>,
        content -> Text,
        source -> Nullable<Text>,
        source_type -> Nullable<Text>,
        summary -> Text,
        sensitive -> Bool,
        language -> Nullable<Text>,
        team_id -> Nullable<BigInt>,
        reply_to_id -> Nullable<BigInt>,
        reply_to_uri -> Nullable<Text>,
        reply_to_author_id -> Nullable<BigInt>,
        thread_id -> BigInt,
        attachments -> Text,
        emojis -> Text,
        details -> Text,
        replies_count -> BigInt,
        likes_count -> BigInt,
        boosts_count -> BigInt,
        published_at -> BigInt,
        created_at -> BigInt,
        edited_at -> Nullable<BigInt>,
        quotes_count -> BigInt,
        linked -> Bool,
        agreed -> Bool,
    }
}

diesel::table! {
    internal_reviews (post_id) {
        post_id -> BigInt,
        author_id -> BigInt,
        reason -> Nullable<Text>,
        review_at -> Nullable<BigInt>,
        asked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    publications (post_id) {
        post_id -> BigInt,
        audience -> Text,
        author_id -> Nullable<BigInt>,
        answers -> Bool,
    }
}

diesel::table! {
    post_edits (id) {
        id -> BigInt,
        post_id -> BigInt,
        title -> Nullable<Text>,
        content -> Text,
        summary -> Text,
        sensitive -> Bool,
        attachments -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    mentions (post_id, actor_id) {
        post_id -> BigInt,
        actor_id -> BigInt,
        hidden -> Bool,
    }
}

diesel::table! {
    hashtags (post_id, name) {
        post_id -> BigInt,
        name -> Text,
    }
}

diesel::table! {
    likes (id) {
        id -> BigInt,
        actor_id -> BigInt,
        post_id -> BigInt,
        uri -> Nullable<Text>,
        created_at -> BigInt,
    }
}

diesel::table! {
    boosts (id) {
        id -> BigInt,
        actor_id -> BigInt,
        post_id -> BigInt,
        uri -> Nullable<Text>,
        audience -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    home_entries (owner_id, id) {
        owner_id -> BigInt,
        id -> BigInt,
        post_id -> BigInt,
        author_id -> BigInt,
        boost_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    notifications (id) {
        id -> BigInt,
        owner_id -> BigInt,
        kind -> Text,
        from_id -> BigInt,
        post_id -> Nullable<BigInt>,
        created_at -> BigInt,
        read_at -> Nullable<BigInt>,
        filtered -> Bool,
        group_key -> Nullable<Text>,
        report_id -> Nullable<BigInt>,
        draft_id -> Nullable<BigInt>,
        draft_news -> Nullable<Text>,
        given_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    tombstones (uri, actor_id) {
        uri -> Text,
        actor_id -> BigInt,
        deleted_at -> BigInt,
    }
}

diesel::table! {
    received (signer_id, activity_uri) {
        signer_id -> BigInt,
        activity_uri -> Text,
        received_at -> BigInt,
    }
}

diesel::table! {
    taken_back (id) {
        id -> BigInt,
        claim -> Text,
        fingerprint -> Text,
        actor -> Text,
        host -> Text,
        letter -> Nullable<Text>,
        created_at -> BigInt,
        sender -> Text,
        provider -> Text,
    }
}

diesel::table! {
    activities (id) {
        id -> BigInt,
        uri -> Text,
        kind -> Text,
        actor_id -> BigInt,
        post_id -> Nullable<BigInt>,
        audience -> Nullable<Text>,
        object_uri -> Nullable<Text>,
        body -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    deliveries (id) {
        id -> BigInt,
        activity_id -> BigInt,
        actor_id -> BigInt,
        host -> Text,
        inbox -> Text,
        state -> Text,
        attempts -> Integer,
        next_at -> BigInt,
        leased_until -> BigInt,
        last_status -> Nullable<Integer>,
        last_error -> Nullable<Text>,
        created_at -> BigInt,
        done_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    delivery_days (day) {
        day -> BigInt,
        delivered -> BigInt,
        retried -> BigInt,
        given_up -> BigInt,
    }
}

diesel::table! {
    idempotency_keys (token_id, key) {
        token_id -> BigInt,
        key -> Text,
        post_id -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    jobs (id) {
        id -> BigInt,
        kind -> Text,
        lane -> Nullable<Text>,
        origin -> Nullable<Text>,
        target -> Nullable<Text>,
        payload -> Text,
        state -> Text,
        attempts -> Integer,
        run_at -> BigInt,
        leased_until -> BigInt,
        last_error -> Nullable<Text>,
        created_at -> BigInt,
        room -> Text,
    }
}

diesel::table! {
    submissions (uri) {
        uri -> Text,
        actor_id -> BigInt,
        change -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    pins (id) {
        id -> BigInt,
        actor_id -> BigInt,
        post_uri -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    poll_votes (id) {
        id -> BigInt,
        post_id -> BigInt,
        actor_id -> BigInt,
        choice -> Integer,
        created_at -> BigInt,
    }
}

diesel::table! {
    scheduled_posts (id) {
        id -> BigInt,
        actor_id -> BigInt,
        account_id -> BigInt,
        token_id -> Nullable<BigInt>,
        idempotency_key -> Nullable<Text>,
        wish -> Text,
        publish_at -> BigInt,
        failed -> Nullable<Text>,
        created_at -> BigInt,
        failed_code -> Nullable<Text>,
    }
}

diesel::table! {
    reports (id) {
        id -> BigInt,
        reporter_id -> BigInt,
        target_id -> BigInt,
        category -> Text,
        comment -> Text,
        forwarded -> Bool,
        assigned_id -> Nullable<BigInt>,
        resolved_at -> Nullable<BigInt>,
        resolved_by -> Nullable<BigInt>,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    report_posts (report_id, post_id) {
        report_id -> BigInt,
        post_id -> BigInt,
        uri -> Nullable<Text>,
        content -> Text,
    }
}

diesel::table! {
    report_rules (report_id, number) {
        report_id -> BigInt,
        number -> Integer,
        content -> Text,
    }
}

diesel::table! {
    apps (id) {
        id -> BigInt,
        client_id -> Text,
        secret_hash -> Binary,
        name -> Text,
        website -> Nullable<Text>,
        redirect_uris -> Text,
        scopes -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    app_codes (id) {
        id -> BigInt,
        code_hash -> Binary,
        app_id -> BigInt,
        account_id -> BigInt,
        actor_id -> BigInt,
        scopes -> Text,
        redirect_uri -> Text,
        challenge -> Nullable<Text>,
        created_at -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    app_tokens (id) {
        id -> BigInt,
        secret_hash -> Binary,
        app_id -> BigInt,
        scopes -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    browsers (id) {
        id -> BigInt,
        secret_hash -> Binary,
        account_id -> BigInt,
        name -> Text,
        code_due -> Bool,
        wrong_codes -> Integer,
        created_at -> BigInt,
        seen_at -> BigInt,
    }
}

diesel::table! {
    second_steps (account_id) {
        account_id -> BigInt,
        secret -> Binary,
        confirmed_at -> Nullable<BigInt>,
        last_step -> BigInt,
    }
}

diesel::table! {
    recovery_codes (account_id, code_hash) {
        account_id -> BigInt,
        code_hash -> Binary,
    }
}

diesel::table! {
    filters (id) {
        id -> BigInt,
        owner_id -> BigInt,
        title -> Text,
        contexts -> Text,
        action -> Text,
        expires_at -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

diesel::table! {
    filter_keywords (id) {
        id -> BigInt,
        filter_id -> BigInt,
        keyword -> Text,
        whole_word -> Bool,
    }
}

diesel::table! {
    filter_posts (id) {
        id -> BigInt,
        filter_id -> BigInt,
        post_id -> BigInt,
    }
}

diesel::table! {
    lists (id) {
        id -> BigInt,
        owner_id -> BigInt,
        title -> Text,
        replies_policy -> Text,
        exclusive -> Bool,
        created_at -> BigInt,
    }
}

diesel::table! {
    list_members (id) {
        id -> BigInt,
        list_id -> BigInt,
        actor_id -> BigInt,
        follow_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    bookmarks (id) {
        id -> BigInt,
        actor_id -> BigInt,
        post_id -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    shunned_hosts (id) {
        id -> BigInt,
        actor_id -> BigInt,
        host -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    media (id) {
        id -> BigInt,
        actor_id -> BigInt,
        account_id -> BigInt,
        post_id -> Nullable<BigInt>,
        purpose -> Text,
        state -> Text,
        name -> Text,
        kind -> Text,
        media_type -> Text,
        bytes -> Integer,
        description -> Text,
        details -> Text,
        created_at -> BigInt,
        scheduled_id -> Nullable<BigInt>,
        draft_id -> Nullable<BigInt>,
        copy_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    elsewhere (name) {
        name -> Text,
        media_type -> Text,
        bytes -> Integer,
        used_at -> BigInt,
    }
}

diesel::table! {
    link_cards (id) {
        id -> BigInt,
        url -> Text,
        card -> Nullable<Text>,
        asked_at -> Nullable<BigInt>,
        created_at -> BigInt,
        named_by -> Text,
    }
}

diesel::table! {
    post_cards (post_id) {
        post_id -> BigInt,
        card_id -> BigInt,
    }
}

diesel::table! {
    quote_refusals (post_id, quoted_uri) {
        post_id -> BigInt,
        quoted_uri -> Text,
        state -> Text,
    }
}

diesel::table! {
    quotes (id) {
        id -> BigInt,
        post_id -> BigInt,
        quoted_id -> Nullable<BigInt>,
        quoted_uri -> Nullable<Text>,
        state -> Text,
        legacy -> Bool,
        open -> Bool,
        request_uri -> Nullable<Text>,
        approval_uri -> Nullable<Text>,
        created_at -> BigInt,
    }
}

diesel::table! {
    followed_tags (id) {
        id -> BigInt,
        actor_id -> BigInt,
        name -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    featured_tags (id) {
        id -> BigInt,
        actor_id -> BigInt,
        name -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    endorsements (id) {
        id -> BigInt,
        actor_id -> BigInt,
        target_id -> BigInt,
        follow_id -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    actor_notes (actor_id, target_id) {
        actor_id -> BigInt,
        target_id -> BigInt,
        text -> Text,
    }
}

diesel::table! {
    markers (actor_id, timeline) {
        actor_id -> BigInt,
        timeline -> Text,
        last_read_id -> BigInt,
        version -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    quiet_threads (actor_id, post_id) {
        actor_id -> BigInt,
        post_id -> BigInt,
    }
}

diesel::table! {
    writing_habits (actor_id) {
        actor_id -> BigInt,
        audience -> Text,
        sensitive -> Bool,
        quoters -> Text,
    }
}

diesel::table! {
    doubtful_handles (actor_id) {
        actor_id -> BigInt,
        claimed_host -> Nullable<Text>,
    }
}

diesel::table! {
    notification_policies (owner_id) {
        owner_id -> BigInt,
        for_not_following -> Text,
        for_not_followers -> Text,
        for_new_accounts -> Text,
        for_private_mentions -> Text,
        for_limited_accounts -> Text,
    }
}

diesel::table! {
    notification_requests (id) {
        id -> BigInt,
        owner_id -> BigInt,
        from_id -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    notification_permissions (owner_id, from_id) {
        owner_id -> BigInt,
        from_id -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    conversations (id) {
        id -> BigInt,
        owner_id -> BigInt,
        people -> Text,
        unread -> Bool,
        created_at -> BigInt,
        last_post -> BigInt,
    }
}

diesel::table! {
    conversation_posts (owner_id, post_id) {
        owner_id -> BigInt,
        post_id -> BigInt,
        conversation_id -> BigInt,
    }
}

diesel::table! {
    push_subscriptions (id) {
        id -> BigInt,
        token_id -> BigInt,
        owner_id -> BigInt,
        endpoint -> Text,
        public_key -> Binary,
        auth -> Binary,
        standard -> Bool,
        alerts -> Text,
        policy -> Text,
        sealed_token -> Binary,
        created_at -> BigInt,
    }
}

diesel::table! {
    push_services (host) {
        host -> Text,
        failures -> Integer,
        paused_until -> BigInt,
        answered_at -> Nullable<BigInt>,
        seen_at -> BigInt,
    }
}

diesel::table! {
    password_resets (id) {
        id -> BigInt,
        secret_hash -> Binary,
        account_id -> BigInt,
        created_at -> BigInt,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    audit (seq) {
        seq -> BigInt,
        at -> BigInt,
        person_id -> Nullable<BigInt>,
        act -> Text,
        about -> Text,
        actor_id -> Nullable<BigInt>,
        reason -> Nullable<Text>,
        details -> Text,
        previous -> Text,
        hash -> Text,
    }
}

diesel::table! {
    brand_policies (actor_id) {
        actor_id -> BigInt,
        min_approvals -> Integer,
        self_approve -> Bool,
        approval_hours -> Integer,
        reply_lane -> Text,
        version -> BigInt,
        updated_at -> BigInt,
        signature -> Text,
        typo_lane -> Bool,
        topics -> Text,
        signature_department -> Bool,
        certified_approvers -> Bool,
    }
}

diesel::table! {
    crises (id) {
        id -> BigInt,
        started_at -> BigInt,
        started_by -> Nullable<BigInt>,
        reason -> Text,
        held_drafts -> BigInt,
        held_posts -> BigInt,
        end_asked_at -> Nullable<BigInt>,
        end_asked_by -> Nullable<BigInt>,
        end_reason -> Nullable<Text>,
        ended_at -> Nullable<BigInt>,
        ended_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    exposures (actor_id) {
        actor_id -> BigInt,
        level -> Text,
        set_by -> Nullable<BigInt>,
        set_at -> BigInt,
    }
}

diesel::table! {
    policy_proposals (actor_id) {
        actor_id -> BigInt,
        id -> BigInt,
        change -> Text,
        seen_version -> BigInt,
        account_id -> BigInt,
        reason -> Nullable<Text>,
        created_at -> BigInt,
    }
}

diesel::table! {
    authorship (post_id) {
        post_id -> BigInt,
        account_id -> BigInt,
        shown_as -> Text,
        typos -> Integer,
        department -> Nullable<Text>,
    }
}

diesel::table! {
    drafts (id) {
        id -> BigInt,
        actor_id -> BigInt,
        author_id -> BigInt,
        state -> Text,
        wish -> Text,
        content_hash -> Text,
        version -> BigInt,
        writers -> Text,
        reply_owner_id -> BigInt,
        scheduled_at -> Nullable<BigInt>,
        scheduled_by -> Nullable<BigInt>,
        held -> Nullable<Text>,
        post_id -> Nullable<BigInt>,
        published_by -> Nullable<BigInt>,
        override_reason -> Nullable<Text>,
        created_at -> BigInt,
        updated_at -> BigInt,
        of_post -> Nullable<BigInt>,
        counted -> Nullable<Text>,
        waiting_id -> Nullable<BigInt>,
        at_once -> Bool,
        copy_id -> Nullable<BigInt>,
        reply_team_id -> Nullable<BigInt>,
        held_code -> Nullable<Text>,
    }
}

diesel::table! {
    publish_requests (id) {
        id -> BigInt,
        source_id -> Nullable<BigInt>,
        account_id -> BigInt,
        actor_id -> BigInt,
        state -> Text,
        wish -> Text,
        content_hash -> Text,
        version -> BigInt,
        draft_id -> Nullable<BigInt>,
        post_id -> Nullable<BigInt>,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    publish_consents (request_id, actor_id) {
        request_id -> BigInt,
        actor_id -> BigInt,
        content_hash -> Nullable<Text>,
        answered_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    counterparts (inside_id, outside_id) {
        inside_id -> BigInt,
        outside_id -> BigInt,
    }
}

diesel::table! {
    draft_versions (id) {
        id -> BigInt,
        draft_id -> BigInt,
        version -> BigInt,
        account_id -> BigInt,
        wish -> Text,
        content_hash -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    draft_reviews (id) {
        id -> BigInt,
        draft_id -> BigInt,
        account_id -> BigInt,
        content_hash -> Text,
        verdict -> Text,
        comment -> Nullable<Text>,
        created_at -> BigInt,
    }
}

diesel::table! {
    acts_once (token_id, key) {
        token_id -> BigInt,
        key -> Text,
        request_hash -> Text,
        subject_id -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    draft_presence (draft_id, account_id) {
        draft_id -> BigInt,
        account_id -> BigInt,
        seen_at -> BigInt,
    }
}

diesel::table! {
    passkeys (id) {
        id -> BigInt,
        account_id -> BigInt,
        credential_id -> Binary,
        public_key -> Binary,
        state -> Binary,
        name -> Text,
        created_at -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    passkey_challenges (challenge) {
        challenge -> Binary,
        account_id -> BigInt,
        used_at -> BigInt,
    }
}

diesel::joinable!(actor_keys -> actors (actor_id));
diesel::joinable!(accounts -> actors (actor_id));
diesel::joinable!(grants -> accounts (account_id));
diesel::joinable!(grants -> actors (actor_id));
diesel::joinable!(tokens -> accounts (account_id));
diesel::joinable!(tokens -> actors (actor_id));
diesel::joinable!(push_subscriptions -> tokens (token_id));
diesel::joinable!(password_resets -> accounts (account_id));
diesel::joinable!(invitation_links -> invitations (invitation_id));
diesel::joinable!(sign_up_links -> sign_ups (sign_up_id));
diesel::joinable!(passkeys -> accounts (account_id));
diesel::joinable!(team_members -> teams (team_id));
diesel::joinable!(team_members -> accounts (account_id));
diesel::joinable!(certificates -> accounts (account_id));
diesel::joinable!(posts -> actors (author_id));
diesel::joinable!(posts -> teams (team_id));
diesel::joinable!(post_edits -> posts (post_id));
diesel::joinable!(mentions -> posts (post_id));
diesel::joinable!(mentions -> actors (actor_id));
diesel::joinable!(hashtags -> posts (post_id));
diesel::joinable!(likes -> actors (actor_id));
diesel::joinable!(likes -> posts (post_id));
diesel::joinable!(boosts -> actors (actor_id));
diesel::joinable!(boosts -> posts (post_id));
diesel::joinable!(home_entries -> actors (owner_id));
diesel::joinable!(home_entries -> posts (post_id));
diesel::joinable!(notifications -> posts (post_id));
diesel::joinable!(activities -> actors (actor_id));
diesel::joinable!(deliveries -> activities (activity_id));
diesel::joinable!(idempotency_keys -> posts (post_id));
diesel::joinable!(submissions -> actors (actor_id));
diesel::joinable!(pins -> actors (actor_id));
diesel::joinable!(poll_votes -> actors (actor_id));
diesel::joinable!(poll_votes -> posts (post_id));
diesel::joinable!(tokens -> apps (app_id));
diesel::joinable!(app_codes -> apps (app_id));
diesel::joinable!(app_codes -> accounts (account_id));
diesel::joinable!(app_tokens -> apps (app_id));
diesel::joinable!(browsers -> accounts (account_id));
diesel::joinable!(filter_keywords -> filters (filter_id));
diesel::joinable!(filter_posts -> filters (filter_id));
diesel::joinable!(conversation_posts -> posts (post_id));
diesel::joinable!(conversation_posts -> conversations (conversation_id));
diesel::joinable!(list_members -> lists (list_id));
diesel::joinable!(quiet_threads -> posts (post_id));
diesel::joinable!(post_cards -> posts (post_id));
diesel::joinable!(post_cards -> link_cards (card_id));

/// Which tables stand in one query. Those that do, and not each with each: Diesel writes ten implementations for every
/// pair, and the compiler compares each of them with all others, which took a minute for a hundred tables.
macro_rules! asked_together {
    ($($left:ident: $($right:ident),+;)+) => {
        $($(diesel::allow_tables_to_appear_in_same_query!($left, $right);)+)+
    };
}

// What most questions are about.
diesel::allow_tables_to_appear_in_same_query!(
    actors,
    refused_actors,
    limited_actors,
    accounts,
    grants,
    tokens,
    teams,
    team_members,
    follows,
    blocks,
    mutes,
    posts,
    publications,
    mentions,
    hashtags,
    likes,
    boosts,
    home_entries,
    notifications,
    apps,
    conversations,
    conversation_posts,
    lists,
    list_members,
    shunned_hosts,
    media,
    quotes,
    drafts,
);

asked_together!(
    servers: actors, deliveries;
    actors: actor_keys, activities, submissions, pins, poll_votes, scheduled_posts, reports, browsers,
        notification_policies, notification_permissions, followed_tags, actor_notes, doubtful_handles,
        password_resets, passkeys, authorship;
    refused_actors: browsers, password_resets, passkeys, authorship;
    limited_actors: browsers, notification_policies, password_resets, passkeys, authorship;
    accounts: certificates, internal_reviews, publish_requests, publish_consents, app_codes, browsers,
        password_resets, sign_ups, passkeys, authorship;
    grants: certificates;
    tokens: browsers, push_subscriptions;
    teams: browsers, password_resets, passkeys, authorship;
    team_members: browsers, password_resets, passkeys, authorship;
    posts: publish_requests, publish_consents, post_edits, idempotency_keys, pins, poll_votes, reports,
        bookmarks, link_cards, post_cards, featured_tags, quiet_threads, authorship;
    publish_requests: publish_consents;
    hashtags: featured_tags;
    notifications: notification_requests, notification_permissions, authorship;
    activities: deliveries;
    apps: app_codes, app_tokens, sign_ups;
    app_codes: app_tokens;
    filters: filter_keywords, filter_posts;
    link_cards: post_cards;
    invitations: invitation_links;
    sign_ups: sign_up_links;
);
