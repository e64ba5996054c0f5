// The box one writes in: sending, replying, names after `@` and commands after `/`.

import { avatar, byId, h, icon } from "./dom.js";
import { close, offer, takesKey } from "./complete.js";
import { openCommand } from "./command.js";
import { slashCommand, slashCommands } from "./commands.js";
import { edit, lastOwn } from "./editing.js";
import { plain } from "./markdown.js";
import { faceOf, show, spoken } from "./message.js";
import { granting } from "./wishes.js";
import { write } from "./wire.js";
import { callName, channel, may, message, on, RIGHTS, world } from "./world.js";

// Discord's limit for a message, in characters. See Discord Docs/Create Message.
const MOST_CHARACTERS = 2000;

const field = byId("text");
const form = byId("composer");
let replyTo = null;
/** What was begun in other channels, kept while one looks elsewhere. */
const drafts = new Map();
let draftOf = null;

export function start() {
  byId("send").append(icon("send"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  field.addEventListener("keydown", key);
  field.addEventListener("input", typed);
  field.addEventListener("click", suggest);
  field.addEventListener("blur", () => close(field));
  granting("reply", reply);
  granting("use", (name) => slashCommand(name) ? begin(slashCommand(name)) : put(`/${name}`));
  on("here", enterChannel);
  on("me", enterChannel);
  on("state", enterChannel);
  on("delete", (gone) => gone.id === replyTo && reply(null));
}

/** Says `text` at once, as the suggestions of an empty channel do. */
export function say(text) {
  field.focus();
  return write("POST", "/api/messages", { person: world.me, channel: world.here, text: toWire(text) });
}

/** Begins the text with a personality's name, keeping what already stands there. */
export function address(name) {
  const rest = field.value.replace(/^@?[\p{L}\p{N} .'-]{1,32}, /u, "");
  put(`${name}, ${rest}`);
}

async function submit() {
  const text = field.value.trim();
  if (!text || length(text) > MOST_CHARACTERS) return;
  const body = { person: world.me, channel: world.here, text: toWire(text), ...(replyTo && { reply_to: replyTo }) };
  const was = { text: field.value, replyTo };
  put("");
  reply(null);
  if (await write("POST", "/api/messages", body)) return;
  if (!field.value) put(was.text);
  if (was.replyTo) reply(was.replyTo);
}

function key(event) {
  if (takesKey(field, event)) return;
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    submit();
  } else if (event.key === "Escape" && replyTo) {
    reply(null);
  } else if (event.key === "ArrowUp" && !field.value) {
    const last = lastOwn(world.here);
    if (!last) return;
    event.preventDefault();
    edit(last.id);
  }
}

function typed() {
  grow();
  const over = length(field.value) - MOST_CHARACTERS;
  byId("count").hidden = over < -200;
  byId("count").textContent = String(-over);
  byId("count").classList.toggle("over", over > 0);
  byId("send").disabled = !field.value.trim() || over > 0;
  suggest();
}

const length = (text) => [...text].length;

function grow() {
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight, innerHeight * 0.4)}px`;
}

function put(text, caret = text.length) {
  field.value = text;
  typed();
  close(field);
  if (document.activeElement !== field) field.focus({ preventScroll: true });
  field.setSelectionRange(caret, caret);
}

function suggest() {
  const caret = field.selectionStart;
  const before = field.value.slice(0, caret);
  const command = /^\/([\p{L}\p{N}_' -]{0,66})$/u.exec(before);
  if (command && field.value === before) {
    const begun = command[1].toLowerCase();
    const found = slashCommands(begun);
    // A space after a whole name means that command, unless it is the beginning of a longer one.
    const whole = begun.endsWith(" ") && slashCommand(begun.trimEnd());
    if (whole && !found.some((one) => one.name.startsWith(begun))) return begin(whole);
    return offer(field, "Commands", found.map((c) => ({ label: `/${c.name}`, detail: c.description, mark: "/", pick: () => begin(c) })));
  }
  const name = /(^|[\s(])@([\p{L}\p{N}_.' -]{0,24})$/u.exec(before);
  if (!name) return close(field);
  const from = caret - name[2].length - 1;
  offer(field, "Who", names(name[2].toLowerCase(), from, caret));
}

function begin(command) {
  put("");
  openCommand(command, (text) => {
    if (text) put(text);
    field.focus();
  });
}

function names(begun, from, caret) {
  const fits = (...candidates) => candidates.some((name) => name?.toLowerCase().split(/\s+/).some((_, i, words) => words.slice(i).join(" ").startsWith(begun)));
  const into = (text) => put(field.value.slice(0, from) + text + field.value.slice(caret), from + text.length);
  const cards = world.personalities.filter((p) => fits(p.name, ...(p.names ?? []))).map((p) => ({
    label: p.name, detail: p.summary, face: p,
    // Discord knows no mention of a personality: at the start its name does, elsewhere the den's mention with the name.
    pick: () => into(from === 0 ? `${callName(p)}, ` : `@${world.bot.name} ${callName(p)} `),
  }));
  const bot = world.bot && fits(world.bot.name) ? [{ label: world.bot.name, detail: "the den itself", face: world.bot, pick: () => into(`@${world.bot.name} `) }] : [];
  const people = world.people.filter((p) => fits(p.name)).map((p) => ({ label: p.name, detail: p.id === world.me ? "you" : null, face: p, pick: () => into(`@${p.name} `) }));
  return [...cards, ...bot, ...people].slice(0, 8);
}

/** Readable `@Name` becomes Discord's `<@id>`; longer names first, so that "Ann" does not eat "Anna". */
function toWire(text) {
  const known = [world.bot, ...world.people].filter(Boolean).toSorted((a, b) => b.name.length - a.name.length);
  for (const { id, name } of known) {
    const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    text = text.replace(new RegExp(`(^|[^\\p{L}\\p{N}<@])@${escaped}(?![\\p{L}\\p{N}])`, "giu"), `$1<@${id}>`);
  }
  return text;
}

function reply(id) {
  const m = id && message(id);
  replyTo = m ? id : null;
  const bar = byId("replying");
  bar.hidden = !m;
  if (!m) return;
  bar.replaceChildren(
    h("button", { class: "replying-to", type: "button", onclick: () => show(m.id) }, icon("reply"), "Replying to ", avatar(faceOf(m), "tiny"), h("b", {}, m.author.name), h("span", { class: "quoted" }, plain(spoken(m)))),
    h("button", { class: "ghost", type: "button", "aria-label": "Do not reply", onclick: () => { reply(null); field.focus(); } }, icon("close")));
  field.focus();
}

function enterChannel() {
  const key = `${world.me}/${world.here}`;
  if (draftOf === key) return;
  if (draftOf) drafts.set(draftOf, field.value);
  const first = draftOf === null;
  draftOf = key;
  reply(null);
  field.value = drafts.get(key) ?? "";
  typed();
  close(field);
  const here = channel(world.here);
  if (!here) return;
  field.disabled = !may(here.kind === "thread" ? RIGHTS.writeInThreads : RIGHTS.write, here);
  field.placeholder = field.disabled ? "You may not write here" : `Message ${here.kind === "text" ? "#" : ""}${here.name}`;
  // On a narrow screen the focus would open the keyboard over what one came to read.
  if (!first || matchMedia("(min-width: 760px)").matches) field.focus({ preventScroll: true });
}
