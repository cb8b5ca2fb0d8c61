// A server that saves at a given rate: each save is a touch of its own session, in place, with O_TRUNC.
// usage: node saver.js REGISTRY SAVES_PER_SECOND      commands by standard input, a line each:
//   rest    makes one more save, with a new session, rests, and prints its id and the number of saves
//   go      goes on
const fs = require("fs");
const [path, rateText] = process.argv.slice(2);
const perMs = Number(rateText) / 1000;
const own = "0000babe-0000-4000-8000-000000000000";
const registry = JSON.parse(fs.readFileSync(path, "utf-8"));
let saves = 0, rests = 0, begin = 0, due = 0, marker = null;

function save() {
  fs.writeFileSync(path, JSON.stringify(registry, null, 2) + "\n", "utf-8");
  saves++;
  due++;
}
function entry(sessionId) {
  const now = Date.now();
  return { chatAgentId: "main", workspaceAgentId: "main", sessionId, workspaceDir: "", state: "active",
    createdAt: now, lastActiveAt: now, idleTtlMs: 1800000 };
}
function touch() {
  registry.agents[own] ??= entry(own);
  registry.agents[own].state = saves % 2 ? "idle" : "active";
  registry.agents[own].lastActiveAt = Date.now();
  save();
}
function round() {
  if (!begin) return;
  const end = Date.now() + 2;
  while (due < (Date.now() - begin) * perMs && Date.now() < end) touch();
  setImmediate(round);
}
function rest() {
  begin = 0;
  if (marker) delete registry.agents[marker];
  marker = `${(0xa0000000 + ++rests).toString(16)}-0000-4000-8000-000000000000`;
  registry.agents[marker] = entry(marker);
  save();
  console.log(`${marker} ${saves}`);
}
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  if (line === "rest") return rest();
  begin = Date.now();
  due = 0;
  round();
}).on("close", () => process.exit(0));
