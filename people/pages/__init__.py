"""Pages about people, in the menu Setup and behind the user's menu."""

from pages.shell import account_links

account_links(
    settings="people.settings",
    sign_out="people.sign_out",
    language="people.language",
    users="people.user.list",
    save_view="people.view.save",
    choose_columns="people.columns.choose",
    store_columns="people.columns.store",
)
