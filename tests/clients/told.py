"""What one is told of by another, read, put together and put away through Mastodon.py: called by mastodon_py.py."""


def kinds(told):
    return sorted(one["type"] for one in told)


def use(api, other, me, post):
    """`other` follows, names and likes; `api` hears of each, alone and in groups, and puts them away."""
    other.account_follow(me["id"])
    said = other.status_post(f"@{me['username']} Hello")
    other.status_favourite(post["id"])
    told = api.notifications()
    assert kinds(told) == ["favourite", "follow", "mention"], told
    assert {one["account"]["id"] for one in told} == {other.account_verify_credentials()["id"]}, told
    named = next(one for one in told if one["type"] == "mention")
    assert named["status"]["id"] == said["id"], named
    assert kinds(api.notifications(types=["mention"])) == ["mention"]
    assert kinds(api.notifications(exclude_types=["mention"])) == ["favourite", "follow"]
    assert api.notifications(id=named["id"])["status"]["id"] == said["id"]
    grouped = api.grouped_notifications()
    assert kinds(grouped["notification_groups"]) == ["favourite", "follow", "mention"], grouped
    assert post["id"] in [status["id"] for status in grouped["statuses"]], grouped
    assert api.unread_grouped_notifications_count() == 3
    api.notifications_dismiss(named["id"])
    assert kinds(api.notifications()) == ["favourite", "follow"]
    other.status_unfavourite(post["id"])
    assert kinds(api.notifications()) == ["follow"], "a like that was taken back is told no more"
    api.notifications_clear()
    assert api.notifications() == []
    other.account_unfollow(me["id"])
    other.status_delete(said["id"])
