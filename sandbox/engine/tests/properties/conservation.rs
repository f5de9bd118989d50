//! No token is lost or invented, whatever a few accounts do to each other.
//! `World` checks the sum after every block.

use crate::support::wasm::{contract, write, Arg, Host};
use crate::support::*;
use near_primitives::account::AccessKey;
use near_primitives::action::delegate::{DelegateAction, SignedDelegateAction};
use near_primitives::action::*;
use near_primitives::deterministic_account_id::{
    DeterministicAccountStateInit, DeterministicAccountStateInitV1,
};
use near_primitives::transaction::SignedTransaction;
use near_primitives::types::{Balance, Gas};
use near_primitives::utils::derive_near_deterministic_account_id;
use num_rational::Rational32;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use sealwright_engine::Config;

const ACCOUNTS: [&str; 4] = ["alice", "bob", "carol", "dave"];
const METHODS: [&str; 6] = ["write", "pay", "overpay", "panic", "wait", "missing"];

/// Transfers half a NEAR (or far too much), waits for a resume that never
/// comes, panics.
fn code() -> Vec<u8> {
    let half = Balance::from_millinear(500).as_yoctonear().to_le_bytes();
    let all = near(100_000).as_yoctonear().to_le_bytes();
    let pay = |amount: &'static [u8]| {
        vec![
            Host("promise_batch_create", vec![Arg::Bytes(b"dave")], true),
            Host(
                "promise_batch_action_transfer",
                vec![Arg::Int(0), Arg::Place(amount)],
                false,
            ),
        ]
    };
    let wait = vec![
        Arg::Bytes(b"write"),
        Arg::Bytes(b""),
        Arg::Int(5_000_000_000_000),
        Arg::Int(0),
        Arg::Int(0),
    ];
    contract(&[
        ("write", vec![write(b"k", b"value")]),
        ("pay", pay(Box::leak(Box::new(half)))),
        ("overpay", pay(Box::leak(Box::new(all)))),
        ("panic", vec![Host("panic", vec![], false)]),
        ("wait", vec![Host("promise_yield_create", wait, true)]),
    ])
}

#[derive(Debug, Clone)]
enum Step {
    Blocks(u64),
    /// From, to, and what it does there.
    Send(usize, usize, Vec<Doing>),
    /// A gas key's account, one of its nonces, the receiver, NEAR.
    SendWithGasKey(usize, u16, usize, u128),
    /// Relayer, sender, receiver, NEAR.
    Relay(usize, usize, usize, u128),
    /// From, which state, NEAR.
    StateInit(usize, u8, u128),
}

#[derive(Debug, Clone)]
enum Doing {
    /// NEAR.
    Transfer(u128),
    /// Method, NEAR, Tgas.
    Call(usize, u128, u64),
    CreateAndFund,
    AddGasKey(u16),
    /// Tenths of a NEAR.
    FundGasKey(u128),
    WithdrawFromGasKey(u128),
    DeleteGasKey,
    DeployGlobal(bool),
    UseGlobal(usize),
    Deploy,
    DeleteAccount(usize),
}

