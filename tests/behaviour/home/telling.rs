//! What a story that fails leaves for whoever reads it.

use super::Home;

/// Lines that are shown of each kind, the newest.
const SHOWN: usize = 40;

impl Drop for Home {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        let snapshot = self.discord.snapshot();
        let channels = snapshot.guilds.iter().flat_map(|guild| &guild.channels);
        for channel in channels.chain(&snapshot.direct_messages) {
            end(&format!("#{} ({})", channel.name, channel.id), &self.transcript(channel.id));
        }
        let requests = self.discord.requests();
        let requests: Vec<String> = requests.iter().map(|request| request.to_string()).collect();
        end("requests to discord", &requests);
        let calls = self.bedrock.calls();
        let calls: Vec<String> = calls.iter().map(|call| call.body.to_string()).collect();
        end("calls of bedrock", &calls[calls.len().saturating_sub(3)..]);
    }
}

fn end(title: &str, lines: &[String]) {
    if !lines.is_empty() {
        let shown = &lines[lines.len().saturating_sub(SHOWN)..];
        eprintln!("--- {title}: {} ---\n{}", lines.len(), shown.join("\n"));
    }
}
