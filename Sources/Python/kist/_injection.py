"""Credentials in this process's environment: put there, and taken back.

`prepare` asks once for everything and changes nothing; `Injection.apply` and `Injection.undo` change `os.environ`.
"""

from __future__ import annotations

import os
import sys

from . import _plan, _platforms
from ._agent import Revealed, Want
from ._errors import NotFound, UsageError
from ._overview import check_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Optional, Sequence

LONGEST = 131_072  # what the kernel takes as one string of the environment, with its NUL


class Source:
    """One credential of an injection: where it is, its revision, and the variables that it sets."""

    __slots__ = ("profile", "name", "platform", "revision", "variables", "secrets")

    def __init__(self, revealed: Revealed) -> None:
        self.profile = revealed.overview.profile
        self.name = revealed.overview.name
        self.platform = revealed.overview.platform
        self.revision = revealed.overview.revision
        self.variables: list[str] = []
        # Field and value, for masking; no value is in any repr.
        self.secrets = list(revealed.secrets.items())

    def __repr__(self) -> str:
        return f"<{self.name}: {' '.join(self.variables)}>"


class Injection:
    """What a set of credentials means for this process. Nothing is changed before `apply`."""

    def __init__(self) -> None:
        self.variables: dict[str, bytes] = {}
        self.unset: dict[str, str] = {}
        self.notices: list[str] = []
        self.sources: list[Source] = []
        self.folders: list[str] = []
        self._origins: dict[str, str] = {}
        self._before: Optional[dict[str, Optional[bytes]]] = None

    def __repr__(self) -> str:
        return f"<injection of {' '.join(self.variables)}>"

    @property
    def removed(self) -> list[str]:
        """Of the names to take away, those that are there now."""
        return sorted(name for name in self.unset if name in os.environ)

    def apply(self) -> None:
        """Sets and unsets the variables of this process."""
        if self._before is not None:
            return
        names = [os.fsencode(name) for name in [*self.variables, *self.unset]]
        self._before = {os.fsdecode(name): os.environb.get(name) for name in names}
        for name in self.unset:
            os.environb.pop(os.fsencode(name), None)
        for name, value in self.variables.items():
            os.environb[os.fsencode(name)] = value

    def undo(self) -> None:
        """Gives every variable back the value that it had before `apply`, whatever it was set to since."""
        before, self._before = self._before, None
        for name, value in (before or {}).items():
            if value is None:
                os.environb.pop(os.fsencode(name), None)
            else:
                os.environb[os.fsencode(name)] = value
        for folder in self.folders:
            _remove(folder)
        self.folders = []

    def set(self, name: str, value: bytes, origin: str, allow_dangerous: bool) -> None:
        from ._names import is_dangerous

        if (
            not name
            or len(os.fsencode(name)) > 255
            or any(letter in name for letter in "=\0")
            or not name.isprintable()
        ):
            raise UsageError(f"{origin}: that cannot be the name of a variable")
        if not allow_dangerous and is_dangerous(name):
            raise UsageError(
                f"{origin} would set {name}, which can make programs run other code",
                "if that is what you want:  allow_dangerous_names=True",
            )
        if name in self.variables:
            raise UsageError(
                f"{self._origins[name]} and {origin} both set {name}",
                "leave one out, or tell them apart in kist.toml:  kist use NAME=EU_",
            )
        if b"\0" in value:
            raise UsageError(f"{origin} holds a NUL byte and cannot become {name}")
        if value.startswith(b"()") and not allow_dangerous:
            raise UsageError(f"{origin} begins like a shell function, so {name} is not set from it")
        if len(os.fsencode(name)) + len(value) + 2 > LONGEST:
            raise UsageError(
                f"{origin} is {len(value)} bytes long; no program could be started with it in {name}",
                f'take the value itself:  kist.get("{origin.split(".")[0]}", …)',
            )
        self.variables[name] = value
        self._origins[name] = origin


class Request:
    """What was asked for, before the agent is."""

    def __init__(self, names: Sequence[str], profile: Optional[str]) -> None:
        from . import _session

        # Profile, credential, prefix of its variables.
        self.sources: list[tuple[str, str, str]] = []
        # Variable, profile, credential, field.
        self.singles: list[tuple[str, str, str, str]] = []
        if names:
            used = _session.profile(profile)
            for name in names:
                source = (used, check_name(name, "credential"), "")
                if source in self.sources:
                    raise UsageError(f"{name} is given twice")
                self.sources.append(source)
            return
        from ._places import find
        from ._project import nearest

        project = nearest(find())
        if project is None or not (project.uses or project.variables):
            raise UsageError(
                "nothing says which credentials are needed", "name them, or for this folder:  kist use NAME"
            )
        project.require_trust()
        used = _session.profile(profile)
        self.sources = [(used, use.name, use.prefix) for use in project.uses]
        self.singles = [(name, own or used, credential, field) for name, own, credential, field in project.variables]

    @property
    def wants(self) -> list[Want]:
        return [Want(profile, name) for profile, name, _ in self.sources] + [
            Want(profile, name, [field]) for _, profile, name, field in self.singles
        ]


