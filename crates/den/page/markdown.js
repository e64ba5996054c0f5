// Discord's markdown as elements. Every piece of text becomes a text node: there is no HTML to escape from.

import { h } from "./dom.js";
import { wish } from "./wishes.js";
import { channel, enter, may, person, RIGHTS, world } from "./world.js";

/** The elements of a message's text. */
export function markdown(text) {
  const out = [];
  // An open fence at the end is code too: that is how a streaming answer looks half way.
  const fence = /```(?:([\w+#.-]{1,20})\n)?\n?([\s\S]*?)(?:```|$)/g;
  let from = 0;
  for (const found of text.matchAll(fence)) {
    if (!found[2].trim()) continue;
    out.push(...blocks(text.slice(from, found.index)));
    out.push(code(found[1], found[2].replace(/\n$/, "")));
    from = found.index + found[0].length;
  }
  out.push(...blocks(text.slice(from)));
  return out;
}

/** One line of text without blocks: for quoted replies. */
export function plain(text) {
  return text.replace(/```[\w+#.-]*\n?/g, "").replace(/\s+/g, " ").replace(/<@!?(\d+)>/g, (all, id) => `@${nameOf(id) ?? "someone"}`)
    .replace(/(\*\*|__|~~|\|\||`)/g, "").replace(/(^|\s)[*_](\S[^*_]*)[*_](?=\s|$|[.,!?])/g, "$1$2");
}

function code(language, text) {
  return h("figure", { class: "code" }, language ? h("figcaption", {}, language) : null, h("pre", { tabindex: "0" }, h("code", {}, text)));
}

const LIST = /^(\s*)([-*]|\d{1,9}\.)\s+(.*)$/;

function blocks(text) {
  const lines = text.replace(/^\n+|\s+$/g, "").split("\n");
  const out = [];
  let paragraph = [];
  const flush = () => {
    if (paragraph.length) out.push(h("p", {}, inline(paragraph.join("\n"))));
    paragraph = [];
  };
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i];
    const heading = /^(#{1,3})\s+(.+)$/.exec(line);
    const small = /^-#\s+(.+)$/.exec(line);
    if (line.startsWith(">>> ")) {
      flush();
      out.push(h("blockquote", {}, blocks([line.slice(4), ...lines.slice(i + 1)].join("\n"))));
      return out;
    } else if (/^>(\s|$)/.test(line)) {
      flush();
      const quoted = [];
      for (; i < lines.length && /^>(\s|$)/.test(lines[i]); i++) quoted.push(lines[i].slice(2));
      i--;
      out.push(h("blockquote", {}, blocks(quoted.join("\n"))));
    } else if (heading) {
      flush();
      out.push(h("p", { class: `h${heading[1].length}`, role: "heading", "aria-level": String(heading[1].length + 3) }, inline(heading[2])));
    } else if (small) {
      flush();
      out.push(h("p", { class: "small" }, inline(small[1])));
    } else if (LIST.test(line)) {
      flush();
      const items = [];
      for (; i < lines.length && (LIST.test(lines[i]) || (items.length && /^\s+\S/.test(lines[i]))); i++) {
        const item = LIST.exec(lines[i]);
        if (item) items.push({ depth: item[1].length, number: /\d/.test(item[2]) ? parseInt(item[2], 10) : null, text: item[3] });
        else items[items.length - 1].text += `\n${lines[i].trim()}`;
      }
      i--;
      out.push(...lists(items));
    } else if (!line.trim()) {
      flush();
    } else {
      paragraph.push(line);
    }
  }
  flush();
  return out;
}

// Items deeper than the first belong to the one before them; a change of kind begins a new list.
function lists(items) {
  const out = [];
  for (let i = 0; i < items.length; ) {
    const { depth, number } = items[i];
    const list = number === null ? h("ul") : h("ol", { start: String(number) });
    for (; i < items.length && items[i].depth <= depth && (items[i].number === null) === (number === null); ) {
      const entry = h("li", {}, inline(items[i++].text));
      const deeper = [];
      for (; i < items.length && items[i].depth > depth; i++) deeper.push(items[i]);
      entry.append(...lists(deeper));
      list.append(entry);
    }
    out.push(list);
  }
  return out;
}

const nameOf = (id) => (id === world.bot?.id ? world.bot.name : person(id)?.name);
const pill = (text, mine) => h("span", { class: mine ? "pill mine" : "pill" }, text);

