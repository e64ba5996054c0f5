//! The sampling settings that a model may refuse. Which model allows what is known elsewhere and handed in.

/// A setting of `[reply]` that not every model allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Setting {
    /// `temperature`
    Temperature,
    /// `top_p`
    TopP,
    /// `stop`
    Stop,
}

/// Says whether a model, by its id, allows a setting. Asked only for models that a file names; what the
/// deployment's own model allows is for whoever configures that.
pub type Allows<'a> = dyn Fn(&str, Setting) -> bool + 'a;

impl Setting {
    /// All of them.
    pub const ALL: [Setting; 3] = [Setting::Temperature, Setting::TopP, Setting::Stop];

    /// Its key in `[reply]`.
    pub fn key(self) -> &'static str {
        match self {
            Setting::Temperature => "temperature",
            Setting::TopP => "top_p",
            Setting::Stop => "stop",
        }
    }
}
