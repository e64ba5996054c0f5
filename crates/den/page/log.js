// The list of messages: what follows what, what is new, and where one is reading.

import { byId, h, icon } from "./dom.js";
import { welcome } from "./empty.js";
import { plain } from "./markdown.js";
import { fill, render, repliesTo, spoken } from "./message.js";
import { glow } from "./typing.js";
import { granting } from "./wishes.js";
import { byAge, message, messagesOf, on, visible, world } from "./world.js";

// Lines of one author this close together stand under one name.
const GROUP_MS = 7 * 60_000;
// Nearer to the end than this, one reads along and the list follows.
const NEAR_PX = 90;
// How long after its last change an answer still counts as growing, where no explanation says it is complete.
const SPEAKING_MS = 2600;

const scroll = byId("scroll");
const log = byId("log");
const newer = byId("newer");
const empty = byId("empty");
/** Whether the list follows its end. */
let stuck = true;
let waiting = 0;
let say = () => {};
/** Whose view of which channel the list shows. */
let drawn = null;

/** Starts the list; `sayIt` sends a suggestion of an empty channel. */
export function start(sayIt) {
  say = sayIt;
  on("here", rebuild);
  on("me", rebuild);
  on("state", () => (drawn === `${world.me}/${world.here}` ? refresh() : rebuild()));
  on("message", (m) => m.channel === world.here && visible(m) && add(m));
  on("edit", (m) => m.channel === world.here && change(m));
  on("delete", (gone) => {
    byId(`m-${gone.id}`)?.remove();
    arrange();
  });
  scroll.addEventListener("scroll", scrolled, { passive: true });
  newer.addEventListener("click", () => toEnd(true));
  // Who unfolds an explanation wants to read it: the growing list must not run away to its end.
  log.addEventListener("click", (event) => event.target.closest(".why-line, .actions") && (stuck = false), true);
  granting("redraw", (id) => message(id) && byId(`m-${id}`) && fill(byId(`m-${id}`), message(id)));
  const follow = new ResizeObserver(() => stuck && toEnd());
  follow.observe(log);
  follow.observe(scroll);
}

// Only a person moves the list up. An answer that grows while the list is on its way down leaves it behind
// for a moment, which is no reason to stop following.
let top = 0;
function scrolled() {
  const wentUp = scroll.scrollTop < top;
  top = scroll.scrollTop;
  if (scroll.scrollHeight - top - scroll.clientHeight < NEAR_PX) {
    stuck = true;
    caughtUp();
  } else if (wentUp) stuck = false;
}

function caughtUp() {
  waiting = 0;
  newer.hidden = true;
}

function toEnd(smoothly = false) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  scroll.scrollTo({ top: empty.hidden ? scroll.scrollHeight : 0, behavior: smoothly && !calm ? "smooth" : "auto" });
  stuck = true;
  caughtUp();
}

function rebuild() {
  drawn = `${world.me}/${world.here}`;
  log.replaceChildren(...messagesOf(world.here).filter(visible).map(render));
  empty.replaceChildren();
  arrange();
  toEnd();
}

// After a reconnection: what is already there stays as it is, unfolded explanations and the place one reads at.
function refresh() {
  const shown = messagesOf(world.here).filter(visible);
  const ids = new Set(shown.map((m) => `m-${m.id}`));
  for (const element of log.querySelectorAll(".msg")) if (!ids.has(element.id)) element.remove();
  for (const m of shown) byId(`m-${m.id}`) ? change(m) : insert(m);
  arrange();
}

function insert(m) {
  const element = render(m);
  const before = [...log.querySelectorAll(".msg")].findLast((e) => byAge({ id: e.id.slice(2) }, m) < 0);
  if (before) before.after(element);
  else log.prepend(element);
  return element;
}

function add(m) {
  const element = insert(m);
  if (m.live) element.classList.add("arrives");
  if (grows(m)) speak(element, m);
  else announce(m);
  arrange();
  if (stuck || [m.author.id, m.for, m.interaction?.person].includes(world.me)) return toEnd();
  waiting += 1;
  newer.replaceChildren(icon("down"), waiting === 1 ? "1 new message" : `${waiting} new messages`);
  newer.hidden = false;
}

function change(m) {
  const element = byId(`m-${m.id}`);
  if (!element) return;
  const before = element.dataset.text;
  const wasThinking = element.querySelector(".thinking") !== null;
  if (wasThinking !== m.thinking) {
    element.replaceWith(render(m));
    arrange();
  } else {
    fill(element, m);
    element.querySelector(".why")?.dispatchEvent(new Event("grew"));
  }
  if (grows(m) && before !== m.text) speak(byId(element.id), m);
}

const grows = (m) => m.live && !m.for && !m.thinking && !m.interaction && m.author.kind !== "person";

// A growing answer glows at its end, and is read out once, when it stands still.
const speakers = new Map();
function speak(element, m) {
  const isExplained = element.querySelector(".why")?.hidden === false;
  element.classList.toggle("speaking", !isExplained);
  glow();
  clearTimeout(speakers.get(m.id));
  speakers.set(m.id, setTimeout(() => {
    byId(element.id)?.classList.remove("speaking");
    speakers.delete(m.id);
    glow();
    announce(messagesOf(m.channel).find((now) => now.id === m.id) ?? m);
  }, SPEAKING_MS));
}

function announce(m) {
  if (m.author.id === world.me) return;
  byId("announcer").replaceChildren(h("p", {}, `${m.author.name}${m.for ? ", privately" : ""}: ${plain(spoken(m))}`));
}

/** Days, groups and the empty state, from the messages as they now stand. */
function arrange() {
  for (const divider of log.querySelectorAll(".day")) divider.remove();
  const known = new Map(messagesOf(world.here).map((m) => [m.id, m]));
  let before = null;
  for (const element of log.querySelectorAll(".msg")) {
    const m = known.get(element.id.slice(2));
    if (!m) continue;
    const isNewDay = !before || new Date(before.at).toDateString() !== new Date(m.at).toDateString();
    if (isNewDay) element.before(h("div", { class: "day", role: "separator" }, h("span", {}, dayName(m.at))));
    element.classList.toggle("follows", !isNewDay && follows(before, m));
    before = m;
  }
  empty.hidden = before !== null;
  // The list is one stop for the keyboard: its last message, or the one that has the focus.
  for (const element of log.querySelectorAll(".msg")) element.tabIndex = -1;
  const last = log.querySelector(".msg:last-of-type");
  if (last) last.tabIndex = 0;
  if (empty.hidden) empty.replaceChildren();
  else if (!empty.childElementCount) welcome(empty, say);
}

function follows(before, m) {
  const sameVoice = before.author.id === m.author.id && before.author.name === m.author.name && before.for === m.for;
  return sameVoice && !repliesTo(m) && !m.interaction && m.at - before.at < GROUP_MS;
}

function dayName(at) {
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 86_400_000);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return new Intl.DateTimeFormat([], { weekday: "long", day: "numeric", month: "long", ...(days > 300 && { year: "numeric" }) }).format(at);
}
