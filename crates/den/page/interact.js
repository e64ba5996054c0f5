// Using what the den offers: a command, a menu, a button. What comes of it is a message, or a form at once.

import { openForm } from "./form.js";
import { send } from "./wire.js";

/**
 * Sends an interaction and returns what became of it: `answered`, `thinking`, `updating` or `form`.
 * A form is opened. Throws `Refused`.
 */
export async function interact(path, body) {
  const outcome = await send("POST", path, body);
  if (outcome.became === "form") openForm(outcome.interaction, outcome.form);
  return outcome.became;
}
