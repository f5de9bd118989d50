"""Calendar texts to unix seconds, without a calendar library (a contract has none)."""

from tee_attestation_verifier.der import GENERALIZED_TIME, UTC_TIME, Node, content
from tee_attestation_verifier.scan import seconds


def der_time(data: bytes, node: Node) -> int:
    """Unix seconds of a UTCTime or GeneralizedTime in the forms that DER and RFC 5280 allow."""
    if node[0] == UTC_TIME:
        text = content(data, node, UTC_TIME)
        text = (b"20" if text[:1] < b"5" else b"19") + text
    else:
        text = content(data, node, GENERALIZED_TIME)
    if len(text) != 15 or text[14] != 0x5A:
        raise ValueError("time: form")
    return seconds(text[:14])


def iso_time(text: str) -> int:
    """Unix seconds of `YYYY-MM-DDThh:mm:ssZ`, the only form that Intel's JSON uses."""
    octets = text.encode()
    if len(octets) != 20 or octets[4] != 0x2D or octets[7] != 0x2D or octets[10] != 0x54:
        raise ValueError("time: form")
    if octets[13] != 0x3A or octets[16] != 0x3A or octets[19] != 0x5A:
        raise ValueError("time: form")
    return seconds(octets[:4] + octets[5:7] + octets[8:10] + octets[11:13] + octets[14:16] + octets[17:19])
