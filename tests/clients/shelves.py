"""What one keeps for oneself, through Mastodon.py: called by mastodon_py.py."""


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


def use(api, me, post, other):
    """Everything, with a post of one's own and somebody else."""
    lists(api, me, post)
