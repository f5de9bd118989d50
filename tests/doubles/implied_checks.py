"""Checks of the verifier without which no case is verified that should not be, and why they stand there.

Every other check has a case that is verified without it. The names are those of `verifier_checks`.
"""

# Another check refuses the same evidence.
REDUNDANT = {
    "der.whole: nodes[0][0] != tag": "its callers ask for the same type again",
    "intel.attributes.check_attributes: attributes[0] & TD_DEBUG": "debug is also an attribute that may not be set",
    "intel.certification.check_size: kind in PPID_SIZES and len(data) != PPID_SIZES[kind] + PLATFORM_TAIL": (
        "the end of other data is no PCEID"
    ),
    "intel.collateral_steps._new_authority: not found.is_ca": "a path length is read only where CA is TRUE",
    "intel.collateral_steps.check_documents: info.kind not in QE_KINDS": "a quote's kind is one of them",
    "intel.collateral_steps.require_form: certificate.path_length != NO_PATH_LIMIT": (
        "a path length is read only where CA is TRUE"
    ),
    "intel.quote.Quote.read: not HEADER <= len(data)": "what is shorter has no body",
    "p256.is_on_curve: x >= PRIME": "nobody knows the private half of a key with such a coordinate",
    "p256.is_on_curve: y >= PRIME": "nobody knows the private half of a key with such a coordinate",
    "intel.stored._check_chains: check_root(case)": "the root is in its validity when a quote is judged",
    "intel.stored._check_kept_chain: check_root(case)": "what is kept ends with the root",
    "plain._scalar: len(octets) > 32": "no number of that size is in a valid signature",
    "plain.common_name: not found": "no name of a role is in an empty text",
    "plain.entries: len(oid) != len(arc) + 1": "the arc in front of the last octet is compared",
    "plain.pem: end < 0": "what is left of a text without its end is no certificate",
    "plain.seconds: len(digits) != 14": "its callers cut fourteen",
    "plain.seconds: not digits.isdigit()": "what Python reads as a number besides has fewer digits: before 1970",
    "plain.seconds: not 1 <= month": "the month before January has no days",
    "plain.svns: not 0 <= svn": "no octet has that value",
    "plain.svns: not svn <= 255": "no octet has that value",
    "plain.tlvs: end - content < octets": "the length read beyond the end is longer than what is left",
    "plain_json._integer: digits == 0": "Python reads no number there",
    "plain_json._string: end < 0": "the text ends inside of an object",
    "x509.Certificate._read: len(key) != 91": "the head in front of the key has the length in it",
}

# The evidence could not be judged: the verifier would stop with an error instead of an answer (ATTEST-3).
ANSWERS = {
    "crl.RevocationList._read: CRL_NUMBER not in found": "no number",
    "der.positive: not octets": "no first octet",
    "intel.certification.pck_chain: supplied is None": "no chain",
    "intel.collateral_steps.check_documents: info.kind != (case.tee or info.kind)": "nothing of TDX to compare",
    "intel.pck_extension._entry: number not in parts": "no such entry",
    "intel.quote.Quote._read_body: kind not in V5_BODIES": "no such layout",
    "intel.quote_steps.module_identity: name not in case.tcb_info.module_identities": "no such identity",
    "intel.stored._check_kept_revocation: kept is None": "no list",
    "intel.tcb_steps.platform_level: best is None": "no level",
    "members.member: name not in holder": "no such member",
    "members.members: not isinstance(value, dict)": "no members",
    "members.number: not isinstance(value, int)": "no number to compare",
    "members.text: not isinstance(value, str)": "no text to compare",
    "plain.seconds: not month <= 12": "no such month",
    "plain.signed_object: start == end": "no first octet",
    "plain.svns: not isinstance(svn, int)": "no number to compare",
    "plain.tlvs: end - start < 2": "no length",
}

# No quote and collateral lead there: ranges come from elements that were read before. What is asked where collateral
# is put, and not where a quote is judged, is ATTEST-4's (tests/properties/kept_guarantees.py).
UNREACHED = {
    "intel.stored.require_unrevoked: require_unlisted(root_list, case.crl_ca.serial, 'CA_REVOKED', "
    "case.crl_ca.common_name)": "asked where collateral is put",
    "intel.stored.require_unrevoked: require_unlisted(root_list, signer.serial, 'TCB_SIGNER_REVOKED', "
    "signer.common_name)": "asked where collateral is put",
    "plain.tlvs: not 0 <= start": "offsets of elements are not negative",
    "plain.tlvs: not start <= end": "an element's content begins before it ends",
    "plain.tlvs: not end <= len(data)": "an element ends in its data",
}
