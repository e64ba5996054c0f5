//! How noisy the machine is: the same work, again and again between the figures.

use std::{fs, hint::black_box, time::Instant};

use crate::figure::quantile;

/// Times the same work took, in milliseconds.
#[derive(Default)]
pub struct Noise(Vec<f64>);

impl Noise {
    /// Does the work a few dozen times: some hundredths of a second.
    pub fn listen(&mut self) {
        for _ in 0..40 {
            let began = Instant::now();
            let mut hash = 0xcbf2_9ce4_8422_2325_u64;
            for byte in 0..black_box(300_000_u64) {
                hash = (hash ^ byte).wrapping_mul(0x0100_0000_01b3);
            }
            black_box(hash);
            self.0.push(began.elapsed().as_secs_f64() * 1e3);
        }
    }

    /// In a sentence.
    pub fn sentence(&self) -> String {
        let [least, median, p95] = [0.0, 0.5, 0.95].map(|q| quantile(&self.0, q));
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let load = load.split(' ').next().unwrap_or("unknown").to_owned();
        format!(
            "The machine: {cores} cores, load {load}. The same work took {least:.2} ms at best, {median:.2} ms at the \
             median and {p95:.2} ms at p95: a spread of {:.0} % is the machine's own.",
            (p95 / median - 1.0) * 100.0
        )
    }
}
