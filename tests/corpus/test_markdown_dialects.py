"""What readers of a page never see as text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.corpus.markdown_dialects import plain_markdown, without_table_rules


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("A {{< youtube abc >}} B", "A  B"),
        ("{{% tip %}}\nEin **Rat**.\n{{% /tip %}}", "\nEin **Rat**.\n"),
        ('{{< figure src="a.jpg" caption="Ein Bild" >}}', "\n\nEin Bild\n\n"),
        ("{{</* youtube abc */>}}", ""),
        ("{{< mermaid >}}A-->B{{< /mermaid >}}C", "C"),
        ("{% for p in site.posts %}\n{{ p.title }}\n{% endfor %}E", "\n\nE"),
        ("[Text]({% post_url 2021-01-01-a %})", "[Text]()"),
        ("{% comment %}weg {{ x }}{% endcomment %}da", "da"),
        ("{% comment %}ohne Ende", "ohne Ende"),
        ("{%- raw -%}{{ echt }}{%- endraw -%}", "{{ echt }}"),
        ("{% include figure.html src='x' caption='Ein Bild' %}", "\n\nEin Bild\n\n"),
        ("Absatz\n{: .lead #x}", "Absatz\n"),
        ("*Wort*{:.fett}", "*Wort*"),
        ("## Kapitel {#kap .x}", "## Kapitel "),
        ("![B](b.png){width=50%}", "![B](b.png)"),
        ('[klein]{.smallcaps lang="de"}', "[klein]"),
        ("Wort.[^1] Mehr.[^note]\n\n[^note]: Die Note.", "Wort. Mehr.\n\n\nDie Note."),
        ("Wort^[Eine Note].", "Wort (Eine Note)."),
        ("[TOC]", ""),
        ("[[_TOC_]]", ""),
        ("1. Inhalt\n{:toc}\n\nText", "\n\nText"),
        ("::: warning\nText\n:::", "\n\n\nText\n\n\n"),
        ('!!! note "Wichtig"\n    Text', "\nWichtig\n\n    Text"),
        ("> [!tip] Rat\n> Text", "> Rat\n> Text"),
        ("- [x] getan\n1. [ ] offen", "- getan\n1. offen"),
        ("[[Seite|Der Text]] und [[Seite]] ![[bild.png]]", "Der Text und Seite "),
        ("Ein ==Wort== mehr", "Ein Wort mehr"),
        ('import X from "./x"\n\nText', "\n\nText"),
    ],
)
def test_additions_go(markdown: str, plain: str) -> None:
    """Calls and marks leave no trace, what they surround stays."""
    assert plain_markdown(markdown) == plain


@pytest.mark.parametrize(
    "markdown",
    [
        "```\n{{ x }} {% y %} [^1] {#z}\n```",
        "~~~~ruby\n[TOC]\n~~~~",
        "`{{ x }}` und ``a ` {{< b >}}``",
        "{a, b} {5} ${x}$ [sic] [1] [^_^] {:-)",
        "a == b == c",
        "TOC\nText: eins",
        "| A | B |\n|---|---|\n| 1 | 2 |",
        "{{ ohne Ende",
        "[Link](x)",
    ],
)
def test_text_and_code_stay(markdown: str) -> None:
    """What is not one of the additions is text."""
    assert plain_markdown(markdown) == markdown


def test_code_between_templates_stays() -> None:
    """As code: what is in it is no Markdown."""
    for begin, end in (("{% highlight go %}", "{% endhighlight %}"),
                       ("{{< highlight go >}}", "{{< /highlight >}}")):  # fmt: skip
        assert plain_markdown(f"{begin}\na *b* {{{{ c }}}}\n{end}").strip() == (
            "~~~~~~~~~\na *b* {{ c }}\n~~~~~~~~~"
        )


def test_rule_of_a_broken_table() -> None:
    """Goes; other dashes stay."""
    assert "---" not in without_table_rules("A | B |---|:---:| 1 | 2")
    assert without_table_rules("Wort --- Wort ---- ---") == "Wort --- Wort ---- ---"


@pytest.mark.parametrize(
    "piece",
    ["{{", "{%", "{{<", "`a", "[^", "[[", "{:a ", "{#a ", "==", "{::comment}", "%%", "-", "|---",
     "```\n", "~~~ ", "\n!!! a ", "![[", "^[", "{a=", "\nimport "],
)  # fmt: skip
def test_time_is_linear(piece: str) -> None:
    """A megabyte of beginnings without an end takes no longer than any other."""
    start = time.process_time()
    without_table_rules(plain_markdown(piece * (2**20 // len(piece))))
    assert time.process_time() - start < 20


@given(st.text("{}%<>/ raw\nend`~[]^:|-=\x00", max_size=200))
def test_no_text_raises(markdown: str) -> None:
    """Whatever is put together."""
    assert isinstance(without_table_rules(plain_markdown(markdown)), str)
