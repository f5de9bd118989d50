"""What misses the checks of the C scanners: a case for each, or the reason why none can.

The names are those of `c_checks`.
"""

SERIAL_LOOKUP = (
    "der.c: serial.end - serial.content == wanted.len "
    "&& memcmp(data.data + serial.content, wanted.data, wanted.len) == 0"
)

# Without the check, the contract verifies this case, which must be refused.
MISSED_BY = {
    "der.c: !((content[0] == 0 && content[1] < 0x80) || (content[0] == 0xff && content[1] >= 0x80))": (
        "crl_entry_serial_padded"
    ),
    "der.c: !(time.tag == DER_UTC_TIME && digits == 13) && !(time.tag == DER_GENERALIZED_TIME && digits == 15)": (
        "crl_entry_time_form"
    ),
    "der.c: (out->tag & 0x1f) != 0x1f": "certificate_name_value_long_tag",
    "der.c: all->tag == DER_SEQUENCE": "crl_entry_extensions_in_a_set",
    "der.c: each.tag != DER_SEQUENCE": "crl_entry_extension_in_a_set",
    "der.c: entry->tag != DER_SEQUENCE": "crl_entry_in_a_set",
    "der.c: extensions.end == entry->end": "crl_entry_of_four_parts",
    "der.c: len == 1": "crl_entry_serial_empty",
    "der.c: oid.tag != DER_OBJECT_ID": "crl_entry_extension_id_type",
    "der.c: serial->tag != DER_INTEGER": "crl_entry_serial_type",
    SERIAL_LOOKUP: ("pck_ca_revoked_but_not_the_renewed"),
    "der.c: size < (octets == 1 ? 0x80u : 0x100u)": "certificate_signature_length_one_octet",
    "der.c: value.end != each.end": "crl_entry_extension_of_three",
    "der.c: value.tag != DER_OCTET_STRING": "crl_entry_extension_value_type",
    "json.c: (digits > 1 && *start == '0')": "json_number_with_leading_zero",
    "json.c: *at < 0x20": "json_text_with_control",
    "json.c: *at == '\\\\'": "json_text_with_escape",
    "json.c: *at > 0x7e": "json_text_with_delete",
    "json.c: digits == 0": "json_number_without_digits",
    "json.c: in->at - start == MAX_DIGITS": "json_number_of_sixteen_digits",
    "json.c: in->depth == MAX_DEPTH": "json_eleven_levels",
    "json.c: in.at != in.end": "json_with_trailing_text",
    "json.c: item == MP_OBJ_NULL": "json_array_with_comma_at_its_end",
    "json.c: member->value != MP_OBJ_NULL": "json_name_twice",
    "json.c: memcmp(in->at, text, len) != 0": "json_literal_misspelt",
    "json.c: peek(in) != '\"'": "json_name_in_apostrophes",
    "json.c: peek(in) != ']'": "json_array_closed_by_a_brace",
    "json.c: peek(in) != '}'": "json_object_closed_by_a_bracket",
    "json.c: value <= 255": "tcb_info_component_256",
    "json.c: value == MP_OBJ_NULL": "json_number_with_leading_zero",
    "json.c: value >= 0": "tcb_info_component_negative",
    "pem.c: (bits & ((1u << spare) - 1)) != 0": "chain_base64_spare_bits",
    "pem.c: left + padding != 4": "chain_base64_padding_missing",
    "pem.c: left == 1": "chain_base64_one_digit_more",
    "pem.c: memcmp(in->at, mark, len) != 0": "chain_end_missing",
    "pem.c: padding > 0": "chain_base64_padding_early",
    "seconds.c: day < 1": "tcb_info_issue_date_day_0",
    "seconds.c: day > in_month": "tcb_info_issue_date_no_day",
    "seconds.c: days < 0": "certificate_time_before_1970",
    "seconds.c: hour > 23": "tcb_info_issue_date_hour_24",
    "seconds.c: minute > 59": "tcb_info_issue_date_minute_60",
    "seconds.c: month > 12": "tcb_info_issue_date_month_13",
    "seconds.c: second > 59": "crl_time_no_second",
    "x509.c: !is_true": "certificate_extension_critical_not_ff",
    "x509.c: (len > 1 && octets[0] == 0 && octets[1] < 0x80)": "certificate_signature_number_padded",
    "x509.c: (value.tag == DER_UTF8_STRING || value.tag == DER_PRINTABLE_STRING)": (
        "certificate_common_name_type"
    ),
    "x509.c: attribute->tag != DER_SEQUENCE": "certificate_name_attribute_in_a_set",
    "x509.c: bits->tag != DER_BIT_STRING": "certificate_signature_no_bit_string",
    "x509.c: bits.end != outer.end": "certificate_of_four_parts",
    "x509.c: data.data[at] < 0x20": "certificate_common_name_control",
    "x509.c: data.data[at] > 0x7e": "certificate_common_name_not_ascii",
    "x509.c: data[bits->content] != 0": "certificate_signature_unused_bits",
    "x509.c: each->tag != DER_SEQUENCE": "certificate_extension_in_a_set",
    "x509.c: each->tag != DER_SEQUENCE'": "pck_extension_entry_in_a_set",
    "x509.c: is_first": "certificate_two_common_names",
    "x509.c: member->value != MP_OBJ_NULL": "certificate_extension_twice",
    "x509.c: memcmp(data + oid.content, arc->data, arc->len) != 0": "pck_extension_entry_of_another_arc",
    "x509.c: memcmp(data->data + algorithm.start, ecdsa_with_sha256, sizeof(ecdsa_with_sha256)) == 0": (
        "certificate_outer_algorithm"
    ),
    "x509.c: octets[0] >= 0x80": "certificate_signature_number_negative",
    "x509.c: oid.end - oid.content != arc->len + 1": "pck_extension_entry_id_longer",
    "x509.c: oid.tag != DER_OBJECT_ID": "certificate_extension_id_type",
    "x509.c: oid.tag != DER_OBJECT_ID'": "certificate_name_attribute_id_type",
    "x509.c: oid.tag != DER_OBJECT_ID''": "pck_extension_entry_id_type",
    "x509.c: outer.end != data->len": "certificate_with_trailing_element",
    "x509.c: outer.tag != DER_SEQUENCE": "certificate_in_a_set",
    "x509.c: pair.end == bits->end": "certificate_signature_with_trailing_element",
    "x509.c: pair.tag == DER_SEQUENCE": "certificate_signature_in_a_set",
    "x509.c: part.tag != DER_SET": "certificate_name_part_in_a_sequence",
    "x509.c: s.end == pair.end": "certificate_signature_of_three_numbers",
    "x509.c: signed_part->tag != DER_SEQUENCE": "certificate_signed_part_in_a_set",
    "x509.c: tlv->tag != DER_INTEGER": "certificate_signature_number_type",
    "x509.c: value.end != attribute->end": "certificate_name_attribute_of_three",
    "x509.c: value.end != each->end": "certificate_extension_of_three",
    "x509.c: value.end != each->end'": "pck_extension_entry_of_three",
    "x509.c: value.tag != DER_OCTET_STRING": "certificate_extension_value_type",
}

