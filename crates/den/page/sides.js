// What stands around the conversation: channels, who one is, who else is here.

import { avatar, byId, h, icon } from "./dom.js";
import { address } from "./composer.js";
import { become, callName, channel, channelsOf, enter, may, on, RIGHTS, world } from "./world.js";

export function start() {
  on("state", () => [drawGuild, drawChannels, drawPeople, drawCompany, drawHead].forEach((draw) => draw()));
  on("here", () => [drawChannels, drawHead].forEach((draw) => draw()));
  on("me", () => [drawChannels, drawPeople, drawCompany, drawHead].forEach((draw) => draw()));
  on("unread", drawChannels);
  on("presence", drawCompany);
  drawers();
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    const all = ordered().flatMap(([, list]) => list);
    const i = all.findIndex((c) => c.id === world.here);
    enter(all[(i + (event.key === "ArrowDown" ? 1 : all.length - 1)) % all.length].id);
  });
}

function drawGuild() {
  byId("guild").textContent = world.guild?.name ?? "Roast Den";
  document.title = world.guild?.name ?? "Roast Den";
}

/** Channels with their threads beneath them, then direct messages. */
function ordered() {
  const seen = channelsOf(world.me);
  const text = seen.filter((c) => c.kind === "text").flatMap((c) => [c, ...seen.filter((t) => t.kind === "thread" && t.parent === c.id)]);
  return [["Channels", text], ["Direct messages", seen.filter((c) => c.kind === "dm")]];
}

function drawChannels() {
  const hadFocus = byId("channels").contains(document.activeElement);
  byId("channels").replaceChildren(...ordered().filter(([, list]) => list.length).map(([title, list]) => h("section", {},
    h("h2", { class: "label" }, title),
    h("ul", {}, list.map((c) => h("li", { class: c.kind }, place(c)))))));
  if (hadFocus) byId("channels").querySelector("[aria-current]")?.focus();
  const others = [...world.unread.values()].reduce((a, b) => a + b, 0);
  document.title = `${others ? `(${others}) ` : ""}${world.guild?.name ?? "Roast Den"}`;
}

function place(c) {
  const unread = world.unread.get(c.id) ?? 0;
  const face = c.kind === "dm" ? avatar(faceOf(c), "small") : icon(signOf(c));
  return h("button", {
    type: "button", class: unread ? "place has-unread" : "place", "aria-current": c.id === world.here ? "page" : null,
    onclick: () => {
      closeDrawers();
      enter(c.id);
    },
  }, face, h("span", { class: "place-name" }, c.name, ["lock", "moon"].includes(signOf(c)) && c.kind !== "dm" ? h("span", { class: "unseen" }, `, ${SIGNS[signOf(c)]}`) : null), unread ? h("span", { class: "badge", "aria-label": `${unread} new` }, String(Math.min(unread, 99))) : null);
}

const SIGNS = { lock: "private", moon: "age-restricted", thread: "thread", hash: "channel" };
const signOf = (c) => (c.kind === "thread" ? "thread" : c.private ? "lock" : c.age_restricted ? "moon" : "hash");
const faceOf = (c) => world.personalities.find((p) => p.id === c.with) ?? { ...world.bot, name: c.name };

function drawPeople() {
  const hadFocus = byId("people").contains(document.activeElement);
  byId("people").replaceChildren(...world.people.map((p) => h("button", {
    type: "button", role: "radio", "aria-checked": String(p.id === world.me), tabindex: p.id === world.me ? "0" : "-1", title: `Speak as ${p.name}`,
    onclick: () => become(p.id),
    onkeydown: (event) => {
      const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!by || event.altKey) return;
      event.preventDefault();
      const i = world.people.findIndex((one) => one.id === world.me);
      become(world.people[(i + by + world.people.length) % world.people.length].id);
    },
  }, avatar(p, "small"), h("span", {}, p.name))));
  if (hadFocus) byId("people").querySelector("[aria-checked=true]").focus();
}

function drawCompany() {
  byId("cards").replaceChildren(...world.personalities.map((p) => {
    const others = p.names.filter((name) => name !== p.name && name !== callName(p));
    return h("article", { class: "card", style: { "--c": p.color ?? "" } },
      avatar(p),
      h("div", { class: "card-text" },
        h("h3", {}, p.name),
        h("p", { class: "card-summary" }, p.summary)),
      h("button", {
        type: "button", class: "card-call",
        onclick: () => {
          closeDrawers();
          address(callName(p));
        },
      }, "Say ", h("q", {}, `${callName(p)}, …`), others.length ? h("span", { class: "card-names" }, "or ", others.slice(0, 2).join(", ")) : null));
  }));
  byId("members").replaceChildren(...world.people.map((p) => h("li", {}, avatar(p, "small"), p.name, p.id === world.me ? h("span", { class: "quiet" }, "you") : null)),
    ...(world.bot ? [h("li", { class: world.bot.online ? "" : "offline" }, avatar(world.bot, "small"), world.bot.name, h("span", { class: "app" }, "APP"), world.bot.online ? null : h("span", { class: "quiet" }, "connecting…"))] : []));
}

function drawHead() {
  const here = channel(world.here);
  if (!here) return;
  byId("channel-name").replaceChildren(here.kind === "dm" ? avatar(faceOf(here), "small") : icon(signOf(here)), here.name);
  byId("topic").textContent = topicOf(here);
  byId("log").setAttribute("aria-label", `Messages in ${here.name}`);
}

function topicOf(c) {
  if (c.kind === "dm") return "nobody else reads this";
  const parent = c.parent && channel(c.parent);
  const readers = world.people.filter((p) => may(RIGHTS.see, c, p.id)).map((p) => p.name);
  return [
    parent ? `a thread of #${parent.name}` : null,
    c.private ? `private: only ${new Intl.ListFormat("en").format(readers)} read this` : null,
    c.age_restricted ? "for adults only" : null,
  ].filter(Boolean).join(" · ");
}

// On narrow screens the sides are drawers over the conversation.
const isNarrow = () => matchMedia("(max-width: 759px)").matches;
const isMedium = () => matchMedia("(max-width: 1099px)").matches;

function drawers() {
  byId("open-places").append(icon("menu"));
  byId("open-company").append(icon("people"));
  const toggle = (name, button) => {
    const den = byId("den");
    const drawer = name === "places" ? isNarrow() : isMedium();
    if (drawer) den.dataset.drawer = den.dataset.drawer === name ? "" : name;
    else den.classList.toggle("no-company");
    tellButtons();
    if (den.dataset.drawer === name) byId(name).querySelector("button")?.focus();
    else button.focus();
  };
  byId("open-places").addEventListener("click", () => toggle("places", byId("open-places")));
  byId("open-company").addEventListener("click", () => toggle("company", byId("open-company")));
  byId("scrim").addEventListener("click", closeDrawers);
  document.addEventListener("keydown", (event) => event.key === "Escape" && byId("den").dataset.drawer && closeDrawers());
  addEventListener("resize", tellButtons);
  tellButtons();
}

function closeDrawers() {
  byId("den").dataset.drawer = "";
  tellButtons();
}

function tellButtons() {
  const den = byId("den");
  if (!isMedium()) den.dataset.drawer = "";
  byId("scrim").hidden = !den.dataset.drawer;
  byId("open-places").setAttribute("aria-expanded", String(den.dataset.drawer === "places"));
  byId("open-company").setAttribute("aria-expanded", String(isMedium() ? den.dataset.drawer === "company" : !den.classList.contains("no-company")));
}
