// One message as an element: who, when, what, and what one can do with it.

import { avatar, byId, colourOf, h, icon } from "./dom.js";
import { markdown, plain } from "./markdown.js";
import { embers } from "./typing.js";
import { dismiss, message, messagesOf, person, personality, world } from "./world.js";
import { write } from "./wire.js";
import { explanation, unfold } from "./why.js";

const clock = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit" });
const full = new Intl.DateTimeFormat([], { dateStyle: "full", timeStyle: "medium" });

/** What a message asks of the composer: `reply`, with the message's id as detail. */
export const wishes = new EventTarget();
export const wish = (what, detail) => wishes.dispatchEvent(new CustomEvent(what, { detail }));

// A webhook cannot reply, so a personality's answer begins with a small line that links what it answers.
const QUOTE = /^-# ↩ \[([^\n]*)\]\(<?https:\/\/discord\.com\/channels\/[^\s>)]*\/(\d+)>?\)(?:\n|$)/;

/** What a message says, without such a line. */
export const spoken = (m) => (m.author.kind === "person" ? m.text : m.text.replace(QUOTE, ""));

/** What a message answers, by reply or by such a line: `{id, label}`. */
export function repliesTo(m) {
  if (m.reply_to) return { id: m.reply_to, label: null };
  const quoted = m.author.kind === "person" ? null : QUOTE.exec(m.text);
  return quoted && { id: quoted[2], label: quoted[1] };
}

/** The whole element of a message. */
export function render(m) {
  const nameId = `by-${m.id}`;
  const element = h("article", {
    class: `msg ${m.author.kind}${m.for ? " private" : ""}`, id: `m-${m.id}`, tabindex: "-1", "aria-labelledby": `${nameId} at-${m.id}`,
    style: { "--c": colourOf(faceOf(m)) },
  });
  element.append(
    ...[usedLine(m), replyLine(m)].filter(Boolean),
    h("div", { class: "face" }, avatar(faceOf(m)), h("time", { class: "aside-time", datetime: new Date(m.at).toISOString(), "aria-hidden": "true" }, clock.format(m.at))),
    h("div", { class: "content" },
      h("header", { class: "by" },
        h("span", { class: "name", id: nameId }, m.author.name),
        m.author.kind === "person" ? null : h("span", { class: "app", title: "An application speaks here, not a person" }, "APP"),
        h("time", { id: `at-${m.id}`, datetime: new Date(m.at).toISOString(), title: full.format(m.at) }, clock.format(m.at))),
      h("div", { class: "body" }),
      h("div", { class: "extras" }),
      m.for ? h("p", { class: "private-note" }, icon("eye"), `Only ${m.for === world.me ? "you" : person(m.for)?.name ?? "one person"} can see this`, h("button", { class: "link", type: "button", onclick: () => dismiss(m) }, "Dismiss")) : null,
      m.author.kind === "person" || m.for || m.thinking ? null : explanation(m, element)),
    ...[actions(m)].flat());
  fill(element, m);
  return element;
}

/** Puts the current text of a message into its element. */
export function fill(element, m) {
  if (element.querySelector(".editor")) return;
  const body = element.querySelector(".body");
  element.dataset.text = m.text;
  const nodes = m.thinking ? [h("p", { class: "thinking" }, embers(), `${m.author.name} is thinking…`)] : markdown(spoken(m));
  if (m.edited && m.author.kind === "person") {
    const mark = h("span", { class: "edited" }, "(edited)");
    if (nodes.at(-1)?.tagName === "P") nodes.at(-1).append(mark);
    else nodes.push(mark);
  }
  body.replaceChildren(...nodes);
  element.classList.toggle("to-me", m.mentions?.includes(world.me) ?? false);
  element.querySelector(".extras").replaceChildren(...extras(m));
}

/** The author as the page draws them: a personality's card knows its picture and colour best. */
export function faceOf(m) {
  const card = m.author.personality && personality(m.author.personality);
  return card || { ...m.author, ...(person(m.author.id) ?? {}), name: m.author.name, avatar: m.author.avatar ?? person(m.author.id)?.avatar };
}

function usedLine(m) {
  if (!m.interaction) return null;
  const who = person(m.interaction.person);
  return h("div", { class: "above" }, h("span", { class: "bend", "aria-hidden": "true" }), who ? avatar(who, "tiny") : null,
    h("b", {}, who?.name ?? "Someone"), " used ", h("span", { class: "pill" }, m.interaction.menu ? m.interaction.name : `/${m.interaction.name}`));
}

