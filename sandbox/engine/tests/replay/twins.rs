//! Twins: transcripts in which one answer was altered. Each must be reported,
//! and as a difference of one kind alone.

use crate::leaves::{altered, at, one_of_each_shape};
use crate::shared;
use base64::prelude::{Engine as _, BASE64_STANDARD};
use near_crypto::{ED25519SecretKey, InMemorySigner, KeyType, PublicKey, SecretKey, Signature};
use near_primitives::action::{Action, TransferAction};
use near_primitives::hash::hash;
use near_primitives::transaction::{SignedTransaction, Transaction, TransactionV0};
use near_primitives::types::{AccountId, Balance};
use sealwright_engine::replay::{replay, Kind, Transcript};
use serde_json::{json, Value};
use std::collections::BTreeSet;

/// Inputs, names for people, and answers that nothing is compared with.
const NOT_COMPARED: [&str; 26] = [
    ".format",
    ".name",
    ".title",
    ".node.",
    ".node_config",
    ".genesis.",
    ".keys.",
    ".subsidised_yocto",
    ".interventions",
    ".blocks[].height",
    ".blocks[].hash",
    ".blocks[].timestamp_ns",
    ".blocks[].random_value",
    ".blocks[].transactions[].label",
    ".blocks[].transactions[].signed_tx",
    ".blocks[].chunk.chunk_hash",
    ".blocks[].chunk.height_included",
    ".blocks[].after.included",
    ".rejected[].label",
    ".rejected[].at_height",
    ".rejected[].hash",
    ".rejected[].signed_tx",
    ".views[].label",
    ".views[].request",
    ".views[].answer.block_h",
    ".not_included",
];

/// Lists that are empty somewhere: to alter them is to add a record.
const LISTS: [&str; 4] = [
    ".blocks[].outcomes",
    ".blocks[].transactions",
    ".rejected",
    ".views",
];

/// The kinds in which a transcript differs.
fn differences(value: Value) -> Vec<Kind> {
    let transcript = Transcript::from_value(value).expect("a transcript");
    let report = replay(&transcript, &[]).expect("it is well-formed");
    report.differences().map(|(kind, _)| kind).collect()
}

/// Alters one leaf of each shape; the kinds that were reported.
fn kinds_of_twins(name: &str) -> Option<BTreeSet<Kind>> {
    let original = shared(name)?;
    let mut reported = BTreeSet::new();
    for (shape, path) in one_of_each_shape(&original) {
        if NOT_COMPARED.iter().any(|prefix| shape.starts_with(prefix)) {
            continue;
        }
        if LISTS.contains(&shape.as_str()) {
            continue;
        }
        let mut twin = original.clone();
        let leaf = at(&mut twin, &path);
        *leaf = altered(leaf);
        let kinds = differences(twin);
        assert_eq!(kinds.len(), 1, "{name} {shape} ({path:?}): {kinds:?}");
        reported.extend(kinds);
    }
    Some(reported)
}

#[test]
fn every_altered_answer_is_reported_as_one_kind() {
    let mut reported = BTreeSet::new();
    for name in [
        "07-context.json",
        "24-deterministic.json.gz",
        "29-patch-state.json",
    ] {
        let Some(kinds) = kinds_of_twins(name) else {
            return;
        };
        reported.extend(kinds);
    }
    // These have tests of their own below, or no answer that could be altered.
    let elsewhere = [Kind::NotIncluded, Kind::Conservation];
    let all: BTreeSet<_> = Kind::ALL.into_iter().collect();
    let missing: Vec<_> = all.difference(&reported).collect();
    assert_eq!(missing, elsewhere.iter().collect::<Vec<_>>());
}

/// A twin made by hand: what is altered, and the kind that must be reported.
fn twin(name: &str, kind: Kind, alter: impl FnOnce(&mut Value)) {
    let Some(mut value) = shared(name) else {
        return;
    };
    assert_eq!(differences(value.clone()), [], "{name} itself");
    alter(&mut value);
    assert_eq!(differences(value), [kind]);
}

fn busiest_block(transcript: &mut Value) -> &mut Value {
    let blocks = transcript["blocks"].as_array_mut().unwrap();
    let outcomes = |block: &Value| block["outcomes"].as_array().unwrap().len();
    blocks
        .iter_mut()
        .max_by_key(|block| outcomes(block))
        .unwrap()
}

#[test]
fn swapped_outcomes() {
    twin("27-mixed-load.json.gz", Kind::Order, |transcript| {
        let outcomes = busiest_block(transcript)["outcomes"]
            .as_array_mut()
            .unwrap();
        outcomes.swap(0, 1);
    });
}

