// DenchClaw's web server as far as the story needs it: the rules of the chat-agent registry, the index
// of chats and their transcripts, each saved as the server does, on commands from standard input.
// usage: node story.js STATE_DIR          a command a line; one JSON line answers each
//   begin TITLE [AGO_MS [TTL_MS]]   a new chat: its id and agent     run TITLE      a run that goes on
//   finish TITLE                    it ended well, soon after it began gc             one pass
//   delete TITLE                    the chat is deleted in the web app
const { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } = require("fs");
const { join } = require("path");
const { randomUUID } = require("crypto");
const { createInterface } = require("readline");

const stateDir = process.argv[2];
const registryPath = join(stateDir, "chat-agents.json");
const webChat = join(stateDir, "workspace", ".openclaw", "web-chat");
const indexPath = join(webChat, "index.json");
const STREAM_MS = 500, RUN_MS = 5000, AGENT = "main";
const chats = new Map(); // by title: id, transcript, timer of its run

function read(path, otherwise) {
  try {
    return JSON.parse(readFileSync(path, "utf-8"));
  } catch {
    return otherwise;
  }
}
const save = (path, data) => writeFileSync(path, JSON.stringify(data, null, 2) + "\n", "utf-8");
const readRegistry = () => read(registryPath, { version: 1, agents: {} });
const isLive = (entry) => entry.state === "active" || entry.state === "idle";

function slots() {
  const config = JSON.parse(readFileSync(join(stateDir, "openclaw.json"), "utf-8"));
  return config.agents.list.map((agent) => agent.id).filter((id) => id.startsWith(`chat-slot-${AGENT}-`));
}
function allocate(sessionId, now, idleTtlMs) {
  const registry = readRegistry();
  const held = new Set(Object.values(registry.agents).filter(isLive).map((entry) => entry.chatAgentId));
  const entry = {
    chatAgentId: slots().find((id) => !held.has(id)) ?? AGENT,
    workspaceAgentId: AGENT, sessionId, workspaceDir: "", state: "active",
    createdAt: now, lastActiveAt: now, idleTtlMs,
  };
  registry.agents[sessionId] = entry;
  save(registryPath, registry);
  return entry;
}
function markIdle(sessionId) {
  const registry = readRegistry();
  const entry = registry.agents[sessionId];
  if (!entry || !isLive(entry)) return;
  entry.state = "idle";
  save(registryPath, registry);
}
function gc() {
  const registry = readRegistry();
  const entries = Object.values(registry.agents), now = Date.now();
  const due = entries.filter((entry) => isLive(entry) && now - entry.lastActiveAt > entry.idleTtlMs);
  const released = entries.filter((entry) => entry.state === "deleted");
  for (const entry of due) entry.state = "expired";
  for (const entry of released) delete registry.agents[entry.sessionId];
  if (due.length + released.length > 0) save(registryPath, registry);
  return due.map((entry) => entry.sessionId);
}

const transcriptPath = (chat) => join(webChat, `${chat.id}.jsonl`);
function writeTranscript(chat, streaming) {
  const answer = { id: "a1", role: "assistant", content: "word ".repeat(chat.words++) };
  if (streaming) answer._streaming = true;
  const lines = [{ id: "u1", role: "user", content: "A question" }, answer];
  writeFileSync(transcriptPath(chat), lines.map((line) => JSON.stringify(line) + "\n").join(""), "utf-8");
}
function updateIndex(change) {
  save(indexPath, change(read(indexPath, [])));
}

const commands = {
  begin(title, ago = "0", ttl = "1800000") {
    const now = Date.now() - Number(ago);
    const id = randomUUID();
    const entry = allocate(id, now, Number(ttl));
    chats.set(title, { id, begun: now, words: 1 });
    updateIndex((index) => [{
      id, title, createdAt: now, updatedAt: now, messageCount: 1,
      workspaceName: "default", workspaceAgentId: AGENT, chatAgentId: entry.chatAgentId,
      gatewaySessionKey: `agent:${entry.chatAgentId}:web:${id}`, agentMode: "ephemeral", lastActiveAt: now,
    }, ...index]);
    return { id, agent: entry.chatAgentId };
  },
  run(title) {
    const chat = chats.get(title);
    writeTranscript(chat, true);
    chat.timer = setInterval(() => writeTranscript(chat, true), STREAM_MS);
  },
  finish(title) {
    const chat = chats.get(title);
    clearInterval(chat.timer);
    writeTranscript(chat, false);
    const end = new Date(chat.begun + RUN_MS);
    utimesSync(transcriptPath(chat), end, end);
    updateIndex((index) => index.map((item) => (item.id === chat.id ? { ...item, updatedAt: end.getTime() } : item)));
    markIdle(chat.id);
  },
  gc,
  delete(title) {
    const chat = chats.get(title);
    updateIndex((index) => index.filter((item) => item.id !== chat.id));
    rmSync(transcriptPath(chat), { force: true });
  },
};

if (!existsSync(webChat)) mkdirSync(webChat, { recursive: true });
const input = createInterface({ input: process.stdin });
input.on("line", (line) => {
  const [name, ...words] = line.split(" ");
  console.log(JSON.stringify(commands[name](...words) ?? null));
});
input.on("close", () => process.exit(0));
