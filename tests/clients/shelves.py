"""What one keeps for oneself, through Mastodon.py: called by mastodon_py.py."""

import requests


def ids(rows):
    return [row["id"] for row in rows]


def lists(api, me, post):
    """A list with oneself in it shows what one says."""
    made = api.list_create("Friends")
    assert made["id"] in ids(api.lists())
    made = api.list_update(made["id"], title="Colleagues", replies_policy="none", exclusive=True)
    assert (made["title"], made["replies_policy"], made["exclusive"]) == ("Colleagues", "none", True), made
    assert api.list(made["id"])["title"] == "Colleagues"
    api.list_accounts_add(made["id"], [me["id"]])
    assert ids(api.list_accounts(made["id"])) == [me["id"]]
    assert ids(api.account_lists(me["id"])) == [made["id"]]
    assert post["id"] in ids(api.timeline_list(made["id"]))
    assert post["id"] not in ids(api.timeline_home())
    api.list_accounts_delete(made["id"], [me["id"]])
    assert api.list_accounts(made["id"]) == []
    api.list_delete(made["id"])
    assert api.lists() == []
    assert post["id"] in ids(api.timeline_home())


def kept(api, post):
    """Bookmarks and favourites hold what was put there."""
    assert api.status_bookmark(post["id"])["bookmarked"]
    assert ids(api.bookmarks()) == [post["id"]]
    api.status_unbookmark(post["id"])
    assert api.bookmarks() == []
    api.status_favourite(post["id"])
    assert ids(api.favourites()) == [post["id"]]
    api.status_unfavourite(post["id"])
    assert api.favourites() == []


def unwanted(api, other):
    """Whom and what one does not want to hear."""
    api.account_mute(other["id"])
    assert ids(api.mutes()) == [other["id"]]
    api.account_unmute(other["id"])
    api.account_block(other["id"])
    assert ids(api.blocks()) == [other["id"]]
    api.account_unblock(other["id"])
    assert api.mutes() == [] and api.blocks() == []
    api.domain_block("noise.example")
    assert list(api.domain_blocks()) == ["noise.example"]
    api.domain_unblock("noise.example")
    assert list(api.domain_blocks()) == []


def habits(api, me, post, other):
    """How one reads and writes."""
    assert api.account_note_set(other["id"], "A note")["note"] == "A note"
    assert api.account_relationships(other["id"])[0]["note"] == "A note"
    api.account_note_set(other["id"], "")
    version = api.markers_set(["home"], [post["id"]])["home"]["version"]
    assert str(api.markers_get(["home"])["home"]["last_read_id"]) == str(post["id"])
    assert version >= 1
    assert api.preferences()["posting:default:visibility"] == "public"
    assert api.status_mute(post["id"])["muted"]
    assert not api.status_unmute(post["id"])["muted"]


def hashtags(api, me):
    """Hashtags that are followed, and shown on one's profile."""
    assert api.tag_follow("parrots")["following"]
    assert [tag["name"] for tag in api.followed_tags()] == ["parrots"]
    assert api.tag("parrots")["following"]
    assert not api.tag_unfollow("parrots")["following"]
    made = api.featured_tag_create("parrots")
    assert [tag["name"] for tag in api.account_featured_tags(me["id"])] == ["parrots"]
    api.featured_tag_delete(made["id"])
    assert api.featured_tags() == []


def offers(api):
    """What the server offers to look at, and says of itself."""
    for many in (api.directory(local=True), api.suggestions(), api.trending_tags(), api.trending_statuses()):
        assert isinstance(many, list), many
    assert len(api.instance_activity()) == 12
    assert isinstance(api.instance_peers(), list) and isinstance(api.instance_rules(), list)
    assert isinstance(api.instance_extended_description()["content"], str)
    assert api.trending_links() == []
    assert not api.instance_translation_languages()


def company(api):
    """What the company has of its own, and what it announces: each puts that away for themselves."""
    [emoji] = api.custom_emojis()
    assert (emoji["shortcode"], emoji["category"], emoji["visible_in_picker"]) == ("tea", "Drinks", True), emoji
    assert requests.get(emoji["url"]).headers["content-type"] == "image/png"
    said = api.status_post("A cup of :tea:", visibility="unlisted")
    assert [(one["shortcode"], one["url"]) for one in said["emojis"]] == [("tea", emoji["url"])], said
    api.status_delete(said["id"])
    [told] = api.announcements()
    assert "<em>tea</em>" in told["content"] and not told["read"], told
    assert [one["url"] for one in told["emojis"]] == [emoji["url"]], told
    assert told["published_at"] == told["updated_at"] and told["reactions"] == [], told
    api.announcement_dismiss(told["id"])
    [told] = api.announcements()
    assert told["read"], told


def use(api, me, post, other):
    """Everything, with a post of one's own and somebody else."""
    lists(api, me, post)
    kept(api, post)
    unwanted(api, other)
    habits(api, me, post, other)
    hashtags(api, me)
    offers(api)
    company(api)
