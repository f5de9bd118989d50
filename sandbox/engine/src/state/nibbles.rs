//! Paths in the trie: one nibble a byte, high half first.

/// The nibbles of a key.
pub fn unpack(key: &[u8]) -> Vec<u8> {
    let mut nibbles = Vec::with_capacity(key.len() * 2);
    for byte in key {
        nibbles.push(byte >> 4);
        nibbles.push(byte & 15);
    }
    nibbles
}

/// The key of a path of even length.
pub fn pack(nibbles: &[u8]) -> Vec<u8> {
    nibbles
        .chunks_exact(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect()
}

/// How many leading nibbles two paths share.
pub fn common_prefix(left: &[u8], right: &[u8]) -> usize {
    left.iter().zip(right).take_while(|(a, b)| a == b).count()
}

/// Hex-prefix encoding, as it enters a node's hash: the first byte tells leaf
/// from extension and carries the odd nibble.
pub fn encode(nibbles: &[u8], is_leaf: bool) -> Vec<u8> {
    let odd = nibbles.len() % 2;
    let mut encoded = Vec::with_capacity(nibbles.len() / 2 + 1);
    let flag = if is_leaf { 0x20 } else { 0 };
    encoded.push(if odd == 1 {
        flag | 0x10 | nibbles[0]
    } else {
        flag
    });
    encoded.extend(pack(&nibbles[odd..]));
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pack_undoes_unpack() {
        assert_eq!(unpack(&[0x12, 0xaf]), [1, 2, 10, 15]);
        assert_eq!(pack(&unpack(b"key")), b"key");
    }

    #[test]
    fn encode_marks_kind_and_parity() {
        assert_eq!(encode(&[1, 2], false), [0x00, 0x12]);
        assert_eq!(encode(&[1, 2], true), [0x20, 0x12]);
        assert_eq!(encode(&[7, 1, 2], true), [0x37, 0x12]);
        assert_eq!(encode(&[], true), [0x20]);
    }
}
