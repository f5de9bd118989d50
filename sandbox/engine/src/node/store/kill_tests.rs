//! A process that is killed loses nothing that anyone was told of.
//!
//! The test starts itself as another process that drives a chain in a home and
//! says after each change what the head is, kills it at a seeded instant, opens
//! the home and runs the blocks it finds there on a chain of its own.
//! `SEALWRIGHT_KILLS` sets how often, 30 times by default.

use crate::chain::Block;
use crate::node::{KeptChain, Node, Store};
use crate::{Chain, Config};
use near_crypto::{InMemorySigner, KeyType, Signer};
use near_primitives::account::{AccessKey, Account, AccountContract};
use near_primitives::action::{Action, TransferAction};
use near_primitives::state_record::StateRecord;
use near_primitives::transaction::{SignedTransaction, Transaction, TransactionV0};
use near_primitives::types::{AccountId, Balance, BlockReference};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

const HOME: &str = "SEALWRIGHT_KILL_HOME";
const SEED: &str = "SEALWRIGHT_KILL_SEED";
const KILLS: &str = "SEALWRIGHT_KILLS";
const NAMES: [&str; 2] = ["client", "node"];

fn id(name: &str) -> AccountId {
    name.parse().unwrap()
}

fn signer(name: &str) -> Signer {
    InMemorySigner::from_seed(id(name), KeyType::ED25519, name)
}

fn config() -> Config {
    let mut records = Vec::new();
    for name in NAMES {
        let amount = Balance::from_near(1_000_000);
        let account = Account::new(amount, Balance::ZERO, AccountContract::None, 0);
        let account_id = id(name);
        records.push(StateRecord::Account {
            account_id,
            account,
        });
        let key = signer(name).public_key();
        let access = AccessKey::full_access();
        records.push(StateRecord::access_key(id(name), key, access));
    }
    Config {
        records,
        transaction_validity_period: 1_000_000,
        ..Config::default()
    }
}

fn open(home: &Path) -> Node {
    Node::new(KeptChain::at_home(Store::open(home, config()).unwrap()))
}

/// Numbers that look random (a linear congruence).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        let next = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = next.wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// What the process that is going to be killed does.
#[test]
fn load() {
    let (Ok(home), Ok(seed)) = (std::env::var(HOME), std::env::var(SEED)) else {
        return;
    };
    let node = open(Path::new(&home));
    let mut numbers = Numbers(seed.parse().unwrap());
    loop {
        match numbers.below(16) {
            0..=8 => pay(&node, &mut numbers),
            9..=12 => node.write(|chain| chain.produce_blocks(1 + numbers.below(4))),
            13 => node.write(|chain| chain.produce_blocks(numbers.below(150))),
            14 => jump(&node, &mut numbers),
            _ => undo(&node, &mut numbers),
        }
        let head = node.read(Chain::head);
        say(&format!("head {} {}", head.height, head.hash));
    }
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).unwrap();
}

fn pay(node: &Node, numbers: &mut Numbers) {
    let name = NAMES[numbers.below(2) as usize];
    let to = NAMES[numbers.below(2) as usize];
    let tx = node.read(|chain| transfer(chain, name, to, numbers.below(1_000)));
    let hash = node.write(|chain| chain.submit(tx)).unwrap();
    say(&format!("sent {hash}"));
}

fn transfer(chain: &Chain, from: &str, to: &str, yocto: u64) -> SignedTransaction {
    let signer = signer(from);
    let key = signer.public_key();
    let access = chain.view_access_key(&id(from), &key, &BlockReference::latest());
    let pooled = chain
        .pool()
        .filter(|tx| *tx.transaction.public_key() == key);
    let last = pooled.map(|tx| tx.transaction.nonce().nonce()).max();
    let nonce = last.unwrap_or_default().max(access.unwrap().value.nonce) + 1;
    let deposit = Balance::from_yoctonear(yocto.into());
    let tx = Transaction::V0(TransactionV0 {
        signer_id: id(from),
        public_key: key,
        nonce,
        receiver_id: id(to),
        block_hash: chain.head().hash,
        actions: vec![Action::Transfer(TransferAction { deposit })],
    });
    let (hash, _) = tx.get_hash_and_size();
    SignedTransaction::new(signer.sign(hash.as_ref()), tx)
}

