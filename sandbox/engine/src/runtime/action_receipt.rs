//! Applying one action receipt: its actions, then refunds, reward, data.

use super::actions::{self, ReceiptShape, Subject};
use super::chunk::Chunk;
use super::function_call::Caller;
use super::refunds::Settlement;
use super::result::ActionResult;
use super::{fees, outcome, validation, verifier};
use crate::faults::Strike;
use crate::state::access::Records;
use near_primitives::account::{Account, AccountContract};
use near_primitives::action::Action;
use near_primitives::errors::ActionErrorKind;
use near_primitives::hash::CryptoHash;
use near_primitives::receipt::{Receipt, VersionedActionReceipt, VersionedReceiptEnum};
use near_primitives::transaction::ExecutionOutcome;
use near_primitives::types::{AccountId, Balance, StateChangeCause};
use near_primitives::utils::create_receipt_id_from_receipt_id;
use near_primitives::version::ProtocolFeature;

impl Chunk<'_> {
    pub fn apply_action_receipt(&mut self, receipt: &Receipt, action: &VersionedActionReceipt) {
        let account_id = receipt.receiver_id();
        let receipt_hash = *receipt.receipt_id();
        let inputs = self.take_inputs(account_id, action);
        self.state
            .commit(StateChangeCause::ActionReceiptProcessingStarted { receipt_hash });

        let strike = self.aim(receipt);
        let made_to_fail = strike
            .as_ref()
            .and_then(|strike| self.made_to_fail(strike.fault(), receipt, action));
        let mut contracts = Vec::with_capacity(action.actions().len());
        let mut result = match made_to_fail {
            Some(failure) => failure,
            None => self.run_actions(receipt, action, &inputs, strike.as_ref(), &mut contracts),
        };
        let settlement = Settlement::of(self.context, receipt, action, &mut result);
        if result.failed() {
            self.state.rollback();
        } else {
            self.state
                .commit(StateChangeCause::ReceiptProcessing { receipt_hash });
        }
        self.burnt = self.burnt.saturating_add(settlement.burnt);
        self.minted = self.minted.saturating_add(result.subsidy);
        self.proposals.append(&mut result.proposals);
        self.pay_reward(account_id, settlement.reward, receipt_hash);
        outcome::route_data(account_id, action, &mut result);
        let receipt_ids = self.send_all(receipt, std::mem::take(&mut result.new_receipts));
        let metadata = outcome::metadata(
            self.context.protocol_version,
            &mut result,
            contracts,
            action.actions().len(),
        );
        self.push_outcome(
            receipt_hash,
            ExecutionOutcome {
                logs: result.logs,
                receipt_ids,
                gas_burnt: result.gas_burnt,
                compute_usage: Some(result.compute_usage),
                tokens_burnt: settlement.tokens_burnt,
                executor_id: account_id.clone(),
                status: outcome::status(receipt, self.context.height, result.result),
                metadata,
            },
        );
    }

    /// Runs the actions up to the first failure, then asks for storage cover.
    /// `contracts` receives what code the account had before each action.
    fn run_actions(
        &mut self,
        receipt: &Receipt,
        action: &VersionedActionReceipt,
        inputs: &[Option<Vec<u8>>],
        strike: Option<&Strike>,
        contracts: &mut Vec<AccountContract>,
    ) -> ActionResult {
        let account_id = receipt.receiver_id();
        let mut account = self.state.account(account_id);
        let existed = account.is_some();
        if let (false, Some(wanted)) = (existed, &self.context.wanted) {
            wanted.account(account_id);
        }
        let mut actor_id = receipt.predecessor_id().clone();
        let mut result = ActionResult::paying(fees::receipt_exec_fee(&self.context.config));
        let count = action.actions().len();
        let proof_before = self.state.recorded_bytes();
        for (index, one) in action.actions().iter().enumerate() {
            contracts.push(outcome::contract_of(&account));
            let is_last_action = index + 1 == count;
            let caller = Caller {
                receipt,
                action,
                inputs,
                is_last_action,
                strike,
                proof_before,
            };
            let next = self.run_action(one, index, &caller, &mut account, &mut actor_id);
            if let Some(strike) = strike.filter(|_| next.fault_was_reached) {
                self.confirm(strike);
            }
            result.merge(next);
            self.check_storage_proof(proof_before, &mut result);
            if let Err(error) = &mut result.result {
                error.index = Some(index as u64);
                return result;
            }
        }
        result.created_account = !existed && account.is_some();
        if let Some(account) = account {
            self.keep(account_id, &account, &mut result);
        }
        result
    }

    /// From version 87 on all actions, not calls alone, are held to the limit.
    fn check_storage_proof(&self, proof_before: usize, result: &mut ActionResult) {
        let limits = &self.context.config.wasm_config.limit_config;
        let limit = limits.per_receipt_storage_proof_size_limit;
        let applies = ProtocolFeature::EnforceStorageProofLimitForAllActions
            .enabled(self.context.protocol_version);
        if applies && !result.failed() && self.state.recorded_bytes() - proof_before > limit {
            let limit = limit as u64;
            result.fail(ActionErrorKind::ReceiptStorageProofSizeExceeded { limit });
            result.drop_effects();
        }
    }

    fn keep(&mut self, account_id: &AccountId, account: &Account, result: &mut ActionResult) {
        let config = &self.context.config;
        match verifier::check_storage_stake(config, account, account.amount()) {
            Ok(()) => self.state.set_account(account_id, account),
            Err(amount) => {
                let account_id = account_id.clone();
                result.fail(ActionErrorKind::LackBalanceForState { account_id, amount });
                result.drop_effects();
            }
        }
    }

    fn run_action(
        &mut self,
        action: &Action,
        index: usize,
        caller: &Caller,
        account: &mut Option<Account>,
        actor_id: &mut AccountId,
    ) -> ActionResult {
        let receipt = caller.receipt;
        let account_id = receipt.receiver_id();
        let context = self.context;
        let mut result = ActionResult::paying(fees::exec_fee(&context.config, action, account_id));
        let shape = ReceiptShape {
            is_refund: receipt.predecessor_id().is_system(),
            is_only_action: caller.action.actions().len() == 1,
        };
        let before = account.as_ref();
        let allowed = actions::check_existence(&context.config, action, before, account_id, shape)
            .and_then(|()| actions::check_permission(action, before, account_id, actor_id));
        if let Err(error) = allowed {
            result.fail(error);
            return result;
        }
        let predecessor_id = receipt.predecessor_id();
        let mut subject = Subject {
            account_id,
            predecessor_id,
            account,
            actor_id,
        };
        self.dispatch(action, index, caller, &mut subject, &mut result);
        self.check_new_receipts(&mut result);
        result
    }

    fn check_new_receipts(&self, result: &mut ActionResult) {
        let limits = &self.context.config.wasm_config.limit_config;
        let version = self.context.protocol_version;
        let checked = result
            .new_receipts
            .iter()
            .try_for_each(|receipt| validation::check_new_receipt(limits, receipt, version));
        if let Err(error) = checked {
            result.fail(ActionErrorKind::NewReceiptValidationError(error));
        }
    }

    /// The contract's share of the burnt gas, paid even when the call failed.
    /// An account that is gone leaves it burnt.
    fn pay_reward(&mut self, account_id: &AccountId, reward: Balance, receipt_hash: CryptoHash) {
        if reward == Balance::ZERO {
            return;
        }
        let Some(mut account) = self.state.account(account_id) else {
            return;
        };
        account.set_amount(account.amount().saturating_add(reward));
        self.state.set_account(account_id, &account);
        self.state
            .commit(StateChangeCause::ActionReceiptGasReward { receipt_hash });
        self.burnt = self.burnt.saturating_sub(reward);
    }

    /// Numbers and sends the new receipts; the ids of those that will have outcomes.
    fn send_all(&mut self, parent: &Receipt, receipts: Vec<Receipt>) -> Vec<CryptoHash> {
        let mut ids = Vec::new();
        let parent_id = *parent.receipt_id();
        for (index, mut receipt) in receipts.into_iter().enumerate() {
            let id = create_receipt_id_from_receipt_id(&parent_id, self.context.height, index);
            receipt.set_receipt_id(id);
            if matches!(
                receipt.versioned_receipt(),
                VersionedReceiptEnum::Action(_) | VersionedReceiptEnum::PromiseYield(_)
            ) {
                ids.push(id);
            }
            self.send(parent_id, receipt);
        }
        ids
    }
}
