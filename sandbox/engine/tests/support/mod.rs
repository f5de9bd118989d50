//! A chain with a few rich accounts, for tests. Every block that it makes is
//! checked for lost or invented tokens.

#![allow(dead_code)]

pub mod wasm;

use near_crypto::{InMemorySigner, KeyType, PublicKey, Signer};
use near_primitives::account::{AccessKey, Account, AccountContract};
use near_primitives::action::*;
use near_primitives::errors::{ActionErrorKind, InvalidTxError, TxExecutionError};
use near_primitives::hash::CryptoHash;
use near_primitives::state_record::StateRecord;
use near_primitives::transaction::{
    ExecutionStatus, NonceMode, SignedTransaction, Transaction, TransactionNonce, TransactionV0,
    TransactionV1,
};
use near_primitives::types::{
    AccountId, Balance, BlockReference, Finality, Gas, Nonce, NonceIndex, ProtocolVersion,
};
use near_primitives::views::{
    AccountView, ExecutionOutcomeWithIdView, ExecutionStatusView, FinalExecutionStatus,
};
use sealwright_engine::{Chain, Config};

/// What each of the accounts `alice`, `bob`, `carol` and `dave` starts with.
pub const RICH: Balance = Balance::from_near(1_000);

pub fn id(name: &str) -> AccountId {
    name.parse().unwrap()
}

pub fn near(amount: u128) -> Balance {
    Balance::from_near(amount)
}

pub fn latest() -> BlockReference {
    BlockReference::Finality(Finality::Final)
}

/// The key that `seed` stands for.
pub fn key(seed: &str) -> PublicKey {
    signer(seed, seed).public_key()
}

pub fn signer(account: &str, seed: &str) -> Signer {
    InMemorySigner::from_seed(id(account), KeyType::ED25519, seed)
}

pub fn account_record(name: &str, amount: Balance, storage_usage: u64) -> StateRecord {
    StateRecord::Account {
        account_id: id(name),
        account: Account::new(amount, Balance::ZERO, AccountContract::None, storage_usage),
    }
}

pub fn records() -> Vec<StateRecord> {
    let mut records = vec![account_record("registrar", RICH, 0)];
    for name in ["alice", "bob", "carol", "dave"] {
        records.push(account_record(name, RICH, 0));
        let access_key = AccessKey::full_access();
        records.push(StateRecord::access_key(id(name), key(name), access_key));
    }
    records
}

pub fn transfer(deposit: Balance) -> Action {
    Action::Transfer(TransferAction { deposit })
}

pub fn call(method_name: &str, deposit: Balance) -> Action {
    call_with(method_name, deposit, Gas::from_teragas(100))
}

pub fn call_with(method_name: &str, deposit: Balance, gas: Gas) -> Action {
    Action::FunctionCall(Box::new(FunctionCallAction {
        method_name: method_name.into(),
        args: vec![],
        gas,
        deposit,
    }))
}

pub fn deploy(code: Vec<u8>) -> Action {
    Action::DeployContract(DeployContractAction { code })
}

pub fn add_key(public_key: PublicKey, access_key: AccessKey) -> Action {
    Action::AddKey(Box::new(AddKeyAction {
        public_key,
        access_key,
    }))
}

pub fn delete_key(public_key: PublicKey) -> Action {
    Action::DeleteKey(Box::new(DeleteKeyAction { public_key }))
}

pub fn delete_account(beneficiary: &str) -> Action {
    Action::DeleteAccount(DeleteAccountAction {
        beneficiary_id: id(beneficiary),
    })
}

pub fn deploy_global(code: Vec<u8>, deploy_mode: GlobalContractDeployMode) -> Action {
    Action::DeployGlobalContract(DeployGlobalContractAction {
        code: code.into(),
        deploy_mode,
    })
}

pub fn use_global(contract_identifier: GlobalContractIdentifier) -> Action {
    Action::UseGlobalContract(Box::new(UseGlobalContractAction {
        contract_identifier,
    }))
}

/// What a transaction and its receipts came to.
#[derive(Debug)]
pub struct Done {
    pub status: FinalExecutionStatus,
    pub transaction: ExecutionOutcomeWithIdView,
    pub receipts: Vec<ExecutionOutcomeWithIdView>,
}

impl Done {
    /// Panics unless the transaction succeeded.
    pub fn ok(self) -> Self {
        assert!(
            matches!(self.status, FinalExecutionStatus::SuccessValue(_)),
            "{:?}",
            self.status
        );
        self
    }

    /// How the first receipt failed, and in which action.
    pub fn failure(&self) -> (Option<u64>, ActionErrorKind) {
        match &self.receipts[0].outcome.status {
            ExecutionStatusView::Failure(TxExecutionError::ActionError(error)) => {
                (error.index, error.kind.clone())
            }
            other => panic!("it did not fail: {other:?}"),
        }
    }
}

pub struct World {
    pub chain: Chain,
    nonce: Nonce,
}

