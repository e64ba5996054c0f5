//! What a story that fails leaves for whoever reads it: everything there was to see, the newest of it.

use std::fs;

use discord_sim::GatewayNews;

use crate::world::World;

impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.tell();
        }
    }
}

impl World {
    /// Everything there is to see, for whoever reads a failure.
    fn tell(&self) {
        let snapshot = self.discord.snapshot();
        let channels = snapshot.guilds.iter().flat_map(|guild| &guild.channels);
        for channel in channels.chain(&snapshot.direct_messages) {
            let transcript = self.transcript(channel.id);
            if !transcript.is_empty() {
                eprintln!("--- #{} ({}) ---\n{}", channel.name, channel.id, end(&transcript, 30));
            }
        }
        let log = self.discord.gateway_log();
        let news = log.iter().filter(|event| event.what != GatewayNews::Heartbeat);
        let news: Vec<_> = news
            .map(|event| format!("{} ms {}: {:?}", event.at_ms, event.connection, event.what))
            .collect();
        eprintln!("--- the gateway ---\n{}", end(&news, 30));
        let requests: Vec<_> =
            self.discord.requests().iter().map(|request| request.to_string()).collect();
        eprintln!("--- {} requests to discord ---\n{}", requests.len(), end(&requests, 40));
        eprintln!("--- {} calls of bedrock ---", self.bedrock.calls().len());
        for violation in self.violations() {
            eprintln!("violation: {violation}");
        }
        for log in self.logs.lock().expect("no panic while held").iter() {
            let text = fs::read(log).unwrap_or_default();
            let text = String::from_utf8_lossy(&text);
            let lines: Vec<_> = text.lines().map(str::to_owned).collect();
            let name = log.file_name().unwrap_or_default().to_string_lossy();
            eprintln!("--- {name}: {} lines ---\n{}", lines.len(), end(&lines, 40));
        }
        let log = self.aws.ministack.log_tail();
        let lines: Vec<_> =
            log.lines().filter(|line| !line.contains(" created: ")).map(str::to_owned).collect();
        eprintln!("--- ministack ---\n{}", end(&lines, 30));
    }
}

fn end(lines: &[String], n: usize) -> String {
    lines[lines.len().saturating_sub(n)..].join("\n")
}