#[test]
fn a_missing_outcome() {
    twin("27-mixed-load.json.gz", Kind::Order, |transcript| {
        busiest_block(transcript)["outcomes"]
            .as_array_mut()
            .unwrap()
            .pop();
    });
}

#[test]
fn a_receipt_the_node_never_showed() {
    twin("07-context.json", Kind::Receipts, |transcript| {
        let receipts = transcript["receipts"].as_object_mut().unwrap();
        let id = receipts.keys().next().unwrap().clone();
        receipts.remove(&id);
    });
}

#[test]
fn an_account_the_node_never_had() {
    twin("07-context.json", Kind::Accounts, |transcript| {
        let accounts = transcript["final"]["accounts"].as_object_mut().unwrap();
        accounts.remove("bob.test");
    });
}

#[test]
fn a_price_and_a_supply_that_are_computed() {
    for (field, kind) in [
        ("gas_price", Kind::GasPrice),
        ("total_supply", Kind::TotalSupply),
    ] {
        twin("26-gas-price.json.gz", kind, |transcript| {
            busiest_block(transcript)[field] = json!("123456789");
        });
    }
}

#[test]
fn a_fast_forward_that_lands_elsewhere() {
    twin("20-yield-timeout.json.gz", Kind::Blocks, |transcript| {
        transcript["interventions"][0]["delta_height"] = json!(151);
    });
}

/// A transfer that `bob.test` may send in the whole of the recording.
fn valid_transfer(transcript: &Value) -> SignedTransaction {
    let secret = hash(b"sealwright-test-key:bob.test");
    let keys = transcript["keys"].as_object().unwrap();
    let (public, _) = keys.iter().find(|(_, seed)| *seed == "bob.test").unwrap();
    let public: PublicKey = public.parse().unwrap();
    let pair = [secret.as_bytes().as_slice(), public.key_data()].concat();
    let pair = ED25519SecretKey(pair.try_into().unwrap());
    let bob: AccountId = "bob.test".parse().unwrap();
    let signer = InMemorySigner::from_secret_key(bob.clone(), SecretKey::ED25519(pair));
    let genesis = transcript["blocks"][0]["hash"].as_str().unwrap();
    let genesis = genesis.parse().unwrap();
    let transfer = TransferAction {
        deposit: Balance::from_near(1),
    };
    let transaction = Transaction::V0(TransactionV0 {
        signer_id: bob,
        public_key: public,
        nonce: 1,
        receiver_id: "alice.test".parse().unwrap(),
        block_hash: genesis,
        actions: vec![Action::Transfer(transfer)],
    });
    let (to_sign, _) = transaction.get_hash_and_size();
    SignedTransaction::new(signer.sign(to_sign.as_ref()), transaction)
}

/// What no chunk took up, the engine must refuse as well.
#[test]
fn a_transaction_left_out_that_is_valid() {
    let name = "07-context.json";
    let left_out = |transcript: &mut Value, sent: &SignedTransaction| {
        let signed_tx = BASE64_STANDARD.encode(borsh::to_vec(sent).unwrap());
        transcript["not_included"] = json!([{"label": "lost", "signed_tx": signed_tx}]);
    };
    twin(name, Kind::NotIncluded, |transcript| {
        let sent = valid_transfer(transcript);
        left_out(transcript, &sent);
    });
    let Some(mut refused) = shared(name) else {
        return;
    };
    let mut sent = valid_transfer(&refused);
    sent.signature = Signature::empty(KeyType::ED25519);
    left_out(&mut refused, &sent);
    assert_eq!(differences(refused), []);
}

/// A node never reports a nonce that is too large: the sender sees a timeout or
/// `Expired`. Another error in its place is a difference.
#[test]
fn nonces_that_are_too_large() {
    let alter = |transcript: &mut Value, error: Value| {
        let rejected = transcript["rejected"].as_array_mut().unwrap();
        let one = rejected
            .iter_mut()
            .find(|one| one["label"] == "nonce too large");
        let one = one.expect("it is recorded");
        // Before it grew too old.
        one["at_height"] = json!(150);
        one["error"] = error;
    };
    let name = "04-access-keys.json.gz";
    let Some(mut timeout) = shared(name) else {
        return;
    };
    let error = json!({
        "name": "HANDLER_ERROR", "cause": {"info": {}, "name": "TIMEOUT_ERROR"},
        "code": -32000, "message": "Server error", "data": "Timeout",
    });
    alter(&mut timeout, error.clone());
    assert_eq!(differences(timeout), []);
    twin(name, Kind::Rejected, |transcript| {
        let mut other = error;
        other["cause"]["name"] = json!("INTERNAL_ERROR");
        alter(transcript, other);
    });
}
