#!/usr/bin/env bash
# Walks a post of a brand from a draft in toot, through a colleague's approval, to another server, where the name of the
# person who wrote it stands under it; and shows that a post for the company reaches nobody outside.
#
#   docs/walks/brand-post.sh [GUILDHALL]
#
# Starts two servers on this machine, on ports 8091 and 8092 (WALK_PORTS="9001 9002" takes others), in a folder that goes
# at the end. Needs the built server (./target/release/guildhall, or the one that is named), toot, curl and python3. Once
# it asks you to sign in in a browser as Ben and to choose "Acme". Ends with an error at the first step that does not do
# what it says.
set -euo pipefail

guildhall=${1:-./target/release/guildhall}
read -r acme_port lake_port <<<"${WALK_PORTS:-8091 8092}"
acme=http://localhost:$acme_port
lake=http://localhost:$lake_port
folder=$(mktemp -d)
password='a sentence is easy to remember'
servers=()

export XDG_CONFIG_HOME=$folder/config
export GUILDHALL_FEDERATION__ALLOW_HTTP=true
export GUILDHALL_FEDERATION__ALLOWED_PRIVATE_ADDRESSES="[\"127.0.0.1:$acme_port\", \"127.0.0.1:$lake_port\", \"[::1]/128:$acme_port\", \"[::1]/128:$lake_port\"]"

finish() {
    if [ "${#servers[@]}" -gt 0 ]; then
        kill "${servers[@]}" 2>"$folder/kill" || true
        wait "${servers[@]}" || true
    fi
    rm -rf "$folder"
}
trap finish EXIT

say() { printf '\n%s\n' "$*"; }

fail() {
    printf 'This went wrong: %s\n' "$*" >&2
    exit 1
}

# A value of the JSON that comes in, by a Python expression in which it is called `it`.
pick() { python3 -c "import json, sys; it = json.load(sys.stdin); print($1)"; }

# What readers see of HTML.
plain() { python3 -c 'import html, re, sys; print(html.unescape(re.sub("<[^>]*>", " ", sys.stdin.read())).strip())'; }

# Commands of the two servers, each with its own folder.
acme() { "$guildhall" --listen "127.0.0.1:$acme_port" --data-dir "$folder/acme" "$@"; }
lake() { "$guildhall" --listen "127.0.0.1:$lake_port" --data-dir "$folder/lake" "$@"; }

# Starts one of them, until the walk ends.
serve() {
    "$guildhall" --listen "127.0.0.1:$1" --data-dir "$folder/$2" serve >>"$folder/$2.log" 2>&1 &
    servers+=($!)
}

# A call as whoever a token is of: call TOKEN METHOD URL [more for curl].
call() { curl --silent --show-error --fail-with-body --header "Authorization: Bearer $1" --request "$2" "${@:3}"; }

# Tries something until it succeeds, for a minute.
until_done() {
    for _ in $(seq 120); do
        if "$@"; then return; fi
        sleep 0.5
    done
    fail "waited a minute for: $*"
}

answers() { curl --silent --fail --output "$folder/ready" "$1/readyz"; }

say "1. Two companies open their houses: Acme at $acme, and Lakeside at $lake."
acme setup --name Acme --handle acme --owner ana --email ana@example.com --password "$password" >"$folder/acme.log"
lake setup --name Lakeside --handle lakeside --owner lars --email lars@example.com --password "$password" >"$folder/lake.log"
serve "$acme_port" acme
serve "$lake_port" lake
until_done answers "$acme"
until_done answers "$lake"
kill -0 "${servers[@]}" || fail "a server did not stay: $(cat "$folder"/*.log)"

