// What the server does with its registry, as a baseline: one line of standard input in, the time
// that it took in nanoseconds out. `load PATH` reads and parses; `edit PATH` also sets the state
// of the last entry and writes all of it back.
const fs = require("fs");

function load(path) {
  return JSON.parse(fs.readFileSync(path, "utf-8"));
}

function edit(path) {
  const data = load(path);
  const ids = Object.keys(data.agents);
  const entry = data.agents[ids[ids.length - 1]];
  entry.state = entry.state === "expired" ? "deleted" : "expired";
  fs.writeFileSync(path, JSON.stringify(data, null, 2) + "\n", "utf-8");
}

require("readline")
  .createInterface({ input: process.stdin })
  .on("line", (line) => {
    const [what, path] = [line.slice(0, 4), line.slice(5)];
    const start = process.hrtime.bigint();
    what === "edit" ? edit(path) : load(path);
    process.stdout.write(`${process.hrtime.bigint() - start}\n`);
  });
