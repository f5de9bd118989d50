//! Chains in files, and branches.

mod payments;

use payments::{at, id, transfer};
use sealwright_engine::chain::{FileError, Saved};
use sealwright_engine::{Chain, Config};

fn grown() -> Chain {
    let mut chain = Chain::new(payments::config());
    for nonce in 1..=5 {
        pay(&mut chain, nonce);
    }
    let tx = transfer(6, chain.head().hash);
    chain.submit(tx).unwrap();
    chain
}

fn pay(chain: &mut Chain, nonce: u64) {
    let tx = transfer(nonce, chain.head().hash);
    chain.submit(tx).unwrap();
    chain.produce_blocks(3);
}

fn load(bytes: &[u8]) -> Chain {
    let chain = Chain::open(Saved::read(bytes).unwrap(), None).unwrap();
    assert!(chain.config().records.is_empty());
    chain
}

#[test]
fn a_saved_chain_goes_on_as_if_it_had_never_stopped() {
    let mut chain = grown();
    let mut loaded = load(&chain.save());
    for height in 0..=chain.head().height {
        assert_eq!(
            serde_json::to_value(loaded.block(&at(height)).unwrap()).unwrap(),
            serde_json::to_value(chain.block(&at(height)).unwrap()).unwrap()
        );
        assert_eq!(
            loaded.view_account(&id("node"), &at(height)).unwrap(),
            chain.view_account(&id("node"), &at(height)).unwrap()
        );
    }
    for chain in [&mut chain, &mut loaded] {
        chain.produce_blocks(3);
        pay(chain, 7);
    }
    assert_eq!(chain.head(), loaded.head());
    assert_eq!(chain.state_root(), loaded.state_root());
    assert!(loaded.total_supply_check().holds());
}

#[test]
fn what_a_chain_forgot_before_it_was_saved_is_forgotten_after() {
    let config = Config {
        history: 4,
        ..payments::config()
    };
    let mut chain = Chain::new(config);
    let old = chain.head().hash;
    pay(&mut chain, 1);
    chain.produce_blocks(20);
    let mut loaded = load(&chain.save());
    assert!(loaded.block(&at(3)).is_err() && loaded.block(&at(22)).is_ok());
    assert!(loaded.submit(transfer(2, old)).is_ok(), "its hash is known");
}

#[test]
fn damage_is_told_from_other_files_and_other_versions() {
    let bytes = grown().save();
    let error = |bytes: &[u8]| Saved::read(bytes).err().unwrap();
    assert_eq!(error(b"{}"), FileError::Foreign);
    assert_eq!(error(&bytes[..bytes.len() - 1]), FileError::Damaged);
    assert_eq!(error(&bytes[..18]), FileError::Damaged);
    for place in [20, bytes.len() / 2, bytes.len() - 1] {
        let mut damaged = bytes.clone();
        damaged[place] ^= 1;
        assert_eq!(error(&damaged), FileError::Damaged);
    }
    let mut newer = bytes.clone();
    newer[16] = 99;
    assert_eq!(error(&newer), FileError::Version(99));
}

#[test]
fn branches_share_the_past_and_not_the_future() {
    let mut chain = grown();
    let mut branch = chain.branch();
    let worker = std::thread::spawn(move || {
        branch.produce_blocks(3);
        pay(&mut branch, 7);
        branch
    });
    chain.produce_blocks(50);
    let branch = worker.join().unwrap();
    assert_eq!(branch.head().height, 21);
    assert_eq!(chain.head().height, 65);
    let amount = |chain: &Chain, height| {
        let found = chain.view_account(&id("node"), &at(height)).unwrap();
        found.value.amount
    };
    assert_eq!(amount(&chain, 15), amount(&branch, 15));
    assert_ne!(amount(&chain, 21), amount(&branch, 21));
    assert!(chain.total_supply_check().holds() && branch.total_supply_check().holds());
}
