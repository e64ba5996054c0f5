// Who is typing, and the fire that burns brighter while somebody speaks.

import { byId, h } from "./dom.js";
import { byAge, messagesOf, on, world } from "./world.js";

// How long after a line somebody typing may still be taken to answer it.
const ANSWERING_MS = 120_000;

export function start() {
  on("typing", draw);
  on("state", draw);
  on("here", draw);
  setInterval(draw, 1000);
}

/** The three glowing dots of someone at work. */
export const embers = () => h("span", { class: "embers", "aria-hidden": "true" }, h("i"), h("i"), h("i"));

/** Lets the fire burn brighter while somebody types or an answer grows. */
export function glow() {
  const speaking = byId("typing").childElementCount > 0 || byId("log").querySelector(".speaking") !== null;
  byId("hearth").classList.toggle("alive", speaking);
}

function draw() {
  const typing = world.typing.get(world.here) ?? new Map();
  for (const [user, until] of typing) if (until < Date.now()) typing.delete(user);
  const names = [...typing.keys()].filter((user) => user !== world.me).flatMap(namesOf);
  const place = byId("typing");
  const key = names.join("|");
  if (place.dataset.key !== key) {
    place.dataset.key = key;
    place.replaceChildren(...(names.length ? [embers(), h("span", {}, sentence(names))] : []));
  }
  glow();
}

function sentence(names) {
  if (names.length > 3) return ["Several are typing…"];
  const bold = names.flatMap((name, i) => [i === 0 ? "" : i === names.length - 1 ? " and " : ", ", h("b", {}, name)]);
  return [...bold, names.length === 1 ? " is typing…" : " are typing…"];
}

function namesOf(user) {
  if (user === world.bot?.id) return whoOfTheDen() ?? [world.bot.name];
  return world.people.filter((p) => p.id === user).map((p) => p.name);
}

// Only the bot's user can type, webhooks cannot. Which personality it is follows from whom the last line
// called or replied to; where that says nothing, the bot's own name is the honest one.
function whoOfTheDen() {
  const here = messagesOf(world.here);
  const last = here.findLast((m) => m.author.kind === "person");
  if (!last || Date.now() - last.at > ANSWERING_MS) return null;
  const answered = here.filter((m) => byAge(m, last) > 0).map((m) => m.author.personality);
  const called = world.personalities.filter((p) => [p.name, ...p.names].some((name) => isNamed(last.text, name)) && !answered.includes(p.id));
  if (called.length) return called.map((p) => p.name);
  const repliedTo = last.reply_to && here.find((m) => m.id === last.reply_to);
  return repliedTo?.author.kind === "persona" ? [repliedTo.author.name] : null;
}

function isNamed(text, name) {
  const literal = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(^|[^\\p{L}\\p{N}])${literal}($|[^\\p{L}\\p{N}])`, "iu").test(text);
}
