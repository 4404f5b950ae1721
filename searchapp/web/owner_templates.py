"""Templates of the owner, which take the place of ours of the same name.

One that begins with `{% extends "searchapp/base.html" %}` fills blocks of ours and leaves the rest;
others may be included by them. All are read and checked at the start, and are trusted like code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from flask import Flask, render_template
from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    DictLoader,
    Environment,
    PrefixLoader,
    TemplateNotFound,
    TemplateSyntaxError,
    meta,
    nodes,
)

from searchapp.errors import BadSetting, system_reason
from searchapp.settings import variable
from searchapp.translation import N_, Message, Number

OURS = "searchapp"
"""Names our templates also when one of the owner has the same name."""

SUFFIX = ".html"
MAX_BYTES = 1_000_000


def init_templates(app: Flask, folder: Path) -> tuple[Path, ...]:
    """Put the templates of a folder before ours, and return their files. Raises BadSetting."""
    own = _read(folder)
    ours = app.create_global_jinja_loader()
    loaders: list[BaseLoader] = [PrefixLoader({OURS: ours}), DictLoader(own), ours]
    app.jinja_env.loader = ChoiceLoader(loaders)
    # Filters and sentences are those of a language, which is that of a request.
    with app.test_request_context("/"):
        env = app.jinja_env.get_template(f"{OURS}/base.html").environment
        _Check(env, folder, own, set(ours.list_templates())).run()
        _try(folder)
    return tuple(folder / name for name in own)


def _read(folder: Path) -> dict[str, str]:
    own = {}
    left = MAX_BYTES
    try:
        for path in sorted(folder.iterdir()):
            if path.name.startswith(".") or path.name.endswith("~"):
                continue
            if path.suffix != SUFFIX or not path.is_file():
                raise _bad(
                    path,
                    N_("is no template"),
                    N_("leave only files there that end in %(suffix)s", suffix=SUFFIX),
                )
            with path.open("rb") as file:
                data = file.read(left + 1)
            if len(data) > left:
                raise _bad(
                    folder,
                    N_("has more than %(max_bytes)s bytes", max_bytes=Number(MAX_BYTES)),
                    N_("leave something out"),
                )
            left -= len(data)
            own[path.name] = data.decode("utf-8-sig")
    except OSError as error:
        raise _bad(
            folder,
            N_("cannot be read (%(reason)s)", reason=system_reason(error)),
            N_("correct the rights"),
        ) from None
    except UnicodeDecodeError as error:
        raise _bad(
            path, N_("is not UTF-8 (%(error)s)", error=error), N_("save it as UTF-8")
        ) from None
    return own


class _Check:
    """Finds what would not work, and what would have no effect, before a reader does."""

    def __init__(
        self, env: Environment, folder: Path, own: Mapping[str, str], ours: set[str]
    ) -> None:
        self._env, self._folder, self._own, self._ours = env, folder, own, ours

    def run(self) -> None:
        trees = {name: self._tree(name) for name in self._own}
        named: set[str] = set()
        for name, tree in trees.items():
            references = {each for each in meta.find_referenced_templates(tree) if each}
            for each in sorted(references):
                self._find(name, each)
            named |= references
            self._check_blocks(name, tree)
        for name in self._own:
            if name not in self._ours | named:
                names = ", ".join(sorted(self._ours))
                raise _bad(
                    self._folder / name,
                    N_("is used by no page"),
                    N_("call it as one of ours (%(names)s), or include it in another", names=names),
                )

    def _tree(self, name: str) -> nodes.Template:
        try:
            # Compiled, too: only then are unknown filters and tests found.
            self._env.compile(self._own[name], name)
            return self._env.parse(self._own[name], name)
        except TemplateSyntaxError as error:
            place = f"{self._folder / name}:{error.lineno}"
            raise _bad(
                place,
                N_("cannot be read (%(message)s)", message=error.message),
                N_("mend this line"),
            ) from None

    def _find(self, name: str, referenced: str) -> None:
        try:
            self._env.get_template(referenced)
        except TemplateNotFound:
            remedy = N_('ours are called as "%(ours)s/base.html"', ours=OURS)
            raise _bad(
                self._folder / name,
                N_("names %(referenced)r, which is not there", referenced=referenced),
                remedy,
            ) from None

    def _check_blocks(self, name: str, tree: nodes.Template) -> None:
        """Raise BadSetting for a block that its page does not have: it would never be seen."""
        parent = _parent(tree)
        if parent is None:
            return
        known: set[str] = set()
        seen = {name}
        while parent is not None:
            if parent in seen:
                raise _bad(
                    self._folder / name,
                    N_("extends itself (%(parent)s)", parent=parent),
                    N_('write {%% extends "%(ours)s/%(name)s" %%}', ours=OURS, name=name),
                )
            seen.add(parent)
            above = self._source(parent)
            known |= {each.name for each in above.find_all(nodes.Block)}
            parent = _parent(above)
        for block in _outer_blocks(tree):
            if block.name not in known:
                raise _bad(
                    f"{self._folder / name}:{block.lineno}",
                    N_("fills a block %(name)r, which its page does not have", name=block.name),
                    N_("use one of: %(names)s", names=", ".join(sorted(known))),
                )

    def _source(self, name: str) -> nodes.Template:
        assert self._env.loader is not None
        source, _, _ = self._env.loader.get_source(self._env, name)
        return self._env.parse(source, name)


def _parent(tree: nodes.Template) -> str | None:
    """The template that one extends, if its name stands there as such."""
    for extends in tree.find_all(nodes.Extends):
        if isinstance(extends.template, nodes.Const):
            return str(extends.template.value)
    return None


def _outer_blocks(node: nodes.Node) -> Iterator[nodes.Block]:
    """The blocks that are in no other one."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.Block):
            yield child
        else:
            yield from _outer_blocks(child)


def _try(folder: Path) -> None:
    """Raise BadSetting if not even a page that tells of an error can be made."""
    try:
        render_template("error.html", status=404, title="", sentence="")
    except Exception as error:
        what = N_("spoils every page (%(name)s: %(error)s)", name=type(error).__name__, error=error)
        raise _bad(folder, what, N_("mend base.html, error.html, or what they include")) from error


def _bad(place: Path | str, what: Message, remedy: Message) -> BadSetting:
    return BadSetting(
        N_("%(place)s %(what)s", place=place, what=what), where=variable("site"), remedy=remedy
    )
