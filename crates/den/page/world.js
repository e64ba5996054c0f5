// What the page knows: one object, changed only here, and a small way to be told of changes.

const listeners = new Map();

/** Calls `told` at every change of `what`: `state`, `here`, `me`, `message`, `edit`, `delete`,
 * `typing`, `unread`, `presence`. */
export function on(what, told) {
  if (!listeners.has(what)) listeners.set(what, []);
  listeners.get(what).push(told);
}

function tell(what, value) {
  for (const told of listeners.get(what) ?? []) told(value);
}

export const world = {
  guild: null,
  bot: null,
  note: "",
  people: [],
  personalities: [],
  channels: [],
  commands: [],
  /** Channel id to messages, oldest first. */
  messages: new Map(),
  /** Channel id to the number of messages that came while it was closed. */
  unread: new Map(),
  /** Channel id to who types there: user id to the time it ends. */
  typing: new Map(),
  me: null,
  here: null,
};

/** Snowflakes grow with time but not in length alone: compare as the numbers they are, without rounding. */
export const byAge = (a, b) => a.id.length - b.id.length || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

export const person = (id) => world.people.find((p) => p.id === id);
export const channel = (id) => world.channels.find((c) => c.id === id);
export const personality = (id) => world.personalities.find((p) => p.id === id);
/** What one calls a personality by: its handiest name. */
export const callName = (p) => p.names?.[0] ?? p.name;
export const messagesOf = (id) => world.messages.get(id) ?? [];
export const message = (id) => [...world.messages.values()].flat().find((m) => m.id === id);

/** What one may be allowed to, as Discord's bits. See Discord Docs/Permissions. */
export const RIGHTS = { react: 1n << 6n, see: 1n << 10n, write: 1n << 11n, moderate: 1n << 13n, use: 1n << 31n, writeInThreads: 1n << 38n };

/** Whether the person may do all of `rights` in a channel; in one they do not see they may do nothing. */
export const may = (rights, c, personId = world.me) => (BigInt(c?.may[personId] ?? 0) & rights) === rights;

/** The channels the person sees. */
export const channelsOf = (personId) => world.channels.filter((c) => may(RIGHTS.see, c, personId));

/** Takes over a whole state, at the start and after every reconnection. */
export function replace(state) {
  const lived = new Set([...world.messages.values()].flat().filter((m) => m.live).map((m) => m.id));
  Object.assign(world, {
    guild: state.guild, bot: state.bot, note: state.model_note ?? "", people: state.people,
    personalities: state.personalities, channels: state.channels, commands: state.commands ?? [],
  });
  world.messages = new Map();
  for (const m of state.messages) if (!dismissed.has(m.id)) insert({ ...m, live: lived.has(m.id) });
  if (!person(world.me)) world.me = person(remembered("me"))?.id ?? world.people[0]?.id ?? null;
  const before = channel(remembered("here"));
  if (!may(RIGHTS.see, channel(world.here))) world.here = (may(RIGHTS.see, before) ? before : lobby())?.id ?? null;
  tell("state");
}

/** Where somebody is who may not be where they were. */
function lobby() {
  const seen = channelsOf(world.me);
  return seen.find((c) => c.kind === "text") ?? seen[0];
}

/** Private answers one has put away; the world keeps them. */
const dismissed = new Set();
export function dismiss(m) {
  dismissed.add(m.id);
  apply("delete", m);
}

function insert(m) {
  if (!world.messages.has(m.channel)) world.messages.set(m.channel, []);
  const list = world.messages.get(m.channel);
  const at = list.findIndex((other) => other.id === m.id);
  if (at >= 0) {
    list[at] = m;
    return false;
  }
  list.push(m);
  if (list.length > 1 && byAge(list[list.length - 2], m) > 0) list.sort(byAge);
  return true;
}

/** Applies one event of the stream. Events may repeat what a state already said. */
export function apply(kind, value) {
  if (kind === "message" || kind === "ephemeral" || kind === "edit") {
    if (dismissed.has(value.id)) return;
    const old = (world.messages.get(value.channel) ?? []).find((m) => m.id === value.id);
    const isNew = insert({ ...value, live: old?.live ?? (kind !== "edit") });
    if (isNew && kind !== "edit") stopTyping(value.channel, value.author);
    if (isNew && value.channel !== world.here && visible(value)) {
      world.unread.set(value.channel, (world.unread.get(value.channel) ?? 0) + 1);
      tell("unread");
    }
    tell(isNew ? "message" : "edit", world.messages.get(value.channel).find((m) => m.id === value.id));
  } else if (kind === "delete") {
    const list = world.messages.get(value.channel);
    const at = list?.findIndex((m) => m.id === value.id) ?? -1;
    if (at >= 0) list.splice(at, 1);
    tell("delete", value);
  } else if (kind === "typing") {
    if (!world.typing.has(value.channel)) world.typing.set(value.channel, new Map());
    // Discord shows typing for about ten seconds after each signal.
    world.typing.get(value.channel).set(value.user, Date.now() + 10_000);
    tell("typing");
  } else if (kind === "presence") {
    world.bot.online = value.online;
    tell("presence");
  }
}

// A webhook persona speaks while the bot user types, so any voice of the den ends the den's typing.
function stopTyping(channelId, author) {
  const typing = world.typing.get(channelId);
  if (!typing) return;
  typing.delete(author.kind === "person" ? author.id : world.bot?.id);
  tell("typing");
}

/** Whether the chosen person may see a message: private answers are theirs alone. */
export const visible = (m) => (!m.for || m.for === world.me) && may(RIGHTS.see, channel(m.channel));

export function enter(channelId) {
  world.here = channelId;
  world.unread.delete(channelId);
  remember("here", channelId);
  tell("here");
}

export function become(personId) {
  const was = channel(world.here);
  world.me = personId;
  remember("me", personId);
  if (!may(RIGHTS.see, was)) {
    const own = was?.kind === "dm" ? channelsOf(personId).find((c) => c.kind === "dm" && c.name === was.name) : null;
    world.here = (own ?? lobby())?.id ?? null;
    world.unread.delete(world.here);
  }
  tell("me");
}

// Storage may be switched off in a browser; the page then merely forgets.
export function remember(key, value) {
  try {
    localStorage.setItem(`den-${key}`, value);
  } catch {}
}

export function remembered(key) {
  try {
    return localStorage.getItem(`den-${key}`);
  } catch {
    return null;
  }
}
