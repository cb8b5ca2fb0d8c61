// Saturated servers and the stress driver on one registry, mode by mode. Prints TAP and the figures.
// usage: node stress.js EDITS_BINARY MODE=COUNT...        modes: one three noleases kill stop
// SEED=n repeats a run's wishes; what a failed run leaves is kept and named.
const { spawn } = require("child_process");
const fs = require("fs");
const os = require("os");
const path = require("path");

const [binary, ...runs] = process.argv.slice(2);
const seed = process.env.SEED ?? String(Date.now() % 1000000);
const CONTROL_MS = 5000, LIMIT_BLOCK_MS = 600, CAUGHT_MS = 100;
const BEGUN_MS = 1773880000000, SESSIONS = 24;
const STATES = ["active", "idle", "expired", "deleted"];

let number = 0, failed = 0;
function report(good, text) {
  failed += !good;
  console.log(`${good ? "ok" : "not ok"} ${++number} ${text}`);
}

function entry(sessionId, chatAgentId, state) {
  return { chatAgentId, workspaceAgentId: "main", sessionId, workspaceDir: "", state,
    createdAt: BEGUN_MS, lastActiveAt: BEGUN_MS, idleTtlMs: 1800000 };
}
const ownId = (i) => `server-own-${String(i).padStart(4, "0")}-0000-000000000000`;
function setUp(serverCount) {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "slotop-stress-"));
  const agents = {};
  for (let i = 0; i < serverCount; i++) agents[ownId(i)] = entry(ownId(i), "main", "active");
  for (let i = 0; i < SESSIONS; i++) {
    const id = `${String(i).padStart(8, "0")}-aaaa-4bbb-8ccc-000000000000`;
    agents[id] = entry(id, `chat-slot-main-${i + 1}`, STATES[i % 4]);
  }
  const file = path.join(home, "chat-agents.json");
  fs.writeFileSync(file, JSON.stringify({ version: 1, agents }, null, 2) + "\n");
  return { home, file };
}

// A child process: its lines, as they come and at the end.
function start(program, args) {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  let output = "", ready;
  const isReady = new Promise((resolve) => (ready = resolve));
  child.stdout.on("data", (data) => {
    output += data;
    ready();
  });
  const ended = new Promise((resolve) => {
    child.on("error", (error) => resolve({ lines: [], status: error.message }));
    child.on("close", (status, signal) => resolve({ lines: output.trim().split("\n"), status, signal }));
  });
  return { child, isReady, ended };
}
async function startServers(file, count) {
  const servers = Array.from({ length: count }, (_, i) =>
    start(process.execPath, [path.join(__dirname, "server.js"), file, "0", ownId(i)]));
  await Promise.all(servers.map((server) => Promise.race([server.isReady, server.ended])));
  return servers;
}
async function endServers(servers) {
  for (const server of servers) server.child.kill("SIGTERM");
  const ends = await Promise.all(servers.map((server) => server.ended));
  return add(ends.map((end) => JSON.parse(end.lines.pop())));
}
function add(all) {
  const sum = { saves: 0, unparsable: 0, lost: 0, mended: 0, torn: {}, longestMs: 0, blocks: [], ms: 0 };
  for (const one of all) {
    for (const name of ["saves", "unparsable", "lost", "mended"]) sum[name] += one[name];
    for (const kind in one.torn) sum.torn[kind] = (sum.torn[kind] ?? 0) + one.torn[kind];
    sum.longestMs = Math.max(sum.longestMs, one.longestMs);
    sum.ms = Math.max(sum.ms, one.ms);
    sum.blocks.push(...one.blocks);
  }
  return sum;
}

async function runDriver(file, mode, count) {
  const driver = start(binary, [mode, file, count, seed]);
  const { lines, status, signal } = await driver.ended;
  for (const line of lines.slice(0, -1)) console.log(line);
  if (status === 0) return JSON.parse(lines.pop());
  console.log(`# the driver ended with ${signal ?? status}`);
  return null;
}
async function beside(mode, count, serverCount) {
  const place = setUp(serverCount);
  const servers = await startServers(place.file, serverCount);
  const begin = Date.now();
  const edits = await runDriver(place.file, mode, count);
  const seconds = (Date.now() - begin) / 1000;
  return { ...place, edits, server: await endServers(servers), seconds };
}

