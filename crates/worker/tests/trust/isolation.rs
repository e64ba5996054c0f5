//! What is said stays where it was said. People of several guilds talk, ask, have things remembered, corrected,
//! forgotten, exported and erased, at random; every text that is said carries a word that tells where, and
//! whatever anybody or any model sees is searched for words that do not belong there.

mod act;
mod crowded;
mod judge;
mod keep;
mod look;
mod play;
mod say;
mod shelf;
mod short;
mod standing;
mod steer;
mod talk;
mod town;
mod words;

use std::{cell::RefCell, time::Instant};

use proptest::{
    prelude::*,
    test_runner::{RngSeed, TestRunner},
};
use tokio::runtime::Runtime;

use crate::table;

use self::{
    act::act,
    keep::Shelf,
    town::{Den, Town},
    words::{Fate, Words},
};

/// Runs at the wire and at the store, and acts of each. Something said or asked is a case of its own, so that
/// it comes to some 1,000 cases at the wire and 10,000 at the store.
const RUNS: u32 = 9;
const SHELVES: u32 = 19;
const ACTS: usize = 60;

#[test]
fn no_word_is_seen_where_it_does_not_belong() {
    let runtime = Runtime::new().expect("a runtime");
    let den = RefCell::new(runtime.block_on(Den::new()));
    let config = config(RUNS);
    println!("acts at the wire: seed {}", config.rng_seed);
    let (started, cases) = (Instant::now(), RefCell::new(0));
    let acts = prop::collection::vec(act(), ACTS..=ACTS);
    let ran = TestRunner::new(config).run(&acts, |acts| {
        let mut den = den.borrow_mut();
        let mut town = Town::new(&den);
        for act in &acts {
            let judged = runtime.block_on(town.act(&mut den, act));
            judged.map_err(|why| TestCaseError::fail(format!("{act:?}: {why}")))?;
            *cases.borrow_mut() += act.cases();
        }
        Ok(())
    });
    let (cases, seen) = (cases.into_inner(), &den.borrow().words.seen);
    println!("{cases} cases at the wire in {:?}; seen: {seen}", started.elapsed());
    if let Err(failed) = ran {
        panic!("{failed}");
    }
    assert!(seen.before > 0 && seen.elsewhere > 0 && seen.facts > 0 && seen.exported > 0, "{seen}");
    let den = den.borrow();
    for (partition, item) in runtime.block_on(den.world.table()) {
        for number in den.words.found(&item) {
            let word = den.words.get(number);
            assert!(matches!(word.fate, Fate::Lives | Fate::Corrected), "{word:?} lies in {item}");
            assert!(word.place.is_partition(&partition), "{word:?} lies in {item}");
        }
    }
}

#[test]
fn no_word_is_read_or_remembered_where_it_does_not_belong() {
    let runtime = Runtime::new().expect("a runtime");
    let (_, store) = runtime.block_on(table::empty());
    let config = config(SHELVES);
    println!("acts at the store: seed {}", config.rng_seed);
    let (words, cases) = (RefCell::new(Words::default()), RefCell::new(0));
    let started = Instant::now();
    let acts = prop::collection::vec(shelf::act(), ACTS..=ACTS);
    let ran = TestRunner::new(config).run(&acts, |acts| {
        let mut words = words.borrow_mut();
        words.unquoted.clear();
        let mut shelf = Shelf::new(&store);
        for act in &acts {
            let judged = runtime.block_on(shelf.act(&mut words, act));
            judged.map_err(|why| TestCaseError::fail(format!("{act:?}: {why}")))?;
            *cases.borrow_mut() += act.cases();
        }
        Ok(())
    });
    let (cases, seen) = (cases.into_inner(), &words.borrow().seen);
    println!("{cases} cases at the store in {:?}; seen: {seen}", started.elapsed());
    if let Err(failed) = ran {
        panic!("{failed}");
    }
    assert!(seen.before > 0 && seen.elsewhere > 0 && seen.facts > 0, "{seen}");
}

/// So many runs, unless `PROPTEST_CASES` says otherwise; with a seed that is told, so that
/// `PROPTEST_RNG_SEED` repeats them.
fn config(runs: u32) -> ProptestConfig {
    let named = ProptestConfig::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { named.cases } else { runs };
    let rng_seed = match named.rng_seed {
        RngSeed::Random => RngSeed::Fixed(fastrand::u64(..)),
        fixed => fixed,
    };
    let failure_persistence = None;
    let max_shrink_iters = named.max_shrink_iters.min(40);
    ProptestConfig { cases, rng_seed, failure_persistence, max_shrink_iters, ..named }
}
