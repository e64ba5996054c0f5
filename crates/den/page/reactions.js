// Reactions: what stands under a message, and the panel one picks from. Three signs steer an answer.

import { h } from "./dom.js";
import { close, open } from "./popup.js";
import { write } from "./wire.js";
import { channel, may, person, RIGHTS, world } from "./world.js";

/** The signs the den knows on its own answers. */
const SIGNS = [["❌", "delete it"], ["🔁", "answer again"], ["❓", "why did it say that?"]];
const COMMON = [..."👍👎😂🤣😊😍🥰😘😎🤔🙄😏😬😴😭😡🤯🥳🤝👏🙏💪👀💀🔥✨🎉💯🍞🥯🦝🐸🐙🍪"].concat("❤️", "☕");

/** The reactions under a message; pressing one adds or takes back one's own. */
export function reactions(m) {
  if (!m.reactions?.length) return null;
  return h("div", { class: "reactions" }, m.reactions.map(({ emoji, users }) => {
    const mine = users.includes(world.me);
    const who = new Intl.ListFormat("en").format(users.map(nameOf));
    return h("button", {
      type: "button", class: "reaction", "aria-pressed": String(mine), title: who, "aria-label": `${emoji}, ${users.length}: ${who}`, "data-key": emoji,
      onclick: () => toggle(m, emoji, !mine),
    }, h("span", { "aria-hidden": "true" }, emoji), h("b", {}, String(users.length)));
  }));
}

/** Whether the person one is may react to a message. */
export const mayReact = (m) => !m.for && !m.thinking && may(RIGHTS.react, channel(m.channel));

/** Adds one's reaction, or takes it back. */
const toggle = (m, emoji, add) => write(add ? "PUT" : "DELETE", `/api/messages/${m.id}/reactions`, { person: world.me, emoji });

/** Opens the panel to pick from. */
export function pickReaction(m, at) {
  const pick = (emoji) => {
    close();
    toggle(m, emoji, true);
  };
  const one = (emoji) => h("button", { type: "button", class: "emoji", "aria-label": `React with ${emoji}`, onclick: () => pick(emoji) }, emoji);
  const other = h("input", { type: "text", class: "emoji-other", placeholder: "Any other emoji", "aria-label": "Any other emoji" });
  other.addEventListener("input", () => {
    const found = /\p{RGI_Emoji}/v.exec(other.value);
    if (found) pick(found[0]);
  });
  const signs = SIGNS.map(([emoji, means]) => h("button", { type: "button", class: "sign", onclick: () => pick(emoji) }, h("span", { "aria-hidden": "true" }, emoji), means));
  open(at, [
    m.author.kind === "person" ? null : h("p", { class: "label" }, "Steer the answer"),
    m.author.kind === "person" ? null : h("div", { class: "signs" }, signs),
    h("p", { class: "label" }, "React"),
    h("div", { class: "emoji-grid" }, COMMON.map(one)),
    other,
  ].filter(Boolean), { role: "dialog", label: "Pick a reaction" });
}

const nameOf = (id) => (id === world.me ? "you" : id === world.bot?.id ? world.bot.name : person(id)?.name ?? "someone");
