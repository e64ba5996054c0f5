// The explanation of an answer: one quiet line beneath it, and a card that unfolds.

import { h, icon, toast } from "./dom.js";
import { details, nameOf } from "./explain.js";
import { cost, duration, number } from "./figures.js";
import { get } from "./wire.js";

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
  const total = why.ms?.reply || why.ms?.model;
  return [
    why.outcome === "silent" ? `${why.personality ? nameOf(why.personality) : "it"} stayed silent` : null,
    why.model ? `${why.model}${why.fallback ? " (fallback)" : ""}` : null,
    total ? duration(total) : null,
    why.tokens?.out ? `${number(why.tokens.out)} tokens` : null,
    why.cost_usd !== undefined && why.cost_usd !== null ? cost(why.cost_usd) : null,
  ].filter(Boolean).map((part) => h("span", {}, part));
}