fn jump(node: &Node, numbers: &mut Numbers) {
    node.write(|chain| chain.set_time(chain.chain().head().timestamp_ns + numbers.below(1 << 40)));
    node.write(|chain| chain.fast_forward(numbers.below(30)));
}

/// Makes blocks and takes them back before anyone was told.
fn undo(node: &Node, numbers: &mut Numbers) {
    let snapshot = node.read(Chain::snapshot);
    node.write(|chain| chain.produce_blocks(1 + numbers.below(3)));
    node.write(|chain| chain.rollback(&snapshot));
}

/// What the process said before it was killed after so long.
fn run_and_kill(home: &Path, seed: u64, after: Duration) -> Vec<String> {
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "node::store::kill_tests::load", "--nocapture"])
        .env(HOME, home)
        .env(SEED, seed.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(process.stdout.take().unwrap()).lines();
    // Its time begins when it is at work.
    let first = said.by_ref().map(Result::unwrap).find(|line| is_news(line));
    let reader = std::thread::spawn(move || said.map_while(Result::ok).collect::<Vec<_>>());
    std::thread::sleep(after);
    process.kill().unwrap();
    process.wait().unwrap();
    let mut lines: Vec<_> = first.into_iter().chain(reader.join().unwrap()).collect();
    lines.retain(|line| is_news(line));
    lines
}

fn is_news(line: &str) -> bool {
    line.starts_with("head ") || line.starts_with("sent ")
}

#[test]
fn killed_at_any_instant_a_home_has_what_was_acknowledged() {
    let kills = std::env::var(KILLS).map_or(30, |kills| kills.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let mut independent = Chain::new(config());
    let mut numbers = Numbers(20_261_122);
    for kill in 0..kills {
        let (seed, after) = (numbers.below(1 << 31), numbers.below(60_000));
        println!("kill {kill}: seed {seed}, after {after} us");
        let said = run_and_kill(folder.path(), seed, Duration::from_micros(after));
        let (chain, _store) = Store::open(folder.path(), config()).unwrap();
        follow(&mut independent, &chain);
        check_acknowledged(&chain, &said);
        let pooled = chain.pool().count();
        println!(
            "  {} lines, head {}, {pooled} in the pool",
            said.len(),
            chain.head().height
        );
    }
    let blocks = independent.live().head().ordinal;
    assert!(blocks > kills, "the processes got to work");
}

/// Makes the blocks of a chain on another one, from what went into them.
fn follow(independent: &mut Chain, chain: &Chain) {
    for block in blocks_after(chain, independent.head().height) {
        independent.set_time(block.timestamp_ns);
        independent.fast_forward(block.height - independent.head().height - 1);
        for tx in &block.transactions {
            independent.submit((**tx).clone()).unwrap();
        }
        assert_eq!(independent.produce_block().hash, block.hash);
        assert_eq!(independent.state_root(), chain.live().state_root(&block));
    }
    assert_eq!(independent.head(), chain.head());
    assert_eq!(independent.state_root(), chain.live().state.root_hash());
    assert_eq!(independent.live().incoming, chain.live().incoming);
    assert!(chain.total_supply_check().holds());
}

fn blocks_after(chain: &Chain, height: u64) -> Vec<std::sync::Arc<Block>> {
    let mut newest_first = Vec::new();
    let mut block = chain.live().head().clone();
    while block.height > height {
        let prev = block.prev_height.unwrap();
        newest_first.push(block);
        block = chain.live().at(prev).unwrap();
    }
    newest_first.reverse();
    newest_first
}

fn check_acknowledged(chain: &Chain, said: &[String]) {
    let mut head = None;
    for line in said {
        let words: Vec<_> = line.split(' ').collect();
        match words[..] {
            ["head", height, hash] => head = Some((height, hash)),
            ["sent", hash] => {
                let hash = hash.parse().unwrap();
                let is_executed = chain.live().transaction(&hash).is_some();
                assert!(is_executed || chain.is_pooled(&hash), "{line} is lost");
            }
            _ => panic!("{line}"),
        }
    }
    if let Some((height, hash)) = head {
        let block = chain
            .live()
            .at(height.parse().unwrap())
            .expect("the acknowledged head");
        assert_eq!(block.hash.to_string(), hash);
    }
}
