//! Plans, matching, delays. What faults do to whole chains is tested through
//! Python (sandbox/tests/test_faults.py).

use super::*;
use near_crypto::{KeyType, PublicKey};
use near_primitives::action::{Action, FunctionCallAction, TransferAction};
use near_primitives::hash::{hash, CryptoHash};
use near_primitives::receipt::{ActionReceipt, DataReceipt, Receipt, ReceiptEnum, ReceiptV0};
use near_primitives::types::{AccountId, Balance, Gas};
use std::sync::Arc;

fn account(name: &str) -> AccountId {
    name.parse().unwrap()
}

fn receipt(from: &str, to: &str, receipt: ReceiptEnum) -> Receipt {
    Receipt::V0(ReceiptV0 {
        predecessor_id: account(from),
        receiver_id: account(to),
        receipt_id: hash(format!("{from}{to}").as_bytes()),
        receipt,
    })
}

fn actions(from: &str, to: &str, inputs: usize, actions: Vec<Action>) -> Receipt {
    let action = ActionReceipt {
        signer_id: account("client.near"),
        signer_public_key: PublicKey::empty(KeyType::ED25519),
        gas_price: Balance::ZERO,
        output_data_receivers: vec![],
        input_data_ids: vec![CryptoHash::default(); inputs],
        actions,
    };
    receipt(from, to, ReceiptEnum::Action(action))
}

fn call(method: &str) -> Vec<Action> {
    vec![Action::FunctionCall(Box::new(FunctionCallAction {
        method_name: method.into(),
        args: vec![],
        gas: Gas::from_teragas(1),
        deposit: Balance::ZERO,
    }))]
}

fn transfer() -> Vec<Action> {
    let deposit = Balance::from_near(1);
    vec![Action::Transfer(TransferAction { deposit })]
}

fn plan(rules: &str) -> FaultPlan {
    let plan: FaultPlan = serde_json::from_str(&format!(r#"{{"rules": [{rules}]}}"#)).unwrap();
    plan.check().unwrap();
    plan
}

fn installed(rules: &str) -> Faults {
    let mut faults = Faults::default();
    faults.install(plan(rules));
    faults
}

fn possible(rule: &str, receipt: &Receipt) -> bool {
    let mut faults = installed(rule);
    for moment in [Moment::Arrival, Moment::Execution, Moment::Yield] {
        faults.strike(receipt, moment, 1);
    }
    faults.report().unwrap().fired[0].possible
}

#[test]
fn rules_look_at_accounts_methods_actions_and_heights() {
    let rule = r#"{"when": {"predecessor_id": "a.near", "method": "go", "from_height": 5},
                   "fault": {"kind": "fail"}}"#;
    let strikes = |from: &str, method: &str, height: u64| {
        let receipt = actions(from, "b.near", 0, call(method));
        installed(rule)
            .strike(&receipt, Moment::Execution, height)
            .is_some()
    };
    assert!(strikes("a.near", "go", 5));
    assert!(!strikes("a.near", "go", 4));
    assert!(!strikes("a.near", "stay", 5));
    assert!(!strikes("c.near", "go", 5));
    let transfers = r#"{"when": {"action": "Transfer"}, "fault": {"kind": "fail"}}"#;
    let paid = actions("a.near", "b.near", 0, transfer());
    assert!(installed(transfers)
        .strike(&paid, Moment::Execution, 1)
        .is_some());
    assert!(installed(transfers)
        .strike(&paid, Moment::Arrival, 1)
        .is_none());
}

#[test]
fn every_rule_counts_and_the_first_one_strikes() {
    let rules = r#"{"when": {"nth": 2}, "fault": {"kind": "fail"}},
                   {"fault": {"kind": "starve", "gas": 1}, "times": 1}"#;
    let mut faults = installed(rules);
    let receipt = actions("a.near", "b.near", 0, call("go"));
    let mut next = || {
        let strike = faults.strike(&receipt, Moment::Execution, 1)?;
        Some(matches!(strike.fault(), Fault::Starve { .. }))
    };
    assert_eq!([next(), next(), next()], [Some(true), Some(false), None]);
}

#[test]
fn what_is_possible_depends_on_whose_code_runs() {
    let fail = r#"{"fault": {"kind": "fail"}}"#;
    let starve = r#"{"fault": {"kind": "starve", "gas": 0}}"#;
    let refuse = r#"{"fault": {"kind": "refuse_transfer"}}"#;
    let foreign = actions("a.near", "b.near", 0, call("go"));
    let callback = actions("a.near", "a.near", 1, call("on_done"));
    let own_transaction = actions("client.near", "client.near", 0, call("go"));
    assert!(possible(fail, &foreign) && possible(starve, &foreign));
    assert!(!possible(fail, &callback) && !possible(starve, &callback));
    assert!(possible(fail, &own_transaction));
    assert!(possible(
        refuse,
        &actions("a.near", "b.near", 0, transfer())
    ));
    assert!(!possible(
        refuse,
        &actions("a.near", &"ab".repeat(32), 0, transfer())
    ));
    assert!(!possible(
        refuse,
        &actions("system", "a.near", 0, transfer())
    ));
}

#[test]
fn a_delay_holds_up_its_pair_and_nobody_else() {
    let mut faults =
        installed(r#"{"when": {"method": "slow"}, "fault": {"kind": "delay", "blocks": 3}}"#);
    let slow = Arc::new(actions("a.near", "b.near", 0, call("slow")));
    let data = Arc::new(receipt(
        "a.near",
        "b.near",
        ReceiptEnum::Data(DataReceipt {
            data_id: CryptoHash::default(),
            data: None,
        }),
    ));
    let other = Arc::new(actions("c.near", "b.near", 0, call("fast")));
    let admitted = faults.admit(vec![slow.clone(), data.clone(), other.clone()], 10);
    assert_eq!(admitted, [other]);
    assert!(faults.due(12, |_, _| false).is_empty());
    assert_eq!(faults.due(13, |_, _| false), [slow, data]);
    assert_eq!(faults.held().count(), 0);
}

#[test]
fn a_late_answer_waits_for_the_timeout_and_not_the_other_way_round() {
    let mut faults = installed(r#"{"fault": {"kind": "resume_late"}}"#);
    let resume = |data: Option<Vec<u8>>| {
        let data_id = CryptoHash::default();
        let data = DataReceipt { data_id, data };
        Arc::new(receipt(
            "a.near",
            "a.near",
            ReceiptEnum::PromiseResume(data),
        ))
    };
    let (answer, timeout) = (resume(Some(vec![1])), resume(None));
    assert!(faults.admit(vec![answer.clone()], 1).is_empty());
    assert_eq!(faults.admit(vec![timeout.clone()], 2), [timeout]);
    assert!(faults.due(3, |_, _| true).is_empty());
    assert_eq!(faults.due(3, |_, _| false), [answer]);
}

#[test]
fn plans_are_data() {
    let text = r#"{"version":1,"seed":7,"only_possible":true,"rules":[{"when":{"nth":1},"fault":{"kind":"delay","blocks":2},"times":3,"chance_permille":5}]}"#;
    let plan: FaultPlan = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&plan).unwrap(), text);
    let unknown = r#"{"rules": [{"fault": {"kind": "fail", "sometimes": true}}]}"#;
    assert!(serde_json::from_str::<FaultPlan>(unknown).is_err());
    let wrong: FaultPlan = serde_json::from_str(r#"{"version": 2, "rules": []}"#).unwrap();
    assert!(wrong.check().is_err());
}
