// The explanation of an answer: one quiet line beneath it, and a card that unfolds.

import { h, icon, toast } from "./dom.js";
import { get } from "./wire.js";
import { person, personality } from "./world.js";

/** Message id to its explanation, once known. An explanation no longer changes. */
const known = new Map();

// A turn settles after its answer stands, so the explanation comes a little later: ask a few times, further apart.
const TRIES_MS = [250, 700, 1500, 3000, 6000, 12000, 25000];

/** The place for the explanation of `m` in its element; fetched when it is first seen. */
export function explanation(m, element) {
  const place = h("div", { class: "why", hidden: true });
  const draw = (why) => {
    element.classList.remove("speaking");
    place.replaceChildren(...fold(m, why));
    place.dataset.key = JSON.stringify(why);
    place.hidden = false;
    hideRepeats(element);
  };
  if (known.has(m.id)) {
    queueMicrotask(() => draw(known.get(m.id)));
    return place;
  }
  let tries = 0;
  let isAsking = false;
  const ask = async () => {
    isAsking = element.isConnected;
    if (!isAsking) return;
    const why = await get(`/api/why/${m.id}`).catch(() => null);
    if (why) {
      known.set(m.id, why);
      draw(why);
    } else if (tries < (m.live ? TRIES_MS.length : 1)) setTimeout(ask, TRIES_MS[tries++]);
    else isAsking = false;
  };
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect();
    ask();
  });
  seen.observe(element);
  // An edit means that the answer still grows: begin asking anew.
  place.addEventListener("grew", () => {
    tries = 0;
    if (!isAsking && place.hidden) ask();
  });
  return place;
}

/** Asks what became of a person's message: who answered, or why nobody did. */
export async function unfold(m, element) {
  const there = element.querySelector(".why");
  if (there) return there.querySelector(".why-line").click();
  const why = await get(`/api/why/${m.id}`).catch(() => null);
  if (!why) return toast("Nothing is recorded about this message. Either it called nobody, or whoever it called is still at it.");
  const place = h("div", { class: "why" }, fold(m, why));
  element.querySelector(".content").append(place);
  place.querySelector(".why-line").click();
}

// The parts of one long answer share an explanation: it stands under the last of them only.
function hideRepeats(element) {
  const key = (e) => e?.querySelector?.(".why")?.dataset.key;
  for (const [upper, lower] of [[element.previousElementSibling, element], [element, element.nextElementSibling]]) {
    if (key(upper) && key(upper) === key(lower)) upper.querySelector(".why").hidden = true;
  }
}

function fold(m, why) {
  const all = [why].flat();
  const id = `why-${m.id}`;
  const card = h("section", { class: "why-card", id, hidden: true, "aria-label": m.author.kind === "person" ? "What became of this message" : `Why ${m.author.name} said that` });
  const button = h("button", { class: "why-line", type: "button", "aria-expanded": "false", "aria-controls": id, title: "How this answer came about" }, icon("chevron"), summary(all));
  button.addEventListener("click", () => {
    card.hidden = !card.hidden;
    button.setAttribute("aria-expanded", String(!card.hidden));
    if (card.hidden) return;
    if (!card.childElementCount) card.append(...all.map((one) => h("div", { class: "turn" }, details(one))));
    card.scrollIntoView({ block: "nearest" });
  });
  return [button, card];
}

// A person's message may have reached several personalities: each has its explanation.
function summary(all) {
  if (all.length > 1) return [h("span", {}, all.map((why) => `${nameOf(why.personality)} ${why.outcome === "silent" ? "stayed silent" : "answered"}`).join(", "))];
  const [why] = all;
  const total = why.ms?.reply ?? why.ms?.model;
  return [
    why.outcome === "silent" ? `${why.personality ? nameOf(why.personality) : "it"} stayed silent` : null,
    why.model ? `${why.model}${why.fallback ? " (fallback)" : ""}` : null,
    total !== undefined ? duration(total) : null,
    why.tokens?.out ? `${number(why.tokens.out)} tokens` : null,
    why.cost_usd !== undefined && why.cost_usd !== null ? cost(why.cost_usd) : null,
  ].filter(Boolean).map((part) => h("span", {}, part));
}

const ADDRESSED = {
  mention: "the den was mentioned", name: "its name stood at the start", reply: "a reply to its own words", direct_message: "a direct message",
  channel: "this channel is its own", chance: "nobody called; chance let it chime in", personality: "another personality spoke to it", command: "a slash command",
};
const OUTCOMES = { spoke: "spoke in its own words", line: "said a line it keeps ready", silent: "stayed silent" };
const REASONS = {
  too_late: "it came too late for an answer", over_limit: "a limit is reached", nothing_said: "nothing readable was said",
  channel_closed: "Discord does not let it post here", no_credit: "the exchange between personalities is over",
};
/** Steps of a turn in order; their figures are the milliseconds from the turn's start to the step's end. */
const STEPS = { gather: "read what it knows", decide: "decided what to do", first_text: "first words shown", model: "model done", reply: "whole answer shown" };

