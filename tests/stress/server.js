// The server's own read-modify-write, as fast as it can: no lock, O_TRUNC, failure to parse = empty.
// usage: node server.js REGISTRY PAUSE_MS        prints one JSON line on SIGTERM
const fs = require("fs");
const [path, pauseText] = process.argv.slice(2);
const pauseMs = Number(pauseText);
const counts = { saves: 0, unparsable: 0, lost: 0 };
const own = "server-own-session-0000-000000000000";
let expected = null;

function read() {
  if (!fs.existsSync(path)) return { version: 1, agents: {} };
  try {
    return JSON.parse(fs.readFileSync(path, "utf-8"));
  } catch {
    counts.unparsable++;
    return { version: 1, agents: {} };
  }
}

function step() {
  const registry = read();
  const entry = registry.agents[own];
  if (!entry) return;
  if (expected !== null && entry.lastActiveAt !== expected) counts.lost++;
  entry.lastActiveAt = expected = (expected ?? entry.lastActiveAt) + 1;
  fs.writeFileSync(path, JSON.stringify(registry, null, 2) + "\n", "utf-8");
  counts.saves++;
}

let stopped = false;
process.on("SIGTERM", () => {
  stopped = true;
});
function round() {
  const end = Date.now() + 5;
  do step();
  while (pauseMs === 0 && Date.now() < end);
  if (stopped) {
    read();
    console.log(JSON.stringify(counts));
    process.exit(0);
  }
  pauseMs ? setTimeout(round, pauseMs) : setImmediate(round);
}
console.log("ready");
round();