say "2. Ben writes for Acme, Abe approves, and each post needs one approval and bears the name of who wrote it."
acme account create ben --role employee --display-name 'Ben Berg' --email ben@example.com --password "$password"
acme account create abe --role employee --display-name 'Abe Ahrens'
acme grant acme ben contributor
acme grant acme abe approver
ana=$(acme token create ana --scopes 'read write admin:write guildhall:approve' --json | pick 'it["token"]')
abe=$(acme token create abe --as acme --scopes 'read write' --json | pick 'it["token"]')
abe_himself=$(acme token create abe --scopes read --json | pick 'it["token"]')
brand=$(call "$abe" GET "$acme/api/v1/accounts/verify_credentials" | pick 'it["id"]')
call "$ana" PUT "$acme/api/guildhall/v1/actors/$brand/policy" --data min_approvals=1 --data signature=name_link \
    | pick '"   The rules: %s approval, signature %s" % (it["min_approvals"], it["signature"])'

say "3. Cleo, who lives at Lakeside, follows Acme."
cleo=$(lake account create cleo --role customer --token 'read write follow' --json | pick 'it["token"]')
found() {
    there=$(call "$cleo" GET "$lake/api/v2/search?resolve=true&q=@acme@localhost:$acme_port" | pick 'it["accounts"][0]["id"] if it["accounts"] else ""')
    [ -n "$there" ]
}
until_done found
call "$cleo" POST "$lake/api/v1/accounts/$there/follow" --output "$folder/follow"
follows() { [ "$(call "$cleo" GET "$lake/api/v1/accounts/relationships?id[]=$there" | pick 'it[0]["following"]')" = True ]; }
until_done follows

say "4. Ben signs in with toot. Open the address in a browser, sign in as ben with the password \"$password\", choose Acme,"
echo "   allow it, and bring the code back."
toot login --instance "$acme"

say "5. Ben posts in toot. It waits: only the team sees it."
waits=$(toot post 'We open a second workshop on Monday' --json)
id=$(pick 'it["id"]' <<<"$waits")
pick '"   toot shows: %s — %s" % (it["visibility"], it["spoiler_text"])' <<<"$waits"
[ "$(curl --silent --output "$folder/stranger" --write-out '%{http_code}' "$acme/api/v1/statuses/$id")" = 404 ] \
    || fail 'a stranger finds what waits'

say "6. Abe reads it in his app, and approves by liking it."
posted=$(call "$abe" POST "$acme/api/v1/statuses/$id/favourite")
uri=$(pick 'it["uri"]' <<<"$posted")
echo "   Now it is public: $uri"

say "7. It arrives at Lakeside, in Cleo's home, with Ben's name under it."
arrived() {
    content=$(call "$cleo" GET "$lake/api/v1/timelines/home" | pick "next((post['content'] for post in it if post['uri'] == '$uri'), '')")
    [ -n "$content" ]
}
until_done arrived
echo "   Cleo reads: $(plain <<<"$content")"
[[ "$content" == *'Ben Berg'* ]] || fail 'nobody is named under it'

say "8. Ana writes for the company alone. Her colleague reads it, and strangers find nothing."
secret="We plan a third workshop $RANDOM$RANDOM"
inside=$(call "$ana" POST "$acme/api/v1/statuses" --data-urlencode "status=$secret" --data local_only=true)
id=$(pick 'it["id"]' <<<"$inside")
[ "$(call "$abe_himself" GET "$acme/api/v1/statuses/$id" | pick 'it["local_only"]')" = True ] || fail 'her colleague does not read it'
for token in '' "$cleo"; do
    [ "$(curl --silent --output "$folder/stranger" --write-out '%{http_code}' --header "Authorization: Bearer $token" "$acme/api/v1/statuses/$id")" != 200 ] \
        || fail 'a stranger reads it'
done

say "9. What Acme says next arrives at Lakeside. What was for the company is in no byte that Lakeside has."
next=$(call "$abe" POST "$acme/api/v1/statuses" --data-urlencode 'status=See you on Monday')
id=$(pick 'it["id"]' <<<"$next")
call "$ana" POST "$acme/api/v1/statuses/$id/favourite" --output "$folder/approved" || fail "$(cat "$folder/approved")"
next_arrived() { call "$cleo" GET "$lake/api/v1/timelines/home" | grep --quiet 'See you on Monday'; }
until_done next_arrived
if grep --recursive --quiet --text "${secret##* }" "$folder/lake" "$folder/lake.log"; then fail 'it left the company'; fi

say "All of it did what it says. Both servers are stopped, and their folder is gone."
