// What the den offers: which commands and menus one has where one is, best match first.

import { channel, may, RIGHTS, world } from "./world.js";

/** Whether the person one is now is offered a command in a channel, as Discord's own client decides it. */
function offered(command, c) {
  if (!c) return false;
  if (c.kind === "dm") return command.in_direct_messages;
  const ruling = c.kind === "thread" ? channel(c.parent) ?? c : c;
  return command.in_guilds && may(BigInt(command.needs) | RIGHTS.use, c) && (!command.age_restricted || ruling.age_restricted);
}

/** The slash commands that fit what was begun after the `/`. */
export function slashCommands(begun) {
  const typed = begun.toLowerCase().trimStart();
  const here = channel(world.here);
  const fit = (command) => {
    if (command.name.startsWith(typed)) return 0;
    if (command.name.split(/[ -]/).some((word) => word.startsWith(typed))) return 1;
    return typed.length > 2 && command.description.toLowerCase().includes(typed) ? 2 : 3;
  };
  return world.commands.filter((command) => command.kind === "slash" && offered(command, here) && fit(command) < 3)
    .toSorted((a, b) => fit(a) - fit(b) || a.name.localeCompare(b.name));
}

/** The slash command of exactly this name, where it is offered here. */
export const slashCommand = (name) => world.commands.find((command) => command.kind === "slash" && command.name === name && offered(command, channel(world.here)));

/** The menus the den has on messages here. */
export const messageMenus = () => world.commands.filter((command) => command.kind === "message" && offered(command, channel(world.here)));