impl World {
    pub fn new(protocol_version: ProtocolVersion) -> Self {
        Self::with(protocol_version, vec![])
    }

    /// With more records in its genesis.
    pub fn with(protocol_version: ProtocolVersion, more: Vec<StateRecord>) -> Self {
        let mut records = records();
        records.extend(more);
        Self::of(Config {
            protocol_version,
            records,
            ..Config::default()
        })
    }

    pub fn of(config: Config) -> Self {
        let mut world = Self {
            chain: Chain::new(config),
            nonce: 0,
        };
        // Keys made at genesis have nonce 0 and heights bound nonces.
        world.blocks(2);
        world
    }

    pub fn next_nonce(&mut self) -> Nonce {
        self.nonce += 1;
        self.nonce
    }

    /// Above every nonce that a key made up to now can have.
    pub fn fresh_nonce(&mut self) -> Nonce {
        let created = self.chain.head().height * AccessKey::ACCESS_KEY_NONCE_RANGE_MULTIPLIER;
        created - 1_000 + self.next_nonce()
    }

    pub fn blocks(&mut self, count: u64) {
        for _ in 0..count {
            self.chain.produce_block();
            let check = self.chain.total_supply_check();
            assert!(check.holds(), "{check:?}");
        }
    }

    /// Makes blocks until nothing is on its way.
    pub fn settle(&mut self) {
        while !self.chain.is_idle() {
            self.blocks(1);
        }
    }

    /// Signs with the account's own key.
    pub fn sign(&mut self, from: &str, to: &str, actions: Vec<Action>) -> SignedTransaction {
        let nonce = self.next_nonce();
        self.sign_with(&signer(from, from), to, nonce, actions)
    }

    pub fn sign_with(
        &self,
        signer: &Signer,
        to: &str,
        nonce: Nonce,
        actions: Vec<Action>,
    ) -> SignedTransaction {
        let tx = Transaction::V0(TransactionV0 {
            signer_id: signer.get_account_id(),
            public_key: signer.public_key(),
            nonce,
            receiver_id: id(to),
            block_hash: self.chain.head().hash,
            actions,
        });
        signed(signer, tx)
    }

    /// Signs with a gas key.
    pub fn sign_indexed(
        &self,
        signer: &Signer,
        to: &str,
        nonce: Nonce,
        nonce_index: NonceIndex,
        actions: Vec<Action>,
    ) -> SignedTransaction {
        let tx = Transaction::V1(TransactionV1 {
            signer_id: signer.get_account_id(),
            public_key: signer.public_key(),
            nonce: TransactionNonce::GasKeyNonce { nonce, nonce_index },
            receiver_id: id(to),
            block_hash: self.chain.head().hash,
            actions,
            nonce_mode: NonceMode::Monotonic,
        });
        signed(signer, tx)
    }

    /// Sends and runs to the end. Panics if the transaction is refused.
    pub fn run(&mut self, tx: SignedTransaction) -> Done {
        let hash = self.chain.submit(tx).expect("it is valid");
        self.settle();
        self.done(&hash)
    }

    pub fn done(&self, hash: &CryptoHash) -> Done {
        let outcome = self.chain.final_outcome(hash).expect("it was executed");
        Done {
            status: outcome.final_outcome.status,
            transaction: outcome.final_outcome.transaction_outcome,
            receipts: outcome.final_outcome.receipts_outcome,
        }
    }

    /// `sign` and `run`.
    pub fn send(&mut self, from: &str, to: &str, actions: Vec<Action>) -> Done {
        let tx = self.sign(from, to, actions);
        self.run(tx)
    }

    pub fn refusal(&mut self, from: &str, to: &str, actions: Vec<Action>) -> InvalidTxError {
        let tx = self.sign(from, to, actions);
        self.chain.submit(tx).expect_err("it breaks a rule")
    }

    pub fn account(&self, name: &str) -> AccountView {
        let found = self.chain.view_account(&id(name), &latest());
        found.expect("the account exists").value
    }

    pub fn exists(&self, name: &str) -> bool {
        self.chain.view_account(&id(name), &latest()).is_ok()
    }

    /// What a contract stored under a key.
    pub fn stored(&self, name: &str, key: &[u8]) -> Option<Vec<u8>> {
        let found = self.chain.view_state(&id(name), key, &latest()).unwrap();
        let mut values = found.value.values.into_iter();
        values
            .find(|item| item.key.as_slice() == key)
            .map(|item| item.value.to_vec())
    }
}

fn signed(signer: &Signer, tx: Transaction) -> SignedTransaction {
    let (hash, _) = tx.get_hash_and_size();
    SignedTransaction::new(signer.sign(hash.as_ref()), tx)
}

/// Whether a status is a success of any kind.
pub fn succeeded(status: &ExecutionStatus) -> bool {
    matches!(
        status,
        ExecutionStatus::SuccessValue(_) | ExecutionStatus::SuccessReceiptId(_)
    )
}
