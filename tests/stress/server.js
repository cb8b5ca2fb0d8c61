// The server's own read-modify-write, as fast as it can: no lock, O_TRUNC, failure to parse = empty.
// Its saves change the length of the file, as the seed's do: its own entry is idle and active by turns.
// usage: node server.js REGISTRY PAUSE_MS [OWN_SESSION]        prints "ready", and one JSON line on SIGTERM
const fs = require("fs");
const [path, pauseText, ownText] = process.argv.slice(2);
const pauseMs = Number(pauseText);
const own = ownText ?? "server-own-session-0000-000000000000";
const MEND_MS = 4, BLOCK_MS = 50, KEPT = 5;

// torn: what the unparsable texts were. empty and cut are somebody's save in progress; tail is a
// shorter text over a longer one; other is any other mixture.
const counts = {
  saves: 0, unparsable: 0, lost: 0, mended: 0, torn: { empty: 0, cut: 0, tail: 0, other: 0 },
  longestMs: 0, blocks: [], ms: 0,
};
let expected = null, lastGood = null, torn = null, kept = 0;

// One call, with the time that it was kept waiting.
function timed(call) {
  const begin = process.hrtime.bigint();
  const result = call();
  const ms = Number(process.hrtime.bigint() - begin) / 1e6;
  if (ms > counts.longestMs) counts.longestMs = ms;
  if (ms >= BLOCK_MS) counts.blocks.push({ endedAt: Date.now(), ms });
  return result;
}
function kindOf(text, message) {
  if (text === "") return "empty";
  if (text.includes("\0")) return "other";
  if (/Unexpected end|Unterminated/.test(message)) return "cut";
  return /after JSON/.test(message) ? "tail" : "other";
}
// A torn version, and since when the file is that version.
function noteTorn(text, message) {
  const kind = kindOf(text, message);
  const version = fs.statSync(path, { bigint: true }).mtimeNs;
  counts.unparsable++;
  counts.torn[kind]++;
  if (!torn && (kind === "tail" || kind === "other") && kept < KEPT) {
    fs.writeFileSync(`${path}.${own}.${kind}-${++kept}`, text);
    fs.writeFileSync(`${path}.${own}.${kind}-${kept}.before`, JSON.stringify(lastGood, null, 2) + "\n");
  }
  if (torn?.version !== version) torn = { version, since: Date.now(), text, end: /after JSON at position (\d+)/.exec(message)?.[1] };
}
function read() {
  if (!fs.existsSync(path)) return { version: 1, agents: {} };
  const text = timed(() => fs.readFileSync(path, "utf-8"));
  try {
    lastGood = JSON.parse(text);
    torn = null;
    return lastGood;
  } catch (error) {
    noteTorn(text, error.message);
    return { version: 1, agents: {} };
  }
}
function save(registry) {
  const text = JSON.stringify(registry, null, 2) + "\n";
  timed(() => fs.writeFileSync(path, text, "utf-8"));
}
// A touch of a session that an empty registry does not have writes nothing. What stays torn is put
// right by somebody, or the first accident would end the run: a shorter save over a longer one by
// cutting the tail, anything else by the last good version.
function mend() {
  if (Date.now() - torn.since < MEND_MS || !lastGood) return;
  save(torn.end ? JSON.parse(torn.text.slice(0, torn.end)) : lastGood);
  counts.mended++;
}
function step() {
  const registry = read();
  if (torn) return mend();
  const entry = registry.agents[own];
  if (expected && (entry?.lastActiveAt !== expected.lastActiveAt || entry.state !== expected.state)) counts.lost++;
  expected = { ...(entry ?? expected) };
  expected.lastActiveAt++;
  expected.state = expected.state === "active" ? "idle" : "active";
  registry.agents[own] = { ...expected };
  save(registry);
  counts.saves++;
}

let stopped = false;
const parent = process.ppid;
const begin = Date.now();
process.on("SIGTERM", () => {
  stopped = true;
});
function round() {
  const end = Date.now() + 5;
  do step();
  while (pauseMs === 0 && Date.now() < end);
  if (stopped || process.ppid !== parent) {
    read();
    counts.ms = Date.now() - begin;
    console.log(JSON.stringify(counts));
    process.exit(0);
  }
  pauseMs ? setTimeout(round, pauseMs) : setImmediate(round);
}
console.log("ready");
round();
