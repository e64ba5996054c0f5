// One message as an element: who, when, what, and what hangs below it.

import { actions } from "./actions.js";
import { components } from "./components.js";
import { avatar, byId, colourOf, h, icon } from "./dom.js";
import { markdown, plain } from "./markdown.js";
import { reactions } from "./reactions.js";
import { embers } from "./typing.js";
import { explanation } from "./why.js";
import { dismiss, message, person, personality, world } from "./world.js";

const clock = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit" });
const full = new Intl.DateTimeFormat([], { dateStyle: "full", timeStyle: "medium" });

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
    ...[actions(m)].filter(Boolean));
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
  fillExtras(element.querySelector(".extras"), m);
}

// Drawn anew only when they changed, so that an edit of the text takes nobody's focus away.
function fillExtras(place, m) {
  const key = JSON.stringify([m.attachments, m.embeds, m.components, m.reactions, world.me]);
  if (place.dataset.key === key) return;
  place.dataset.key = key;
  const focused = place.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  place.replaceChildren(...extras(m));
  if (focused === null) return;
  const again = [...place.querySelectorAll("[data-key]")].find((one) => one.dataset.key === focused);
  (again ?? place.closest(".msg")).focus({ preventScroll: true });
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
    ...(m.attachments ?? []).map(file),
    ...(m.embeds ?? []).map(embed),
    ...components(m),
    reactions(m),
  ].filter(Boolean);
}

function file({ filename, size, href }) {
  return h("a", { class: "file", href, download: filename },
    h("span", { class: "file-mark", "aria-hidden": "true" }, icon("file")),
    h("span", { class: "file-name" }, filename, h("small", {}, bytes(size))),
    h("span", { class: "file-save" }, icon("save"), h("span", { class: "unseen" }, "Save")));
}

function bytes(size) {
  if (size < 1000) return `${size} ${size === 1 ? "byte" : "bytes"}`;
  return size < 1_000_000 ? `${(size / 1000).toFixed(1)} kB` : `${(size / 1_000_000).toFixed(1)} MB`;
}

function embed(e) {
  return h("section", { class: "embed" }, e.title ? h("h4", {}, e.title) : null, e.description ? h("div", { class: "body" }, markdown(e.description)) : null,
    (e.fields ?? []).map((f) => h("div", { class: "field" }, h("h5", {}, f.name), h("div", { class: "body" }, markdown(f.value)))), e.footer ? h("footer", {}, e.footer.text) : null);
}
