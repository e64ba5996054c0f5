// The page: puts its parts together, and follows what happens.

import * as command from "./command.js";
import * as composer from "./composer.js";
import { byId, h, icon } from "./dom.js";
import * as log from "./log.js";
import { inline } from "./markdown.js";
import * as sides from "./sides.js";
import * as typing from "./typing.js";
import * as walk from "./walk.js";
import { follow } from "./wire.js";
import { apply, on, remember, remembered, replace, world } from "./world.js";

sides.start();
log.start(composer.say);
walk.start();
composer.start();
command.start();
typing.start();
modelNote();

follow({
  onState: replace,
  onEvent: apply,
  onLost() {
    byId("lost").replaceChildren(typing.embers(), "Connection lost. Trying again…");
    byId("lost").hidden = false;
    byId("den").classList.add("is-lost");
  },
  onFound() {
    byId("lost").hidden = true;
    byId("den").classList.remove("is-lost");
  },
});

/** Which model speaks, and why: shown until it was read, then a click away. */
function modelNote() {
  const note = byId("model-note");
  const chip = byId("model-chip");
  byId("model-close").append(icon("close"));
  const draw = (open) => {
    note.hidden = !open || !world.note;
    chip.hidden = open || !world.note;
    chip.setAttribute("aria-expanded", String(open));
  };
  on("state", () => {
    byId("model-text").replaceChildren(...world.note.split(/\n+/).flatMap((line, i) => [i ? h("br") : "", ...inline(line)]));
    draw(remembered("note-read") !== world.note);
  });
  byId("model-close").addEventListener("click", () => {
    remember("note-read", world.note);
    draw(false);
    chip.focus();
  });
  chip.addEventListener("click", () => draw(true));
}
