//! The VM's view of the chain while one call runs.

use super::promises::{Promise, Promises};
use super::{promised, yields, BlockContext};
use crate::state::StateUpdate;
use near_crypto::PublicKey;
use near_primitives::account::AccessKeyPermission;
use near_primitives::action::{Action, FunctionCallAction};
use near_primitives::hash::{CryptoHash, YieldId};
use near_primitives::receipt::DataReceiver;
use near_primitives::types::{AccountId, Balance, Gas, GasWeight, Nonce, NonceIndex};
use near_primitives::universal_state_init::{
    DecodeMode, RawStateInit, StateInitError, UniversalStateInit, UniversalStateInitCounts,
};
use near_primitives::utils::create_receipt_id_from_action_hash;
use near_primitives::version::ProtocolFeature;
use near_vm_runner::logic::types::{
    ActionIndex, GlobalContractDeployMode, GlobalContractIdentifier, ReceiptIndex,
};
use near_vm_runner::logic::{External, HostError, StorageAccessTracker, VMLogicError, ValuePtr};

type Answer<T> = Result<T, VMLogicError>;

pub struct CallExternal<'a> {
    pub context: &'a BlockContext,
    pub state: &'a mut StateUpdate,
    pub account_id: &'a AccountId,
    pub action_hash: CryptoHash,
    /// The receipt that the call belongs to; `None` for a view.
    pub receipt_id: Option<CryptoHash>,
    /// Storage proof of the chunk that does not count against the limit, bytes.
    pub proof_before: usize,
    pub promises: Promises,
    data_count: u64,
}

impl<'a> CallExternal<'a> {
    pub fn new(
        context: &'a BlockContext,
        state: &'a mut StateUpdate,
        account_id: &'a AccountId,
        action_hash: CryptoHash,
        proof_before: usize,
    ) -> Self {
        Self {
            context,
            proof_before,
            state,
            account_id,
            action_hash,
            receipt_id: None,
            promises: Promises::default(),
            data_count: 0,
        }
    }
}