function replyLine(m) {
  const answered = repliesTo(m);
  if (!answered) return null;
  const to = message(answered.id);
  if (!to) return h("div", { class: "above" }, h("span", { class: "bend", "aria-hidden": "true" }), h("i", { class: "quoted" }, answered.label ?? "a message that is gone"));
  return h("button", { class: "above", type: "button", style: { "--c": colourOf(faceOf(to)) }, "aria-label": `In reply to ${to.author.name}: ${plain(spoken(to)).slice(0, 80)}`, onclick: () => show(to.id) },
    h("span", { class: "bend", "aria-hidden": "true" }), avatar(faceOf(to), "tiny"), h("b", {}, to.author.name), h("span", { class: "quoted" }, plain(spoken(to)) || "a file"));
}

/** Scrolls to a message and lights it up for a moment. */
export function show(id) {
  const element = byId(`m-${id}`);
  if (!element) return;
  element.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  element.classList.remove("shown");
  requestAnimationFrame(() => element.classList.add("shown"));
  element.focus({ preventScroll: true });
}

function extras(m) {
  return [
    ...(m.attachments ?? []).map((file) => h("p", { class: "file" }, icon("file"), file.filename, h("small", {}, ` ${Math.ceil(file.size / 1024)} KiB`))),
    ...(m.embeds ?? []).map((e) => h("section", { class: "embed" }, e.title ? h("h4", {}, e.title) : null, e.description ? h("div", { class: "body" }, markdown(e.description)) : null,
      (e.fields ?? []).map((f) => h("div", { class: "field" }, h("h5", {}, f.name), h("div", { class: "body" }, markdown(f.value)))), e.footer ? h("footer", {}, e.footer.text) : null)),
    ...(m.components ?? []).filter((row) => row.type === 1).map((row) => h("div", { class: "buttons" }, row.components.filter((c) => c.type === 2).map((c) => press(m, c)))),
    (m.reactions ?? []).length ? h("div", { class: "reactions" }, m.reactions.map((r) => h("span", { class: "reaction" }, r.emoji, h("b", {}, String(r.count))))) : null,
  ].filter(Boolean);
}

function press(m, button) {
  const styles = { 1: "primary", 3: "good", 4: "danger" };
  return h("button", {
    type: "button", class: styles[button.style] ?? "", disabled: button.disabled || button.style === 5,
    onclick: () => write("POST", "/api/click", { person: world.me, message: m.id, custom_id: button.custom_id }),
  }, button.emoji?.name ? `${button.emoji.name} ` : null, button.label ?? "");
}

// What one can do with a message, as the person one is now: the list is drawn anew when that changes.
function actions(m) {
  const mine = m.author.id === world.me && m.author.kind === "person";
  const act = (name, label, run) => h("button", { type: "button", title: label, "aria-label": label, onclick: run }, icon(name));
  if (m.for || m.thinking) return [];
  return h("div", { class: "actions", role: "toolbar", "aria-label": "What to do with this message" },
    act("reply", "Reply", () => wish("reply", m.id)),
    m.author.kind === "person" ? act("why", "What became of this?", () => unfold(m, byId(`m-${m.id}`))) : act("why", "Why did it say that?", () => write("POST", "/api/menus", { person: world.me, message: m.id, name: "Why did it say that?" })),
    mine ? act("edit", "Edit", () => edit(m.id)) : null,
    mine ? act("bin", "Delete", () => remove(m.id)) : null);
}

/** Turns the body of one's own message into a text field. */
export function edit(id) {
  const element = byId(`m-${id}`);
  const m = message(id);
  if (!element || !m || element.querySelector(".editor")) return;
  const field = h("textarea", { "aria-label": "Edit your message", rows: "1" });
  field.value = m.text;
  const close = () => {
    editor.remove();
    fill(element, message(id) ?? m);
    byId("text").focus();
  };
  const save = async () => {
    const text = field.value.trim();
    if (!text) return remove(id);
    if (text === m.text || (await write("PATCH", `/api/messages/${id}`, { person: world.me, text }))) close();
  };
  const editor = h("div", { class: "editor" }, field,
    h("p", { class: "hint" }, h("button", { type: "button", class: "link", onclick: close }, "Cancel"), " with Esc · ", h("button", { type: "button", class: "link", onclick: save }, "Save"), " with Enter"));
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") close();
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      save();
    }
  });
  element.querySelector(".body").replaceChildren(editor);
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}

async function remove(id) {
  const m = message(id);
  const dialog = byId("ask");
  byId("asked").replaceChildren(plain(m.text).slice(0, 300));
  dialog.returnValue = "keep";
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "delete") write("DELETE", `/api/messages/${id}`, { person: world.me });
  }, { once: true });
  dialog.showModal();
}

/** The newest message of one's own in a channel: arrow up in an empty box edits it. */
export const lastOwn = (channelId) => messagesOf(channelId).findLast((m) => m.author.id === world.me && m.author.kind === "person");
