"""The semantic types as the build sees them: one table behind decoder, ABI, schema and client."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

MAX_U128 = (1 << 128) - 1
MAX_JSON_INT = (1 << 53) - 1
ACCOUNT_PATTERN = "^[a-z0-9]+([-_][a-z0-9]+)*(\\.[a-z0-9]+([-_][a-z0-9]+)*)*$"
BASE64_PATTERN = "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"


@dataclass(frozen=True)
class Scalar:
    """One semantic type: its letter in a form string, its Python type, its JSON Schema."""

    letter: str
    python: str
    schema: dict[str, Any]


def _number(letter: str, most: int, meaning: str) -> Scalar:
    schema = {"type": "integer", "minimum": 0, "maximum": most, "description": meaning}
    return Scalar(letter, "int", schema)


def _text(letter: str, python: str, meaning: str, **rules: Any) -> Scalar:
    return Scalar(letter, python, {"type": "string", **rules, "description": meaning})


SCALARS = {
    "U8": _number("B", 0xFF, "u8"),
    "U16": _number("H", 0xFFFF, "u16"),
    "U32": _number("I", 0xFFFF_FFFF, "u32"),
    "U64": _number("Q", MAX_JSON_INT, "u64 up to 2^53 - 1"),
    "Gas": _number("Q", MAX_JSON_INT, "gas units"),
    "TimestampMs": _number("Q", MAX_JSON_INT, "Unix time in milliseconds"),
    "DurationMs": _number("Q", MAX_JSON_INT, "milliseconds"),
    "BasisPoints": _number("p", 10_000, "hundredths of a per cent"),
    "Yocto": _text("y", "int", "yoctoNEAR, u128 in decimal digits", pattern="^(0|[1-9][0-9]{0,38})$"),
    "AccountId": _text("a", "str", "NEAR account id", minLength=2, maxLength=64, pattern=ACCOUNT_PATTERN),
    "NodeId": _text(
        "n", "str", "node id: label.account", minLength=4, maxLength=97, pattern="^[a-z0-9-]{1,32}\\..+$"
    ),
    "Sha256": _text("h", "bytes", "32 bytes in lowercase hex", pattern="^[0-9a-f]{64}$"),
    "PublicKey": _text("k", "bytes", "Ed25519 public key", pattern="^ed25519:[1-9A-HJ-NP-Za-km-z]{32,44}$"),
    "Signature": _text(
        "g", "bytes", "64 bytes in Base64", pattern=BASE64_PATTERN, minLength=88, maxLength=88
    ),
    "Base64": _text("b", "bytes", "bytes in Base64", pattern=BASE64_PATTERN),
    "str": _text("s", "str", "text"),
    "bool": Scalar("?", "bool", {"type": "boolean"}),
    "Any": Scalar("*", "Any", {"description": "any JSON value without floats"}),
}
BOUNDED = ("str", "Base64")


@dataclass(frozen=True)
class Field:
    """One named value of a record, or one argument of a method."""

    name: str
    type: Type
    required: bool = True


@dataclass(frozen=True)
class Type:
    """A type in an annotation.

    kind   a key of SCALARS, or "list", "optional", "record"
    name   of a record: its class
    most   bound on items or bytes, 0 for none
    """

    kind: str
    most: int = 0
    inner: Type | None = None
    name: str = ""
    fields: tuple[Field, ...] = field(default=())

    @property
    def form(self) -> str:
        """The form string for `sealwright_protocol.json_codec`."""
        bound = str(self.most) if self.most else ""
        if self.kind == "list":
            return f"[{bound}{self.item.form}]"
        if self.kind == "optional":
            return f"<{self.item.form}>"
        if self.kind == "record":
            return "{" + form_of_fields(self.fields) + "}"
        return SCALARS[self.kind].letter + bound

    @property
    def item(self) -> Type:
        """What a list or an optional holds."""
        assert self.inner is not None
        return self.inner

    @property
    def python(self) -> str:
        """The annotation in a generated client."""
        if self.kind == "list":
            return f"list[{self.item.python}]"
        if self.kind == "optional":
            return f"{self.item.python} | None"
        return self.name if self.kind == "record" else self.kind

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        """JSON Schema; records are added to `definitions` and referred to."""
        if self.kind == "list":
            bound = {"maxItems": self.most} if self.most else {}
            return {"type": "array", "items": self.item.schema(definitions), **bound}
        if self.kind == "optional":
            return {"anyOf": [self.item.schema(definitions), {"type": "null"}]}
        if self.kind == "record":
            if self.name not in definitions:
                definitions[self.name] = {}  # holds the place while its fields are described
                definitions[self.name] = schema_of_fields(self.fields, definitions)
            return {"$ref": f"#/definitions/{self.name}"}
        schema = dict(SCALARS[self.kind].schema)
        if self.most:
            schema["description"] += f", at most {self.most} bytes"
            schema["maxLength"] = self.most if self.kind == "str" else (self.most + 2) // 3 * 4
        return schema

    def records(self) -> list[Type]:
        """Every record in this type, inner ones first."""
        if self.inner is not None:
            return self.inner.records()
        if self.kind != "record":
            return []
        inner = [record for each in self.fields for record in each.type.records()]
        return [*inner, self]


def form_of_fields(fields: tuple[Field, ...]) -> str:
    """What stands between the brackets of an object's form."""
    return ",".join(f"{each.name}{'' if each.required else '~'}:{each.type.form}" for each in fields)


def schema_of_fields(fields: tuple[Field, ...], definitions: dict[str, Any]) -> dict[str, Any]:
    """JSON Schema of an object with exactly these fields."""
    return {
        "type": "object",
        "properties": {each.name: each.type.schema(definitions) for each in fields},
        "required": [each.name for each in fields if each.required],
        "additionalProperties": False,
    }