# What a forgery would need: serials, the numbers of a signature, names that come twice, trailing data, lengths.
WANTED_IN_CI = (
    SERIAL_LOOKUP,
    "der.c: size < (octets == 1 ? 0x80u : 0x100u)",
    "der.c: value.end != each.end",
    "json.c: member->value != MP_OBJ_NULL",
    "json.c: in.at != in.end",
    "x509.c: member->value != MP_OBJ_NULL",
    "x509.c: octets[0] >= 0x80",
    "x509.c: (len > 1 && octets[0] == 0 && octets[1] < 0x80)",
    "x509.c: outer.end != data->len",
    "pem.c: (bits & ((1u << spare) - 1)) != 0",
)

# Without the check no case is verified that should not be.
IMPLIED = {
    "der.c: (octets != 1 && octets != 2)": (
        "of more octets the first alone is read, which is then no shortest form"
    ),
    "der.c: end - at < 2": "what is read beyond the end is longer than what is left",
    "der.c: end - content < octets": "what is read beyond the end is longer than what is left",
    "der.c: size <= end - content": "each reader compares where the last element ends",
    "json.c: (size_t)(in->end - in->at) < len": "a literal that is cut ends inside of an object",
    "json.c: at == in->end": "the text ends inside of an object",
    "json.c: member == NULL": "what stands at address zero is no number",
    "json.c: name == MP_OBJ_NULL": "the place has not moved, and no colon is there",
    "json.c: peek(in) != mark": "it also ends lists: without it no object is read",
    "json.c: value == MP_OBJ_NULL'": "without it there is no answer: nothing was read",
    "pem.c: (size_t)(in->end - in->at) < len": "a mark that is cut is no certificate's",
    "pem.c: certificate == MP_OBJ_NULL": "without it there is no answer: nothing was read",
    "pem.c: size < 0": "what has no length is no certificate",
    "seconds.c: !good": (
        "other characters stand for other numbers: the date is not current, or there is no such second"
    ),
    "seconds.c: month < 1": "the month before January has no days",
    "seconds.c: year < 1970": "days before 1970 are negative",
    "x509.c: algorithm.end - algorithm.start == sizeof(ecdsa_with_sha256)": "its first octets say its length",
    "x509.c: bits->content == bits->end": "what follows is no pair of numbers",
    "x509.c: found->content < found->end": "no name of a role is in an empty text",
    "x509.c: len == 0": "zero is in no valid signature",
    "x509.c: len > SCALAR": "without it there is no answer: the number overruns its place",
}
