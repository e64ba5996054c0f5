//! The prices of a deployment.

use std::path::Path;

use model::Prices;

/// The table that comes with the den, and before it the operator's own.
///
/// # Errors
/// When the operator's file cannot be read, or is no table of prices.
pub fn prices(own: Option<&Path>) -> anyhow::Result<Prices> {
    use anyhow::Context;
    let text = match own {
        Some(file) => std::fs::read_to_string(file)
            .with_context(|| format!("DEN_PRICES: read {}", file.display()))?,
        None => String::new(),
    };
    Prices::with(&text).with_context(|| match own {
        Some(file) => format!("DEN_PRICES: {} is no table of prices", file.display()),
        None => "read the table of prices".to_owned(),
    })
}