/** Everything the card has a place for; the rest is listed plainly beneath, so nothing recorded stays hidden. */
function details(why) {
  const { v: _layout, personality: who, addressed, outcome, reason, model, fallback, tries, tokens, cost_usd, ms, memories, context, asker, members, ...rest } = why;
  const facts = [
    fact("Who", who && nameOf(who)),
    fact("Asked by", asker && (person(asker)?.name ?? asker)),
    fact("Addressed", addressed && (ADDRESSED[addressed] ?? words(addressed))),
    fact("Outcome", outcome && [OUTCOMES[outcome] ?? words(outcome), reason ? `, because ${REASONS[reason] ?? words(reason)}` : ""]),
    fact("Model", model && (fallback ? `${model}, because the first choice failed` : model)),
    fact("Cost", cost_usd === undefined || cost_usd === null ? null : cost_usd === 0 ? "nothing" : `${cost(cost_usd)}, about ${number(Math.max(1, Math.round(1 / cost_usd)))} answers for a dollar`),
    fact("Tries", tries > 1 ? number(tries) : null),
    fact("Answers", members?.length > 1 ? `${members.length} messages together` : null),
  ].filter(Boolean);
  return [
    h("dl", { class: "facts" }, facts),
    ms && Object.keys(ms).length ? h("div", { class: "part" }, h("h3", {}, "Time"), timeline(ms)) : null,
    tokens && Object.values(tokens).some(Boolean) ? h("div", { class: "part" }, h("h3", {}, "Tokens"), tokenBar(tokens)) : null,
    context ? h("div", { class: "part" }, h("h3", {}, "What it had before it"), h("p", { class: "tags" }, inOrder(context, ["window", "preceding", "summary"]).map(([key, value]) => contextTag(key, value)))) : null,
    memories ? h("div", { class: "part" }, h("h3", {}, "Memories"),
      memories.length ? h("ul", { class: "memories" }, memories.map((memory) => h("li", {}, plainly(memory)))) : h("p", { class: "quiet" }, "None were used.")) : null,
    Object.keys(rest).length ? h("div", { class: "part" }, h("h3", {}, "Also recorded"), h("dl", { class: "facts" }, Object.entries(rest).map(([key, value]) => fact(words(key), plainly(value) || "–")).filter(Boolean))) : null,
  ].filter(Boolean);
}

const fact = (name, value) => (value === null || value === undefined || value === "" ? null : h("div", {}, h("dt", {}, name), h("dd", {}, value)));

// Each bar begins where the step before it ended. A step that never came has no figure but zero.
function timeline(ms) {
  const reached = inOrder(ms, Object.keys(STEPS)).filter(([step, at]) => Number.isFinite(at) && (at > 0 || step === "gather" || step === "decide"));
  const steps = reached.filter(([step]) => step in STEPS).toSorted((a, b) => a[1] - b[1]);
  const others = reached.filter(([step]) => !(step in STEPS));
  const whole = Math.max(1, ...reached.map(([, at]) => at));
  const row = (step, from, to) => h("li", { class: `step-${step}` },
    h("span", { class: "step" }, STEPS[step] ?? words(step)),
    h("span", { class: "bar", "aria-hidden": "true" }, h("i", { style: { "--from": String(from / whole), "--share": String((to - from) / whole) } })),
    h("span", { class: "value" }, duration(to)));
  return h("ol", { class: "timeline" }, steps.map(([step, at], i) => row(step, steps[i - 1]?.[1] ?? 0, at)), others.map(([step, took]) => row(step, 0, took)));
}

/** The entries of an object, the named ones first: JSON does not promise an order. */
function inOrder(object, names) {
  const place = ([key]) => (names.includes(key) ? names.indexOf(key) : names.length);
  return Object.entries(object).toSorted((a, b) => place(a) - place(b));
}

function tokenBar(tokens) {
  const shares = [["cached", "read from cache", tokens.cache_read], ["read", "read", tokens.in], ["written", "written", tokens.out]].filter(([, , n]) => n > 0);
  const others = Object.entries(tokens).filter(([key]) => !["in", "out", "cache_read"].includes(key));
  return [
    h("div", { class: "token-bar", "aria-hidden": "true" }, shares.map(([kind, , n]) => h("i", { class: kind, style: { "--n": String(n) } }))),
    h("p", { class: "tags" }, shares.map(([kind, name, n]) => h("span", { class: `tag ${kind}` }, h("b", {}, number(n)), ` ${name}`)), others.map(([key, n]) => h("span", { class: "tag" }, h("b", {}, plainly(n)), ` ${words(key)}`))),
  ];
}

function contextTag(key, value) {
  const names = { window: ["earlier turn", "earlier turns"], preceding: ["line said just before", "lines said just before"], files: ["file", "files"], images: ["image", "images"] };
  if (typeof value === "number") return h("span", { class: value ? "tag" : "tag off" }, h("b", {}, value ? number(value) : "no"), ` ${names[key]?.[value === 1 ? 0 : 1] ?? words(key)}`);
  if (typeof value === "boolean") return h("span", { class: value ? "tag" : "tag off" }, value ? words(key) : `no ${words(key)}`);
  return h("span", { class: "tag" }, `${words(key)}: ${plainly(value)}`);
}

const nameOf = (id) => personality(id)?.name ?? id;
const words = (key) => String(key).replace(/_usd$/, " (USD)").replace(/_ms$/, " (ms)").replaceAll("_", " ");
const number = (n) => new Intl.NumberFormat("en").format(n);
const duration = (ms) => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`);

function cost(usd) {
  if (usd === 0) return "free";
  return `$${usd < 0.01 ? usd.toPrecision(2).replace(/e-(\d+)/, "e-$1") : usd.toFixed(3)}`;
}

function plainly(value) {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(plainly).join(", ");
  if (typeof value === "object") return Object.entries(value).map(([k, v]) => `${words(k)}: ${plainly(v)}`).join("; ");
  return String(value);
}
