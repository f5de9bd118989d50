//! What actions add up to while a receipt runs.

use near_parameters::ParameterCost;
use near_primitives::errors::{ActionError, ActionErrorKind};
use near_primitives::receipt::Receipt;
use near_primitives::types::validator_stake::ValidatorStake;
use near_primitives::types::{Balance, Compute, Gas};
use near_vm_runner::logic::ReturnData;
use near_vm_runner::ProfileDataV3;

pub struct ActionResult {
    pub gas_burnt: Gas,
    /// Burnt, and given to what the action sends on.
    pub gas_used: Gas,
    pub gas_burnt_for_function_call: Gas,
    pub compute_usage: Compute,
    pub result: Result<ReturnData, ActionError>,
    pub logs: Vec<String>,
    pub new_receipts: Vec<Receipt>,
    /// Stakes offered.
    pub proposals: Vec<ValidatorStake>,
    pub profile: Option<Box<ProfileDataV3>>,
    /// Beyond the price of gas.
    pub tokens_burnt: Balance,
    /// New tokens: the exemption for one attached yocto.
    pub subsidy: Balance,
    /// The receipt made the account and left it in being.
    pub created_account: bool,
    /// A fault that depends on the run of the code has struck.
    pub fault_was_reached: bool,
}

impl ActionResult {
    /// A result that has so far paid this fee.
    pub fn paying(fee: ParameterCost) -> Self {
        Self {
            gas_burnt: fee.gas,
            gas_used: fee.gas,
            gas_burnt_for_function_call: Gas::ZERO,
            compute_usage: fee.compute,
            result: Ok(ReturnData::None),
            logs: Vec::new(),
            new_receipts: Vec::new(),
            proposals: Vec::new(),
            profile: None,
            tokens_burnt: Balance::ZERO,
            subsidy: Balance::ZERO,
            created_account: false,
            fault_was_reached: false,
        }
    }

    pub fn fail(&mut self, kind: ActionErrorKind) {
        self.result = Err(kind.into());
    }

    /// Tokens that vanish beyond the price of gas.
    pub fn burn(&mut self, amount: Balance) {
        self.tokens_burnt = self.tokens_burnt.saturating_add(amount);
    }

    /// Compute time that no gas stands for.
    pub fn add_compute(&mut self, compute: Compute) {
        self.compute_usage = self.compute_usage.saturating_add(compute);
    }

    pub fn failed(&self) -> bool {
        self.result.is_err()
    }

    /// Adds the next action's result. A failure keeps gas and logs and drops
    /// everything that was to be sent.
    pub fn merge(&mut self, mut next: Self) {
        self.gas_burnt = add(self.gas_burnt, next.gas_burnt);
        self.gas_used = add(self.gas_used, next.gas_used);
        self.gas_burnt_for_function_call = add(
            self.gas_burnt_for_function_call,
            next.gas_burnt_for_function_call,
        );
        self.compute_usage = self.compute_usage.saturating_add(next.compute_usage);
        self.logs.append(&mut next.logs);
        self.merge_profile(next.profile);
        self.result = next.result;
        if self.failed() {
            self.drop_effects();
            return;
        }
        // Receipt indexes count from the action; here they count from the receipt.
        if let Ok(ReturnData::ReceiptIndex(index)) = &mut self.result {
            *index += self.new_receipts.len() as u64;
        }
        self.new_receipts.append(&mut next.new_receipts);
        self.proposals.append(&mut next.proposals);
        self.tokens_burnt = self.tokens_burnt.saturating_add(next.tokens_burnt);
        self.subsidy = self.subsidy.saturating_add(next.subsidy);
    }

    fn merge_profile(&mut self, next: Option<Box<ProfileDataV3>>) {
        match (&mut self.profile, next) {
            (_, None) => {}
            (Some(profile), Some(next)) => profile.merge(&next),
            (profile @ None, next) => *profile = next,
        }
    }

    pub fn drop_effects(&mut self) {
        self.new_receipts.clear();
        self.proposals.clear();
        self.tokens_burnt = Balance::ZERO;
        self.subsidy = Balance::ZERO;
        self.created_account = false;
    }
}

/// Gas of one receipt is bounded by what was bought, so sums cannot overflow.
pub fn add(left: Gas, right: Gas) -> Gas {
    left.checked_add(right).expect("a receipt's gas is limited")
}
