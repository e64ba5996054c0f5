// Changing and taking back what was said.

import { byId, h } from "./dom.js";
import { plain } from "./markdown.js";
import { write } from "./wire.js";
import { wish } from "./wishes.js";
import { message, messagesOf, world } from "./world.js";

/** Turns the body of one's own message into a text field. */
export function edit(id) {
  const element = byId(`m-${id}`);
  const m = message(id);
  if (!element || !m || element.querySelector(".editor")) return;
  const field = h("textarea", { "aria-label": "Edit your message", rows: "1" });
  field.value = m.text;
  const close = () => {
    editor.remove();
    wish("redraw", id);
    byId("text").focus();
  };
  const save = async () => {
    const text = field.value.trim();
    if (!text) return remove(id);
    if (text === m.text || (await write("PATCH", `/api/messages/${id}`, { person: world.me, text }))) close();
  };
  const editor = h("div", { class: "editor" }, field,
    h("p", { class: "hint" }, h("button", { type: "button", class: "link", onclick: close }, "Cancel"), " with Esc · ", h("button", { type: "button", class: "link", onclick: save }, "Save"), " with Enter"));
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") close();
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      save();
    }
  });
  element.querySelector(".body").replaceChildren(editor);
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}

/** Deletes a message, once one has said so again. */
export function remove(id) {
  const m = message(id);
  if (!m) return;
  const dialog = byId("ask");
  byId("asked").replaceChildren(plain(m.text).slice(0, 300) || "A message without text.");
  dialog.returnValue = "keep";
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "delete") write("DELETE", `/api/messages/${id}`, { person: world.me });
  }, { once: true });
  dialog.showModal();
}

/** The newest message of one's own in a channel: arrow up in an empty box edits it. */
export const lastOwn = (channelId) => messagesOf(channelId).findLast((m) => m.author.id === world.me && m.author.kind === "person");
