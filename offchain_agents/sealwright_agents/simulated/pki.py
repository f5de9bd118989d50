"""The throw-away certificate authority: root, PCK CA, PCK and TCB signing certificates, revocation lists."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sealwright_agents.simulated.der import signed

SGX_EXTENSION = x509.ObjectIdentifier("1.2.840.113741.1.13.1")
ORGANISATION = "Sealwright simulation, not Intel"
Bend = Callable[[bytes], bytes]


@dataclass(frozen=True)
class CertificateSpec:
    """What a certificate will say. Times are unix seconds; `extra` are further extensions."""

    common_name: str
    serial: int
    not_before: int
    not_after: int
    is_ca: bool
    path_length: int | None = None
    signs_data: bool = False
    signs_certificates: bool = False
    signs_lists: bool = False
    sgx_extension: bytes | None = None
    extra: tuple[tuple[x509.ExtensionType, bool], ...] = ()


@dataclass(frozen=True)
class CrlSpec:
    """What a revocation list will say. Times are unix seconds."""

    this_update: int
    next_update: int
    revoked: tuple[int, ...] = ()
    number: int | None = 1
    authority_key_identifier: bool = True
    issuer_name: str | None = field(default=None)


@dataclass(frozen=True)
class Signer:
    """A name and its private key."""

    common_name: str
    key: ec.EllipticCurvePrivateKey


def unbent(part: bytes) -> bytes:
    """The bend that changes nothing."""
    return part


def name(common_name: str) -> x509.Name:
    """The distinguished name of a simulated party: unmistakably not Intel."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANISATION),
            x509.NameAttribute(NameOID.COUNTRY_NAME, "US"),
        ]
    )


def moment(seconds: int) -> datetime:
    """Unix seconds as an aware datetime."""
    return datetime.fromtimestamp(seconds, UTC)


def _key_usage(spec: CertificateSpec) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=spec.signs_data,
        content_commitment=spec.signs_data,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=spec.signs_certificates,
        crl_sign=spec.signs_lists,
        encipher_only=False,
        decipher_only=False,
    )


def certificate(
    spec: CertificateSpec, key: ec.EllipticCurvePrivateKey, issuer: Signer, bend: Bend = unbent
) -> bytes:
    """The DER of a certificate for `key`; `bend` edits its signed part before `issuer` signs."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(spec.common_name))
        .issuer_name(name(issuer.common_name))
        .public_key(key.public_key())
        .serial_number(spec.serial)
        .not_valid_before(moment(spec.not_before))
        .not_valid_after(moment(spec.not_after))
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(_key_usage(spec), True)
        .add_extension(x509.BasicConstraints(spec.is_ca, spec.path_length), True)
    )
    if spec.sgx_extension is not None:
        builder = builder.add_extension(x509.UnrecognizedExtension(SGX_EXTENSION, spec.sgx_extension), False)
    for extension, critical in spec.extra:
        builder = builder.add_extension(extension, critical)
    built = builder.sign(issuer.key, hashes.SHA256(), ecdsa_deterministic=True)
    return signed(bend(built.tbs_certificate_bytes), issuer.key)


def revocation_list(spec: CrlSpec, issuer: Signer, bend: Bend = unbent) -> bytes:
    """The DER of a revocation list; `bend` edits its signed part before `issuer` signs."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(name(spec.issuer_name or issuer.common_name))
        .last_update(moment(spec.this_update))
        .next_update(moment(spec.next_update))
    )
    if spec.number is not None:
        builder = builder.add_extension(x509.CRLNumber(spec.number), False)
    if spec.authority_key_identifier:
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())
        builder = builder.add_extension(identifier, False)
    for serial in spec.revoked:
        entry = (
            x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(moment(spec.this_update))
        )
        entry = entry.add_extension(x509.CRLReason(x509.ReasonFlags.key_compromise), False)
        builder = builder.add_revoked_certificate(entry.build())
    built = builder.sign(issuer.key, hashes.SHA256(), ecdsa_deterministic=True)
    return signed(bend(built.tbs_certlist_bytes), issuer.key)


def pem(certificates: list[bytes]) -> str:
    """DER certificates in PEM, one after the other."""
    return "".join(_armoured(base64.b64encode(each).decode()) for each in certificates)


def _armoured(text: str) -> str:
    lines = "\n".join(text[start : start + 64] for start in range(0, len(text), 64))
    return f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n"
