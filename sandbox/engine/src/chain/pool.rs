//! Transactions that wait for a block.

use near_primitives::transaction::SignedTransaction;
use std::collections::HashMap;
use std::sync::Arc;

/// The order a block takes them in: as they came, except that transactions of
/// one key (for gas keys: with one index) are sorted by nonce among the places
/// they hold.
pub fn in_order(pool: impl Iterator<Item = Arc<SignedTransaction>>) -> Vec<Arc<SignedTransaction>> {
    let mut ordered: Vec<_> = pool.collect();
    let mut places: HashMap<_, Vec<usize>> = HashMap::new();
    for (place, tx) in ordered.iter().enumerate() {
        let tx = &tx.transaction;
        let index = tx.nonce().nonce_index();
        let key = (tx.signer_id().clone(), tx.public_key().clone(), index);
        places.entry(key).or_default().push(place);
    }
    for places in places.values().filter(|places| places.len() > 1) {
        let mut own: Vec<_> = places.iter().map(|place| ordered[*place].clone()).collect();
        own.sort_by_key(|tx| tx.transaction.nonce().nonce());
        for (place, tx) in places.iter().zip(own) {
            ordered[*place] = tx;
        }
    }
    ordered
}
