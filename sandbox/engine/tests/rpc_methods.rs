//! The specification lists exactly what is served.

mod serving;

use sealwright_engine::rpc::{answer_now, METHODS};
use serving::node;
use std::collections::BTreeSet;
use std::path::Path;

/// Names in the first column of the table of section 4.
fn documented() -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/spec/sandbox-rpc.md");
    let text = std::fs::read_to_string(path).expect("the specification");
    let (_, section) = text.split_once("## 4. Methods").expect("section 4");
    let (section, _) = section.split_once("\n## ").expect("section 5");
    let rows = section
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    rows.map(|(name, _)| name.to_owned()).collect()
}

#[test]
fn the_specification_lists_every_method_and_no_other() {
    let served: BTreeSet<String> = METHODS.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(served.len(), METHODS.len(), "a name stands twice");
    assert_eq!(documented(), served);
}

#[test]
fn every_listed_method_is_served_and_others_are_not() {
    let node = node(10);
    // These wait, and go through another door.
    let waiting = [
        "broadcast_tx_async",
        "broadcast_tx_commit",
        "send_tx",
        "tx",
        "EXPERIMENTAL_tx_status",
    ];
    for method in METHODS.iter().filter(|method| !waiting.contains(method)) {
        let answer = answer_now(&node, "here", method, serde_json::json!({}));
        assert!(
            answer.map_or_else(|error| error.code != -32601, |_| true),
            "{method} is not served"
        );
    }
    let answer = answer_now(&node, "here", "no_such_method", serde_json::json!({}));
    assert_eq!(answer.unwrap_err().code, -32601);
}
