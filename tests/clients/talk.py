"""What one does not want to read, is told, and says to some alone, through Mastodon.py: called by mastodon_py.py."""


def ids(rows):
    return [row["id"] for row in rows]


def filters(api, post):
    """A filter finds words and single posts, in both versions."""
    word = {"keyword": "script", "whole_word": True}
    made = api.create_filter_v2("Machines", ["home", "public"], "warn", expires_in=3600, keywords_attributes=[word])
    assert made["id"] in ids(api.filters_v2())
    found = api.status(post["id"])["filtered"]
    assert [(one["filter"]["title"], one["keyword_matches"]) for one in found] == [("Machines", ["script"])], found
    changed = api.update_filter_v2(made["id"], title="Robots", filter_action="blur")
    assert (changed["title"], changed["filter_action"]) == ("Robots", "blur")
    assert api.filter_v2(made["id"])["title"] == "Robots"
    added = api.add_filter_keyword_v2(made["id"], "robot", whole_word=True)
    assert [word["keyword"] for word in api.filter_keywords_v2(made["id"])] == ["script", "robot"]
    older = api.filter(added["id"])
    assert (older["phrase"], older["irreversible"]) == ("robot", False)
    api.delete_filter_keyword_v2(added["id"])
    marked = api.add_filter_status_v2(made["id"], post["id"])
    assert ids(api.filter_statuses_v2(made["id"])) == [marked["id"]]
    assert str(api.filter_status_v2(marked["id"])["status_id"]) == str(post["id"])
    api.delete_filter_status_v2(marked["id"])
    api.delete_filter_v2(made["id"])
    assert api.filters_v2() == []
    made = api.filter_create("script", ["home"], irreversible=True)
    assert ids(api.filters()) == [made["id"]]
    assert api.filter_update(made["id"], phrase="robot", context=["public"])["phrase"] == "robot"
    api.filter_delete(made["id"])
    assert api.filters() == []
    assert api.status(post["id"])["filtered"] == []


def told(api, me):
    """Nobody did anything that one could be told of, and the policy is kept."""
    assert api.grouped_notifications()["notification_groups"] == []
    assert api.unread_grouped_notifications_count() == 0
    assert api.notifications_unread_count()["count"] == 0
    assert api.notification_requests() == []
    assert api.notifications_merged()
    policy = api.notifications_policy()
    strangers = "accept" if me["username"] == "brand" else "filter"
    assert (policy["for_new_accounts"], policy["for_private_mentions"]) == ("accept", strangers), policy
    assert api.update_notifications_policy(for_new_accounts="filter")["for_new_accounts"] == "filter"
    assert api.notifications_policy()["for_new_accounts"] == "filter"
    api.update_notifications_policy(for_new_accounts="accept")
    api.notifications_clear()


def conversations(api, me):
    """What one says to oneself alone is a conversation with oneself."""
    post = api.status_post("Note to myself", visibility="direct")
    (talk,) = api.conversations()
    assert talk["last_status"]["id"] == post["id"]
    assert ids(talk["accounts"]) == [me["id"]]
    assert not api.conversations_read(talk["id"])["unread"]
    api.status_delete(post["id"])
    assert api.conversations() == []


def search(api, me, post):
    """What one wrote is found by its words, and operators narrow it."""
    assert post["id"] in ids(api.search_v2("script hello", result_type="statuses")["statuses"])
    assert post["id"] in ids(api.search_v2("script from:me", result_type="statuses", account_id=me["id"])["statuses"])
    assert post["id"] not in ids(api.search_v2("script has:poll", result_type="statuses")["statuses"])
    assert me["id"] in ids(api.search_v2(me["username"])["accounts"])


def use(api, me, post):
    """All of it; `post` says that it is by a script."""
    search(api, me, post)
    filters(api, post)
    told(api, me)
    conversations(api, me)
