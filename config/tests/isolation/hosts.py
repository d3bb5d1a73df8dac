"""Host headers that lie: some hundred ways of writing a name that is not quite a tenant's."""

from collections.abc import Iterator

SUFFIX = ".duly.localhost"
_LABELS = ("alpha", "beta", "duly", "www", "nobody", "operator", "t_alphaxxxxxxx", "public", "xn--lpha-53d")
_AROUND = (
    "{}", " {}", "{} ", "\t{}", "{}\t", "{}.", "{}..", ".{}", "-{}", "{}-", "@{}", "{}@evil.example",
    "evil.example@{}", "{}#evil.example", "{}?evil.example", "{}/evil.example", "{}\\evil.example", "{}%00",
    "{}%2eevil.example", "{}\x00", "{}\x00.evil.example", "{},evil.example", "evil.example,{}", "{} evil.example",
    "{};evil.example", "{}:80", "{}:443", "{}:0", "{}:65536", "{}:-1", "{}:abc", "{}:80:80", "{}:@evil.example",
    "www.{}", "www.www.{}", "{}.evil.example", "evil.example.{}", "{0}.{0}", "http://{}", "//{}", "[{}]", "{}]",
    "'{}'", '"{}"', "{}'--", "{}\u202e", "\u200b{}", "{}\uff0eevil.example", "*{}", "*.{}", "%{}", "{}%", "${{{}}}",
)  # fmt: skip
_ALONE = (
    "", " ", ".", "..", "-", "*", "127.0.0.1", "127.0.0.1:8000", "0.0.0.0", "[::1]", "[::1]:8000", "[::", "::1",
    "2130706433", "0x7f000001", "017700000001", "169.254.169.254", "localhost", "localhost.localdomain",
    "evil.example", "duly.localhost.evil.example", "alpha", "alpha.duly", "alpha.localhost", "alphaduly.localhost",
    "alpha..duly.localhost", "alpha.duly..localhost", "аlpha.duly.localhost", "ａｌｐｈａ.duly.localhost",
    "alpha。duly。localhost", "ALPHA\u0130.duly.localhost", "x" * 64 + SUFFIX, "x." * 200 + "duly.localhost",
    "a" * 9000, "null", "undefined", "None", "%s", "{{7*7}}", "<script>", "../../etc/passwd", "alpha_duly_localhost",
)  # fmt: skip


def lies() -> Iterator[str]:
    """Every way once."""
    seen = set()
    for label in _LABELS:
        name = "duly.localhost" if label == "duly" else f"{label}{SUFFIX}"
        for shape in _AROUND:
            for written in (shape.format(name), shape.format(name.upper())):
                if written not in seen:
                    seen.add(written)
                    yield written
    yield from _ALONE


def may_reach(written: str) -> str:
    """Whose host this is when read generously: case, one trailing dot, a port and blanks around are forgiven."""
    plain = written.strip(" \t").lower()
    if not plain.startswith("["):
        plain = plain.split(":", 1)[0]
    plain = plain.removesuffix(".")
    known = {"alpha.duly.localhost": "alpha", "beta.duly.localhost": "beta", "duly.localhost": "public"}
    return known.get(plain, "")
