// What one can do with a message: a small toolbar, and a menu with everything, the den's own menus included.

import { messageMenus } from "./commands.js";
import { byId, h, icon, toast } from "./dom.js";
import { edit, remove } from "./editing.js";
import { interact } from "./interact.js";
import { plain } from "./markdown.js";
import { openMenu } from "./popup.js";
import { mayReact, pickReaction } from "./reactions.js";
import { unfold } from "./why.js";
import { channel, may, message, RIGHTS, world } from "./world.js";
import { wish } from "./wishes.js";

const WHY = "Why did it say that?";

/** The toolbar of a message, as the person one is now: the list is drawn anew when that changes. Its buttons
 * are for the pointer; the keyboard has the menu, so that a long talk is not a hundred stops. */
export function actions(m) {
  if (m.for || m.thinking) return null;
  const isMine = m.author.kind === "person" && m.author.id === world.me;
  const act = (name, label, run) => h("button", { type: "button", tabindex: "-1", title: label, "aria-label": label, onclick: run }, icon(name));
  return h("div", { class: "actions", role: "toolbar", "aria-label": "What to do with this message" },
    mayReact(m) ? act("smile", "React", (event) => pickReaction(m, event.currentTarget)) : null,
    act("reply", "Reply", () => wish("reply", m.id)),
    isMine ? act("edit", "Edit", () => edit(m.id)) : null,
    m.author.kind === "person" ? null : act("why", WHY, () => use(m, WHY)),
    act("dots", "More", (event) => openActions(m.id, event.currentTarget)));
}

/** Opens the menu with everything one can do with a message, at an element or a point. */
export function openActions(id, at) {
  const m = message(id);
  if (!m || m.for || m.thinking) return;
  const here = channel(m.channel);
  const isPerson = m.author.kind === "person";
  const isMine = isPerson && m.author.id === world.me;
  const menus = messageMenus();
  openMenu(at, [
    mayReact(m) && { label: "Add a reaction", icon: "smile", hint: "+", run: () => pickReaction(m, byId(`m-${id}`) ?? at) },
    { label: "Reply", icon: "reply", hint: "R", run: () => wish("reply", id) },
    isMine && { label: "Edit", icon: "edit", hint: "E", run: () => edit(id) },
    isPerson && { label: "What became of this?", icon: "why", run: () => unfold(m, byId(`m-${id}`)) },
    m.text && { label: "Copy the text", icon: "copy", run: () => copy(plain(m.text), "text") },
    { label: "Copy the link", icon: "link", run: () => copy(`https://discord.com/channels/${here.kind === "dm" ? "@me" : world.guild.id}/${m.channel}/${id}`, "link") },
    { label: "Copy the message id", icon: "id", run: () => copy(id, "id") },
    (isMine || may(RIGHTS.moderate, here)) && { label: isMine ? "Delete" : "Delete, as a moderator", icon: "bin", danger: true, run: () => remove(id) },
    menus.length && { title: "Apps" },
    ...menus.map(({ name }) => ({ label: name, icon: "apps", run: () => use(m, name) })),
  ], `What to do with the message of ${m.author.name}`);
}

async function use(m, name) {
  try {
    await interact("/api/menus", { person: world.me, message: m.id, name });
  } catch (error) {
    toast(error.message);
  }
}

async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    toast(`The ${what} is copied.`, "good");
  } catch {
    toast("The browser did not let this page copy.");
  }
}
