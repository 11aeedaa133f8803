"""A person in front of a browser: signs in, chooses as whom an app acts, and says yes."""

import html
import re
import urllib.parse

import requests


def hidden(page):
    """The hidden fields of the form in the main part of a page."""
    main = page.text.split("<main", 1)[1]
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', main)
    return {key: html.unescape(value) for key, value in fields}


def lets_in(address, name, password, acts_as):
    """Follows the address that an app shows, and answers the code to copy into the app."""
    origin = "{0.scheme}://{0.netloc}".format(urllib.parse.urlsplit(address))
    browser = requests.Session()
    page = browser.get(address)
    page = browser.post(f"{origin}/sign-in", data=hidden(page) | {"name": name, "password": password})
    assert page.url.startswith(f"{origin}/oauth/authorize?"), page.url
    choice = re.search(rf'name="act_as" value="(\d+)"(?:(?!</label>).)*@{acts_as}@', page.text, re.S)
    answer = hidden(page) | {"act_as": choice.group(1), "decision": "allow"}
    page = browser.post(f"{origin}/oauth/authorize", data=answer)
    assert page.status_code == 200, page.text
    return urllib.parse.parse_qs(urllib.parse.urlsplit(page.url).query)["code"][0]
