// The empty channel: everybody around the fire, and three ways to begin.

import { avatar, byId, h } from "./dom.js";
import { callName, channel, world } from "./world.js";

// More would crowd the circle.
const MOST_SEATS = 6;

const OPENERS = [
  (name) => `${name}, roast me gently: I name every file final_v2`,
  (name) => `${name}, what do you make of pineapple on pizza?`,
  (name) => `${name}, tell us something nobody asked for`,
];

/** Draws the empty state of the channel one is in; `say` sends a suggestion. */
export function welcome(place, say) {
  const isDm = channel(world.here)?.kind === "dm";
  const circle = world.personalities.slice(0, MOST_SEATS);
  const names = new Intl.ListFormat("en").format(circle.map((p) => p.name));
  const listening = names ? `${names} ${circle.length === 1 ? "is" : "are"} listening. Begin a line with a name, or reply to what someone said.` : "Nobody lives here yet.";
  place.replaceChildren(
    h("div", { class: "circle" }, byId("campfire").content.cloneNode(true), circle.map((p, i) => seat(p, i, circle.length))),
    h("h3", {}, isDm ? "Away from the others" : "The fire is lit"),
    h("p", {}, isDm ? "Nobody else reads this. Begin with a name, or simply talk." : listening),
    h("div", { class: "chips" }, OPENERS.map((opener, i) => chip(circle[i % circle.length], opener, say))));
}

function seat(p, i, seats) {
  const at = seats === 1 ? 0 : (i / (seats - 1)) * 2 - 1;
  return h("span", { class: "seat", style: { "--at": String(at) } }, avatar(p, "big"), h("span", { class: "seat-name" }, callName(p)));
}

function chip(p, opener, say) {
  const text = opener(p ? callName(p) : `@${world.bot.name}`);
  return h("button", { class: "chip", type: "button", style: { "--c": p?.color ?? "var(--ember)" }, onclick: () => say(text) }, p ? avatar(p, "tiny") : null, h("span", {}, text));
}