const tornWords = (server) =>
  `${server.unparsable} unparsable reads (${Object.entries(server.torn).map(([kind, n]) => `${n} ${kind}`).join(", ")})`;
function figures(mode, { edits, server, seconds }) {
  const words = [`${edits.edits} edits in ${seconds.toFixed(0)} s beside ${server.saves} saves`, tornWords(server),
    `${server.lost} saves lost`, `${edits.lost} of ours lost`, `${edits.reapplied} reapplied at once`, `${edits.kept} later (${edits.movedOn} let go, ${edits.unkept} times not possible)`, `${edits.weaker} weaker`,
    `${edits.refused} refused`, `${edits.failed} failed`, `longest block ${server.longestMs.toFixed(0)} ms`, `seed ${seed}`];
  if (mode === "kill")
    words.push(`killed before ${edits.before}, after ${edits.after}`, `${edits.mixed} neither`, `${edits.halved} batches half done`);
  if (mode === "three" || server.mended) words.push(`${edits.proved} leases proved`, `${server.mended} mended`);
  console.log(`# ${mode}: ${words.join("; ")}`);
}

function judgeAlone(mode, { edits, server }) {
  report(server.saves > 0 && edits.edits > 0, `${mode}: edits beside a server that saves all the time`);
  report(server.unparsable === 0 && edits.bad === 0, `${mode}: the server never reads a torn registry`);
  report(server.lost === 0, `${mode}: no save of the server's is lost`);
  report(edits.lost === 0 && edits.failed === 0, `${mode}: no edit of ours is lost for good`);
  report(edits.mixed === 0, `${mode}: an entry is as before an edit or as after it`);
}
function perSave(server) {
  return ((100000 * server.unparsable) / Math.max(1, server.saves)).toFixed(0);
}
async function control() {
  const { home, file } = setUp(3);
  const servers = await startServers(file, 3);
  await new Promise((resolve) => setTimeout(resolve, CONTROL_MS));
  const server = await endServers(servers);
  console.log(`# three, without us: ${server.saves} saves, ${tornWords(server)}, ${server.lost} saves lost, ${server.mended} mended`);
  fs.rmSync(home, { recursive: true });
  return server;
}
function judgeThree({ edits, server }, alone) {
  console.log(`# three: unparsable reads in 100,000 saves: ${perSave(alone)} without us, ${perSave(server)} with us`);
  report(server.saves > 0 && edits.proved > 0, "three: edits beside three servers that lose each other's saves");
  report(edits.caused === 0, "three: no registry is torn when we let go of it");
  report(edits.lost === 0 && edits.failed === 0, "three: no edit of ours is lost for good");
}
// Of each stop, the longest time that the server was kept waiting; of those that kept it, the median.
function judgeStop({ edits, server }) {
  const longest = edits.stops.map(([from, to]) => {
    const during = server.blocks.filter((block) => block.endedAt >= from && block.endedAt - block.ms <= to);
    return Math.max(0, ...during.map((block) => block.ms));
  });
  const caught = longest.filter((ms) => ms >= CAUGHT_MS).sort((a, b) => a - b);
  const median = caught[Math.floor(caught.length / 2)] ?? 0;
  console.log(`# stop: ${caught.length} of ${longest.length} stops kept the server waiting: median ${median.toFixed(0)} ms, ` +
    `longest ${(caught.at(-1) ?? 0).toFixed(0)} ms`);
  report(caught.length > 0, "stop: some of the stops come while the lease is held");
  report(median <= LIMIT_BLOCK_MS, `stop: a stopped slotop keeps the server waiting for at most ${LIMIT_BLOCK_MS} ms`);
}

async function run(mode, count) {
  const alone = mode === "three" ? await control() : null;
  const before = failed;
  const result = await beside(mode, count, mode === "three" ? 3 : 1);
  if (!result.edits) {
    report(false, `${mode}: the driver runs to its end`);
  } else {
    figures(mode, result);
    if (alone) judgeThree(result, alone);
    else judgeAlone(mode, result);
    if (mode === "noleases")
      report(result.edits.leasesRefused > 0 && result.edits.weaker > 0, "noleases: every lease was refused");
    if (mode === "stop") judgeStop(result);
  }
  if (failed > before) console.log(`# kept: ${result.home}`);
  else fs.rmSync(result.home, { recursive: true });
}

(async () => {
  for (const item of runs) await run(...item.split("="));
  console.log(`1..${number}`);
  process.exit(failed ? 1 : 0);
})();
