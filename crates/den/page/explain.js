// What an explanation says, as a card: who, which model, how long, how much, and which memories.

import { h, icon } from "./dom.js";
import { cost, duration, number, plainly, words } from "./figures.js";
import { plain } from "./markdown.js";
import { wish } from "./wishes.js";
import { channel, message, person, personality, visible } from "./world.js";

const ADDRESSED = {
  mention: "the den was mentioned", name: "its name stood at the start", reply: "a reply to its own words", direct_message: "a direct message",
  channel: "this channel is its own", chance: "nobody called; chance let it chime in", personality: "another personality spoke to it", command: "a slash command", again: "somebody wanted another answer",
};
const OUTCOMES = { spoke: "spoke in its own words", line: "said a line it keeps ready", silent: "stayed silent" };
const REASONS = {
  too_late: "it came too late for an answer", over_limit: "a limit was reached", over_budget: "the day's budget was spent", nothing_said: "nothing readable was said",
  channel_closed: "Discord does not let it post here", no_credit: "the exchange between personalities was over", deleted: "the message was deleted",
  not_roasted: "the person does not want to be roasted", muted: "it was muted here", silenced: "the person had muted it for themselves",
  paused: "the operator had paused it", guild_paused: "an admin had paused the den here", blocked: "the operator had blocked the person", not_allowed: "this server was not on the operator's allowlist",
  model_failed: "the model did not answer", model_cut_off: "the model broke off", model_empty: "the model said nothing", model_withheld: "the model's safety check held the answer back",
  instructions_withheld: "its answer repeated its instructions", explicit_withheld: "its answer was not fit for this channel",
};
/** Steps of a turn in order; their figures are the milliseconds from the turn's start to the step's end. */
const STEPS = { gather: "read what it knows", decide: "decided what to do", first_text: "first words shown", model: "model done", reply: "whole answer shown" };

/** Everything the card has a place for; the rest is listed plainly beneath, so nothing recorded stays hidden. */
export function details(why) {
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
      memories.length ? h("ul", { class: "memories" }, memories.map(memory)) : h("p", { class: "quiet" }, "None were used.")) : null,
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

/** A personality's name, or its id where it no longer lives here. */
export const nameOf = (id) => personality(id)?.name ?? id;

const KINDS = { fact: "A fact", words: "Words said", summary: "The summary of the talk so far", episode: "Words said" };

/** What was remembered: where it is from, and what stands there, where one may see it. */
function memory(used) {
  if (typeof used !== "object" || used === null) return h("li", {}, plainly(used));
  const { kind, on, channel: place, message: id, ...rest } = used;
  const from = message(id);
  const isSeen = from !== undefined && visible(from);
  const where = channel(place ?? from?.channel);
  const about = [
    h("b", {}, KINDS[kind] ?? words(kind ?? "memory")), on ? ` of ${day(on)}` : null, where && where.kind !== "dm" ? ` in #${where.name}` : null,
    Object.keys(rest).length ? `; ${plainly(rest)}` : null,
  ].filter(Boolean);
  if (!isSeen) return h("li", {}, h("p", {}, about));
  return h("li", {}, h("p", {}, about), h("button", { type: "button", class: "memory-source", "aria-label": `Go to what ${from.author.name} said`, onclick: () => wish("jump", { channel: from.channel, message: id }) },
    h("b", {}, from.author.name), h("span", {}, plain(from.text)), icon("chevron")));
}

// Days come as ISO dates; anything else is shown as it is.
const day = (on) => (/^\d{4}-\d{2}-\d{2}/.test(on) ? new Intl.DateTimeFormat([], { dateStyle: "long" }).format(new Date(`${on.slice(0, 10)}T12:00`)) : on);
