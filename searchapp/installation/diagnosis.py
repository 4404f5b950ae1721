"""What is wrong with an installation, and what to do about it: the checks of `searchapp doctor`.

Nothing is written, and nothing is read but what the program reads anyway. Each check looks at one
thing and finds it sound, or worth a look, or in the way of the program.
"""

from __future__ import annotations

import dataclasses
import http.client
import json
import locale
import os
import resource
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import searchapp
from searchapp import __version__
from searchapp.errors import BadSetting, CannotListen, NoIndex, SearchappError, system_reason
from searchapp.german.exceptions import load_exceptions
from searchapp.inspection import IndexState, inspect
from searchapp.installation.deployment import is_loopback
from searchapp.last_run import last_run
from searchapp.settings import Settings, place_of, settings_file
from searchapp.translation import N_, NN_, NO_TEXT, Message
from searchapp.web.serving import check_settings, listening_socket, worker_count

SOUND, ODD, BAD = "ok", "look", "fault"

MIN_FREE_BYTES = 200_000_000
"""What a small index needs, with room to spare."""
MIN_OPEN_FILES = 1024
"""Of a process: each reader's connection is one, and each segment of the index a few."""
MAX_CLOCK_ERROR_S = 300
ANSWER_TIMEOUT_S = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check has found.

    subject: what was checked, a word or two. severity: SOUND, ODD for what deserves a look, or BAD
    for what keeps the program from its work. sentence: what is so, with placeholders for the
    values, if there are any. remedy: what to do, with the same; NO_TEXT where there is nothing to
    do.
    """

    subject: Message
    severity: str
    sentence: Message
    remedy: Message = NO_TEXT
    values: Mapping[str, object] = field(default_factory=dict)

    def what(self) -> Message:
        """The sentence."""
        return Message(self.sentence, **self.values) if self.values else self.sentence

    def step(self) -> Message:
        """The remedy."""
        return Message(self.remedy, **self.values) if self.remedy else NO_TEXT


def diagnose() -> Iterator[Finding]:
    """Check everything; the settings are those of the file and the environment.

    Where they cannot be read, that is the last finding.
    """
    yield from _program()
    try:
        settings = Settings.from_environ()
    except BadSetting as error:
        yield _failed(N_("settings"), error)
        return
    for check in (
        _settings,
        _files_of_settings,
        _sources,
        _index_folder,
        _index,
        _last_run,
        _space,
        _temporary_folder,
        _memory,
        _open_files,
        _clock,
        _locale,
        _proxy,
        _server,
        _log,
    ):
        yield from check(settings)


def _failed(subject: Message, error: SearchappError) -> Finding:
    """What an error of the program says, as a finding."""
    place = place_of(error.where) if isinstance(error, BadSetting) and error.what else error.where
    what = N_("%(where)s: %(what)s", where=place, what=error.what) if place else error.what
    values = {"what": what, "remedy": error.remedy}
    return Finding(subject, BAD, N_("%(what)s"), N_("%(remedy)s"), values)


def _program() -> Iterator[Finding]:
    python = ".".join(map(str, sys.version_info[:3]))
    values: dict[str, object] = {"version": __version__, "python": python}
    yield Finding(
        N_("program"), SOUND, N_("searchapp %(version)s, Python %(python)s"), values=values
    )
    if os.geteuid() == 0:
        yield Finding(
            N_("user"),
            ODD,
            N_("this is root, who may read and write everything"),
            N_("run it as the user of the server: runuser -u searchapp -- searchapp doctor"),
        )


def _settings(settings: Settings) -> Iterator[Finding]:
    file = settings_file()
    if file is None:
        yield Finding(
            N_("settings"),
            SOUND,
            N_("no settings file; the environment and the defaults hold"),
        )
        return
    named = NN_(
        "%(path)s names %(count)s setting; the others have their defaults",
        "%(path)s names %(count)s settings; the others have their defaults",
        len(file.named),
        path=file.path,
    )
    yield Finding(N_("settings"), SOUND, named)
    secrets = [each.name for each in dataclasses.fields(settings) if not each.repr]
    names = ", ".join(name for name in secrets if name in file.named)
    with suppress(OSError):
        if names and file.path.stat().st_mode & stat.S_IROTH:
            yield Finding(
                N_("settings"),
                ODD,
                N_("everybody on this machine can read %(names)s in %(path)s"),
                N_("chgrp searchapp %(path)s && chmod 640 %(path)s"),
                {"names": names, "path": file.path},
            )


def _files_of_settings(settings: Settings) -> Iterator[Finding]:
    """Whatever else the server would refuse when it starts."""
    try:
        if settings.exceptions:
            load_exceptions(settings.exceptions)
        check_settings(settings)
    except SearchappError as error:
        yield _failed(N_("settings"), error)


def _sources(settings: Settings) -> Iterator[Finding]:
    for path in settings.seeds:
        values = {"path": path}
        needed = os.R_OK | (os.X_OK if path.is_dir() else 0)
        if not path.exists():
            yield Finding(
                N_("sources"),
                BAD,
                N_("%(path)s: there is nothing here"),
                N_("put articles there, or name others with the setting seeds"),
                values,
            )
        elif not os.access(path, needed):
            yield Finding(
                N_("sources"),
                BAD,
                N_("%(path)s: this user cannot read it"),
                N_("let the user read it: chmod -R o+rX %(path)s"),
                values,
            )
        else:
            yield Finding(N_("sources"), SOUND, N_("%(path)s can be read"), values=values)


def _index_folder(settings: Settings) -> Iterator[Finding]:
    path = settings.index
    values: dict[str, object] = {"path": path, "user": os.geteuid()}
    place = _existing(path)
    if not os.access(place, os.W_OK | os.X_OK) or not place.is_dir():
        yield Finding(
            N_("index folder"),
            BAD,
            N_("%(path)s: this user cannot write it"),
            N_("give it to the user: chown -R searchapp %(path)s"),
            values,
        )
        return
    if not path.is_dir():
        return
    status = path.stat()
    if status.st_mode & stat.S_IWOTH:
        yield Finding(
            N_("index folder"),
            BAD,
            N_("%(path)s: everybody on this machine can write it, and it is trusted like code"),
            N_("chmod o-w %(path)s"),
            values,
        )
    foreign = sorted(each.name for each in path.iterdir() if each.lstat().st_uid != status.st_uid)
    if foreign:
        yield Finding(
            N_("index folder"),
            ODD,
            N_("%(path)s: %(names)s belong to another user than the folder"),
            N_("chown -R --reference=%(path)s %(path)s, and run commands as that user"),
            values | {"names": ", ".join(foreign[:3])},
        )


def _index(settings: Settings) -> Iterator[Finding]:
    try:
        state = inspect(settings)
    except NoIndex:
        yield Finding(
            N_("index"),
            ODD,
            N_("%(path)s: there is no index yet"),
            N_("searchapp rebuild; `searchapp serve` does it, too"),
            {"path": settings.index},
        )
        return
    except SearchappError as error:
        yield _failed(N_("index"), error)
        return
    if state.refusal:
        values: dict[str, object] = {"refusal": state.refusal}
        yield Finding(N_("index"), BAD, N_("%(refusal)s"), N_("searchapp rebuild"), values)
        return
    yield from _sound_index(settings, state)


def _sound_index(settings: Settings, state: IndexState) -> Iterator[Finding]:
    manifest = state.generation.manifest
    values: dict[str, object] = {
        "generation": state.generation.id,
        "articles": manifest.articles,
        "built": manifest.built_at,
    }
    sentence = N_("generation %(generation)s with %(articles)s articles, built %(built)s")
    yield Finding(N_("index"), SOUND, sentence, values=values)
    fresh_s = max(manifest.built_s, last_run(settings.index).succeeded_s)
    age_h = (time.time() - fresh_s) / 3600
    if settings.max_index_age_h and age_h > settings.max_index_age_h:
        yield Finding(
            N_("index"),
            BAD,
            N_("it has not been brought up to date for %(hours)s hours"),
            N_("searchapp update; see to its timer: systemctl status searchapp-update.timer"),
            {"hours": round(age_h)},
        )


def _last_run(settings: Settings) -> Iterator[Finding]:
    run = last_run(settings.index)
    values: dict[str, object] = {
        "command": run.command,
        "ended": run.ended_at,
        "error": run.error,
        "count": run.left_out,
        "kept": run.kept,
    }
    if run.error:
        yield Finding(
            N_("last run"),
            BAD,
            N_("the last %(command)s, ended %(ended)s, failed (%(error)s)"),
            N_("run it again and see what it says: searchapp %(command)s"),
            values,
        )
    elif run.left_out or run.kept:
        yield Finding(
            N_("last run"),
            ODD,
            N_(
                "the last %(command)s left out %(count)s articles, and kept %(kept)s that could "
                "not be read"
            ),
            N_("searchapp update -v tells which"),
            values,
        )
    elif run.command:
        yield Finding(
            N_("last run"),
            SOUND,
            N_("%(command)s, ended %(ended)s, left nothing out"),
            values=values,
        )


def _space(settings: Settings) -> Iterator[Finding]:
    needed = MIN_FREE_BYTES
    with suppress(SearchappError):
        # The one that is being written and, until it is served, the two that are kept.
        needed += 2 * inspect(settings).generation.manifest.size_bytes
    place = _existing(settings.index)
    free = shutil.disk_usage(place).free
    files = os.statvfs(place)
    values: dict[str, object] = {
        "path": settings.index,
        "free": free // 10**6,
        "needed": needed // 10**6,
    }
    if free < needed:
        yield Finding(
            N_("space"),
            BAD,
            N_("%(free)s MB are free where %(path)s lies; a rebuild may need %(needed)s"),
            N_("free some, or move the index to another disk (the setting index)"),
            values,
        )
    elif files.f_files and files.f_favail < 1000:
        yield Finding(
            N_("space"),
            BAD,
            N_("hardly any more files can be made where %(path)s lies"),
            N_("delete some, or move the index to another disk (the setting index)"),
            values,
        )
    else:
        yield Finding(N_("space"), SOUND, N_("%(free)s MB are free for the index"), values=values)


def _temporary_folder(_: Settings) -> Iterator[Finding]:
    """Where large answers and the tracebacks of unforeseen errors are kept."""
    try:
        folder = tempfile.gettempdir()
        with tempfile.TemporaryFile():
            pass
    except OSError as error:
        yield Finding(
            N_("temporary files"),
            BAD,
            N_("none can be written (%(reason)s)"),
            N_("set TMPDIR to a folder that this user may write to"),
            {"reason": system_reason(error)},
        )
        return
    yield Finding(N_("temporary files"), SOUND, N_("%(path)s"), values={"path": folder})


def _memory(settings: Settings) -> Iterator[Finding]:
    megabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 10**6
    with suppress(OSError, ValueError):  # "max" is no number: there is no bound.
        bound = int(Path("/sys/fs/cgroup/memory.max").read_text())
        megabytes = min(megabytes, bound // 10**6)
    values: dict[str, object] = {"there": megabytes, "asked": settings.memory_mb}
    if settings.memory_mb > megabytes * 0.8:
        yield Finding(
            N_("memory"),
            ODD,
            N_("a rebuild may take %(asked)s MB, and there are %(there)s"),
            N_("set memory_mb to less, and workers to 1"),
            values,
        )
    else:
        yield Finding(N_("memory"), SOUND, N_("%(there)s MB"), values=values)


def _open_files(settings: Settings) -> Iterator[Finding]:
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    values: dict[str, object] = {"limit": limit, "workers": worker_count(settings)}
    if 0 <= limit < MIN_OPEN_FILES:
        yield Finding(
            N_("open files"),
            BAD,
            N_("a process may open %(limit)s, of which each reader's connection is one"),
            N_("allow more: LimitNOFILE=65536 in a unit, or ulimit -n 65536"),
            values,
        )
    else:
        yield Finding(
            N_("open files"), SOUND, N_("%(limit)s in each of %(workers)s processes"), values=values
        )


def _clock(settings: Settings) -> Iterator[Finding]:
    """The clock, by what must lie in the past."""
    past = {str(Path(searchapp.__file__)): Path(searchapp.__file__).stat().st_mtime}
    with suppress(SearchappError):
        generation = inspect(settings).generation
        past[str(generation.folder)] = generation.manifest.built_s
    now = time.time()
    stamp = time.strftime("%Y-%m-%d %H:%M:%S %Z", time.localtime(now))
    for path, moment in past.items():
        if moment > now + MAX_CLOCK_ERROR_S:
            yield Finding(
                N_("clock"),
                BAD,
                N_("it is %(now)s by this machine's clock, and %(path)s is of later"),
                N_("set the clock by the network: timedatectl set-ntp true"),
                {"now": stamp, "path": path},
            )
            return
    yield Finding(N_("clock"), SOUND, N_("%(now)s"), values={"now": stamp})


def _locale(_: Settings) -> Iterator[Finding]:
    chosen = [name for name in ("LC_ALL", "LC_CTYPE", "LANG") if name in os.environ]
    values: dict[str, object] = {
        "encoding": sys.getfilesystemencoding(),
        "names": ", ".join(f"{name}={os.environ[name]}" for name in chosen),
    }
    try:
        before = locale.setlocale(locale.LC_CTYPE)
        locale.setlocale(locale.LC_CTYPE, "")
        locale.setlocale(locale.LC_CTYPE, before)
    except locale.Error:
        yield Finding(
            N_("locale"),
            ODD,
            N_("%(names)s: this machine does not have that locale"),
            N_("use LANG=C.UTF-8, or have it made: dpkg-reconfigure locales"),
            values,
        )
        return
    if sys.getfilesystemencoding().lower().replace("-", "") != "utf8":
        yield Finding(
            N_("locale"),
            BAD,
            N_("names of files are read as %(encoding)s: those with umlauts are not found"),
            N_("set LANG=C.UTF-8"),
            values,
        )
    else:
        yield Finding(N_("locale"), SOUND, N_("names of files are read as UTF-8"))


def _proxy(settings: Settings) -> Iterator[Finding]:
    values: dict[str, object] = {"host": settings.host}
    if settings.trusted_proxies and not is_loopback(settings.host):
        yield Finding(
            N_("proxy"),
            ODD,
            N_(
                "a proxy is trusted to tell the addresses of readers, and with the host %(host)s "
                "readers may reach the server without it: they could claim any address"
            ),
            N_("set host to 127.0.0.1, or let a firewall or container keep the port to the proxy"),
            values,
        )
    elif settings.rate_limit and not settings.trusted_proxies and is_loopback(settings.host):
        yield Finding(
            N_("proxy"),
            ODD,
            N_(
                "with rate_limit set and trusted_proxies = 0 all readers who come by a proxy share "
                "one limit"
            ),
            N_("set trusted_proxies to the number of proxies before the server"),
            values,
        )
    elif not settings.trusted_proxies and not is_loopback(settings.host):
        yield Finding(
            N_("proxy"),
            ODD,
            N_("the host %(host)s is reached without a proxy, and so without TLS"),
            N_("set host to 127.0.0.1 and put a proxy before it: searchapp init --nginx"),
            values,
        )
    elif settings.trusted_proxies:
        behind = NN_(
            "%(count)s is trusted; the server listens on %(host)s",
            "%(count)s are trusted; the server listens on %(host)s",
            settings.trusted_proxies,
            host=settings.host,
        )
        yield Finding(N_("proxy"), SOUND, behind)
    else:
        yield Finding(
            N_("proxy"),
            SOUND,
            N_("none is trusted (trusted_proxies); the server listens on %(host)s"),
            values=values,
        )


def _server(settings: Settings) -> Iterator[Finding]:
    """What answers on the port: our server, another program, or nobody."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)
    values: dict[str, object] = {"host": host, "port": settings.port, "version": __version__}
    try:
        status, version = _asked(host, settings.port, "/healthz")
        ready, code = _asked(host, settings.port, "/readyz")
    except OSError:
        try:
            listening_socket(settings.host, settings.port).close()
        except CannotListen as error:
            yield _failed(N_("server"), error)
        else:
            yield Finding(N_("server"), SOUND, N_("none runs now on port %(port)s"), values=values)
        return
    except (http.client.HTTPException, ValueError):
        status = ready = 0
        version = code = ""
    if status != 200 or not version:
        yield Finding(
            N_("server"),
            BAD,
            N_("another program answers on port %(port)s"),
            N_("end it, or set port to another one"),
            values,
        )
    elif version != __version__:
        yield Finding(
            N_("server"),
            ODD,
            N_("the server on port %(port)s is of version %(running)s, this is %(version)s"),
            N_("start it again: systemctl restart searchapp"),
            values | {"running": version},
        )
    elif ready != 200:
        yield Finding(
            N_("server"),
            BAD,
            N_("the server on port %(port)s is not ready (%(code)s)"),
            N_("see its log: journalctl -u searchapp"),
            values | {"code": code},
        )
    else:
        yield Finding(N_("server"), SOUND, N_("answers on port %(port)s"), values=values)


