//! What a call costs its signer.

use crate::support::wasm::{contract, log, write, Host};
use crate::support::*;
use near_primitives::types::{Balance, Gas};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

fn code() -> Vec<u8> {
    contract(&[
        ("write", vec![write(b"k", b"value")]),
        ("log", vec![log(b"hello")]),
        (
            "panic",
            vec![write(b"k", b"lost"), Host("panic", vec![], false)],
        ),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 48,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(2),
        ..ProptestConfig::default()
    })]

    /// The signer loses what the outcomes say was burnt, and the deposit if the
    /// call succeeded; everything else comes back.
    #[test]
    fn signer_pays_what_is_burnt_and_what_arrives(
        version in 84..=88u32,
        calls in prop::collection::vec(
            (prop_oneof![Just("write"), Just("log"), Just("panic"), Just("missing")], 0..10u128),
            1..4,
        ),
        gas in 1_000_000_000..300_000_000_000_000u64,
    ) {
        let mut world = World::new(version);
        world.send("bob", "bob", vec![deploy(code())]).ok();
        let before = world.account("alice").amount;
        let gas = Gas::from_gas(gas);
        let actions = calls.iter().map(|(name, deposit)| call_with(name, near(*deposit), gas));
        let done = world.send("alice", "bob", actions.collect());
        let lost = before.checked_sub(world.account("alice").amount).unwrap();
        let outcomes = done.receipts.iter().chain([&done.transaction]);
        let burnt = outcomes.fold(Balance::ZERO, |sum, outcome| {
            sum.saturating_add(outcome.outcome.tokens_burnt)
        });
        let succeeded = matches!(
            done.status,
            near_primitives::views::FinalExecutionStatus::SuccessValue(_)
        );
        let arrived: u128 = match succeeded {
            true => calls.iter().map(|(_, deposit)| deposit).sum(),
            false => 0,
        };
        prop_assert_eq!(lost, burnt.saturating_add(near(arrived)));
    }
}
