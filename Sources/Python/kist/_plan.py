"""What one credential means for a program: variables to set and to unset, files to write, lines to say."""

from __future__ import annotations

from ._template import Template, variable_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional

    from ._overview import Overview
    from ._platforms import Platform


class Plan:
    """Values are templates still. `unset` never has a name that `set` has too."""

    __slots__ = ("set", "unset", "files", "notices")

    def __init__(self) -> None:
        self.set: list[tuple[str, Template]] = []
        self.unset: list[str] = []
        # Path, mode, content, what of the user's own is kept beside it.
        self.files: list[tuple[str, int, Template, Optional[str]]] = []
        self.notices: list[str] = []


def holds(rule: dict[str, Any], overview: Overview) -> bool:
    """Whether a rule of a platform applies to a credential; the versions of packages are not looked at."""
    plain = overview.plain
    present = {*overview.secrets, *(name for name, value in plain.items() if value)}
    return (
        (not rule.get("variants") or overview.variant in rule["variants"])
        and present.issuperset(rule.get("when", []))
        and present.isdisjoint(rule.get("unless", []))
        and all(plain.get(field) == value for field, value in rule.get("if", {}).items())
    )


def make(platform: Platform, overview: Overview, version: Callable[[str], Optional[str]]) -> Plan:
    """The plan for one credential; `version` tells the installed version of a Python package, if there is one."""
    plan = Plan()
    plain, secrets = overview.plain, set(overview.secrets)
    present = secrets | {name for name, value in plain.items() if value}

    for rule in platform.environment:
        value = Template(rule["value"])
        if not holds(rule, overview) or not present.issuperset(value.fields):
            continue
        if any(not _fits(bound, version(package)) for package, bound in rule.get("when_package", {}).items()):
            if "otherwise" in rule:
                plan.notices.append(str(rule["otherwise"]))
            continue
        named = Template(rule["name"])
        if not plain.keys() >= set(named.fields):
            continue
        name = named.render(lambda field: plain[field].encode(), overview.name).decode()
        plan.set.append((name, value))
    if platform.free_form:
        _add_free_fields(plan, platform, overview)
    names = {name for name, _ in plan.set}
    plan.unset = [rule["name"] for rule in platform.unset if holds(rule, overview) and rule["name"] not in names]
    plan.files = [
        (rule["path"], int(rule.get("mode", "0600"), 8), Template(rule["content"]), rule.get("merge"))
        for rule in platform.files
        if holds(rule, overview)
    ]
    return plan


def _add_free_fields(plan: Plan, platform: Platform, overview: Overview) -> None:
    """Fields that only the credential knows become NAME_FIELD; one in capitals is a variable's name already."""
    known = {field["name"] for field in platform.fields}
    for field in sorted((set(overview.secrets) | overview.plain.keys()) - known):
        is_variable = variable_name(field) == field and any(letter.isalpha() for letter in field)
        prefix = "" if is_variable else variable_name(overview.name) + "_"
        plan.set.append((prefix + variable_name(field), Template.of(field)))


def _fits(bound: str, found: Optional[str]) -> bool:
    """Whether `found` is within a bound such as `<2.11`; a pre-release counts as its release."""
    sign = bound[: len(bound) - len(bound.lstrip("<>="))]
    limit, number = _numbers(bound[len(sign) :]), _numbers(found or "")
    if limit is None or number is None:
        return False
    return {"<": number < limit, "<=": number <= limit, ">=": number >= limit, ">": number > limit}.get(sign, False)


def _numbers(text: str) -> Optional[list[int]]:
    numbers = []
    for part in text.split("."):
        digits = part[: len(part) - len(part.lstrip("0123456789"))]
        if not digits or len(digits) > 9:
            break
        numbers.append(int(digits))
        if len(digits) < len(part):
            break
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return numbers if 1 <= len(numbers) <= 8 else None