impl External for CallExternal<'_> {
    fn storage_set(
        &mut self,
        tracker: &mut dyn StorageAccessTracker,
        key: &[u8],
        value: &[u8],
    ) -> Answer<Option<Vec<u8>>> {
        self.write(tracker, key, value)
    }

    fn storage_get(
        &self,
        _: &mut dyn StorageAccessTracker,
        key: &[u8],
    ) -> Answer<Option<Box<dyn ValuePtr + '_>>> {
        Ok(self.read(key))
    }

    fn storage_remove(
        &mut self,
        tracker: &mut dyn StorageAccessTracker,
        key: &[u8],
    ) -> Answer<Option<Vec<u8>>> {
        self.remove(tracker, key)
    }

    fn storage_has_key(&mut self, _: &mut dyn StorageAccessTracker, key: &[u8]) -> Answer<bool> {
        Ok(self.has_key(key))
    }

    fn generate_data_id(&mut self) -> CryptoHash {
        let height = self.context.height;
        let id = create_receipt_id_from_action_hash(&self.action_hash, height, self.data_count);
        self.data_count += 1;
        id
    }

    fn get_recorded_storage_size(&self) -> usize {
        self.state.recorded_bytes()
    }

    fn storage_proof_size_before_receipt(&self) -> usize {
        self.proof_before
    }

    fn validator_stake(&self, account_id: &AccountId) -> Answer<Option<Balance>> {
        Ok(self.context.epoch.get_validator_stake(account_id))
    }

    fn validator_total_stake(&self) -> Answer<Balance> {
        let validators = self.context.epoch.validators_iter();
        Ok(validators.fold(Balance::ZERO, |sum, v| sum.saturating_add(v.stake())))
    }

    fn chain_id(&self) -> String {
        self.context.chain_id.clone()
    }

    fn create_action_receipt(
        &mut self,
        receipt_indices: Vec<ReceiptIndex>,
        receiver_id: AccountId,
    ) -> Answer<ReceiptIndex> {
        let mut inputs = Vec::with_capacity(receipt_indices.len());
        for index in receipt_indices {
            let data_id = self.generate_data_id();
            inputs.push(data_id);
            let receiver_id = receiver_id.clone();
            let receivers = &mut self.promises.get_mut(index).output_data_receivers;
            receivers.push(DataReceiver {
                data_id,
                receiver_id,
            });
        }
        Ok(self.promises.push(Promise::new(receiver_id, inputs, false)))
    }

    fn create_promise_yield_receipt(
        &mut self,
        receiver_id: AccountId,
    ) -> Answer<(ReceiptIndex, CryptoHash)> {
        let data_id = self.generate_data_id();
        yields::open(self.state, self.account_id, data_id);
        let index = self
            .promises
            .push(Promise::new(receiver_id, vec![data_id], true));
        Ok((index, data_id))
    }

    fn create_promise_yield_receipt_with_id(
        &mut self,
        receiver_id: AccountId,
        user_yield_id: YieldId,
    ) -> Answer<Option<(ReceiptIndex, CryptoHash)>> {
        if yields::named(self.state, self.account_id, user_yield_id).is_some() {
            return Ok(None);
        }
        let (index, data_id) = self.create_promise_yield_receipt(receiver_id)?;
        yields::name(self.state, self.account_id, user_yield_id, data_id);
        Ok(Some((index, data_id)))
    }

    fn submit_promise_resume_data(&mut self, data_id: CryptoHash, data: Vec<u8>) -> Answer<bool> {
        let resumed = yields::begin_resume(self.state, self.account_id, data_id);
        if resumed {
            self.promises.resume(data_id, data);
        }
        Ok(resumed)
    }

    fn submit_promise_resume_data_with_yield_id(
        &mut self,
        user_yield_id: YieldId,
        data: Vec<u8>,
    ) -> Answer<bool> {
        match yields::named(self.state, self.account_id, user_yield_id) {
            Some(data_id) => self.submit_promise_resume_data(data_id, data),
            None => Ok(false),
        }
    }

    fn append_action_create_account(&mut self, index: ReceiptIndex) {
        self.promises.append(index, promised::create_account());
    }

    fn append_action_deploy_contract(&mut self, index: ReceiptIndex, code: Vec<u8>) {
        self.promises.append(index, promised::deploy(code));
    }

    fn append_action_deploy_global_contract(
        &mut self,
        index: ReceiptIndex,
        code: Vec<u8>,
        mode: GlobalContractDeployMode,
    ) {
        self.promises
            .append(index, promised::deploy_global(code, mode));
    }

    fn append_action_use_global_contract(
        &mut self,
        index: ReceiptIndex,
        contract_id: GlobalContractIdentifier,
    ) {
        self.promises
            .append(index, promised::use_global(contract_id));
    }

    fn append_action_deterministic_state_init(
        &mut self,
        index: ReceiptIndex,
        contract_id: GlobalContractIdentifier,
        amount: Balance,
    ) -> ActionIndex {
        let init = promised::deterministic_state_init(contract_id, amount);
        self.promises.append(index, init);
        self.promises.get(index).actions.len() as u64 - 1
    }

    fn set_deterministic_state_init_data_entry(
        &mut self,
        receipt_index: ReceiptIndex,
        action_index: ActionIndex,
        key: Vec<u8>,
        value: Vec<u8>,
    ) -> Answer<()> {
        let actions = &mut self.promises.get_mut(receipt_index).actions;
        let Some(Action::DeterministicStateInit(init)) = actions.get_mut(action_index as usize)
        else {
            return Err(HostError::InvalidActionIndex {
                receipt_index,
                action_index,
            }
            .into());
        };
        match init.state_init.data_mut().insert(key, value) {
            None => Ok(()),
            Some(_) => Err(HostError::DataEntryAlreadyExists.into()),
        }
    }

    fn check_state_init(&self, state_init: &RawStateInit) -> Result<(), StateInitError> {
        UniversalStateInit::from_raw_strict(state_init).map(|_| ())
    }

    fn state_init_send_counts(
        &self,
        state_init: &RawStateInit,
        mode: DecodeMode,
    ) -> UniversalStateInitCounts {
        near_primitives::universal_state_init::state_init_send_counts(state_init, mode)
    }

    fn append_action_universal_state_init(
        &mut self,
        index: ReceiptIndex,
        state_init: RawStateInit,
        amount: Balance,
    ) {
        let init = promised::universal_state_init(state_init, amount);
        self.promises.append(index, init);
    }

    fn append_action_function_call_weight(
        &mut self,
        index: ReceiptIndex,
        method_name: Vec<u8>,
        args: Vec<u8>,
        attached_deposit: Balance,
        prepaid_gas: Gas,
        gas_weight: GasWeight,
    ) -> Answer<()> {
        let call = FunctionCallAction {
            method_name: promised::utf8(method_name)?,
            args,
            gas: prepaid_gas,
            deposit: attached_deposit,
        };
        self.promises.append_call(index, call, gas_weight.0);
        Ok(())
    }

    fn append_action_transfer(&mut self, index: ReceiptIndex, deposit: Balance) {
        self.promises.append(index, promised::transfer(deposit));
    }

    fn append_action_transfer_to_gas_key(
        &mut self,
        index: ReceiptIndex,
        public_key: PublicKey,
        deposit: Balance,
    ) {
        let transfer = promised::transfer_to_gas_key(public_key, deposit);
        self.promises.append(index, transfer);
    }

    fn append_action_stake(&mut self, index: ReceiptIndex, stake: Balance, public_key: PublicKey) {
        self.promises
            .append(index, promised::stake(stake, public_key));
    }

    fn append_action_add_key_with_full_access(
        &mut self,
        index: ReceiptIndex,
        public_key: PublicKey,
        nonce: Nonce,
    ) {
        let permission = AccessKeyPermission::FullAccess;
        self.promises
            .append(index, promised::add_key(public_key, nonce, permission));
    }

    fn append_action_add_key_with_function_call(
        &mut self,
        index: ReceiptIndex,
        public_key: PublicKey,
        nonce: Nonce,
        allowance: Option<Balance>,
        receiver_id: AccountId,
        method_names: Vec<Vec<u8>>,
    ) -> Answer<()> {
        let permission = promised::permission(allowance, receiver_id, method_names)?;
        let permission = AccessKeyPermission::FunctionCall(permission);
        self.promises
            .append(index, promised::add_key(public_key, nonce, permission));
        Ok(())
    }

    fn append_action_add_gas_key_with_full_access(
        &mut self,
        index: ReceiptIndex,
        public_key: PublicKey,
        num_nonces: NonceIndex,
    ) {
        let permission = AccessKeyPermission::GasKeyFullAccess(promised::gas_key(num_nonces));
        self.promises
            .append(index, promised::add_key(public_key, 0, permission));
    }

    fn append_action_add_gas_key_with_function_call(
        &mut self,
        index: ReceiptIndex,
        public_key: PublicKey,
        num_nonces: NonceIndex,
        allowance: Option<Balance>,
        receiver_id: AccountId,
        method_names: Vec<Vec<u8>>,
    ) -> Answer<()> {
        let permission = AccessKeyPermission::GasKeyFunctionCall(
            promised::gas_key(num_nonces),
            promised::permission(allowance, receiver_id, method_names)?,
        );
        self.promises
            .append(index, promised::add_key(public_key, 0, permission));
        Ok(())
    }

    fn append_action_delete_key(&mut self, index: ReceiptIndex, public_key: PublicKey) {
        self.promises
            .append(index, promised::delete_key(public_key));
    }

    fn append_action_delete_account(&mut self, index: ReceiptIndex, beneficiary_id: AccountId) {
        self.promises
            .append(index, promised::delete_account(beneficiary_id));
    }

    fn get_receipt_receiver(&self, index: ReceiptIndex) -> &AccountId {
        &self.promises.get(index).receiver_id
    }

    fn set_refund_to(&mut self, index: ReceiptIndex, refund_to: AccountId) {
        self.promises.get_mut(index).refund_to = Some(refund_to);
    }

    fn post_quantum_keys_enabled(&self) -> bool {
        ProtocolFeature::PostQuantumSignatures.enabled(self.context.protocol_version)
    }
}
