// Saturated servers and the stress driver on one registry, mode by mode. Prints TAP and the figures.
// usage: node stress.js EDITS_BINARY [WIDTH=N | MODE=COUNT]...    modes: one three noleases pauses kill stop
// noleases: no lease is to be had, and only states and times change; pauses: the same with edits of every
// kind, which need a server that rests (pause=300).
// A width holds for the modes behind it:
//   operators  that many drivers share each registry, each with sessions of its own
//   places     that many registries, each with servers of its own, share the edits
//   pause      so many ms each server rests between two saves
// SEED=n repeats a run's wishes; what a failed run leaves is kept and named.
const { spawn } = require("child_process");
const fs = require("fs");
const os = require("os");
const path = require("path");

const [binary, ...runs] = process.argv.slice(2);
const seed = process.env.SEED ?? String(Date.now() % 1000000);
const CONTROL_MS = 5000, LIMIT_BLOCK_MS = 600, CAUGHT_MS = 100;
const BEGUN_MS = 1773880000000, SESSIONS = 40, SESSIONS_LEAST = 10;
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
const digits = (i, count) => String(i).padStart(count, "0");
// What an operator edits; three of five have an entry from the beginning.
const sessionsOf = (operators) => Math.max(SESSIONS_LEAST, Math.floor(SESSIONS / operators));
const ownId = (i) => `server-own-${digits(i, 4)}-0000-000000000000`;
function setUp(serverCount, operators) {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "slotop-stress-"));
  const agents = {};
  for (let i = 0; i < serverCount; i++) agents[ownId(i)] = entry(ownId(i), "main", "active");
  for (let operator = 0; operator < operators; operator++)
    for (let i = 0; i < 0.6 * sessionsOf(operators); i++) {
      const id = `${digits(operator, 2)}${digits(i, 6)}-aaaa-4bbb-8ccc-000000000000`;
      agents[id] = entry(id, `chat-slot-main-${digits(operator, 2)}-${i + 1}`, STATES[i % 4]);
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
async function startServers(file, count, pause) {
  const servers = Array.from({ length: count }, (_, i) =>
    start(process.execPath, [path.join(__dirname, "server.js"), file, pause, ownId(i)]));
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

async function runDriver(file, mode, count, operator, operators) {
  const driver = start(binary, [mode, file, count, Number(seed) + operator, operator, sessionsOf(operators)]);
  const { lines, status, signal } = await driver.ended;
  for (const line of lines.slice(0, -1)) console.log(line);
  if (status === 0) return JSON.parse(lines.pop());
  console.log(`# the driver ended with ${signal ?? status}`);
  return null;
}
async function runDrivers(file, mode, count, operators) {
  const all = await Promise.all(share(count, operators).map((part, i) => runDriver(file, mode, part, i, operators)));
  return all.includes(null) ? null : addDrivers(all);
}
const share = (count, parts) => Array.from({ length: parts }, (_, i) => Math.floor((Number(count) + i) / parts));
function addDrivers(all) {
  const sum = { ...all[0] };
  for (const one of all.slice(1)) for (const name in one) sum[name] = name === "stops" ? sum.stops.concat(one.stops) : sum[name] + one[name];
  return sum;
}
async function beside(mode, count, serverCount, { operators, pause }) {
  const place = setUp(serverCount, operators);
  const servers = await startServers(place.file, serverCount, pause);
  const begin = Date.now();
  const edits = await runDrivers(place.file, mode, count, operators);
  const seconds = (Date.now() - begin) / 1000;
  const server = await endServers(servers);
  if (edits) edits.stops = longestBlocks(edits.stops, server.blocks);
  return { ...place, edits, server, seconds };
}
// Of each stop, the longest time that the server was kept waiting.
function longestBlocks(stops, blocks) {
  return stops.map(([from, to]) => {
    const during = blocks.filter((block) => block.endedAt >= from && block.endedAt - block.ms <= to);
    return Math.max(0, ...during.map((block) => block.ms));
  });
}
async function besideEach(mode, count, serverCount, width) {
  const all = await Promise.all(share(count, width.places).map((part) => beside(mode, part, serverCount, width)));
  const edits = all.some((place) => !place.edits) ? null : addDrivers(all.map((place) => place.edits));
  return { homes: all.map((place) => place.home), edits, server: add(all.map((place) => place.server)),
    seconds: Math.max(...all.map((place) => place.seconds)) };
}

const tornWords = (server) =>
  `${server.unparsable} unparsable reads (${Object.entries(server.torn).map(([kind, n]) => `${n} ${kind}`).join(", ")})`;
function figures(mode, { operators, places, pause }, { edits, server, seconds }) {
  const rest = pause ? ` with a rest of ${pause} ms` : "";
  const words = [`${edits.edits} edits by ${operators} on ${places} in ${seconds.toFixed(0)} s beside ${server.saves} saves${rest}`, tornWords(server),
    `${server.lost} saves lost`, `${edits.lost} of ours lost`, `${edits.told} in conflict and told`, `${edits.garbled} garbled`, `${edits.gone} released and gone`, `${edits.reapplied} reapplied at once`, `${edits.kept} later (${edits.movedOn} let go, ${edits.unkept} times not possible)`, `${edits.weaker} weaker`,
    `${edits.refused} refused`, `${edits.stale} told that it has changed`, `${edits.left} left to later`, `${edits.doubtful} told to check the file`, `${edits.givenUp} given up and made again`, `${edits.failed} failed`, `longest block ${server.longestMs.toFixed(0)} ms`, `seed ${seed}`];
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
  report(edits.garbled === 0 && edits.gone === 0, `${mode}: nothing is garbled, nothing released is gone`);
  report(edits.mixed === 0, `${mode}: an entry is as before an edit or as after it`);
}
function perSave(server) {
  return ((100000 * server.unparsable) / Math.max(1, server.saves)).toFixed(0);
}
async function control(pause) {
  const { home, file } = setUp(3, 1);
  const servers = await startServers(file, 3, pause);
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
// Of the stops that kept the server waiting, the median.
function judgeStop({ edits: { stops } }) {
  const caught = stops.filter((ms) => ms >= CAUGHT_MS).sort((a, b) => a - b);
  const median = caught[Math.floor(caught.length / 2)] ?? 0;
  console.log(`# stop: ${caught.length} of ${stops.length} stops kept the server waiting: median ${median.toFixed(0)} ms, ` +
    `longest ${(caught.at(-1) ?? 0).toFixed(0)} ms`);
  report(caught.length > 0, "stop: some of the stops come while the lease is held");
  report(median <= LIMIT_BLOCK_MS, `stop: a stopped slotop keeps the server waiting for at most ${LIMIT_BLOCK_MS} ms`);
}

async function run(mode, count, width) {
  const alone = mode === "three" ? await control(width.pause) : null;
  const before = failed;
  const result = await besideEach(mode, count, mode === "three" ? 3 : 1, width);
  if (!result.edits) {
    report(false, `${mode}: the driver runs to its end`);
  } else {
    figures(mode, width, result);
    if (alone) judgeThree(result, alone);
    else judgeAlone(mode, result);
    if (mode === "noleases" || mode === "pauses")
      report(result.edits.leasesRefused > 0 && result.edits.weaker > 0, `${mode}: every lease was refused`);
    if (mode === "stop") judgeStop(result);
  }
  if (failed > before) console.log(`# kept: ${result.homes.join(" ")}`);
  else for (const home of result.homes) fs.rmSync(home, { recursive: true });
}

(async () => {
  const width = { operators: 1, places: 1, pause: 0 };
  for (const [name, value] of runs.map((item) => item.split("=")))
    if (name in width) width[name] = Number(value);
    else await run(name, value, width);
  console.log(`1..${number}`);
  process.exit(failed ? 1 : 0);
})();