/** What begins here, and what to make of it; first match wins. `depth` bounds hostile nesting. */
const RULES = [
  [/^\\([^\w\s])/, (m) => m[1]],
  [/^(`+)(?!`)([\s\S]*?[^`])\1(?!`)/, (m) => h("code", {}, m[2].trim())],
  [/^<@!?(\d+)>/, (m) => pill(`@${nameOf(m[1]) ?? "someone"}`, m[1] === world.me)],
  [/^<@&\d+>/, () => pill("@role")],
  [/^<#(\d+)>/, (m) => channelPill(m[1])],
  [/^<\/([^:>\n]{1,80}):\d+>/, (m) => h("button", { class: "pill", type: "button", onclick: () => wish("use", m[1]) }, `/${m[1]}`)],
  [/^<a?(:\w{2,32}:)\d+>/, (m) => m[1]],
  [/^<t:(-?\d{1,12})(?::([tTdDfFR]))?>/, (m) => time(new Date(m[1] * 1000), m[2] ?? "f")],
  [/^<(https?:\/\/[^\s<>]+)>/, (m) => link(m[1], [m[1]])],
  [/^\[([^\]\n]{1,200})\]\(<?(https?:\/\/[^\s<>()]+(?:\([^\s<>()]*\)[^\s<>()]*)*)>?\)/, (m, depth) => link(m[2], inline(m[1], depth + 1))],
  [/^https?:\/\/(?:[^\s<()]|\([^\s<()]*\))*(?:\([^\s<()]*\)|[^\s<>()\[\].,:;"'!?*_~|])/, (m) => link(m[0], [m[0]])],
  [/^@(everyone|here)\b/, (m) => pill(m[0])],
  [/^\*\*\*(\S[\s\S]*?)\*\*\*(?!\*)/, (m, depth) => h("strong", {}, h("em", {}, inline(m[1], depth + 1)))],
  [/^\*\*(?!\s)([\s\S]+?)\*\*(?!\*)/, (m, depth) => h("strong", {}, inline(m[1], depth + 1))],
  [/^__([\s\S]+?)__(?!_)/, (m, depth) => h("u", {}, inline(m[1], depth + 1))],
  [/^\*(?![\s*])((?:\*\*[^*]*\*\*|[^*])+?)\*(?!\*)/, (m, depth) => h("em", {}, inline(m[1], depth + 1))],
  [/^_(?![\s_])((?:__[^_]*__|[^_])+?)_(?!\w)/, (m, depth, before) => (/\w$/.test(before) ? null : h("em", {}, inline(m[1], depth + 1)))],
  [/^~~([\s\S]+?)~~/, (m, depth) => h("s", {}, inline(m[1], depth + 1))],
  [/^\|\|([\s\S]+?)\|\|/, (m, depth) => spoiler(inline(m[1], depth + 1))],
];
const SPECIAL = /[\\`<[*_~|@]|https?:\/\//g;
const MAX_DEPTH = 8;

/** Elements and text of one run of inline markdown. */
export function inline(text, depth = 0) {
  if (depth > MAX_DEPTH) return [text];
  const out = [];
  let plainFrom = 0;
  SPECIAL.lastIndex = 0;
  for (let hit = SPECIAL.exec(text); hit; hit = SPECIAL.exec(text)) {
    const rest = text.slice(hit.index);
    for (const [pattern, make] of RULES) {
      const found = pattern.exec(rest);
      const made = found && make(found, depth, text.slice(plainFrom, hit.index));
      if (!made) continue;
      if (hit.index > plainFrom) out.push(text.slice(plainFrom, hit.index));
      out.push(...[made].flat());
      plainFrom = hit.index + found[0].length;
      SPECIAL.lastIndex = plainFrom;
      break;
    }
    if (SPECIAL.lastIndex <= hit.index) SPECIAL.lastIndex = hit.index + 1;
  }
  if (plainFrom < text.length) out.push(text.slice(plainFrom));
  return out;
}

// A link tells where it truly goes, and gives the other side neither a window nor a referrer. A link to a
// message leads to it here: this Discord is no other one.
function link(url, children) {
  const jump = /^https:\/\/(?:\w+\.)?discord\.com\/channels\/(?:\d+|@me)\/(\d+)\/(\d+)$/.exec(url);
  if (jump) {
    const detail = { channel: jump[1], message: jump[2] };
    return h("button", { class: "pill", type: "button", onclick: () => wish("jump", detail) }, children[0] === url ? "a message" : children);
  }
  return h("a", { href: url, title: url, target: "_blank", rel: "noopener noreferrer nofollow" }, children);
}

function channelPill(id) {
  const target = channel(id);
  if (!may(RIGHTS.see, target)) return pill("#no-access");
  return h("button", { class: "pill", type: "button", onclick: () => enter(id) }, `#${target.name}`);
}

/** How a moment is written. See Discord Docs/Reference, "Timestamp Styles". */
const STYLES = {
  t: { timeStyle: "short" }, T: { timeStyle: "medium" }, d: { dateStyle: "short" }, D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" }, F: { dateStyle: "full", timeStyle: "short" },
};
const UNITS = [["year", 31_536_000], ["month", 2_592_000], ["day", 86_400], ["hour", 3600], ["minute", 60], ["second", 1]];

function time(at, style) {
  const whole = at.toLocaleString([], STYLES.F);
  if (style !== "R") return h("time", { class: "pill", title: whole }, at.toLocaleString([], STYLES[style]));
  const ahead_s = Math.round((at - Date.now()) / 1000);
  const [unit, length_s] = UNITS.find(([, length_s]) => Math.abs(ahead_s) >= length_s) ?? UNITS.at(-1);
  return h("time", { class: "pill", title: whole }, new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(Math.round(ahead_s / length_s), unit));
}

function spoiler(children) {
  const button = h("button", { class: "spoiler", type: "button", "aria-label": "Spoiler, press to read", "aria-expanded": "false" }, h("span", {}, children));
  button.addEventListener("click", () => {
    button.setAttribute("aria-expanded", "true");
    button.removeAttribute("aria-label");
  });
  return button;
}
