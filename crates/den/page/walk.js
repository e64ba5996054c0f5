// Walking through the messages by keyboard, and the menu of the one that is pressed or pointed at.

import { openActions } from "./actions.js";
import { byId, toast } from "./dom.js";
import { edit, remove } from "./editing.js";
import { show } from "./message.js";
import { mayReact, pickReaction } from "./reactions.js";
import { granting, wish } from "./wishes.js";
import { channel, enter, may, message, RIGHTS, visible, world } from "./world.js";

const log = byId("log");

export function start() {
  log.addEventListener("keydown", walk);
  log.addEventListener("contextmenu", choose);
  granting("jump", jump);
}

// Arrow keys walk through the messages like the rows of a list, and below the last one to the box; letters act
// on the message one is at.
function walk(event) {
  const at = event.target.closest(".msg");
  if (event.target !== at || event.ctrlKey || event.metaKey || event.altKey) return;
  const all = [...log.querySelectorAll(".msg")];
  const i = all.indexOf(at);
  const steps = { ArrowUp: all[i - 1], ArrowDown: all[i + 1] ?? byId("text"), Home: all[0], End: all.at(-1) };
  const m = message(at.id.slice(2));
  if (!m) return;
  const isMine = m.author.kind === "person" && m.author.id === world.me;
  if (event.key in steps) steps[event.key]?.focus();
  else if (event.key === "Enter" || (event.key === "F10" && event.shiftKey)) openActions(m.id, at);
  else if (event.key === "r" && !m.for) wish("reply", m.id);
  else if (event.key === "+" && mayReact(m)) pickReaction(m, at);
  else if (event.key === "e" && isMine) edit(m.id);
  else if (event.key === "Delete" && (isMine || may(RIGHTS.moderate, channel(m.channel)))) remove(m.id);
  else return;
  event.preventDefault();
}

// The browser's own menu stays where it is wanted: on links, in fields, over selected text, and with Shift.
function choose(event) {
  const at = event.target.closest(".msg");
  if (!at || event.shiftKey || event.target.closest("a, textarea, input, select") || !getSelection().isCollapsed) return;
  event.preventDefault();
  openActions(at.id.slice(2), event.clientX || event.clientY ? { x: event.clientX, y: event.clientY } : at);
}

function jump(to) {
  const target = message(to.message);
  if (!target || !visible(target)) return toast(may(RIGHTS.see, channel(to.channel)) ? "That message is gone, or too old to be shown here." : "You cannot see that channel.");
  if (target.channel !== world.here) enter(target.channel);
  show(target.id);
}
