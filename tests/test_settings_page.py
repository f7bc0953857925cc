"""The settings' page says what the table of settings and the keys' bindings say."""

from docs.make_settings_page import PAGE, page


def test_the_page_is_that_of_the_settings():
    assert PAGE.read_text(encoding="utf-8") == page(), "make settings-page"
