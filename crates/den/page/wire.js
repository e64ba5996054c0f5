// Talking to the server: requests, and the stream of events that reconnects by itself.

import { toast } from "./dom.js";

/** Asks for JSON; an empty answer is `null`. */
export async function get(path) {
  const answer = await fetch(path, { headers: { accept: "application/json" } });
  if (answer.status === 204) return null;
  if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
  return answer.json();
}

/** Why the den refused something: a sentence, and the field it is about. */
class Refused extends Error {
  constructor(message, field) {
    super(message);
    this.field = field;
  }
}

/** Writes and returns the answer. Throws `Refused`. */
export async function send(method, path, body) {
  let answer;
  try {
    answer = await fetch(path, { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  } catch {
    throw new Refused("The den does not answer. Is it still running?");
  }
  const told = await answer.json().catch(() => null);
  if (!answer.ok) throw new Refused(told?.error ?? `${answer.status} ${answer.statusText}`, told?.field);
  return told;
}

/** Writes; says on the page what went wrong, and whether it went well. */
export async function write(method, path, body) {
  try {
    await send(method, path, body);
    return true;
  } catch (error) {
    toast(error.message);
    return false;
  }
}

const KINDS = ["message", "edit", "delete", "typing", "ephemeral", "presence"];

/**
 * Follows the stream of events for as long as the page lives. Events that arrive before the state are held
 * back, so that nothing between the two is lost; they may repeat what the state says.
 */
export function follow({ onState, onEvent, onLost, onFound }) {
  let wait_ms = 400;
  let lost = false;

  function connect() {
    const source = new EventSource("/api/events");
    let held = [];
    const again = () => {
      source.close();
      if (!lost) onLost();
      lost = true;
      setTimeout(connect, wait_ms * (0.75 + Math.random() / 2));
      wait_ms = Math.min(wait_ms * 1.7, 5000);
    };
    for (const kind of KINDS) {
      source.addEventListener(kind, (event) => {
        const value = JSON.parse(event.data);
        if (held) held.push([kind, value]);
        else onEvent(kind, value);
      });
    }
    // The server fell behind and says so: take the state anew instead of guessing.
    source.addEventListener("reload", () => load(source));
    source.addEventListener("open", () => load(source));
    source.addEventListener("error", again, { once: true });

    async function load() {
      held ??= [];
      try {
        onState(await get("/api/state"));
      } catch {
        if (source.readyState !== EventSource.CLOSED) again();
        return;
      }
      wait_ms = 400;
      if (lost) onFound();
      lost = false;
      const waiting = held;
      held = null;
      for (const [kind, value] of waiting) onEvent(kind, value);
    }
  }
  connect();
}
