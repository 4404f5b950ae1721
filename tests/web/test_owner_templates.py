"""Templates of the owner in place of ours."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from searchapp.errors import BadSetting
from searchapp.settings import Settings
from searchapp.web import serving
from tests.web.html import get


@pytest.fixture
def site(tmp_path: Path) -> Callable[..., Path]:
    """Writes templates, and a file that names their folder."""

    def write(**templates: str) -> Path:
        folder = tmp_path / "vorlagen"
        folder.mkdir()
        for name, text in templates.items():
            (folder / name.replace("_", ".")).write_text(text, "utf-8")
        path = tmp_path / "seite.toml"
        path.write_text("templates = 'vorlagen'", "utf-8")
        return path

    return write


def test_a_block_is_filled_and_the_rest_stays(
    make_client: Callable[..., FlaskClient], site: Callable[..., Path]
) -> None:
    """On all pages by the base, on one by its own template; what they include is found."""
    path = site(
        base_html='{% extends "searchapp/base.html" %}{% block footer %}'
        '{{ super() }}{% include "gruss.html" %}{% endblock %}',
        home_html='{% extends "searchapp/home.html" %}'
        '{% block main %}<p id="own">{{ site_name }}</p>{{ super() }}{% endblock %}',
        gruss_html='<p id="greeting">{{ "<b>" }}</p>',
    )
    client = make_client(site=path, site_name="A & B")
    home = get(client, "/", lang="de")
    assert home.text("//main/p[@id='own']") == "A & B"
    assert home.count("//ul[@class='cards']/li") == 6
    for url, status in (("/", 200), ("/search?q=strom", 200), ("/nichts", 404)):
        page = get(client, url, status=status)
        assert page.text("//p[@id='greeting']") == "<b>"
        assert page.count("//footer[@class='foot']") == 1


def test_a_template_is_replaced(
    make_client: Callable[..., FlaskClient], site: Callable[..., Path]
) -> None:
    """As a whole, wherever it is included."""
    client = make_client(site=site(footer_html="<p>Mein Fuß</p>"))
    assert get(client, "/search?q=strom").text("//footer") == "Mein Fuß"


@pytest.mark.parametrize(
    ("templates", "message"),
    [
        ({"base_html": "a\n{% block x %}"}, "base.html:2 cannot be read (Unexpected end"),
        ({"base_html": "{{ 1|nothing }}"}, "base.html:1 cannot be read (No filter named 'nothing'"),
        ({"bsae_html": ""}, "bsae.html is used by no page; call it as one of ours (api.html"),
        ({"home_htm": ""}, "home.htm is no template; leave only files there that end in .html"),
        (
            {"home_html": '{% extends "searchapp/home.html" %}\n{% block mian %}{% endblock %}'},
            "home.html:2 fills a block 'mian', which its page does not have; use one of: aside",
        ),
        ({"base_html": '{% extends "base.html" %}'},
         'base.html extends itself (base.html); write {% extends "searchapp/base.html" %}'),
        ({"home_html": '{% extends "bass.html" %}'}, "names 'bass.html', which is not there"),
        ({"home_html": '{% include "searchapp/x.html" %}'}, "names 'searchapp/x.html'"),
        ({"base_html": "{{ nothing.at.all }}"}, "spoils every page (UndefinedError: 'nothing'"),
        ({"base_html": '{% include "base.html" %}'}, "spoils every page (RecursionError"),
    ],
)  # fmt: skip
def test_a_broken_template_is_told_at_the_start(
    settings: Settings, site: Callable[..., Path], templates: dict[str, str], message: str
) -> None:
    """With its line, and before the server listens."""
    path = site(**templates)
    with pytest.raises(BadSetting) as caught:
        serving.check_settings(settings.changed(site=path))
    assert str(caught.value).startswith("SEARCHAPP_SITE: ")
    assert message in str(caught.value)


def test_templates_in_another_encoding_are_told(
    settings: Settings, site: Callable[..., Path]
) -> None:
    """As they would be shown with wrong letters."""
    path = site(base_html="")
    (path.parent / "vorlagen" / "base.html").write_bytes("Fuß".encode("latin-1"))
    with pytest.raises(BadSetting, match=r"base\.html is not UTF-8"):
        serving.check_settings(settings.changed(site=path))
