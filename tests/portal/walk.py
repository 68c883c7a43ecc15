"""Every URL of the portal, with values that fit its converters."""

from django.urls import URLPattern, URLResolver, get_resolver

FITTING = {"int": 0, "str": "x", "slug": "x", "uuid": "00000000-0000-0000-0000-000000000000", "path": "x"}


def patterns(resolver=None, *, namespaces=(), prefix=""):
    """(view name, path) of every pattern below the resolver; object ids are 0, which no record has."""
    resolver = resolver or get_resolver()
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            below = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from patterns(entry, namespaces=below, prefix=prefix + path_of(entry.pattern))
        elif isinstance(entry, URLPattern):
            name = ":".join((*namespaces, entry.name or "(without a name)"))
            yield name, "/" + prefix + path_of(entry.pattern)


def path_of(pattern):
    if not hasattr(pattern, "_route"):
        return str(pattern).strip("^$\\Z") if "(" not in str(pattern) else "x"
    text = str(pattern._route)
    for name, converter in pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
        text = text.replace(f"<{kind}:{name}>", str(FITTING[kind])).replace(f"<{name}>", str(FITTING[kind]))
    return text