fn doing() -> impl Strategy<Value = Doing> {
    prop_oneof![
        3 => (0..1_500u128).prop_map(Doing::Transfer),
        4 => (0..METHODS.len(), 0..20u128, 1..200u64)
            .prop_map(|(method, deposit, gas)| Doing::Call(method, deposit, gas)),
        1 => Just(Doing::CreateAndFund),
        2 => (1..4u16).prop_map(Doing::AddGasKey),
        3 => (0..12u128).prop_map(Doing::FundGasKey),
        1 => (0..12u128).prop_map(Doing::WithdrawFromGasKey),
        2 => Just(Doing::DeleteGasKey),
        1 => any::<bool>().prop_map(Doing::DeployGlobal),
        1 => (0..ACCOUNTS.len()).prop_map(Doing::UseGlobal),
        2 => Just(Doing::Deploy),
        1 => (0..ACCOUNTS.len()).prop_map(Doing::DeleteAccount),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let one = 0..ACCOUNTS.len();
    prop_oneof![
        2 => (1..4u64).prop_map(Step::Blocks),
        // Half of them to the sender itself: there it may do everything.
        6 => (one.clone(), prop::option::of(one.clone()), prop::collection::vec(doing(), 1..4))
            .prop_map(|(from, to, doings)| Step::Send(from, to.unwrap_or(from), doings)),
        2 => (one.clone(), 0..3u16, one.clone(), 0..600u128)
            .prop_map(|(from, index, to, amount)| Step::SendWithGasKey(from, index, to, amount)),
        1 => (one.clone(), one.clone(), one.clone(), 0..600u128)
            .prop_map(|(relayer, from, to, amount)| Step::Relay(relayer, from, to, amount)),
        1 => (one, 0..3u8, 0..3u128)
            .prop_map(|(from, which, amount)| Step::StateInit(from, which, amount)),
    ]
}

fn tenths(of_a_near: u128) -> Balance {
    Balance::from_millinear(100 * of_a_near)
}

/// The name of an account's gas key.
fn gas_key(account: usize) -> String {
    format!("gas-{}", ACCOUNTS[account])
}

fn actions(to: usize, doing: &Doing) -> Vec<Action> {
    let public_key = key(&gas_key(to));
    match doing {
        Doing::Transfer(amount) => vec![transfer(near(*amount))],
        Doing::Call(method, deposit, gas) => {
            let gas = Gas::from_teragas(*gas);
            vec![call_with(METHODS[*method], near(*deposit), gas)]
        }
        Doing::CreateAndFund => {
            vec![
                Action::CreateAccount(CreateAccountAction {}),
                transfer(near(1)),
            ]
        }
        Doing::AddGasKey(nonces) => {
            vec![add_key(public_key, AccessKey::gas_key_full_access(*nonces))]
        }
        Doing::FundGasKey(amount) => {
            let deposit = tenths(*amount);
            let fund = TransferToGasKeyAction {
                public_key,
                deposit,
            };
            vec![Action::TransferToGasKey(Box::new(fund))]
        }
        Doing::WithdrawFromGasKey(amount) => {
            let amount = tenths(*amount);
            let withdraw = WithdrawFromGasKeyAction { public_key, amount };
            vec![Action::WithdrawFromGasKey(Box::new(withdraw))]
        }
        Doing::DeleteGasKey => vec![delete_key(public_key)],
        Doing::DeployGlobal(true) => {
            vec![deploy_global(code(), GlobalContractDeployMode::CodeHash)]
        }
        Doing::DeployGlobal(false) => {
            vec![deploy_global(code(), GlobalContractDeployMode::AccountId)]
        }
        Doing::UseGlobal(whose) => {
            let whose = GlobalContractIdentifier::AccountId(id(ACCOUNTS[*whose]));
            vec![use_global(whose)]
        }
        Doing::Deploy => vec![deploy(code())],
        Doing::DeleteAccount(beneficiary) => vec![delete_account(ACCOUNTS[*beneficiary])],
    }
}

/// What a step sends; transactions that break a rule are refused, which is fine.
fn transaction(world: &mut World, step: &Step) -> Option<SignedTransaction> {
    match step {
        Step::Blocks(_) => None,
        Step::Send(from, to, doings) => {
            let list = doings
                .iter()
                .flat_map(|doing| actions(*to, doing))
                .collect();
            Some(world.sign(ACCOUNTS[*from], ACCOUNTS[*to], list))
        }
        Step::SendWithGasKey(from, index, to, amount) => {
            let nonce = world.fresh_nonce();
            let signer = signer(ACCOUNTS[*from], &gas_key(*from));
            let list = vec![transfer(near(*amount))];
            Some(world.sign_indexed(&signer, ACCOUNTS[*to], nonce, *index, list))
        }
        Step::Relay(relayer, from, to, amount) => {
            let delegate = DelegateAction {
                sender_id: id(ACCOUNTS[*from]),
                receiver_id: id(ACCOUNTS[*to]),
                actions: vec![transfer(near(*amount)).try_into().unwrap()],
                nonce: world.next_nonce(),
                max_block_height: 10_000,
                public_key: key(ACCOUNTS[*from]),
            };
            let own = signer(ACCOUNTS[*from], ACCOUNTS[*from]);
            let signed = SignedDelegateAction::sign(&own, delegate);
            Some(world.sign(ACCOUNTS[*relayer], ACCOUNTS[*from], vec![signed.into()]))
        }
        Step::StateInit(from, which, amount) => {
            let state_init = DeterministicAccountStateInit::V1(DeterministicAccountStateInitV1 {
                code: GlobalContractIdentifier::AccountId(id("alice")),
                data: [(vec![*which], vec![0; 300 * usize::from(*which)])].into(),
            });
            let name = derive_near_deterministic_account_id(&state_init).to_string();
            let deposit = near(*amount);
            let init = DeterministicStateInitAction {
                state_init,
                deposit,
            };
            let init = Action::DeterministicStateInit(Box::new(init));
            Some(world.sign(ACCOUNTS[*from], &name, vec![init]))
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 160,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(3),
        ..ProptestConfig::default()
    })]

    /// Small chunks: prices move and receipts are delayed.
    #[test]
    fn every_token_is_accounted_for_after_every_block(
        protocol_version in 84..=88u32,
        gas_limit in prop_oneof![Just(15), Just(100), Just(1_000)],
        steps in prop::collection::vec(step(), 1..40),
    ) {
        let mut world = World::of(Config {
            protocol_version,
            records: records(),
            gas_limit: Gas::from_teragas(gas_limit),
            gas_price_adjustment_rate: Rational32::new(1, 5),
            ..Config::default()
        });
        let setup = vec![deploy_global(code(), GlobalContractDeployMode::AccountId), deploy(code())];
        world.send("alice", "alice", setup).ok();
        for step in &steps {
            match transaction(&mut world, step) {
                Some(tx) => drop(world.chain.submit(tx)),
                None => {
                    let Step::Blocks(count) = step else { continue };
                    world.blocks(*count);
                }
            }
        }
        world.settle();
        // Yields time out, and their callbacks run.
        world.chain.fast_forward(250);
        world.blocks(3);
        world.settle();
    }
}
