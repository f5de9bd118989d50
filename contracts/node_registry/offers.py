"""What a node offers: endpoint, region, services with prices; bounded, so its record has a maximum size."""

from common.errors import BAD_ARGUMENT, refuse, require

MAX_ENDPOINT_BYTES = 256
MAX_REGION_LENGTH = 32
MAX_SERVICES = 8
MAX_SERVICE_LENGTH = 32
LETTERS_AND_DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789-"
SERVICE_CHARACTERS = LETTERS_AND_DIGITS + "_."


def check(endpoint: str, region: str, services: list[tuple[str, int]]) -> None:
    """Refuse BAD_ARGUMENT what is too long, misspelt or named twice."""
    require(len(endpoint.encode()) <= MAX_ENDPOINT_BYTES, BAD_ARGUMENT, "endpoint: too long")
    require(len(region) <= MAX_REGION_LENGTH, BAD_ARGUMENT, "region: too long")
    _check_characters("region", region, LETTERS_AND_DIGITS)
    require(len(services) <= MAX_SERVICES, BAD_ARGUMENT, "services: too many")
    names = []
    for name, _ in services:
        require(1 <= len(name) <= MAX_SERVICE_LENGTH, BAD_ARGUMENT, "services: length of a name")
        _check_characters("services", name, SERVICE_CHARACTERS)
        require(name not in names, BAD_ARGUMENT, "services: a name twice")
        names.append(name)


def _check_characters(argument: str, text: str, allowed: str) -> None:
    for character in text:
        if character not in allowed:
            refuse(BAD_ARGUMENT, argument + ": not of " + allowed)