def prepare(
    names: Sequence[str],
    *,
    profile: Optional[str] = None,
    reason: Optional[str] = None,
    allow_expired: bool = False,
    allow_dangerous_names: bool = False,
    version: Optional[Callable[[str], Optional[str]]] = None,
    files: bool = True,
) -> Injection:
    """Asks for the credentials of `names`; without any, for what the trusted kist.toml of the folder says.

    `version` tells the installed version of a Python package (default: looked for on `sys.path`). With `files=False`
    no file is made, and variables that need one are left out.
    """
    from ._reading import reveal

    request = Request(names, profile)
    found = reveal(request.wants, "run", reason or _program(), allow_expired)
    injection = Injection()
    try:
        _fill(injection, request, found, allow_dangerous_names, version or installed, files)
    except BaseException:
        injection.undo()  # files may have been made already
        raise
    return injection


def _fill(
    injection: Injection,
    request: Request,
    found: Sequence[Revealed],
    allow_dangerous_names: bool,
    version: Callable[[str], Optional[str]],
    files: bool,
) -> None:
    for (_, name, prefix), revealed in zip(request.sources, found):
        _add(injection, revealed, prefix, allow_dangerous_names, version, files)
    for (variable, _, name, field), revealed in zip(request.singles, found[len(request.sources) :]):
        value = revealed.secrets.get(field)
        if value is None:
            if field not in revealed.overview.plain:
                raise NotFound(
                    f"{name} has no field {field} (wanted for {variable})", f"see its fields:  kist show {name}"
                )
            value = revealed.overview.plain[field].encode()
        injection.set(variable, value, f"{name}.{field}", allow_dangerous_names)
        source = Source(revealed)
        source.variables = [variable]
        injection.sources.append(source)
    for name, origin in injection.unset.items():
        if name in injection.variables:
            raise UsageError(f"{injection._origins[name]} sets {name}, which {origin} must not see")


def installed(package: str) -> Optional[str]:
    """The version of a package on `sys.path`, by its `NAME-VERSION.dist-info`; nothing is imported."""
    for folder in sys.path:
        try:
            entries = os.listdir(folder or ".")
        except OSError:
            continue
        for entry in entries:
            if entry.startswith(package + "-") and entry.endswith(".dist-info"):
                version = entry[len(package) + 1 : -len(".dist-info")]
                if version[:1].isdigit():
                    return version
    return None


def _program() -> str:
    """What the audit log says this is for: the name of the script, never its arguments."""
    return os.path.basename(sys.argv[0] if sys.argv and sys.argv[0] not in ("", "-c", "-m") else "python")[:200]


def _add(
    injection: Injection,
    revealed: Revealed,
    prefix: str,
    allow_dangerous: bool,
    version: Callable[[str], Optional[str]],
    files: bool,
) -> None:
    overview = revealed.overview
    platform = _platforms.load(overview.platform)
    plan = _plan.make(platform, overview, version)
    source = Source(revealed)
    folder = None
    if files and plan.files:
        from . import _files

        folder = _files.make(plan.files, revealed, injection.folders)
    for name, template in plan.set:
        if folder is None and template.uses_folder:
            injection.notices.append(f"{name} needs a file, which only kist run makes")
            continue
        value = template.render(revealed.value, overview.name, folder)
        fields = sorted(template.fields)
        origin = f"{overview.name}.{fields[0]}" if fields else overview.name
        injection.set(prefix + name, value, origin, allow_dangerous)
        source.variables.append(prefix + name)
    # With a prefix the program is told of names that no client looks for by itself; what it inherits is its own.
    if not prefix:
        for name in plan.unset:
            injection.unset[name] = overview.name
        injection.notices += [text for text in plan.notices if text not in injection.notices]
    if not plan.set:
        injection.notices.append(f"{overview.name} sets no variable (its platform, {platform.name}, names none)")
    injection.sources.append(source)


def _remove(folder: str) -> None:
    """What the agent would remove at the end of this process, now."""
    import shutil

    shutil.rmtree(folder, ignore_errors=True)