def _asked(host: str, port: int, path: str) -> tuple[int, str]:
    """Status, and version or code, that a server on this machine answers.

    Raises OSError, HTTPException, and ValueError for what is not our JSON.
    """
    connection = http.client.HTTPConnection(host, port, timeout=ANSWER_TIMEOUT_S)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        answer = json.loads(response.read(10_000))
    finally:
        connection.close()
    if not isinstance(answer, dict):
        raise ValueError("no object")
    return response.status, str(answer.get("version") or answer.get("code") or "")


def _log(settings: Settings) -> Iterator[Finding]:
    values: dict[str, object] = {"format": settings.log_format, "path": settings.query_store}
    yield Finding(
        N_("log"),
        SOUND,
        N_("%(format)s to standard error; of a unit: journalctl -u searchapp"),
        values=values,
    )
    folder = settings.query_store and settings.query_store.parent
    # Without its folder the server does not start, which is told above.
    if folder and folder.is_dir() and not os.access(folder, os.W_OK | os.X_OK):
        yield Finding(
            N_("log"),
            BAD,
            N_("%(path)s: this user cannot write there, and no query is counted"),
            N_("let the user write to its folder, and name it in ReadWritePaths= of the unit"),
            values,
        )


def _existing(path: Path) -> Path:
    """The path, or the nearest folder above it that is there."""
    path = path.absolute()
    while not path.exists() and path != path.parent:
        path = path.parent
    return path
