// A saturated server beside `slotop` edits: nobody may lose anything. Prints TAP.
// usage: node beside.js SLOTOP EDITS SECONDS
const { spawn, spawnSync } = require("child_process");
const fs = require("fs");
const os = require("os");
const path = require("path");

const [slotop, editsText, secondsText] = process.argv.slice(2);
const edits = Number(editsText), seconds = Number(secondsText);
const home = fs.mkdtempSync(path.join(os.tmpdir(), "slotop-beside-"));
const dir = path.join(home, ".openclaw-dench");
const file = path.join(dir, "chat-agents.json");
const sessions = Array.from({ length: 29 }, (_, i) => `${String(i).padStart(8, "0")}-aaaa-4bbb-8ccc-000000000000`);

function entry(id, slot) {
  const now = Date.now();
  return { chatAgentId: slot, workspaceAgentId: "main", sessionId: id, workspaceDir: "", state: "active",
    createdAt: now, lastActiveAt: now, idleTtlMs: 1800000 };
}
function setUp() {
  fs.mkdirSync(path.join(dir, "workspace"), { recursive: true });
  const list = sessions.map((_, i) => ({ id: `chat-slot-main-${i + 1}` }));
  fs.writeFileSync(path.join(dir, "openclaw.json"), JSON.stringify({ agents: { list } }));
  const agents = {};
  sessions.forEach((id, i) => (agents[id] = entry(id, `chat-slot-main-${i + 1}`)));
  const own = "server-own-session-0000-000000000000";
  agents[own] = entry(own, "main");
  fs.writeFileSync(file, JSON.stringify({ version: 1, agents }, null, 2) + "\n");
}
function readStable() {
  for (;;) {
    try {
      return JSON.parse(fs.readFileSync(file, "utf-8"));
    } catch {} // our own read of a save in progress: look again
  }
}

let number = 0, failed = false;
function report(good, text) {
  failed ||= !good;
  console.log(`${good ? "ok" : "not ok"} ${++number} ${text}`);
}

const verbs = { idle: "idle", expire: "expired", release: "deleted", touch: null };
const wanted = new Map();
let failures = 0, lost = 0;
function check() {
  const agents = readStable().agents;
  for (const [id, state] of wanted)
    if (agents[id]?.state !== state) {
      lost++;
      console.log(`# ${id} is ${agents[id]?.state}, not ${state}`);
      wanted.delete(id);
    }
}
function edit(i) {
  const id = sessions[i % sessions.length];
  const round = Math.floor(i / sessions.length) % 3;
  const verb = ["idle", "expire", "release"][round];
  const revive = round === 0 && i >= sessions.length; // released ones are allocated anew
  if (revive) run(["allocate", id], id, "active");
  run([verb, id], id, verbs[verb]);
}
function run(args, id, state) {
  const result = spawnSync(slotop, ["--json", "-y", ...args], { env: { ...process.env, HOME: home }, encoding: "utf-8" });
  if (result.status !== 0) {
    failures++;
    console.log(`# slotop ${args.join(" ")}: ${result.status} ${result.stderr}`);
  }
  wanted.set(id, state);
  check();
}

setUp();
const server = spawn(process.execPath, [path.join(__dirname, "server.js"), file, "0"], { stdio: ["ignore", "pipe", "inherit"] });
let output = "";
server.stdout.on("data", (data) => {
  const first = output === "";
  output += data;
  if (first) edits_();
});
function edits_() {
  const end = Date.now() + seconds * 1000;
  for (let i = 0; i < edits; i++) edit(i);
  const rest = Math.max(0, end - Date.now());
  setTimeout(() => server.kill("SIGTERM"), rest);
}
server.on("exit", () => {
  check();
  const counts = JSON.parse(output.trim().split("\n").pop());
  console.log(`# ${edits} edits beside ${counts.saves} saves: ${counts.unparsable} unparsable reads, ` +
    `${counts.lost} of the server's saves lost, ${lost} of ours lost, ${failures} failed`);
  report(counts.saves > 0, "the server was saving all the time");
  report(counts.unparsable === 0, "the server never reads a torn registry");
  report(counts.lost === 0, "no save of the server's is lost");
  report(lost === 0 && failures === 0, "no edit of the operator's is lost");
  console.log(`1..${number}`);
  fs.rmSync(home, { recursive: true });
  process.exit(failed ? 1 : 0);
});
